"""What was measured: one visit is one view, opened once by one side."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.processes import Usage


@dataclass(frozen=True)
class Timing:
    """One thing that was done, in milliseconds.

    Attributes:
        ms: to the presented frame with all of its outcome.
        first_ms: to the presented frame with the first of it.
        cpu_ms: CPU time of the page's process meanwhile; None where more processes take part.
    """

    ms: float
    first_ms: float
    cpu_ms: float | None


@dataclass
class Visit:
    """One view, opened once.

    Attributes:
        tokens: of the text.
        view: ``head``, ``model`` or ``neuron``; ``none`` for the empty page.
        side: ``ours``, ``bertviz`` or ``idle``, the empty page.
        pair: what has the same number was measured next to each other.
        timings: by what was done: an action of ``cases``, or ``drawn``, ``click to drawn``,
            ``pass to drawn``.
        long_tasks: by what was done, what kept the page's main thread for more than 50 ms, in ms.
        result_bytes: what arrived for the picture: manifest and tensors, or BertViz's page.
        page_bytes: all that arrived, the page and its scripts too.
        peak_mb: the most memory of the page's process, in 10^6 bytes.
        num_nodes: elements of the page.
        waited: share of the time that the page's main thread wanted to run and no core was free.
        given_up: what did not come in time: its timing is the time waited, and nothing came after.
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

    def note(self, what: str, timing: Timing, long_tasks: Sequence[float] = ()) -> None:
        """Add a timing, and the long tasks on the way."""
        self.timings.setdefault(what, []).append(timing)
        self.long_tasks.setdefault(what, []).extend(long_tasks)


def waited_share(before: Usage, after: Usage) -> float:
    """Share of the time that a main thread wanted to run and no core was free."""
    ran = after.main_ms - before.main_ms
    waited = after.waited_ms - before.waited_ms
    return waited / (ran + waited) if ran + waited else 0
