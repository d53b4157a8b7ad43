"""The query and key vectors of a head as bands of colour (``assets/marks/vector_band.js``)."""

from xml.etree.ElementTree import Element

from torch import Tensor

from ...trace import LayerAttention
from .elements import LEAST_OPACITY, TEXT, Still, add, group
from .rows import Rows
from .token_column import column_width, draw_column

# Pixels.
_ROW, _BAND_HEIGHT, _BAND_WIDTH, _GAP, _HEADING = 26, 20, 200, 28, 40

# Numbers from zero up, and below.
_BLUE, _ORANGE = "#2b7de9", "#ff6318"


def vectors(layer: LayerAttention, head: int, queries: Rows, keys: Rows) -> Still:
    """Every query with its vector, and every key: a cell a number, the stronger the larger.

    Args:
        layer: of which.
        head: of which.
        queries: rows of one token each.
        keys: likewise.
    """
    shared = layer.num_heads // layer.num_key_value_heads
    picture = group()
    query_x = column_width(queries) + _GAP
    key_x = query_x + _BAND_WIDTH + _GAP
    label_x = key_x + _BAND_WIDTH + _GAP
    headings = group(picture, font_size=15, font_weight=600, fill=TEXT, text_anchor="middle")
    for x, words in ((query_x, "Query q"), (key_x, "Key k")):
        add(headings, "text", words, x=x + _BAND_WIDTH / 2, y=18)
    draw_column(picture, queries, _middles(queries), query_x - _GAP, "end")
    draw_column(picture, keys, _middles(keys), label_x, "start")
    _bands(picture, layer.query[head, slice(*_ends(queries))], query_x)
    _bands(picture, layer.key[head // shared, slice(*_ends(keys))], key_x)
    height = _HEADING + max(len(queries), len(keys)) * _ROW
    return Still(picture, label_x + column_width(keys), height)


def _middles(rows: Rows) -> list[float]:
    return [_HEADING + y for y in rows.middles(_ROW)]


def _ends(rows: Rows) -> tuple[int, int]:
    return rows.edges[0], rows.edges[-1]


def _bands(picture: Element, band: Tensor, x: float) -> None:
    """Draw a band a row.

    Args:
        picture: gets them.
        band: float32 ``[row, head_dim]``.
        x: their left edge.
    """
    rows, width = len(band), _BAND_WIDTH / band.shape[1]
    opacities = (band.abs() / 4).tanh()
    for sign, color in ((band >= 0, _BLUE), (band < 0, _ORANGE)):
        cells = group(picture, fill=color)
        for row, dim in (sign & (opacities >= LEAST_OPACITY)).nonzero().tolist():
            at = {"x": x + dim * width, "y": _top(row), "width": width, "height": _BAND_HEIGHT}
            add(cells, "rect", **at, fill_opacity=opacities[row, dim].item())
    frames = group(picture, fill="none", stroke="#888", stroke_opacity=0.33)
    for row in range(rows):
        at = {"x": x - 0.5, "y": _top(row) - 0.5}
        add(frames, "rect", **at, width=_BAND_WIDTH + 1, height=_BAND_HEIGHT + 1)


def _top(row: int) -> float:
    return _HEADING + row * _ROW + (_ROW - _BAND_HEIGHT) / 2
