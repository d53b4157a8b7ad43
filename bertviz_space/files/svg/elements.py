"""SVG elements: all text is data, and every program reads what is written."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, tostring

# The page's own, and what stands in for it elsewhere.
FONT = "system-ui, sans-serif"

TEXT, MUTED, GROUND = "#1f2937", "#6b7280", "#ffffff"

# An opacity under half a step of 255 changes no pixel.
LEAST_OPACITY = 0.5 / 255

# Pixels around everything, and between its parts.
_MARGIN, _GAP = 16, 12

# Pixels of width at least, so that a caption is more than a word wide.
_LEAST_WIDTH = 420

# Lines of one paragraph of a caption before it is cut; all of its text is in the description.
_MAX_LINES = 8

# Pixels of a square of the legend.
_SQUARE = 24

# What no XML file may hold.
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Number = int | float


@dataclass(frozen=True)
class Still:
    """A part of a picture.

    Attributes:
        element: a group, from its top left corner on.
        width: in pixels.
        height: in pixels.
    """

    element: Element
    width: float
    height: float


def group(parent: Element | None = None, **attributes: str | Number) -> Element:
    """A group of elements, in another one or by itself."""
    return _new("g", attributes) if parent is None else add(parent, "g", "", **attributes)


def add(parent: Element, tag: str, text: str = "", /, **attributes: str | Number) -> Element:
    """Add an element; of its attributes' names an underscore is a hyphen."""
    element = _new(tag, attributes)
    if text:
        element.text = _NOT_XML.sub("\ufffd", text)
    parent.append(element)
    return element


def _new(tag: str, attributes: dict[str, str | Number]) -> Element:
    return Element(tag, {name.replace("_", "-"): _said(of) for name, of in attributes.items()})


def _said(value: str | Number) -> str:
    """A number in ten-thousandths: no eye and no printer sees more."""
    return f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def text_width(text: str, size: float) -> float:
    """About how wide a text is, on the safe side: the fonts are those of whoever opens the file."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return size * (0.62 * (len(text) - wide) + 1.05 * wide)


def side_by_side(left: Still, right: Still) -> Still:
    """Two pictures as one."""
    both = group()
    both.append(left.element)
    group(both, transform=f"translate({_said(left.width + 2 * _GAP)} 0)").append(right.element)
    width = left.width + 2 * _GAP + right.width
    return Still(both, width, max(left.height, right.height))


def captioned(
    still: Still, title: str, legend: Sequence[tuple[str, str]], caption: Sequence[str]
) -> str:
    """A whole file.

    Args:
        still: the picture.
        title: a line over it.
        legend: texts, and the colours that stand for them.
        caption: paragraphs under it, anyone's text.
    """
    width = max(_LEAST_WIDTH, still.width)
    parts = [_paragraphs([title], 15, TEXT, width, font_weight=600)]
    if legend:
        parts.append(_legend(legend, width))
    parts += [still, _paragraphs(caption, 13, MUTED, width)]
    whole = width + 2 * _MARGIN
    height = 2 * _MARGIN + sum(part.height + _GAP for part in parts) - _GAP
    size = {"width": whole, "height": height}
    svg = _new("svg", {"xmlns": "http://www.w3.org/2000/svg", "font_family": FONT, **size})
    svg.set("viewBox", f"0 0 {_said(whole)} {_said(height)}")
    add(svg, "title", title)
    add(svg, "desc", "\n".join(caption))
    add(svg, "rect", fill=GROUND, **size)
    y = float(_MARGIN)
    for part in parts:
        group(svg, transform=f"translate({_MARGIN} {_said(y)})").append(part.element)
        y += part.height + _GAP
    return tostring(svg, encoding="unicode")


def _paragraphs(
    texts: Iterable[str], size: int, fill: str, width: float, font_weight: int = 400
) -> Still:
    element = group(font_size=size, fill=fill, font_weight=font_weight)
    lines = [line for text in texts for line in _lines(text, size, width)]
    line_height = size * 1.4
    for row, line in enumerate(lines):
        add(element, "text", line, x=0, y=round(row * line_height + size))
    return Still(element, width, len(lines) * line_height)


def _lines(text: str, size: int, width: float) -> list[str]:
    """A text broken at blanks; a word that is longer than a line is broken anywhere."""
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
    for word in re.findall(r"\S*\s+|\S+", text):
        if text_width(word, size) <= width:
            yield word
        else:
            yield from word


def _legend(entries: Sequence[tuple[str, str]], width: float) -> Still:
    element = group(font_size=11, fill="#fff", text_anchor="middle")
    columns = int(width // _SQUARE)
    for index, (text, color) in enumerate(entries):
        x, y = index % columns * _SQUARE, index // columns * _SQUARE
        add(element, "rect", x=x, y=y, width=_SQUARE, height=_SQUARE, fill=color)
        add(element, "text", text, x=x + _SQUARE // 2, y=y + _SQUARE // 2, dy="0.35em")
    return Still(element, width, -(-len(entries) // columns) * _SQUARE)
