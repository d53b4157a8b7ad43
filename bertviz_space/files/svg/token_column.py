"""A column of tokens with one label per row (``assets/marks/token_column.js``)."""

from collections.abc import Sequence
from typing import Literal
from xml.etree.ElementTree import Element

from .elements import add, group, text_width
from .options import Theme
from .rows import Rows

_FONT_SIZE = 15  # pixels

# The opacity of the label of a hidden key.
_MUTED_OPACITY = 0.5


def column_width(rows: Rows) -> int:
    """Return the width of the widest label, in pixels."""
    return round(max(text_width(label, _FONT_SIZE) for label in rows.labels()))


def draw_column(
    parent: Element,
    rows: Rows,
    middles: list[float],
    x: float,
    anchor: Literal["start", "end"],
    theme: Theme,
    are_muted: Sequence[bool] = (),
) -> None:
    """Draw the labels of a column.

    Args:
        parent: the element that gets the labels.
        rows: the rows, one label each.
        middles: the middle of each row, in pixels.
        x: where the labels begin, or where they end, in pixels.
        anchor: whether ``x`` is where labels begin (``start``) or end.
        theme: the colors of the picture.
        are_muted: for each row, whether its label is muted; empty for none.
    """
    column = group(parent, font_size=_FONT_SIZE, fill=theme.text, text_anchor=anchor)
    muted = are_muted or [False] * len(rows)
    drawn = zip(middles, rows.labels(), rows.are_special(), muted, strict=True)
    for y, label, is_special, is_muted in drawn:
        style = label_style(is_special, is_muted)
        add(column, "text", label, x=x, y=y, dy="0.35em", **style)


def label_style(is_special: bool, is_muted: bool) -> dict[str, str | float]:
    """Return the attributes of a label: italic for a special token, muted for a hidden key."""
    italic = {"font_style": "italic"} if is_special else {}
    muted = {"fill_opacity": _MUTED_OPACITY, "text_decoration": "line-through"} if is_muted else {}
    return {**italic, **muted}
