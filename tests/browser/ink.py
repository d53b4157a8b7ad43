"""Reads pixels of a canvas and compares them with what BertViz's formulas give."""

import json
from collections.abc import Sequence
from functools import cache

import torch
from playwright.sync_api import Locator

from bertviz_space import LayerAttention, Token, Trace

CATEGORY10 = (
    "#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd",
    "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf",
)  # fmt: skip

BLUE = "#2b7de9"  # attention of one head, in the neuron view

Point = tuple[float, float]
Pixel = tuple[int, int, int, int]

# The color at points of the window: that of the topmost canvas that has one there.
_READ = """(root, points) => {
  const canvases = [...root.querySelectorAll("canvas")]
    .filter((each) => each.getClientRects().length > 0)
    .filter((each) => getComputedStyle(each).visibility === "visible")
    .reverse();
  return points.map(([x, y]) => {
    for (const canvas of canvases) {
      const { left, top, right, bottom } = canvas.getBoundingClientRect();
      if (x < left || x >= right || y < top || y >= bottom) continue;
      const { data } = canvas.getContext("2d").getImageData(x - left, y - top, 1, 1);
      if (data[3] > 0) return [...data];
    }
    return [0, 0, 0, 0];
  });
}"""

# As JSON: Playwright would convert each number by itself, in three processes.
_BOXES = """(groups) => JSON.stringify(groups.map((group) => {
  const { left, top, width, height } = group.getBoundingClientRect();
  return { x: left, y: top, width, height };
}))"""

# The first token of a column that the page contains: its position, the number of all tokens, and
# the box of its background.
_FIRST_TOKEN = """([token]) => {
  const { left, top, width, height } =
    token.querySelector(".bertviz-background").getBoundingClientRect();
  const [position, count] = [token.ariaPosInSet, token.ariaSetSize].map(Number);
  return JSON.stringify([position, count, { x: left, y: top, width, height }]);
}"""


def pixels(root: Locator, points: Sequence[Point]) -> list[Pixel]:
    """Return red, green, blue and opacity, each from 0 to 255, at points of the window."""
    return [tuple(each) for each in root.evaluate(_READ, [list(point) for point in points])]


def wait_for_ink(root: Locator, point: Point) -> None:
    """Wait until a canvas has ink at a point: a long drawing takes several frames."""
    root.page.wait_for_function(
        f"""([root, point]) => {{
            const [[red, green, blue, alpha]] = ({_READ})(root, [point]);
            return alpha > 0 && Math.min(red, green, blue) < 255;
        }}""",
        arg=[root.element_handle(), list(point)],
    )


def boxes(elements: Locator) -> list[dict[str, float]]:
    """Return the position and size of elements in the window, in pixels."""
    return json.loads(elements.evaluate_all(_BOXES))


@cache
def rgb(color: str) -> tuple[int, int, int]:
    """Return the three bytes of ``#rrggbb`` or ``rgb(r, g, b)``."""
    if color.startswith("#"):
        red, green, blue = bytes.fromhex(color[1:])
    else:
        red, green, blue = map(int, color[color.index("(") + 1 : -1].split(",")[:3])
    return red, green, blue


def has_ink(pixel: Pixel) -> bool:
    """Return whether a pixel is neither transparent nor the background of a light page."""
    return pixel[3] > 0 and pixel != (255, 255, 255, 255)


def assert_ink(pixel: Pixel, *strokes: tuple[str, float]) -> None:
    """Check that a pixel has the color of strokes drawn over each other on a light page.

    The tolerance is one step of 255 for each stroke.
    """
    ink = torch.full((3,), 255.0)
    for color, opacity in strokes:
        ink = torch.tensor(rgb(color)) * opacity + ink * (1 - opacity)
    *color, alpha = pixel
    drawn = torch.tensor(color) * alpha / 255 + 255.0 - alpha
    assert (drawn - ink).abs().max() <= 0.51 + len(strokes), (
        f"{pixel} is drawn, {ink.tolist()} was expected"
    )


def token_boxes(figure: Locator, side: str) -> list[dict[str, float]]:
    """Return the boxes of the tokens of a column; ``side`` is ``queries`` or ``keys``.

    The page contains only the visible tokens of a long text; all tokens have the same distance.
    """
    tokens = figure.locator(f".bertviz-{side} .bertviz-token")
    first, count, box = json.loads(tokens.evaluate_all(_FIRST_TOKEN))
    return [{**box, "y": box["y"] + (row - first + 1) * box["height"]} for row in range(count)]


def band_width(figure: Locator) -> float:
    """Return the width of a vector in the expanded neuron view, in pixels, which varies."""
    key, product = (
        boxes(figure.locator("text", has_text=text).first)[0]
        for text in ("Key k", "q × k (elementwise)")
    )
    gap = 28
    return (product["x"] + product["width"] / 2) - (key["x"] + key["width"] / 2) - gap


def on_line(figure: Locator, query: int, key: int, at: float) -> Point:
    """Return a point in the middle of the stroke of the line from a query to a key.

    Args:
        figure: two token columns with lines between them.
        query: a row of the query column.
        key: a row of the key column.
        at: the approximate position on the line, from 0 at the query to 1 at the key.
    """
    start, end = token_boxes(figure, "queries")[query], token_boxes(figure, "keys")[key]
    x1, x2 = start["x"] + start["width"], end["x"]
    y1, y2 = (box["y"] + box["height"] / 2 for box in (start, end))
    # Of the pixels nearby, the one whose center is closest to the line is fully covered.
    candidates = []
    for step in range(-8, 9):
        x = int(x1 + at * (x2 - x1)) + step + 0.5
        y = y1 + (x - x1) / (x2 - x1) * (y2 - y1)
        if x1 + 1 <= x <= x2 - 1:
            candidates.append((abs(y % 1 - 0.5), (x, y)))
    return min(candidates)[1]


def made_up(weights: torch.Tensor) -> Trace:
    """Return a trace with these weights.

    Args:
        weights: ``[layer, head, query, key]``, rows that sum to 1.
    """
    num_layers, num_heads, length, _ = weights.shape
    tokens = tuple(
        Token(f"word{place}", f"word{place}", place, 6 * place, 6 * place + 5, "A", False)
        for place in range(length)
    )
    layers = tuple(
        LayerAttention(
            component="self",
            layer=layer,
            query=torch.zeros(num_heads, length, 4),
            key=torch.zeros(num_heads, length, 4),
            scaling=0.5,
            allowed=weights[layer] > 0,
            bias=weights[layer].log().clamp(min=-1e30).masked_fill(weights[layer] == 0, 0),
        )
        for layer in range(num_layers)
    )
    return Trace(source=tokens, target=None, layers={"self": layers})
