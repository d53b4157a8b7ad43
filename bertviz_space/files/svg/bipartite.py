"""Two columns of tokens with attention as lines between them (``assets/marks/bipartite.js``)."""

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from torch import Tensor

from ...trace import LayerAttention
from .elements import MIN_OPACITY, Drawing, add, group
from .rows import Rows, pooled_weights
from .token_column import column_width, draw_column

# Pixels.
_ROW_HEIGHT, _LINE_WIDTH, _LINES_WIDTH = 22.5, 2, 340
_PADDING = 8


def bipartite(
    layer: LayerAttention,
    colors: Mapping[int, str],
    queries: Rows,
    keys: Rows,
    mean: bool = False,
) -> Drawing:
    """Draw heads of a layer: a line's opacity is its weight divided by the number of heads.

    Heads of one color are drawn together, in the order of each color's first head.

    Args:
        layer: the layer.
        colors: the color of each head that is drawn, by the head's number.
        queries: the rows of the left column.
        keys: the rows of the right column, with as many tokens in a row as the left column.
        mean: whether to draw one line for each query and key instead, whose opacity is the mean
            weight over the heads; the first color is its color.
    """
    token_height = _ROW_HEIGHT / queries.size
    y_query, y_key = queries.middles(token_height), keys.middles(token_height)
    left, right = (_padded_column_width(rows) for rows in (queries, keys))
    element = group()
    pooled = pooled_weights(layer, list(colors), queries, keys, mean)
    drawn = zip(list(colors.values())[: len(pooled)], pooled / len(pooled), strict=True)
    order = list(dict.fromkeys(colors.values()))
    heads = sorted(drawn, key=lambda head: order.index(head[0]))
    for color, opacities in heads:
        lines = group(element, stroke=color, stroke_width=_LINE_WIDTH)
        draw_lines(lines, opacities, (left, left + _LINES_WIDTH), y_query, y_key)
    draw_column(element, queries, y_query, left - _PADDING, "end")
    draw_column(element, keys, y_key, left + _LINES_WIDTH + _PADDING, "start")
    height = max(queries.num_tokens, keys.num_tokens) * token_height
    return Drawing(element, left + _LINES_WIDTH + right, height)


def draw_lines(
    parent: Element,
    opacities: Tensor,
    x: tuple[float, float],
    y_query: list[float],
    y_key: list[float],
) -> None:
    """Draw lines from queries to keys, except lines too faint to change a pixel.

    Args:
        parent: the element that gets the lines.
        opacities: float32 ``[query row, key row]``.
        x: where lines begin and where they end, in pixels.
        y_query: the middle of each query row, in pixels.
        y_key: the middle of each key row, in pixels.
    """
    for query, key in (opacities >= MIN_OPACITY).nonzero().tolist():
        ends = {"x1": x[0], "y1": y_query[query], "x2": x[1], "y2": y_key[key]}
        add(parent, "line", **ends, stroke_opacity=opacities[query, key].item())


def _padded_column_width(rows: Rows) -> int:
    return column_width(rows) + 2 * _PADDING
