"""Draw texts as blocks of lines (``assets/drawing/text_block.js``)."""

import re
from collections.abc import Iterator, Sequence

from .elements import Drawing, add, group, text_width

# Lines of one text before it is cut; the file's description is not cut.
_MAX_LINES = 8


def text_block(
    texts: Sequence[str], size: float, fill: str, width: float, font_weight: int = 400
) -> Drawing:
    """Draw texts below each other, each broken into lines.

    Args:
        texts: any texts.
        size: the size of the letters, in units of the picture.
        fill: the color of the letters.
        width: the width of a line, in units of the picture.
        font_weight: the weight of the font.
    """
    element = group(font_size=size, fill=fill, font_weight=font_weight)
    lines = [line for text in texts for line in _lines(text, size, width)]
    line_height = size * 1.4
    for row, line in enumerate(lines):
        add(element, "text", line, x=0, y=round(row * line_height + size))
    return Drawing(element, width, len(lines) * line_height)


def _lines(text: str, size: float, width: float) -> list[str]:
    """Return a text broken at blanks, and within words that are longer than a line."""
    lines = [""]
    for piece in _pieces(text, size, width):
        if text_width(f"{lines[-1]}{piece}".rstrip(), size) <= width:
            lines[-1] += piece
        elif len(lines) < _MAX_LINES:
            lines.append(piece)
        else:
            lines[-1] = f"{lines[-1][:-2]}…"
            break
    return [line.rstrip() for line in lines]


def _pieces(text: str, size: float, width: float) -> Iterator[str]:
    """Yield the words of a text, and the letters of words that are longer than a line."""
    for word in re.findall(r"\S*\s+|\S+", text):
        if text_width(word, size) <= width:
            yield word
        else:
            yield from word
