"""Prints the results of a load test, and decides whether they are good."""

from collections import Counter
from collections.abc import Sequence
from statistics import median, quantiles

from bench.soak.outcome import Outcome
from bench.soak.server import Server
from bench.soak.visitors import Visit

# Share of the time before memory counts: then all models are loaded and all pools are filled.
_WARM_UP = 1 / 3
# The largest ratio of memory in the last third of the remaining time to memory in its first third.
_MAX_GROWTH = 1.1


def report(visits: Sequence[Visit], server: Server, visitors: int, minutes: float) -> bool:
    """Print the results.

    Returns:
        True if no visit went wrong, the log has no traceback, the Space still runs, and its memory
        has not grown.
    """
    print(f"{len(visits):,} visits by {visitors} visitors in {minutes:g} minutes\n")
    outcomes = [str(each) for each in Outcome]
    print(f"{'':32}{'p50 s':>8}{'p95 s':>8}   " + ", ".join(outcomes))
    for kind in sorted({visit.kind for visit in visits}):
        seconds = [visit.seconds for visit in visits if visit.kind == kind]
        counts = Counter(visit.outcome for visit in visits if visit.kind == kind)
        ended = ", ".join(str(counts[each]) for each in Outcome)
        print(f"{kind:32}{median(seconds):8.2f}{_p95(seconds):8.2f}   {ended}")
    readers = [visit for visit in visits if not visit.kind.startswith("hostile")]
    answered = [visit.seconds for visit in readers if visit.outcome is Outcome.ANSWERED]
    full = sum(visit.outcome is Outcome.FULL for visit in readers)
    print(
        f"\nVisits of readers: {len(answered) / minutes:.1f} answered per minute, p95 "
        f"{_p95(answered):.2f} s; {full / len(readers):.0%} refused because the queue was full"
    )
    wrong = Counter(
        f"{visit.kind}: {visit.detail}" for visit in visits if visit.outcome is Outcome.UNHANDLED
    )
    tracebacks = Counter(server.tracebacks())
    for title, found in (("Went wrong", wrong), ("Tracebacks in the server's log", tracebacks)):
        print(f"\n{title}: {found.total()}")
        for what, count in found.most_common():
            print(f"  {count} × {what}")
    growth = _growth(server.memory)
    count, size = server.files_left()
    print(f"\nPeak memory: {server.peak_mb:,.0f} MB; growth after the warm-up: to {growth:.0%}")
    print(f"Files left: {count:,}, {size / 1e6:,.1f} MB")
    print(f"The Space {'still runs' if server.is_alive else 'has ended'}")
    return not wrong and not tracebacks and server.is_alive and growth <= _MAX_GROWTH


def _p95(seconds: Sequence[float]) -> float:
    return quantiles(seconds, n=20)[-1] if len(seconds) > 1 else seconds[0]


def _growth(memory: Sequence[tuple[float, int]]) -> float:
    """Return the memory in the last third of the time after the warm-up, divided by the first."""
    warm = [resident for _, resident in memory[int(len(memory) * _WARM_UP) :]]
    third = max(1, len(warm) // 3)
    return median(warm[-third:]) / median(warm[:third]) if warm else 1.0
