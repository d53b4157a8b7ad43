"""Drawings with titles above them, as parts of a picture (``assets/drawing/titled_picture.js``)."""

from collections.abc import Sequence

from .elements import Drawing, group
from .options import Theme
from .text_block import text_block

# Pixels: the size of the letters of the titles, and the space below the highest title.
_SIZE, _GAP = 13, 6


def titled(drawings: Sequence[Drawing], titles: Sequence[str], theme: Theme) -> list[Drawing]:
    """Return drawings with titles above them, at the same height below their titles.

    Args:
        drawings: at least one drawing.
        titles: a title for each, which may be any text.
        theme: the colors of the picture.
    """
    blocks = [
        text_block([title], _SIZE, theme.text, drawing.width, 600)
        for title, drawing in zip(titles, drawings, strict=True)
    ]
    top = _GAP + max(block.height for block in blocks)
    both = []
    for drawing, block in zip(drawings, blocks, strict=True):
        element = group()
        element.append(block.element)
        group(element, transform=f"translate(0 {top:.4f})").append(drawing.element)
        both.append(Drawing(element, drawing.width, top + drawing.height))
    return both
