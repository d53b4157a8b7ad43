"""Lists the targets of the benchmark, and the reasons why some are not reached."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.cases import INPUTS, ROUNDS, VIEWS
from bench.results import Results
from bench.summary import Ratio, Spread, bytes_ratio, ratio, spread

# milliseconds between two frames of a 60 Hz screen.
FRAME_MS = 1000 / 60


@dataclass(frozen=True)
class Measured:
    """What was measured for a target.

    Attributes:
        text: the measured value, for the table.
        is_reached: whether the value reaches the target.
    """

    text: str
    is_reached: bool


@dataclass(frozen=True)
class Target:
    """A value to reach.

    Attributes:
        text: the target, for the table.
        measure: returns what was measured, or ``None`` if nothing was.
        obstacle: the known reason why the target is not reached; printed only in that case.
    """

    text: str
    measure: Callable[[Results], Measured | None]
    obstacle: str = ""


def format_ratio(ratio: Ratio | None) -> str:
    """Return a ratio as text for a table."""
    if ratio is None:
        return ""
    value = f"{ratio.value:.0f}" if ratio.value >= 10 else f"{ratio.value:.1f}"
    return f"{'> ' if ratio.at_least else ''}{value} ×{' (disturbed)' if ratio.disturbed else ''}"


def fewer_bytes(view: str, tokens: int, least: float, obstacle: str = "") -> Target:
    """Return the target that our first picture takes ``least`` times fewer bytes."""

    def measure(results: Results) -> Measured | None:
        found = bytes_ratio(results.visits, tokens, view)
        if found is None:
            return None
        return Measured(format_ratio(found), found.value >= least)

    text = f"{view} view at {tokens:,}: ≥ {least:g} × fewer bytes to the first picture"
    return Target(text, measure, obstacle)


def faster(
    view: str,
    tokens: int,
    what: str,
    least: float,
    or_given_up: bool = False,
    obstacle: str = "",
) -> Target:
    """Return the target that we are ``least`` times faster or, optionally, BertViz is given up."""

    def measure(results: Results) -> Measured | None:
        found = ratio(results.visits, tokens, view, what)
        if found is None:
            return None
        is_reached = found.value >= least or (or_given_up and found.at_least)
        return Measured(format_ratio(found), is_reached)

    alternative = ", or BertViz is given up" if or_given_up else ""
    text = f"{view} view at {tokens:,}: {what} ≥ {least:g} × faster{alternative}"
    return Target(text, measure, obstacle)


def drawn_within(
    tokens: int, views: Sequence[str], what: str, seconds: float, obstacle: str = ""
) -> Target:
    """Return the target that the median time of each of these views is within some seconds."""

    def measure(results: Results) -> Measured | None:
        found = {view: spread(results.visits, tokens, view, "ours", what) for view in views}
        times = {view: each.p50 / 1000 for view, each in found.items() if each}
        if len(times) < len(views):
            return None
        text = ", ".join(f"{view} {time:.2f} s" for view, time in times.items())
        return Measured(text, max(times.values()) <= seconds)

    text = f"{', '.join(views)} view at {tokens:,}: {what} within {seconds:g} s"
    return Target(text, measure, obstacle)


def every_interaction(
    tokens: int, text: str, limit: Callable[[Spread], float], obstacle: str = ""
) -> Target:
    """Return the target that the p95 of every action in every view is within a limit.

    Args:
        tokens: length of the text.
        text: as in ``Target``.
        limit: returns the largest p95 in ms, given the times of the same input on an empty page.
        obstacle: as in ``Target``.
    """

    def measure(results: Results) -> Measured | None:
        over: dict[str, float] = {}
        for view in VIEWS:
            for action in (action for each in ROUNDS[view] for action in each.actions):
                ours = spread(results.visits, tokens, view, "ours", action)
                idle = spread(results.visits, tokens, "none", "idle", INPUTS[action])
                if ours and idle:
                    over[f"{view} {action} {ours.p95:.0f} ms"] = ours.p95 - limit(idle)
        if not over:
            return None
        late = sorted((name for name in over if over[name] > 0), key=over.__getitem__, reverse=True)
        count = f"{len(over) - len(late)} of {len(over)}"
        return Measured(count + (f"; too slow: {', '.join(late)}" if late else ""), not late)

    return Target(text, measure, obstacle)


def extraction_costs(tokens: int, what: str, name: str, most: float, obstacle: str = "") -> Target:
    """Return the target that extraction costs at most ``most`` times as much as a plain pass.

    Args:
        tokens: length of the text.
        what: a column of the rows of ``extraction``.
        name: the column in words.
        most: the largest ratio.
        obstacle: as in ``Target``.
    """

    def measure(results: Results) -> Measured | None:
        found = {row["what"]: row[what] for row in results.extraction if row["tokens"] == tokens}
        if not found:
            return None
        times = found["extraction"] / found["sdpa"]
        return Measured(f"{times:.3g} ×", times <= most)

    text = f"extraction at {tokens:,}: {name} ≤ {most:g} × that of a plain pass"
    return Target(text, measure, obstacle)


def predictions_cost(tokens: int, most: float, obstacle: str = "") -> Target:
    """Return the target that a pass with its predictions takes at most ``most`` times the pass.

    Args:
        tokens: length of the text.
        most: the largest ratio of the CPU time.
        obstacle: as in ``Target``.
    """

    def measure(results: Results) -> Measured | None:
        for row in results.predictions:
            if row["tokens"] == tokens and row["what"] == "predictions":
                times = row["ratio_to_pass"]
                return Measured(f"{times:.3g} ×, median of {row['runs']} runs", times <= most)
        return None

    text = f"predictions at {tokens:,}: CPU time ≤ {most:g} × that of the pass alone"
    return Target(text, measure, obstacle)


def scores_cost(tokens: int, most: float) -> Target:
    """Return the target that the scores of all heads take at most a share of extraction's time.

    Args:
        tokens: length of the text.
        most: the largest share of the CPU time.
    """

    def measure(results: Results) -> Measured | None:
        for row in results.extraction:
            if row["tokens"] == tokens and row["what"] == "scores":
                share = row["ratio_to_extraction"]
                return Measured(f"{share:.3g} ×, median of {row['runs']} runs", share <= most)
        return None

    text = f"head scores at {tokens:,}: CPU time ≤ {most:g} × that of extraction"
    return Target(text, measure)


# The reasons that profiles of the page showed, on a machine without a GPU.
_LINES = (
    "each line between the columns takes 2 to 5 µs, and there are 5,900 of them at 128 tokens; "
    "Gradio's handling of a new result and the frame take the rest"
)
_SMALL_LINES = "each line of a cell takes about 0.4 µs, and 12 × 12 cells have 147,000 of them"
_FRAME = "1/70 of BertViz's time is about the time of an empty frame on this machine"

TARGETS = (
    fewer_bytes("head", 128, 100),
    faster("head", 64, "drawn", 20, obstacle=_LINES),
    faster("head", 128, "drawn", 50, obstacle=_LINES),
    faster("head", 128, "layer", 100, obstacle=_LINES),
    faster("head", 128, "toggle", 50, obstacle=_LINES),
    faster("head", 128, "leave", 50),
    faster("model", 64, "drawn", 75, obstacle=_SMALL_LINES),
    faster("model", 128, "drawn", 200, or_given_up=True, obstacle=_SMALL_LINES),
    faster("neuron", 64, "drawn", 15),
    faster("neuron", 64, "layer", 70, obstacle=_FRAME),
    faster("head", 128, "click to drawn", 15),
    drawn_within(512, VIEWS, "drawn", 0.5),
    every_interaction(
        512,
        "every interaction at 512: p95 ≤ p95 of the no-op + 2 frames",
        lambda idle: idle.p95 + 2 * FRAME_MS,
        obstacle=f"{_LINES}; the first head of a newly chosen layer waits for its 3 MB",
    ),
    drawn_within(4096, ("head",), "pass to drawn", 2),
    every_interaction(
        4096,
        "every interaction at 4,096: p95 ≤ 100 ms + p50 of the no-op",
        lambda idle: 100 + idle.p50,
        obstacle=(
            "12,000 lines are visible; the first head of a newly chosen layer waits for its 14 MB"
        ),
    ),
    extraction_costs(
        512,
        "ratio_to_sdpa",
        "CPU time",
        1.05,
        obstacle=(
            "extraction also computes the model's own weights of 8 queries per layer, for its check"
        ),
    ),
    extraction_costs(
        2048,
        "peak_mb",
        "peak memory",
        2,
        obstacle="the queries and keys of all layers, which are the result, take 151 MB",
    ),
    scores_cost(512, 0.4),
    predictions_cost(
        512,
        1.6,
        obstacle="the matrix product of the head alone takes 0.4 × the pass",
    ),
)
