"""Runs on Hugging Face's ZeroGPU: in a process forked from this one, which is lent a GPU meanwhile.

What crosses is pickled. There go a model's folder and the texts; back comes a trace, on the CPU, or
the error for the reader. Any other error is logged there, and raised here by its name, which is all
that ZeroGPU would hand on to the reader.
"""

import logging
import pickle
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import import_module
from typing import Any

from ..errors import SpaceError
from ..extraction import extract
from ..limits import MAX_LOAN_SECONDS
from ..models.cache import fork_between_loads
from ..models.hub.checkpoints import Checkpoint
from ..models.loading import load
from ..trace import Trace

_log = logging.getLogger(__name__)

# The arguments of ``extract`` but model and tokenizer, without what cannot be pickled.
Arguments = Mapping[str, Any]


def extracting_on_loan() -> Callable[[Checkpoint, Arguments], Trace]:
    """``extract``, where a GPU is lent; to be asked for before the page is served.

    A run there is not stopped between two layers but by its time, which is short.

    Returns:
        A function that makes the trace; it raises what ``extract`` does, and ``gr.Error`` where no
        GPU is lent, as to a visitor who has used up their seconds.
    """
    fork_between_loads()
    # A package that ZeroGPU's machines have, and nobody else needs.
    pickled_on_loan = import_module("spaces").GPU(duration=MAX_LOAN_SECONDS)(_pickled_trace)

    def extract_on_loan(checkpoint: Checkpoint, arguments: Arguments) -> Trace:
        seconds = min(arguments["max_seconds"], MAX_LOAN_SECONDS)
        answer = pickle.loads(pickled_on_loan(checkpoint, {**arguments, "max_seconds": seconds}))
        if isinstance(answer, Exception):
            raise answer
        return answer

    return extract_on_loan


def _pickled_trace(checkpoint: Checkpoint, arguments: Arguments) -> bytes:
    """What runs there. Pickled here: torch would hand each tensor on as an open file."""
    try:
        loaded = _loaded(checkpoint)
        answer = extract(loaded.model, loaded.tokenizer, **arguments)
    except SpaceError as error:
        answer = error
    except Exception as error:
        _log.exception("a run on a lent GPU failed")
        answer = RuntimeError(f"a run on a lent GPU failed: {type(error).__name__}")
    return pickle.dumps(answer)


# Such a process may serve several runs: it keeps the model of the last one.
_loaded = lru_cache(maxsize=1)(load)
