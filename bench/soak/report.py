"""What came of it, as a table, and whether it went well."""

from collections import Counter
from collections.abc import Sequence
from statistics import median, quantiles

from bench.soak.crowd import Visit
from bench.soak.outcome import Outcome
from bench.soak.server import Server

# Memory counts once all models are loaded and every pool is filled.
_WARM_UP = 1 / 3
# Of the rest, the last third may hold so much more than the first.
_MOST_GROWTH = 1.1


def report(visits: Sequence[Visit], server: Server, visitors: int, minutes: float) -> bool:
    """Print it.

    Returns:
        True if nothing went wrong, the Space is alive, and its memory did not grow.
    """
    print(f"{len(visits):,} visits by {visitors} visitors in {minutes:g} minutes\n")
    outcomes = [str(each) for each in Outcome]
    print(f"{'':32}{'p50 s':>8}{'p95 s':>8}   " + ", ".join(outcomes))
    for kind in sorted({visit.kind for visit in visits}):
        seconds = [visit.seconds for visit in visits if visit.kind == kind]
        counts = Counter(visit.outcome for visit in visits if visit.kind == kind)
        ended = ", ".join(str(counts[each]) for each in Outcome)
        print(f"{kind:32}{median(seconds):8.2f}{_p95(seconds):8.2f}   {ended}")
    wrong = Counter(
        f"{visit.kind}: {visit.detail}" for visit in visits if visit.outcome is Outcome.UNHANDLED
    )
    tracebacks = Counter(server.tracebacks())
    for title, found in (("Went wrong", wrong), ("Tracebacks of the server", tracebacks)):
        print(f"\n{title}: {found.total()}")
        for what, count in found.most_common():
            print(f"  {count} × {what}")
    growth = _growth(server.memory)
    count, size = server.files_left()
    print(f"\nPeak memory {server.peak_mb:,.0f} MB; after warm-up it grew to {growth:.0%}")
    print(f"Files left: {count:,}, {size / 1e6:,.1f} MB")
    print(f"The Space is {'alive' if server.is_alive else 'gone'}")
    return not wrong and not tracebacks and server.is_alive and growth <= _MOST_GROWTH


def _p95(seconds: Sequence[float]) -> float:
    return quantiles(seconds, n=20)[-1] if len(seconds) > 1 else seconds[0]


def _growth(memory: Sequence[tuple[float, int]]) -> float:
    """What the last third of the time after the warm-up holds, to the first third of it."""
    warm = [held for _, held in memory[int(len(memory) * _WARM_UP) :]]
    third = max(1, len(warm) // 3)
    return median(warm[-third:]) / median(warm[:third]) if warm else 1.0
