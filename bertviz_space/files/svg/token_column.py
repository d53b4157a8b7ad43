"""A column of tokens, a label a row (``assets/marks/token_column.js``)."""

from typing import Literal
from xml.etree.ElementTree import Element

from .elements import TEXT, add, group, text_width
from .rows import Rows

_FONT_SIZE = 15


def column_width(rows: Rows) -> int:
    """Pixels that the labels need."""
    return round(max(text_width(label, _FONT_SIZE) for label in rows.labels()))


def draw_column(
    picture: Element, rows: Rows, middles: list[float], x: float, anchor: Literal["start", "end"]
) -> None:
    """Draw the labels.

    Args:
        picture: gets them.
        rows: one a label.
        middles: of each row, in pixels.
        x: where labels begin, or end.
        anchor: which of both.
    """
    column = group(picture, font_size=_FONT_SIZE, fill=TEXT, text_anchor=anchor)
    for y, label, is_special in zip(middles, rows.labels(), rows.are_special(), strict=True):
        style = {"font_style": "italic"} if is_special else {}
        add(column, "text", label, x=x, y=y, dy="0.35em", **style)
