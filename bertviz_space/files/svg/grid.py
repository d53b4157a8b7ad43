"""All layers and heads of a component in one grid (``assets/marks/thumbnail_grid.js``)."""

from collections.abc import Callable, Sequence
from xml.etree.ElementTree import Element

from ...trace import LayerAttention
from .bipartite import draw_lines
from .elements import Drawing, add, group
from .options import Theme
from .rows import ShownRows

# Pixels: the width of the axes' numbers, and the bounds of a cell's width.
_AXIS, _MIN_CELL, _MAX_CELL = 44, 20, 112

# The share of a cell that stays empty on each side.
_PADDING = 0.08

# Pixels of a row of a cell at least: lines that begin closer together cannot be told apart.
_MIN_ROW_HEIGHT = 2


def cell_size(num_heads: int, width: float | None) -> int:
    """Return the width of a cell in pixels.

    Args:
        num_heads: the number of cells in a row.
        width: the available width in pixels; ``None`` for the largest cells.
    """
    if width is None:
        return _MAX_CELL
    return min(_MAX_CELL, max(_MIN_CELL, int(width - _AXIS) // num_heads))


def max_rows(cell: int) -> float:
    """Return the largest number of rows in a cell of a width in pixels."""
    return cell * (1 - 2 * _PADDING) / _MIN_ROW_HEIGHT


def grid(
    layers: Sequence[LayerAttention],
    heads: Sequence[int],
    color_of: Callable[[int], str],
    rows: ShownRows,
    opened: tuple[LayerAttention, int] | None,
    cell_width: int,
    theme: Theme,
) -> Drawing:
    """Draw the lines of every head: a grid row is a layer, a grid column a head.

    Args:
        layers: the layers of one component.
        heads: the heads to draw; a layer may have fewer.
        color_of: returns the color of a layer, given its number.
        rows: the rows on both sides of each cell.
        opened: the layer and head of the highlighted cell; ``None`` without such a cell.
        cell_width: the width of a cell in pixels, from ``cell_size``.
        theme: the colors of the picture.
    """
    queries, keys = rows.queries, rows.keys
    width, height = len(heads) * cell_width, len(layers) * cell_width
    token_height = cell_width * (1 - 2 * _PADDING) / max(queries.num_tokens, keys.num_tokens)
    top = cell_width * _PADDING
    y_query, y_key = ([top + y for y in each.middles(token_height)] for each in (queries, keys))
    line_width = min(2.0, max(0.75, token_height * 0.4))
    element = group()
    _axes(element, layers, heads, cell_width, theme)
    for row, layer in enumerate(layers):
        color = color_of(layer.layer)
        own = [head for head in heads if head < layer.num_heads]
        pooled = rows.pooled_weights(layer, own)
        for column, (head, opacities) in enumerate(zip(own, pooled, strict=True)):
            corner = f"translate({_AXIS + column * cell_width} {_AXIS + row * cell_width})"
            cell = group(element, transform=corner, stroke=color, stroke_width=line_width)
            add(cell, "title", f"Layer {layer.layer}, Head {head}")
            if opened == (layer, head):
                size = {"x": 1, "y": 1, "width": cell_width - 2, "height": cell_width - 2}
                add(cell, "rect", fill="#888", fill_opacity=0.13, stroke_width=2, **size)
            draw_lines(cell, opacities, (top, cell_width - top), y_query, y_key)
    return Drawing(element, _AXIS + width, _AXIS + height)


def _axes(
    element: Element,
    layers: Sequence[LayerAttention],
    heads: Sequence[int],
    cell_width: int,
    theme: Theme,
) -> None:
    numbers = group(element, font_size=12, fill=theme.muted, text_anchor="middle")
    for column, head in enumerate(heads):
        add(numbers, "text", str(head), x=_AXIS + (column + 0.5) * cell_width, y=32, dy="0.35em")
    for row, layer in enumerate(layers):
        y = _AXIS + (row + 0.5) * cell_width
        add(numbers, "text", str(layer.layer), x=30, y=y, dy="0.35em")
    titles = group(numbers, fill=theme.text, font_weight=600)
    add(titles, "text", "Heads", x=_AXIS + len(heads) * cell_width / 2, y=12, dy="0.35em")
    side = f"translate(10 {_AXIS + len(layers) * cell_width / 2}) rotate(-90)"
    add(titles, "text", "Layers", transform=side, dy="0.35em")
