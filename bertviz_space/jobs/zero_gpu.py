"""Runs a model on the GPU of a ZeroGPU Space, in a process that ZeroGPU forks from this one.

ZeroGPU pickles what it passes between the two processes. The forked process receives a model's
folder and the arguments of the work, such as the texts for ``extract``. It returns the answer, with
its tensors on the CPU, or the error for the reader. It logs any other error, and this process
raises a ``RuntimeError`` that names its type: ZeroGPU itself would pass on no more than this name.
"""

import logging
import pickle
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import import_module
from typing import Any, Protocol, TypeVar

from ..errors import SpaceError
from ..limits import MAX_ZERO_GPU_SECONDS
from ..models.cache import fork_between_loads
from ..models.hub.checkpoints import Checkpoint
from ..models.loading import load

_log = logging.getLogger(__name__)

_Answer = TypeVar("_Answer")

# The keyword arguments of the work that can be pickled; model and tokenizer are not among them.
Arguments = Mapping[str, Any]


class RunOnGpu(Protocol):
    """Calls a function with a loaded model, its tokenizer and some arguments, on ZeroGPU's GPU."""

    def __call__(
        self, work: Callable[..., _Answer], checkpoint: Checkpoint, arguments: Arguments
    ) -> _Answer:
        """Return what ``work``, a function of a module, returns."""
        ...


def runs_on_zero_gpu() -> RunOnGpu:
    """Return a function that runs a model on ZeroGPU's GPU.

    Call this before the page is served. A cancellation does not stop such a run: only its time
    limit does, which is short.

    Returns:
        A function that returns the answer of the work, such as the trace of ``extract``. It raises
        the errors of the work, and ``gr.Error`` if ZeroGPU provides no GPU, for example because the
        visitor has used up the daily quota.
    """
    fork_between_loads()
    # The package ``spaces`` is installed only on machines of ZeroGPU.
    run_on_gpu = import_module("spaces").GPU(duration=MAX_ZERO_GPU_SECONDS)(_pickled_answer)

    def run(work: Callable[..., _Answer], checkpoint: Checkpoint, arguments: Arguments) -> _Answer:
        seconds = min(arguments["max_seconds"], MAX_ZERO_GPU_SECONDS)
        answer = pickle.loads(run_on_gpu(work, checkpoint, {**arguments, "max_seconds": seconds}))
        if isinstance(answer, Exception):
            raise answer
        return answer

    return run


def _pickled_answer(
    work: Callable[..., object], checkpoint: Checkpoint, arguments: Arguments
) -> bytes:
    """Return the pickled answer, or the pickled error; this function runs in the forked process.

    It pickles the answer itself, because torch would pass on each tensor as an open file.
    """
    try:
        loaded = _loaded(checkpoint)
        answer = work(loaded.model, loaded.tokenizer, **arguments)
    except SpaceError as error:
        answer = error
    except Exception as error:
        _log.exception("a run on ZeroGPU's GPU failed")
        answer = RuntimeError(f"a run on ZeroGPU's GPU failed: {type(error).__name__}")
    return pickle.dumps(answer)


# A forked process may serve several runs, so it keeps the model of the last run.
_loaded = lru_cache(maxsize=1)(load)
