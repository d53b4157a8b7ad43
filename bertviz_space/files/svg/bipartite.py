"""Two columns of tokens with attention as lines between them (``assets/marks/bipartite.js``)."""

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from torch import Tensor

from ...trace import LayerAttention
from .elements import LEAST_OPACITY, Still, add, group
from .rows import Rows, pooled_weights
from .token_column import column_width, draw_column

# Pixels.
_ROW_HEIGHT, _LINE_WIDTH, _LINES_WIDTH = 22.5, 2, 340
_PADDING = 8


def bipartite(layer: LayerAttention, colors: Mapping[int, str], queries: Rows, keys: Rows) -> Still:
    """Some heads of a layer: a line's opacity is the weight over their number.

    Args:
        layer: of which.
        colors: a colour for each head that is shown.
        queries: rows of the left column.
        keys: rows of the right column, of as many tokens.
    """
    token_height = _ROW_HEIGHT / queries.size
    y_query, y_key = queries.middles(token_height), keys.middles(token_height)
    left, right = (_column_width(rows) for rows in (queries, keys))
    picture = group()
    pooled = pooled_weights(layer, list(colors), queries, keys) / len(colors)
    for color, opacities in zip(colors.values(), pooled, strict=True):
        lines = group(picture, stroke=color, stroke_width=_LINE_WIDTH)
        draw_lines(lines, opacities, (left, left + _LINES_WIDTH), y_query, y_key)
    draw_column(picture, queries, y_query, left - _PADDING, "end")
    draw_column(picture, keys, y_key, left + _LINES_WIDTH + _PADDING, "start")
    height = max(queries.num_tokens, keys.num_tokens) * token_height
    return Still(picture, left + _LINES_WIDTH + right, height)


def draw_lines(
    parent: Element,
    opacities: Tensor,
    x: tuple[float, float],
    y_query: list[float],
    y_key: list[float],
) -> None:
    """Lines from queries to keys; those that would change no pixel are left out.

    Args:
        parent: gets them.
        opacities: float32 ``[query row, key row]``.
        x: where lines begin and end.
        y_query: the middle of each row, in pixels.
        y_key: likewise.
    """
    for query, key in (opacities >= LEAST_OPACITY).nonzero().tolist():
        ends = {"x1": x[0], "y1": y_query[query], "x2": x[1], "y2": y_key[key]}
        add(parent, "line", **ends, stroke_opacity=opacities[query, key].item())


def _column_width(rows: Rows) -> int:
    return column_width(rows) + 2 * _PADDING
