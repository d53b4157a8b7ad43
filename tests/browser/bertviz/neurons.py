"""The cells, squares, frames and connectors of the expanded neuron view, alike for both sides."""

import math

from playwright.sync_api import Locator

from tests.browser.bertviz.original import Original
from tests.browser.bertviz.ours import Mark, centers, marks, nearest
from tests.browser.ink import boxes, rgb, token_boxes

# BertViz has different blues for attention, numbers, connectors and tokens on a light page, and
# others on a dark page. Our views have one blue. Here all of them count as one color. Orange is the
# same on both sides. Gray marks are not compared.
_NAMES = {
    **dict.fromkeys(["#0000ff", "#0c36d8", "#478be8", "#2b7de9"], "blue"),
    "#ff6318": "orange",
}
COLORS = {rgb(color): name for color, name in _NAMES.items()}

# The place of a mark: its kind; then the position of its vector, or the query of a connector or
# frame, or 0; then the index of a number in the vector, or a position. A picture maps each place to
# the color and the opacity (0 to 1) of its mark.
Place = tuple[str, int, int]
Picture = dict[Place, tuple[str, float]]

# The kind of a mark, and in BertViz's page its groups, their elements, and the painted property.
_IN_BERTVIZ = [
    ("q", "#queries .vector", ".element", "fill"),
    ("k", "#keys .vector", ".element", "fill"),
    ("q × k", "#product .vector", ".element", "fill"),
    ("q · k", "#dotproducts", ".dotproduct", "fill"),
    ("q · k border", "#dotproducts", ".dotproduct", "stroke"),
    ("text to q", "g:has(> .text-query-line)", ".text-query-line", "stroke"),
    ("q to k", ".qk-line-group", "path", "stroke"),
    ("k to q × k", "#hlines1 .horiz-line-group", "line", "stroke"),
    ("q × k to q · k", "#hlines2 .horiz-line-group", "line", "stroke"),
    ("q · k to token", "#hlines3 .horiz-line-group", "line", "stroke"),
    ("frame of q", "#queries", ".vectorborder", "stroke"),
    ("frame of k", "#key-vector-highlights .vector-highlight-group", "rect", "stroke"),
    ("frame of q × k", "#product-vector-highlights .vector-highlight-group", "rect", "stroke"),
    ("token", "#rightText", ".highlight", "fill"),
]
_BANDS = ("before q", "q", "k", "q × k")
_CONNECTORS = ("text to q", "q to k", "k to q × k", "q × k to q · k")


def of_bertviz(original: Original) -> Picture:
    """Return the colored marks that BertViz's expanded view shows now."""
    groups = [(f"#expanded {group}", elements, paint) for _, group, elements, paint in _IN_BERTVIZ]
    picture = {}
    for (kind, *_), (size, painted) in zip(_IN_BERTVIZ, original.painted_in(groups), strict=True):
        for number, color, opacity in painted:
            if rgb(color) in COLORS:
                picture[kind, number // size, number % size] = (COLORS[rgb(color)], opacity)
    return picture


def of_ours(figure: Locator, head_dim: int, query: int = 0) -> Picture:
    """Return the colored marks that our expanded view shows now.

    Args:
        figure: the figure with the vectors.
        head_dim: the number of numbers in a vector.
        query: the row of the query that the pointer is on, if any.
    """
    rows = {side: centers(token_boxes(figure, side)) for side in ("queries", "keys")}
    drawn = marks(figure)
    cells = [mark for mark in drawn if (mark.paint, mark.shape) == ("fill", "rect")]
    # Cells are less high than a row. The highlight of a token is as high as its row.
    height = min(mark.height for mark in cells)
    across = sorted({round(mark.left, 3) for mark in cells if mark.height == height})
    assert len(across) in (2 * head_dim, 3 * head_dim)
    starts = across[::head_dim]

    def place_of(mark: Mark) -> Place:
        # The band that contains the mark's left edge, or that ends left of it; 0 is before the
        # first.
        band = sum(mark.left + 1.5 > start for start in starts)
        kind = _BANDS[band]
        if mark.shape == "path":
            y = mark.points[-1][1]
            if band == 0:
                return "text to q", 0, nearest(rows["queries"], y)
            if len(mark.points) == 4:
                assert nearest(rows["queries"], mark.points[0][1]) == query
            past_dot = mark.left > dot
            connector = "q · k to token" if past_dot else _CONNECTORS[band]
            return connector, query, nearest(rows["keys"], y)
        side = "queries" if kind == "q" else "keys"
        row = nearest(rows[side], mark.middle)
        if mark.shape == "roundRect":
            return ("q · k" if mark.paint == "fill" else "q · k border"), 0, row
        if mark.paint == "stroke":
            return f"frame of {kind}", 0 if kind == "q" else query, row
        if mark.height > height:
            return "token", 0, row
        return kind, row, across.index(round(mark.left, 3)) - (band - 1) * head_dim

    dot = max((mark.left for mark in drawn if mark.shape == "roundRect"), default=math.inf)
    picture: Picture = {}
    for mark in drawn:
        if mark.color not in COLORS or mark.opacity == 0:
            continue
        place = place_of(mark)
        assert place not in picture, f"{place} is drawn twice"
        picture[place] = (COLORS[mark.color], mark.opacity)
    return picture


def in_sight(figure: Locator, *pictures: Picture) -> list[Picture]:
    """Return the marks of each picture in the visible rows; the figure of a long text scrolls."""
    [canvas, *_] = boxes(figure.locator("canvas"))
    rows = {side: centers(token_boxes(figure, side)) for side in ("queries", "keys")}

    def is_seen(place: Place) -> bool:
        kind, first, second = place
        side = "queries" if kind in ("q", "text to q", "frame of q") else "keys"
        y = rows[side][first if kind in ("q", "k", "q × k") else second]
        return canvas["y"] <= y <= canvas["y"] + canvas["height"]

    return [
        {place: drawn for place, drawn in picture.items() if is_seen(place)} for picture in pictures
    ]


def assert_same_computation(ours: Picture, theirs: Picture, tolerance: float) -> None:
    """Check that both sides have the same marks, with equal colors and opacities."""
    assert theirs, "nothing was compared"
    for place in ours.keys() | theirs.keys():
        (color, opacity), (their_color, their_opacity) = (
            side.get(place, ("none", 0.0)) for side in (ours, theirs)
        )
        text = f"{place} is {color}, {opacity}, and {their_color}, {their_opacity} in BertViz"
        assert abs(opacity - their_opacity) <= tolerance, text
        assert color == their_color or max(opacity, their_opacity) <= tolerance, text
