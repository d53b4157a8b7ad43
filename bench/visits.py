"""Holds the measurements: a visit is one view that is opened once on one side."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.processes import Usage


@dataclass(frozen=True)
class Timing:
    """How long one action took, in milliseconds.

    Attributes:
        ms: time until the frame with the complete outcome was presented.
        first_ms: time until the frame with the first part of the outcome was presented.
        cpu_ms: CPU time of the page's process; ``None`` if other processes also worked on it.
    """

    ms: float
    first_ms: float
    cpu_ms: float | None


@dataclass
class Visit:
    """One view, opened once.

    Attributes:
        tokens: number of tokens of the text.
        view: ``head``, ``model`` or ``neuron``; ``none`` for the empty page.
        side: ``ours``, ``bertviz`` or ``idle`` (the empty page).
        pair: visits with the same number were measured directly after each other.
        timings: by action of ``cases``, or ``drawn``, ``click to drawn``, ``pass to drawn``.
        long_tasks: by action, the tasks of more than 50 ms on the page's main thread, in ms.
        result_bytes: bytes received for the picture: manifest and tensors, or BertViz's page.
        page_bytes: all bytes received, including the page and its scripts.
        peak_mb: peak memory of the page's process, in 10^6 bytes.
        num_nodes: number of elements of the page.
        waited: share of its runnable time in which the page's main thread waited for a core.
        given_up: the action that was too slow. Its timing is the time waited, and the actions after
            it were not measured.
    """

    tokens: int
    view: str
    side: str
    pair: int
    timings: dict[str, list[Timing]] = field(default_factory=dict)
    long_tasks: dict[str, list[float]] = field(default_factory=dict)
    result_bytes: int = 0
    page_bytes: int = 0
    peak_mb: float = 0
    num_nodes: int = 0
    waited: float = 0
    given_up: str | None = None

    def record(self, what: str, timing: Timing, long_tasks: Sequence[float] = ()) -> None:
        """Add the timing of an action, and the long tasks during it, in ms."""
        self.timings.setdefault(what, []).append(timing)
        self.long_tasks.setdefault(what, []).extend(long_tasks)


def waited_share(before: Usage, after: Usage) -> float:
    """Return the share of its runnable time in which a main thread waited for a core."""
    ran = after.main_ms - before.main_ms
    waited = after.waited_ms - before.waited_ms
    return waited / (ran + waited) if ran + waited else 0
