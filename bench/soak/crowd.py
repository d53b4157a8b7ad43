"""Visitors, each a thread that comes again and again until the time is up."""

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx

from bench.soak.hostile import HOSTILE_VISITS
from bench.soak.outcome import Outcome, Unhandled
from bench.soak.readers import READER_VISITS

# One visit in so many means harm.
_ONE_IN = 3
# seconds between two visits of one visitor, at most.
_PAUSE = 1.0


@dataclass(frozen=True)
class Visit:
    """One visit.

    Attributes:
        kind: what was done.
        outcome: how it ended.
        detail: what was said, for an outcome that nobody wants.
        seconds: how long it took.
    """

    kind: str
    outcome: Outcome
    detail: str
    seconds: float


def let_in(url: str, visitors: int, seconds: float) -> list[Visit]:
    """Let so many visitors do what they do at once.

    Args:
        url: of the Space.
        visitors: how many.
        seconds: after which nobody begins another visit.

    Returns:
        All visits.
    """
    end = time.monotonic() + seconds
    with ThreadPoolExecutor(visitors) as threads:
        crowd = [threads.submit(_come, url, seed, end) for seed in range(visitors)]
    return [visit for each in crowd for visit in each.result()]


def _come(url: str, seed: int, end: float) -> list[Visit]:
    dice = random.Random(seed)
    visits: list[Visit] = []
    while time.monotonic() < end:
        kinds = HOSTILE_VISITS if dice.randrange(_ONE_IN) == 0 else READER_VISITS
        name, visit = dice.choice(list(kinds.items()))
        visits.append(_paid(name, visit, url, dice))
        time.sleep(dice.random() * _PAUSE)
    return visits


def _paid(
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
