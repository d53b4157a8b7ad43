"""A heat map of queries and keys, one cell for each pair (``assets/marks/matrix.js``)."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from xml.etree.ElementTree import Element

from torch import Tensor

from ...trace import LayerAttention, segment_b_start
from .elements import MIN_OPACITY, Drawing, add, group, text_width
from .options import Theme
from .rows import Rows, ShownRows, rows_of
from .token_column import draw_written_rule, label_styles

# Pixels: the size of the labels, the space around them, and the least height of a label.
_FONT_SIZE, _PADDING, _MIN_LABEL = 13, 8, 16

# Pixels: the largest and the smallest size of a cell, and the size from which cells have a gap.
_MAX_CELL, _MIN_CELL, _MIN_CELL_WITH_GAP = 32, 2, 10

# Pixels of the width and height of all cells. Neighboring tokens share a cell where cells would be
# smaller than _MIN_CELL, so a file has at most 90,000 cells, about 8 MB.
_MAX_SIDE, _MIN_SIDE = 600, 120


class _Axis:
    """The queries or the keys: the rows of cells and of labels, and their sizes in pixels."""

    def __init__(self, rows: Rows, side: float) -> None:
        tokens, span = rows.tokens, (rows.edges[0], rows.edges[-1])
        begin, end = span
        self.token = min(_MAX_CELL, side / (end - begin))
        cell_size, label_size = (_row_size(self.token, least) for least in (_MIN_CELL, _MIN_LABEL))
        self.cells = rows_of(tokens, span, cell_size, rows.written_from)
        self.labels = rows_of(tokens, span, label_size, rows.written_from)
        self.length = (end - begin) * self.token
        border = segment_b_start(tokens)
        is_inside = border is not None and begin < border < end
        self.border = (border - begin) * self.token if border is not None and is_inside else None

    def edges(self) -> list[tuple[float, float]]:
        """Return where each row of cells begins and ends, without the gap after it."""
        begin = self.cells.edges[0]
        places = [(a - begin, b - begin) for a, b in pairwise(self.cells.edges)]
        sizes = [(a * self.token, b * self.token) for a, b in places]
        return [(a, b - 1 if b - a >= _MIN_CELL_WITH_GAP else b) for a, b in sizes]


def matrix(
    layer: LayerAttention,
    heads: list[int],
    color: str,
    rows: ShownRows,
    theme: Theme,
    width: float | None = None,
) -> tuple[Drawing, tuple[int, int]]:
    """Draw the mean weights of heads: the opacity of a cell is its weight.

    Args:
        layer: the layer.
        heads: the heads, at least one.
        color: the color of the cells.
        rows: the tokens of both axes, one in each row.
        theme: the colors of the picture.
        width: the available width in pixels; ``None`` for the largest drawing.

    Returns:
        The drawing, and how many queries and how many keys share a cell. Such a cell shows the
        largest of their weights.
    """
    left, top = (_label_width(axis) for axis in (rows.queries, rows.keys))
    side = _MAX_SIDE if width is None else max(_MIN_SIDE, min(_MAX_SIDE, width - left))
    query_axis, key_axis = _Axis(rows.queries, side), _Axis(rows.keys, side)
    shown = replace(rows, queries=query_axis.cells, keys=key_axis.cells)
    [weights] = shown.pooled_weights(layer, heads, mean=True)
    labels = replace(rows, keys=key_axis.labels)
    element = group()
    body = group(element, transform=f"translate({left} {top})")
    cells = group(body, fill=color, shape_rendering="crispEdges")
    _draw_cells(cells, weights, query_axis, key_axis)
    _draw_borders(body, query_axis, key_axis, theme)
    _draw_labels(group(body), query_axis, left - _PADDING, "end", theme)
    rotated = group(body, transform="rotate(-90)")
    hidden = labels.are_hidden_keys()
    _draw_labels(rotated, key_axis, top - _PADDING, "start", theme, hidden)
    size = query_axis.cells.size, key_axis.cells.size
    return Drawing(element, left + key_axis.length + 1, top + query_axis.length + 1), size


def _row_size(token: float, least: float) -> int:
    """Return how many tokens share a row of at least a size: a power of two."""
    size = 1
    # A side divided by the number of tokens is not exact.
    while token * size < least - 1e-6:
        size *= 2
    return size


def _label_width(rows: Rows) -> float:
    """Return the width of the widest label, of single tokens and of the picture's rows."""
    labels = [*rows.labels(), *_Axis(rows, _MAX_SIDE).labels.labels()]
    return float(round(max(text_width(label, _FONT_SIZE) for label in labels)) + 2 * _PADDING)


def _draw_cells(parent: Element, weights: Tensor, queries: _Axis, keys: _Axis) -> None:
    """Draw cells, except cells too faint to change a pixel."""
    rows, columns = queries.edges(), keys.edges()
    for query, key in (weights >= MIN_OPACITY).nonzero().tolist():
        (y, bottom), (x, right) = rows[query], columns[key]
        place = {"x": x, "y": y, "width": right - x, "height": bottom - y}
        add(parent, "rect", **place, fill_opacity=weights[query, key].item())


def _draw_borders(parent: Element, queries: _Axis, keys: _Axis, theme: Theme) -> None:
    """Draw a frame around the cells, and dashed lines between two texts."""
    borders = group(parent, fill="none", stroke=theme.muted)
    size = {"width": keys.length + 1, "height": queries.length + 1}
    add(borders, "rect", x=-0.5, y=-0.5, **size, stroke_opacity=0.5)
    if keys.border is not None:
        line = f"M{keys.border:.2f} 0V{queries.length:.2f}"
        add(borders, "path", d=line, stroke_dasharray="3 3")
    if queries.border is not None:
        line = f"M0 {queries.border:.2f}H{keys.length:.2f}"
        add(borders, "path", d=line, stroke_dasharray="3 3")


def _draw_labels(
    parent: Element,
    axis: _Axis,
    width: float,
    anchor: str,
    theme: Theme,
    are_hidden: Sequence[bool] = (),
) -> None:
    """Draw the labels of an axis along the vertical axis of the parent.

    Args:
        parent: the element that gets the labels.
        axis: the axis.
        width: the width of the widest label, in pixels.
        anchor: the edge of a label at the cells: ``start`` or ``end``.
        theme: the colors of the picture.
        are_hidden: for each label, whether a filter hides it; empty for none.
    """
    column = group(parent, font_size=_FONT_SIZE, fill=theme.text, text_anchor=anchor)
    rows = axis.labels
    x = -_PADDING if anchor == "end" else _PADDING
    labels = zip(rows.labels(), label_styles(rows, theme, are_hidden), strict=True)
    places = zip(pairwise(rows.edges), rows.middles(axis.token), strict=True)
    for ((begin, end), y), (label, style) in zip(places, labels, strict=True):
        # The last row of a text may have so few tokens that its label would overlap the one before.
        if (end - begin) * axis.token >= _FONT_SIZE:
            add(column, "text", label, x=x, y=y, dy="0.35em", **style)
    border = rows.written_border(axis.token)
    if border is not None:
        draw_written_rule(parent, border, x, width, anchor, theme)
