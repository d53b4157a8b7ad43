"""Make SVG elements: any text can be written into them, and any XML parser reads the result."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, tostring

# The page's font, and the fallback on other machines.
FONT = "system-ui, sans-serif"

TEXT, MUTED, BACKGROUND = "#1f2937", "#6b7280", "#ffffff"

# An opacity below half a step of 255 changes no pixel.
MIN_OPACITY = 0.5 / 255

# Pixels around the picture, and between its parts.
_MARGIN, _GAP = 16, 12

# The smallest width in pixels, so that a line of a caption has room for more than one word.
_MIN_WIDTH = 420

# Lines of one paragraph of a caption before it is cut; the file's description is not cut.
_MAX_LINES = 8

# Pixels of a square of the legend.
_SQUARE = 24

# Characters that an XML file may not contain.
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Number = int | float


@dataclass(frozen=True)
class Drawing:
    """A part of a picture.

    Attributes:
        element: a group with its origin in the top left corner.
        width: the width in pixels.
        height: the height in pixels.
    """

    element: Element
    width: float
    height: float


def group(parent: Element | None = None, **attributes: str | Number) -> Element:
    """Return a new group of elements, added to ``parent`` if there is one."""
    return _new("g", attributes) if parent is None else add(parent, "g", "", **attributes)


def add(parent: Element, tag: str, text: str = "", /, **attributes: str | Number) -> Element:
    """Add a new element to ``parent`` and return it.

    An underscore in an attribute's name becomes a hyphen. Characters of ``text`` that XML cannot
    contain become U+FFFD.
    """
    element = _new(tag, attributes)
    if text:
        element.text = _NOT_XML.sub("\ufffd", text)
    parent.append(element)
    return element


def _new(tag: str, attributes: dict[str, str | Number]) -> Element:
    formatted = {name.replace("_", "-"): _format(value) for name, value in attributes.items()}
    return Element(tag, formatted)


def _format(value: str | Number) -> str:
    """Return a fraction rounded to four decimals, more than screens and printers show."""
    return f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def text_width(text: str, size: float) -> float:
    """Return an upper estimate of a text's width in pixels; the font depends on the machine."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return size * (0.62 * (len(text) - wide) + 1.05 * wide)


def side_by_side(left: Drawing, right: Drawing) -> Drawing:
    """Return one drawing of two, beside each other."""
    both = group()
    both.append(left.element)
    group(both, transform=f"translate({_format(left.width + 2 * _GAP)} 0)").append(right.element)
    width = left.width + 2 * _GAP + right.width
    return Drawing(both, width, max(left.height, right.height))


def captioned(
    drawing: Drawing, title: str, legend: Sequence[tuple[str, str]], caption: Sequence[str]
) -> str:
    """Return the text of an SVG file.

    Args:
        drawing: the picture itself.
        title: the line above it.
        legend: labels, each with its color.
        caption: the paragraphs below the picture, which may contain any text.
    """
    width = max(_MIN_WIDTH, drawing.width)
    parts = [_paragraphs([title], 15, TEXT, width, font_weight=600)]
    if legend:
        parts.append(_legend(legend, width))
    parts += [drawing, _paragraphs(caption, 13, MUTED, width)]
    full_width = width + 2 * _MARGIN
    height = 2 * _MARGIN + sum(part.height + _GAP for part in parts) - _GAP
    size = {"width": full_width, "height": height}
    svg = _new("svg", {"xmlns": "http://www.w3.org/2000/svg", "font_family": FONT, **size})
    svg.set("viewBox", f"0 0 {_format(full_width)} {_format(height)}")
    add(svg, "title", title)
    add(svg, "desc", "\n".join(caption))
    add(svg, "rect", fill=BACKGROUND, **size)
    y = float(_MARGIN)
    for part in parts:
        group(svg, transform=f"translate({_MARGIN} {_format(y)})").append(part.element)
        y += part.height + _GAP
    return tostring(svg, encoding="unicode")


def _paragraphs(
    texts: Iterable[str], size: int, fill: str, width: float, font_weight: int = 400
) -> Drawing:
    element = group(font_size=size, fill=fill, font_weight=font_weight)
    lines = [line for text in texts for line in _lines(text, size, width)]
    line_height = size * 1.4
    for row, line in enumerate(lines):
        add(element, "text", line, x=0, y=round(row * line_height + size))
    return Drawing(element, width, len(lines) * line_height)


def _lines(text: str, size: int, width: float) -> list[str]:
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


def _pieces(text: str, size: int, width: float) -> Iterator[str]:
    """Yield the words of a text, and the letters of words that are longer than a line."""
    for word in re.findall(r"\S*\s+|\S+", text):
        if text_width(word, size) <= width:
            yield word
        else:
            yield from word


def _legend(entries: Sequence[tuple[str, str]], width: float) -> Drawing:
    element = group(font_size=11, fill="#fff", text_anchor="middle")
    columns = int(width // _SQUARE)
    for index, (text, color) in enumerate(entries):
        x, y = index % columns * _SQUARE, index // columns * _SQUARE
        add(element, "rect", x=x, y=y, width=_SQUARE, height=_SQUARE, fill=color)
        add(element, "text", text, x=x + _SQUARE // 2, y=y + _SQUARE // 2, dy="0.35em")
    return Drawing(element, width, -(-len(entries) // columns) * _SQUARE)
