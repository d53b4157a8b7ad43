"""What the benchmark is to reach, and what it did. What is not reached says what holds it back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.cases import INPUTS, ROUNDS, VIEWS
from bench.results import Results
from bench.summary import Ratio, Spread, bytes_ratio, ratio, spread

# milliseconds between two frames of a screen of 60 Hz.
FRAME_MS = 1000 / 60


@dataclass(frozen=True)
class Reached:
    """What was measured for a target.

    Attributes:
        said: the figure.
        is_enough: whether the target is reached.
    """

    said: str
    is_enough: bool


@dataclass(frozen=True)
class Target:
    """One thing to reach.

    Attributes:
        says: what is to be reached.
        reached: what was; None where it was not measured.
        holds_back: what is known to stand in the way, printed where it is not reached.
    """

    says: str
    reached: Callable[[Results], Reached | None]
    holds_back: str = ""


def said(ratio: Ratio | None) -> str:
    """A ratio in a table."""
    if ratio is None:
        return ""
    value = f"{ratio.value:.0f}" if ratio.value >= 10 else f"{ratio.value:.1f}"
    return f"{'> ' if ratio.at_least else ''}{value} ×{' (disturbed)' if ratio.disturbed else ''}"


def fewer_bytes(view: str, tokens: int, least: float, holds_back: str = "") -> Target:
    """So many times fewer bytes to the first picture."""

    def reached(results: Results) -> Reached | None:
        found = bytes_ratio(results.visits, tokens, view)
        return found and Reached(said(found), found.value >= least)

    says = f"{view} view at {tokens:,}: bytes to the first picture ≥ {least:g} × fewer"
    return Target(says, reached, holds_back)


def faster(
    view: str,
    tokens: int,
    what: str,
    least: float,
    or_given_up: bool = False,
    holds_back: str = "",
) -> Target:
    """So many times faster; or, where it is enough, in time where BertViz is not."""

    def reached(results: Results) -> Reached | None:
        found = ratio(results.visits, tokens, view, what)
        if found is None:
            return None
        is_enough = found.value >= least or (or_given_up and found.at_least)
        return Reached(said(found), is_enough)

    alternative = ", or BertViz given up" if or_given_up else ""
    says = f"{view} view at {tokens:,}: {what} ≥ {least:g} × faster{alternative}"
    return Target(says, reached, holds_back)


def drawn_within(
    tokens: int, views: Sequence[str], what: str, seconds: float, holds_back: str = ""
) -> Target:
    """Each of these views drawn in time, in the median."""

    def reached(results: Results) -> Reached | None:
        found = {view: spread(results.visits, tokens, view, "ours", what) for view in views}
        times = {view: each.p50 / 1000 for view, each in found.items() if each}
        if len(times) < len(views):
            return None
        text = ", ".join(f"{view} {time:.2f} s" for view, time in times.items())
        return Reached(text, max(times.values()) <= seconds)

    says = f"{', '.join(views)} view at {tokens:,}: {what} within {seconds:g} s"
    return Target(says, reached, holds_back)


def every_interaction(
    tokens: int, says: str, most: Callable[[Spread], float], holds_back: str = ""
) -> Target:
    """The p95 of everything that a reader does, in every view.

    Args:
        tokens: length of the text.
        says: what is to be reached.
        most: the p95 to reach, in ms, from what a frame costs by the same kind of input.
        holds_back: as in ``Target``.
    """

    def reached(results: Results) -> Reached | None:
        over: dict[str, float] = {}
        for view in VIEWS:
            for action in (action for each in ROUNDS[view] for action in each.actions):
                ours = spread(results.visits, tokens, view, "ours", action)
                idle = spread(results.visits, tokens, "none", "idle", INPUTS[action])
                if ours and idle:
                    over[f"{view} {action} {ours.p95:.0f} ms"] = ours.p95 - most(idle)
        if not over:
            return None
        late = sorted((name for name in over if over[name] > 0), key=over.__getitem__, reverse=True)
        text = f"{len(over) - len(late)} of {len(over)}"
        return Reached(text + (f"; not {', '.join(late)}" if late else ""), not late)

    return Target(says, reached, holds_back)


def extraction_costs(
    tokens: int, what: str, unit: str, most: float, holds_back: str = ""
) -> Target:
    """Extraction beside a plain pass: at most so many times as much of something.

    Args:
        tokens: length of the text.
        what: the column of ``extraction``.
        unit: the same in words.
        most: times what the plain pass takes.
        holds_back: as in ``Target``.
    """

    def reached(results: Results) -> Reached | None:
        found = {row["what"]: row[what] for row in results.extraction if row["tokens"] == tokens}
        if not found:
            return None
        times = found["extraction"] / found["sdpa"]
        return Reached(f"{times:.3g} ×", times <= most)

    says = f"extraction at {tokens:,}: {unit} ≤ {most:g} × a plain pass's"
    return Target(says, reached, holds_back)


# What was seen in profiles of the page, without a GPU.
_LINES = (
    "a line between the columns takes 2 to 5 µs, and there are 5,900 at 128 tokens; the rest is "
    "what Gradio's page does with a new result, and the frame"
)
_SMALL_LINES = "a line of a cell takes some 0.4 µs, and there are 147,000 in 12 × 12 cells"
_FRAME = "so many times less than BertViz takes is about what an empty frame takes here"

TARGETS = (
    fewer_bytes("head", 128, 100),
    faster("head", 64, "drawn", 20, holds_back=_LINES),
    faster("head", 128, "drawn", 50, holds_back=_LINES),
    faster("head", 128, "layer", 100, holds_back=_LINES),
    faster("head", 128, "toggle", 50, holds_back=_LINES),
    faster("head", 128, "leave", 50),
    faster("model", 64, "drawn", 75, holds_back=_SMALL_LINES),
    faster("model", 128, "drawn", 200, or_given_up=True, holds_back=_SMALL_LINES),
    faster("neuron", 64, "drawn", 15),
    faster("neuron", 64, "layer", 70, holds_back=_FRAME),
    faster("head", 128, "click to drawn", 15),
    drawn_within(512, VIEWS, "drawn", 0.5),
    every_interaction(
        512,
        "every interaction at 512: p95 within 2 frames of the no-op's",
        lambda idle: idle.p95 + 2 * FRAME_MS,
        holds_back=f"{_LINES}; the first head of a layer that is opened waits for its 3 MB",
    ),
    drawn_within(4096, ("head",), "pass to drawn", 2),
    every_interaction(
        4096,
        "every interaction at 4,096: p95 ≤ 100 ms and one no-op frame",
        lambda idle: 100 + idle.p50,
        holds_back=(
            "12,000 lines are in sight; the first head of a layer that is opened waits for 14 MB"
        ),
    ),
    extraction_costs(
        512,
        "ratio_to_sdpa",
        "CPU time",
        1.05,
        holds_back="the model's own weights of 8 queries a layer, against which the law is held",
    ),
    extraction_costs(
        2048,
        "peak_mb",
        "peak memory",
        2,
        holds_back="queries and keys of all layers, which are the result, are 151 MB",
    ),
)
