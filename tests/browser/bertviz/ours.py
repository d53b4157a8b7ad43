"""Reads what our own views have drawn from the recorded drawing calls."""

import json
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

from tests.browser.bertviz.marks import Box, Color, Line
from tests.browser.ink import Point, boxes, rgb, token_boxes

_RECORDER = Path(__file__).parent / "recorder.js"


# Records the lines of a page that `open_view` opens.
_BEFORE_MOUNT = "window.beforeMount = (modules) => window.recordLines(modules);"

# Records the lines of the page of the Space, which has loaded the script.
_RECORD_LINES = """async () => {
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
  const { modules } = await import(loaded.find((name) => name.endsWith("/modules.js")));
  window.recordLines(modules);
}"""


@contextmanager
def recording(page: Page) -> Iterator[None]:
    """Record what a page draws that ``open_view`` opens inside the block."""
    with page.add_init_script(path=_RECORDER), page.add_init_script(_BEFORE_MOUNT):
        yield


def record_lines(page: Page) -> None:
    """Record the lines that the open page of the Space draws from now on."""
    page.evaluate(_RECORDER.read_text(encoding="utf-8"))
    page.evaluate(_RECORD_LINES)


@dataclass(frozen=True)
class Mark:
    """One thing drawn on a canvas.

    Attributes:
        paint: ``stroke`` or ``fill``.
        shape: ``line``, ``path`` of straight lines, ``rect`` or ``roundRect``.
        points: the corners, in pixels of the window.
        color: red, green and blue, 0 to 255.
        opacity: 0 to 1.
        width: the width of the stroke, in pixels.
    """

    paint: str
    shape: str
    points: list[Point]
    color: Color
    opacity: float
    width: float

    @cached_property
    def left(self) -> float:
        """The left edge."""
        return min(x for x, _ in self.points)

    @cached_property
    def middle(self) -> float:
        """The vertical center."""
        return sum(y for _, y in self.points) / len(self.points)

    @cached_property
    def height(self) -> float:
        """The height."""
        heights = [y for _, y in self.points]
        return max(heights) - min(heights)


def marks(root: Locator) -> list[Mark]:
    """Return the marks on the visible canvases in the order of drawing, without backgrounds."""
    read = json.loads(root.evaluate("(root) => window.marksOf(root)"))
    values: list[dict[str, Any]] = [{**mark, "color": rgb(mark["color"])} for mark in read]
    drawn = [Mark(**each) for each in values]
    canvases = [(box["x"], box["width"], box["height"]) for box in boxes(root.locator("canvas"))]
    return [mark for mark in drawn if not _is_background(mark, canvases)]


def _is_background(mark: Mark, canvases: Sequence[tuple[float, float, float]]) -> bool:
    """Return whether a mark is a white rectangle that covers a canvas.

    Canvases are given as left edge, width and height, in pixels.
    """
    if (mark.paint, mark.shape, mark.color, mark.opacity) != ("fill", "rect", (255, 255, 255), 1):
        return False
    right = max(x for x, _ in mark.points)
    return any(
        mark.left == x and right >= x + width - 1 and mark.height >= height - 1
        for x, width, height in canvases
    )


def lines(figure: Locator, width: float = 2) -> list[Line]:
    """Return the lines between two columns of tokens; all must have this width in pixels."""
    queries, keys = (centers(token_boxes(figure, side)) for side in ("queries", "keys"))
    found = []
    for mark in marks(figure):
        assert (mark.paint, mark.shape, round(mark.width, 3)) == ("stroke", "line", width), mark
        (_, y1), (_, y2) = mark.points
        found.append(Line(0, nearest(queries, y1), nearest(keys, y2), mark.color, mark.opacity))
    return found


def in_sight(figure: Locator, lines: Sequence[Line]) -> list[Line]:
    """Return the lines that touch the visible part of a figure; a long text scrolls."""
    queries, keys = (centers(token_boxes(figure, side)) for side in ("queries", "keys"))
    [canvas, *_] = boxes(figure.locator("canvas"))
    top, bottom = canvas["y"] - 2, canvas["y"] + canvas["height"] + 2

    def is_seen(line: Line) -> bool:
        ends = queries[line.query], keys[line.key]
        return max(ends) >= top and min(ends) <= bottom

    return [line for line in lines if is_seen(line)]


def boxes_behind(figure: Locator, side: str) -> list[Box]:
    """Return the boxes behind the tokens of a column, ``queries`` or ``keys``."""
    column = token_boxes(figure, side)
    rects = figure.locator(".bertviz-boxes rect")
    paint = rects.evaluate_all("""(all) => all.map((each) => [
        each.getAttribute("fill"), Number(each.getAttribute("fill-opacity")),
    ])""")
    left, width = column[0]["x"], column[0]["width"]
    return [
        Box(
            nearest(centers(column), box["y"] + box["height"] / 2),
            (box["x"] - left) / width,
            box["width"] / width,
            rgb(color),
            opacity,
        )
        for box, (color, opacity) in zip(boxes(rects), paint, strict=True)
    ]


def thumbnails(grid: Locator, rows: int) -> list[Line]:
    """Return the lines of all cells of the model view.

    Args:
        grid: the grid of cells.
        rows: number of rows of the longer side, queries or keys.
    """
    cells = boxes(grid.locator(".bertviz-cell"))
    edges = [sorted({round(box[side], 2) for box in cells}) for side in ("x", "y")]
    numbers = {(round(box["x"], 2), round(box["y"], 2)): n for n, box in enumerate(cells)}
    placed = []
    for mark in marks(grid):
        assert (mark.paint, mark.shape) == ("stroke", "line"), mark
        (x1, y1), (_, y2) = mark.points
        left, top = (
            side[bisect_left(side, at) - 1] for side, at in zip(edges, (x1, y1), strict=True)
        )
        placed.append((numbers[left, top], y1 - top, y2 - top, mark))
    # The heights of the rows come from all cells: in a single cell, a key may have no line.
    heights: list[float] = []
    for y in sorted(y for _, y1, y2, _ in placed for y in (y1, y2)):
        if not heights or y - heights[-1] > 0.05:
            heights.append(y)
    assert len(heights) == rows
    return [
        Line(cell, nearest(heights, y1), nearest(heights, y2), mark.color, mark.opacity)
        for cell, y1, y2, mark in placed
    ]


def centers(elements: Sequence[dict[str, float]]) -> list[float]:
    """Return the vertical centers of boxes."""
    return [box["y"] + box["height"] / 2 for box in elements]


def nearest(rows: Sequence[float], y: float) -> int:
    """Return the row at a height; fails if there is none. The rows ascend."""
    below = bisect_left(rows, y)
    around = range(max(0, below - 1), min(len(rows), below + 1))
    row = min(around, key=lambda row: abs(rows[row] - y))
    assert abs(rows[row] - y) < 0.1, f"there is no row at {y}"
    return row
