"""Runs visitors: each is a thread that makes one visit after another until the time is over."""

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx

from bench.soak.hostile import HOSTILE_VISITS
from bench.soak.outcome import Outcome, Unhandled
from bench.soak.readers import READER_VISITS

# One visit in three is hostile.
_HOSTILE_EVERY = 3
# The longest pause between two visits of one visitor, in seconds.
_MAX_PAUSE = 1.0


@dataclass(frozen=True)
class Visit:
    """One visit.

    Attributes:
        kind: the name of the visit in ``READER_VISITS`` or ``HOSTILE_VISITS``.
        outcome: how the visit ended.
        detail: the message of an ``UNHANDLED`` outcome, otherwise empty.
        seconds: how long the visit took.
    """

    kind: str
    outcome: Outcome
    detail: str
    seconds: float


def run_visitors(url: str, visitors: int, seconds: float) -> list[Visit]:
    """Run visitors concurrently, and return all of their visits.

    Args:
        url: the URL of the Space.
        visitors: the number of visitors.
        seconds: the time after which no visitor starts another visit.
    """
    end = time.monotonic() + seconds
    with ThreadPoolExecutor(visitors) as threads:
        running = [threads.submit(_visit_repeatedly, url, seed, end) for seed in range(visitors)]
    return [visit for each in running for visit in each.result()]


def _visit_repeatedly(url: str, seed: int, end: float) -> list[Visit]:
    dice = random.Random(seed)
    visits: list[Visit] = []
    while time.monotonic() < end:
        kinds = HOSTILE_VISITS if dice.randrange(_HOSTILE_EVERY) == 0 else READER_VISITS
        name, visit = dice.choice(list(kinds.items()))
        visits.append(_timed(name, visit, url, dice))
        time.sleep(dice.random() * _MAX_PAUSE)
    return visits


def _timed(
    kind: str, visit: Callable[[str, random.Random], Outcome], url: str, dice: random.Random
) -> Visit:
    start = time.monotonic()
    detail = ""
    try:
        outcome = visit(url, dice)
    except Unhandled as error:
        outcome, detail = Outcome.UNHANDLED, str(error)
    except httpx.HTTPError as error:
        outcome, detail = Outcome.UNHANDLED, f"{type(error).__name__}: {error}"
    return Visit(kind, outcome, detail, time.monotonic() - start)
