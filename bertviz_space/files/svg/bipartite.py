"""Two columns of tokens with attention as lines between them (``assets/marks/bipartite.js``)."""

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from torch import Tensor

from ...trace import LayerAttention
from .elements import MIN_OPACITY, Drawing, add, group
from .options import Theme
from .rows import Rows, ShownRows
from .token_column import column_width, draw_column

# Pixels.
_ROW_HEIGHT, _LINE_WIDTH, _PADDING = 22.5, 2, 8

# Bounds of the lines' width, in pixels.
_MIN_LINES_WIDTH, _MAX_LINES_WIDTH = 80, 340


def bipartite(
    layer: LayerAttention,
    colors: Mapping[int, str],
    rows: ShownRows,
    theme: Theme,
    width: float | None = None,
    mean: bool = False,
    num_sharing: int | None = None,
) -> Drawing:
    """Draw heads of a layer: a line's opacity is its weight divided by the number of heads.

    Heads of one color are drawn together, in the order of each color's first head.

    Args:
        layer: the layer.
        colors: the color of each head that is drawn, by the head's number; empty for no lines.
        rows: the rows of both columns, with as many tokens in a row on the left as on the right.
        theme: the colors of the picture.
        width: the available width in pixels; if it is too small, the drawing is wider. ``None`` for
            the largest drawing.
        mean: whether to draw one line for each query and key instead, whose opacity is the mean
            weight over the heads; the first color is its color.
        num_sharing: the number of heads by which weights are divided; ``None`` for those drawn.
    """
    queries, keys = rows.queries, rows.keys
    token_height = _ROW_HEIGHT / queries.size
    y_query, y_key = queries.middles(token_height), keys.middles(token_height)
    left, right = (_padded_column_width(each) for each in (queries, keys))
    available = _MAX_LINES_WIDTH if width is None else width - left - right
    lines_width = min(_MAX_LINES_WIDTH, max(_MIN_LINES_WIDTH, available))
    element = group()
    mean = mean and bool(colors)  # no heads have no mean
    pooled = rows.pooled_weights(layer, list(colors), mean)
    opacities = pooled / (1 if mean else num_sharing or len(colors))
    drawn = zip(list(colors.values())[: len(pooled)], opacities, strict=True)
    order = list(dict.fromkeys(colors.values()))
    heads = sorted(drawn, key=lambda head: order.index(head[0]))
    for color, of_head in heads:
        lines = group(element, stroke=color, stroke_width=_LINE_WIDTH)
        draw_lines(lines, of_head, (left, left + lines_width), y_query, y_key)
    x_query, x_key = left - _PADDING, left + lines_width + _PADDING
    of_queries, of_keys = rows.are_unaligned()
    place = {"top": 0, "token_height": token_height, "theme": theme}
    draw_column(element, queries, x=x_query, anchor="end", are_unaligned=of_queries, **place)
    hidden = rows.are_hidden_keys()
    draw_column(
        element, keys, x=x_key, anchor="start", are_hidden=hidden, are_unaligned=of_keys, **place
    )
    height = max(queries.num_tokens, keys.num_tokens) * token_height
    return Drawing(element, left + lines_width + right, height)


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
