"""Summarizes visits: ratios within pairs, and quantiles of times. Pure functions."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from bench.visits import Timing, Visit

# A pair is dropped if a page's main thread waited for a core for more than this share of the time
# in which it was ready to run: other programs were using the machine.
MOST_WAITED = 0.3


@dataclass(frozen=True)
class Ratio:
    """BertViz's time or size divided by ours.

    Attributes:
        value: the median over the pairs.
        pairs: the number of pairs.
        disturbed: True if every pair was disturbed, so that none was dropped.
        at_least: True if BertViz was given up in a pair: the true ratio is larger.
    """

    value: float
    pairs: int
    disturbed: bool
    at_least: bool


@dataclass(frozen=True)
class Spread:
    """Quantiles in milliseconds of the times of one action over all visits, and their number."""

    p50: float
    p95: float
    times: int


def quantile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that is at least as large as this share of the values."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def visits_of(visits: Sequence[Visit], tokens: int, view: str, side: str) -> list[Visit]:
    """Return the visits to one view on one side at one length."""
    return [
        visit for visit in visits if (visit.tokens, visit.view, visit.side) == (tokens, view, side)
    ]


def undisturbed(visits: Sequence[Visit]) -> list[Visit]:
    """Return the visits that were not disturbed, or all visits if every one was."""
    return [visit for visit in visits if visit.waited <= MOST_WAITED] or list(visits)


def spread(
    visits: Sequence[Visit], tokens: int, view: str, side: str, what: str, first: bool = False
) -> Spread | None:
    """Return how long an action takes, or ``None`` if it was not measured.

    Args:
        visits: all visits.
        tokens: length of the text.
        view: as in ``Visit``.
        side: as in ``Visit``.
        what: a key of ``Visit.timings``.
        first: measure up to the first part of the outcome instead of the complete outcome.
    """
    found = [each for each in visits_of(visits, tokens, view, side) if what in each.timings]
    timings = [timing for visit in undisturbed(found) for timing in visit.timings[what]]
    times = [timing.first_ms if first else timing.ms for timing in timings]
    return Spread(quantile(times, 0.5), quantile(times, 0.95), len(times)) if times else None


def ratio(visits: Sequence[Visit], tokens: int, view: str, what: str) -> Ratio | None:
    """Return BertViz's time divided by ours, or ``None`` if one side was not measured.

    In each pair, it is the smaller of two ratios: of the elapsed time, and of the CPU time.
    """
    pairs = [
        (ours, theirs)
        for ours, theirs in _pairs(visits, tokens, view)
        if what in ours.timings and what in theirs.timings
    ]
    if not pairs:
        return None
    calm = [pair for pair in pairs if max(each.waited for each in pair) <= MOST_WAITED]
    kept = calm or pairs
    # If the picture is given up, so is the time from the click to the picture.
    awaited = "drawn" if what == "click to drawn" else what
    return Ratio(
        value=median(
            _pair_ratio(theirs.timings[what], ours.timings[what]) for ours, theirs in kept
        ),
        pairs=len(kept),
        disturbed=not calm,
        at_least=any(theirs.given_up == awaited for _, theirs in kept),
    )


def bytes_ratio(
    visits: Sequence[Visit], tokens: int, view: str, whole_page: bool = False
) -> Ratio | None:
    """Return the bytes of BertViz's picture divided by ours, or ``None`` without both sides.

    Args:
        visits: all visits.
        tokens: length of the text.
        view: as in ``Visit``.
        whole_page: count page and scripts too (ours include Gradio's) instead of the result only.
    """

    def size(visit: Visit) -> int:
        return visit.page_bytes if whole_page else visit.result_bytes

    pairs = [pair for pair in _pairs(visits, tokens, view) if all(map(size, pair))]
    values = [size(theirs) / size(ours) for ours, theirs in pairs]
    # Other programs on the machine do not change the number of bytes.
    return Ratio(median(values), len(values), False, False) if values else None


def _pairs(visits: Sequence[Visit], tokens: int, view: str) -> list[tuple[Visit, Visit]]:
    ours = visits_of(visits, tokens, view, "ours")
    theirs = {visit.pair: visit for visit in visits_of(visits, tokens, view, "bertviz")}
    return [(visit, theirs[visit.pair]) for visit in ours if visit.pair in theirs]


def _pair_ratio(theirs: list[Timing], ours: list[Timing]) -> float:
    elapsed = median(each.ms for each in theirs) / median(each.ms for each in ours)
    their_cpu, our_cpu = ([each.cpu_ms for each in side if each.cpu_ms] for side in (theirs, ours))
    if not their_cpu or not our_cpu:
        return elapsed
    return min(elapsed, median(their_cpu) / median(our_cpu))
