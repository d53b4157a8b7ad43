"""What the visits say together: ratios pair by pair, and how the times spread. Pure functions."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from bench.visits import Timing, Visit

# Share of the time that a page's main thread may wait for a core before its pair is dropped: others
# were using the machine then.
MOST_WAITED = 0.3


@dataclass(frozen=True)
class Ratio:
    """How many times more BertViz takes than we do.

    Attributes:
        value: the median over the pairs.
        pairs: how many.
        disturbed: True if every pair was disturbed, so that none could be dropped.
        at_least: True if BertViz was given up in one of them: it would have taken longer.
    """

    value: float
    pairs: int
    disturbed: bool
    at_least: bool


@dataclass(frozen=True)
class Spread:
    """How long something takes, in milliseconds, over all visits."""

    p50: float
    p95: float
    times: int


def quantile(values: Sequence[float], share: float) -> float:
    """The least of some values that at least this share of them do not pass."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def visits_of(visits: Sequence[Visit], tokens: int, view: str, side: str) -> list[Visit]:
    """All visits of one view by one side at one length."""
    return [
        visit for visit in visits if (visit.tokens, visit.view, visit.side) == (tokens, view, side)
    ]


def calm(visits: Sequence[Visit]) -> list[Visit]:
    """Those visits that nobody disturbed; or all, if every one was."""
    return [visit for visit in visits if visit.waited <= MOST_WAITED] or list(visits)


def spread(
    visits: Sequence[Visit], tokens: int, view: str, side: str, what: str, first: bool = False
) -> Spread | None:
    """How long something takes; None if it was not measured.

    Args:
        visits: all of them.
        tokens: length of the text.
        view: as in ``Visit``.
        side: as in ``Visit``.
        what: as in ``Visit.timings``.
        first: to the first of the outcome, not to all of it.
    """
    found = [each for each in visits_of(visits, tokens, view, side) if what in each.timings]
    timings = [timing for visit in calm(found) for timing in visit.timings[what]]
    times = [timing.first_ms if first else timing.ms for timing in timings]
    return Spread(quantile(times, 0.5), quantile(times, 0.95), len(times)) if times else None


def ratio(visits: Sequence[Visit], tokens: int, view: str, what: str) -> Ratio | None:
    """How many times longer BertViz takes for something; None if one side was not measured.

    In each pair it is the smaller of two ratios: of the time that passed, and of the CPU time.
    """
    pairs = [
        (ours, theirs)
        for ours, theirs in _pairs(visits, tokens, view)
        if what in ours.timings and what in theirs.timings
    ]
    if not pairs:
        return None
    undisturbed = [pair for pair in pairs if max(each.waited for each in pair) <= MOST_WAITED]
    kept = undisturbed or pairs
    # A click's picture is given up where the picture is.
    awaited = "drawn" if what == "click to drawn" else what
    return Ratio(
        value=median(_times(theirs.timings[what], ours.timings[what]) for ours, theirs in kept),
        pairs=len(kept),
        disturbed=not undisturbed,
        at_least=any(theirs.given_up == awaited for _, theirs in kept),
    )


def bytes_ratio(
    visits: Sequence[Visit], tokens: int, view: str, whole_page: bool = False
) -> Ratio | None:
    """How many times more bytes arrive for BertViz's picture; None if one side was not measured.

    Args:
        visits: all of them.
        tokens: length of the text.
        view: as in ``Visit``.
        whole_page: whether Gradio and all scripts count, ours and BertViz's, or the result alone.
    """

    def size(visit: Visit) -> int:
        return visit.page_bytes if whole_page else visit.result_bytes

    pairs = [pair for pair in _pairs(visits, tokens, view) if all(map(size, pair))]
    values = [size(theirs) / size(ours) for ours, theirs in pairs]
    # Nobody else's work changes what arrives.
    return Ratio(median(values), len(values), False, False) if values else None


def _pairs(visits: Sequence[Visit], tokens: int, view: str) -> list[tuple[Visit, Visit]]:
    ours = visits_of(visits, tokens, view, "ours")
    theirs = {visit.pair: visit for visit in visits_of(visits, tokens, view, "bertviz")}
    return [(visit, theirs[visit.pair]) for visit in ours if visit.pair in theirs]


def _times(theirs: list[Timing], ours: list[Timing]) -> float:
    passed = median(each.ms for each in theirs) / median(each.ms for each in ours)
    their_cpu, our_cpu = ([each.cpu_ms for each in side if each.cpu_ms] for side in (theirs, ours))
    if not their_cpu or not our_cpu:
        return passed
    return min(passed, median(their_cpu) / median(our_cpu))
