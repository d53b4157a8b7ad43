"""A column of tokens with one label per row (``assets/marks/token_column.js``)."""

from collections.abc import Iterator, Sequence
from typing import Literal
from xml.etree.ElementTree import Element

from .elements import add, group, text_width
from .options import Theme
from .rows import Rows

_FONT_SIZE = 15  # pixels

# The opacity of the label of a hidden key.
_HIDDEN_OPACITY = 0.5


def column_width(rows: Rows) -> int:
    """Return the width of the widest label, in pixels."""
    return round(max(text_width(label, _FONT_SIZE) for label in rows.labels()))


def draw_column(
    parent: Element,
    rows: Rows,
    top: float,
    token_height: float,
    x: float,
    anchor: Literal["start", "end"],
    theme: Theme,
    *,
    are_hidden: Sequence[bool] = (),
    are_unaligned: Sequence[bool] = (),
) -> None:
    """Draw the labels of a column.

    Args:
        parent: the element that gets the labels.
        rows: the rows, one label each.
        top: the top of the first row, in pixels.
        token_height: the height of a row of one token, in pixels.
        x: where the labels begin, or where they end, in pixels.
        anchor: whether ``x`` is where labels begin (``start``) or end.
        theme: the colors of the picture.
        are_hidden: for each row, whether a filter hides it; empty for none.
        are_unaligned: for each row, whether another run has none of its tokens; empty for none.
    """
    column = group(parent, font_size=_FONT_SIZE, fill=theme.text, text_anchor=anchor)
    styles = label_styles(rows, theme, are_hidden, are_unaligned)
    for y, label, style in zip(rows.middles(token_height), rows.labels(), styles, strict=True):
        add(column, "text", label, x=x, y=top + y, dy="0.35em", **style)
    border = rows.written_border(token_height)
    if border is not None:
        draw_written_rule(parent, top + border, x, column_width(rows), anchor, theme)


def label_styles(
    rows: Rows,
    theme: Theme,
    are_hidden: Sequence[bool] = (),
    are_unaligned: Sequence[bool] = (),
) -> Iterator[dict[str, str | float]]:
    """Yield the attributes of each label.

    A special token is italic, and a hidden key is struck through. A row that the model wrote and a
    row that another run does not have are drawn in colors of their own.
    """
    italic = {"font_style": "italic"}
    hidden = {"fill_opacity": _HIDDEN_OPACITY, "text_decoration": "line-through"}
    written, unaligned = {"fill": theme.written}, {"fill": theme.muted}
    none = [False] * len(rows)
    flags = (rows.are_special(), are_hidden or none, rows.are_written(), are_unaligned or none)
    for of_row in zip(*flags, strict=True):
        style: dict[str, str | float] = {}
        for has_style, its in zip(of_row, (italic, hidden, written, unaligned), strict=True):
            style |= its if has_style else {}
        yield style


def draw_written_rule(
    parent: Element, y: float, x: float, width: float, anchor: str, theme: Theme
) -> None:
    """Draw a rule between the reader's tokens and those that the model wrote.

    Args:
        parent: the element that gets the rule.
        y: where the first row begins that the model wrote, in pixels.
        x: where the labels begin, or where they end, in pixels.
        width: the width of the labels, in pixels.
        anchor: whether ``x`` is where labels begin (``start``) or end.
        theme: the colors of the picture.
    """
    begin = x - width if anchor == "end" else x
    rule = {"x1": begin, "x2": begin + width, "y1": y, "y2": y}
    add(parent, "line", **rule, stroke=theme.written)
