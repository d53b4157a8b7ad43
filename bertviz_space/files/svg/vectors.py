"""The query and key vectors of a head as bands of color (``assets/marks/vector_band.js``)."""

from xml.etree.ElementTree import Element

from torch import Tensor

from ...trace import LayerAttention
from .elements import MIN_OPACITY, Drawing, add, group
from .options import Theme
from .rows import Rows
from .token_column import column_width, draw_column

# Pixels.
_ROW, _BAND_HEIGHT, _BAND_WIDTH, _GAP, _HEADING = 26, 20, 200, 28, 40

# The colors of numbers that are at least 0, and of negative numbers.
_BLUE, _ORANGE = "#2b7de9", "#ff6318"


def vectors(layer: LayerAttention, head: int, queries: Rows, keys: Rows, theme: Theme) -> Drawing:
    """Draw the vector of every query and key: a cell per number, more opaque for larger numbers.

    Args:
        layer: the layer.
        head: the number of the head.
        queries: rows of one token each.
        keys: rows of one token each.
        theme: the colors of the picture.
    """
    shared = layer.num_heads // layer.num_key_value_heads
    element = group()
    query_x = column_width(queries) + _GAP
    key_x = query_x + _BAND_WIDTH + _GAP
    label_x = key_x + _BAND_WIDTH + _GAP
    headings = group(element, font_size=15, font_weight=600, fill=theme.text, text_anchor="middle")
    for x, heading in ((query_x, "Query q"), (key_x, "Key k")):
        add(headings, "text", heading, x=x + _BAND_WIDTH / 2, y=18)
    draw_column(element, queries, _HEADING, _ROW, query_x - _GAP, "end", theme)
    draw_column(element, keys, _HEADING, _ROW, label_x, "start", theme)
    _bands(element, layer.query[head, slice(*_ends(queries))], query_x)
    _bands(element, layer.key[head // shared, slice(*_ends(keys))], key_x)
    height = _HEADING + max(len(queries), len(keys)) * _ROW
    return Drawing(element, label_x + column_width(keys), height)


def _ends(rows: Rows) -> tuple[int, int]:
    return rows.edges[0], rows.edges[-1]


def _bands(parent: Element, values: Tensor, x: float) -> None:
    """Draw one band per row.

    Args:
        parent: the element that gets the bands.
        values: float32 ``[row, head_dim]``.
        x: the left edge of the bands, in pixels.
    """
    rows, width = len(values), _BAND_WIDTH / values.shape[1]
    opacities = (values.abs() / 4).tanh()
    for sign, color in ((values >= 0, _BLUE), (values < 0, _ORANGE)):
        cells = group(parent, fill=color)
        for row, dim in (sign & (opacities >= MIN_OPACITY)).nonzero().tolist():
            at = {"x": x + dim * width, "y": _top(row), "width": width, "height": _BAND_HEIGHT}
            add(cells, "rect", **at, fill_opacity=opacities[row, dim].item())
    frames = group(parent, fill="none", stroke="#888", stroke_opacity=0.33)
    for row in range(rows):
        at = {"x": x - 0.5, "y": _top(row) - 0.5}
        add(frames, "rect", **at, width=_BAND_WIDTH + 1, height=_BAND_HEIGHT + 1)


def _top(row: int) -> float:
    return _HEADING + row * _ROW + (_ROW - _BAND_HEIGHT) / 2
