"""Runs a model on the GPU of a ZeroGPU Space, in a process that ZeroGPU forks from this one.

ZeroGPU pickles what it passes between the two processes. The forked process receives the folder of
each model and the arguments of the work, such as the texts for ``extract``. It returns the answer,
with its tensors on the CPU, or the error for the reader. It logs any other error, and this process
raises a ``RuntimeError`` that names its type: ZeroGPU itself would pass on no more than this name.
"""

from collections.abc import Callable
from importlib import import_module
from typing import TypeVar

from ..comparison import compare_runs
from ..limits import MAX_ZERO_GPU_SECONDS
from ..models.cache import fork_between_loads
from ..models.hub.checkpoints import Checkpoint
from .engine import Arguments, ModelRun, do_work, num_parts
from .pickled_answer import answer_in, pickled_answer
from .worker_models import WorkerModels

_Answer = TypeVar("_Answer")


class ZeroGpu:
    """Runs models on ZeroGPU's GPU, and calls no listeners.

    Create it before the page is served. A cancellation does not stop a run: only its time limit
    does, which is short. ``run`` raises ``gr.Error`` if ZeroGPU provides no GPU, for example
    because the visitor has used up the daily quota.
    """

    def __init__(self) -> None:
        fork_between_loads()
        # The package ``spaces`` is installed only on machines of ZeroGPU.
        lend = import_module("spaces").GPU(duration=_seconds)
        self._run_on_gpu: Callable[..., bytes] = lend(_run)

    def run(self, run: ModelRun[_Answer]) -> _Answer:
        """Return what the work returns, with its tensors on the CPU."""
        seconds = min(run.arguments["max_seconds"], _seconds(run.work) / num_parts(run.work))
        arguments = {**run.arguments, "max_seconds": seconds}
        other = None if run.other is None else run.other.checkpoint
        return answer_in(self._run_on_gpu(run.work, run.loaded.checkpoint, other, arguments))


def _seconds(work: Callable[..., object], *_: object) -> float:
    """Return the seconds for which ``_run`` requests a GPU; a comparison has two runs."""
    return MAX_ZERO_GPU_SECONDS * (2 if work is compare_runs else 1)


def _run(
    work: Callable[..., object],
    checkpoint: Checkpoint,
    other: Checkpoint | None,
    arguments: Arguments,
) -> bytes:
    """Run the work in the forked process.

    It pickles the answer itself, because torch would pass on each tensor as an open file.
    """

    def run() -> object:
        loaded = _models.get(checkpoint)
        return do_work(work, loaded, None if other is None else _models.get(other), **arguments)

    return pickled_answer(run)


# A forked process may serve several runs.
_models = WorkerModels()
