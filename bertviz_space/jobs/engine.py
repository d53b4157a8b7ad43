"""Where the passes of a model run: in this process, on ZeroGPU's GPU, or on a cluster."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from ..comparison import NUM_PARTS, OtherModel, compare_runs
from ..models.loading import LoadedModel
from .caller import Caller

_Answer = TypeVar("_Answer")

# The keyword arguments of the work that can be pickled; model and tokenizer are not among them.
Arguments = Mapping[str, Any]


@dataclass(frozen=True)
class ModelRun(Generic[_Answer]):
    """Work that runs a model.

    Attributes:
        work: a function of a module, which takes a model and its tokenizer, such as ``extract``.
        loaded: the model.
        arguments: the other arguments of the work, with its time limit ``max_seconds``.
        caller: can cancel the run.
        listeners: functions that the work calls, by the names of their arguments. An engine in
            another process may ignore them.
        other: the other model of ``compare_runs``; ``None`` for any other work, and if both runs
            are of the same model.
    """

    work: Callable[..., _Answer]
    loaded: LoadedModel
    arguments: Arguments
    caller: Caller
    listeners: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    other: LoadedModel | None = None


class Engine(Protocol):
    """Runs models."""

    def run(self, run: ModelRun[_Answer]) -> _Answer:
        """Return what the work returns.

        Raises:
            SpaceError: any error of the work with a message for the reader.
        """
        ...


class ThisProcess:
    """Runs models in this process, and calls all listeners."""

    def run(self, run: ModelRun[_Answer]) -> _Answer:
        """Return what the work returns."""
        return do_work(
            run.work,
            run.loaded,
            run.other,
            **run.arguments,
            **run.listeners,
            cancellation=run.caller.cancellation,
        )


def num_parts(work: Callable[..., object]) -> int:
    """Return how many parts of a work have its time limit ``max_seconds`` each."""
    return NUM_PARTS if work is compare_runs else 1


def do_work(
    work: Callable[..., _Answer], loaded: LoadedModel, other: LoadedModel | None, **arguments: Any
) -> _Answer:
    """Call the work of a run with its models.

    Args:
        work: see ``ModelRun``.
        loaded: the model.
        other: see ``ModelRun``.
        arguments: all further arguments of the work.
    """
    if other is not None:
        its = other.checkpoint
        arguments["other"] = OtherModel(other.model, other.tokenizer, its.model_id, its.revision)
    return work(loaded.model, loaded.tokenizer, **arguments)
