"""Runs ``extract`` on the GPU of a ZeroGPU Space, in a process that ZeroGPU forks from this one.

ZeroGPU pickles what it passes between the two processes. The forked process receives a model's
folder and the texts. It returns the trace, whose tensors are on the CPU, or the error for the
reader. It logs any other error, and this process raises a ``RuntimeError`` that names its type:
ZeroGPU itself would pass on no more than this name.
"""

import logging
import pickle
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import import_module
from typing import Any

from ..errors import SpaceError
from ..extraction import extract
from ..limits import MAX_ZERO_GPU_SECONDS
from ..models.cache import fork_between_loads
from ..models.hub.checkpoints import Checkpoint
from ..models.loading import load
from ..trace import Trace

_log = logging.getLogger(__name__)

# The keyword arguments of ``extract`` that can be pickled; model and tokenizer are not among them.
Arguments = Mapping[str, Any]


def extraction_on_zero_gpu() -> Callable[[Checkpoint, Arguments], Trace]:
    """Return a function that runs ``extract`` on ZeroGPU's GPU.

    Call this before the page is served. A cancellation does not stop such a run: only its time
    limit does, which is short.

    Returns:
        A function that returns the trace. It raises the errors of ``extract``, and ``gr.Error`` if
        ZeroGPU provides no GPU, for example because the visitor has used up the daily quota.
    """
    fork_between_loads()
    # The package ``spaces`` is installed only on machines of ZeroGPU.
    run_on_gpu = import_module("spaces").GPU(duration=MAX_ZERO_GPU_SECONDS)(_pickled_trace)

    def extract_on_gpu(checkpoint: Checkpoint, arguments: Arguments) -> Trace:
        seconds = min(arguments["max_seconds"], MAX_ZERO_GPU_SECONDS)
        answer = pickle.loads(run_on_gpu(checkpoint, {**arguments, "max_seconds": seconds}))
        if isinstance(answer, Exception):
            raise answer
        return answer

    return extract_on_gpu


def _pickled_trace(checkpoint: Checkpoint, arguments: Arguments) -> bytes:
    """Return the pickled trace, or the pickled error; this function runs in the forked process.

    It pickles the trace itself, because torch would pass on each tensor as an open file.
    """
    try:
        loaded = _loaded(checkpoint)
        answer = extract(loaded.model, loaded.tokenizer, **arguments)
    except SpaceError as error:
        answer = error
    except Exception as error:
        _log.exception("a run on ZeroGPU's GPU failed")
        answer = RuntimeError(f"a run on ZeroGPU's GPU failed: {type(error).__name__}")
    return pickle.dumps(answer)


# A forked process may serve several runs, so it keeps the model of the last run.
_loaded = lru_cache(maxsize=1)(load)
