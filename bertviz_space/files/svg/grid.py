"""All layers and heads of a component in one grid (``assets/marks/thumbnail_grid.js``)."""

from collections.abc import Callable, Sequence
from xml.etree.ElementTree import Element

from ...trace import LayerAttention
from .bipartite import draw_lines
from .elements import MUTED, TEXT, Drawing, add, group
from .rows import Rows, pooled_weights

# Pixels: the width of the axes' numbers, and of a cell.
_AXIS, _CELL = 44, 112

# The share of a cell that stays empty on each side.
_PADDING = 0.08

# Rows of a cell: lines that begin less than two pixels apart cannot be told apart.
MAX_ROWS = _CELL * (1 - 2 * _PADDING) / 2


def grid(
    layers: Sequence[LayerAttention],
    color_of: Callable[[int], str],
    queries: Rows,
    keys: Rows,
    opened: tuple[LayerAttention, int] | None,
) -> Drawing:
    """Draw the lines of every head: a grid row is a layer, a grid column a head.

    Args:
        layers: the layers of one component.
        color_of: returns the color of a layer, given its number.
        queries: the rows on the left side of each cell.
        keys: the rows on the right side of each cell.
        opened: the layer and head of the highlighted cell; ``None`` without such a cell.
    """
    num_heads = max(layer.num_heads for layer in layers)
    width, height = num_heads * _CELL, len(layers) * _CELL
    token_height = _CELL * (1 - 2 * _PADDING) / max(queries.num_tokens, keys.num_tokens)
    top = _CELL * _PADDING
    y_query, y_key = ([top + y for y in rows.middles(token_height)] for rows in (queries, keys))
    line_width = min(2.0, max(0.75, token_height * 0.4))
    element = group()
    _axes(element, layers, num_heads)
    for row, layer in enumerate(layers):
        color = color_of(layer.layer)
        pooled = pooled_weights(layer, range(layer.num_heads), queries, keys)
        for head, opacities in enumerate(pooled):
            corner = f"translate({_AXIS + head * _CELL} {_AXIS + row * _CELL})"
            cell = group(element, transform=corner, stroke=color, stroke_width=line_width)
            add(cell, "title", f"Layer {layer.layer}, Head {head}")
            if opened == (layer, head):
                size = {"x": 1, "y": 1, "width": _CELL - 2, "height": _CELL - 2}
                add(cell, "rect", fill="#888", fill_opacity=0.13, stroke_width=2, **size)
            draw_lines(cell, opacities, (top, _CELL - top), y_query, y_key)
    return Drawing(element, _AXIS + width, _AXIS + height)


def _axes(element: Element, layers: Sequence[LayerAttention], num_heads: int) -> None:
    numbers = group(element, font_size=12, fill=MUTED, text_anchor="middle")
    for head in range(num_heads):
        add(numbers, "text", str(head), x=_AXIS + (head + 0.5) * _CELL, y=32, dy="0.35em")
    for row, layer in enumerate(layers):
        y = _AXIS + (row + 0.5) * _CELL
        add(numbers, "text", str(layer.layer), x=30, y=y, dy="0.35em")
    titles = group(numbers, fill=TEXT, font_weight=600)
    add(titles, "text", "Heads", x=_AXIS + num_heads * _CELL / 2, y=12, dy="0.35em")
    side = f"translate(10 {_AXIS + len(layers) * _CELL / 2}) rotate(-90)"
    add(titles, "text", "Layers", transform=side, dy="0.35em")
