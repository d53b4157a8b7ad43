"""Make SVG elements: any text can be written into them, and any XML parser reads the result."""

import re
import unicodedata
from dataclasses import dataclass
from xml.etree.ElementTree import Element

# The page's font, and the fallback on other machines.
FONT = "system-ui, sans-serif"

# An opacity below half a step of 255 changes no pixel.
MIN_OPACITY = 0.5 / 255

# Pixels between two drawings.
_GAP = 24

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
    return element_of("g", **attributes) if parent is None else add(parent, "g", "", **attributes)


def add(parent: Element, tag: str, text: str = "", /, **attributes: str | Number) -> Element:
    """Add a new element to ``parent`` and return it.

    Characters of ``text`` that XML cannot contain become U+FFFD.
    """
    element = element_of(tag, **attributes)
    if text:
        element.text = _NOT_XML.sub("\ufffd", text)
    parent.append(element)
    return element


def element_of(tag: str, /, **attributes: str | Number) -> Element:
    """Return a new element; an underscore in an attribute's name becomes a hyphen."""
    formatted = {name.replace("_", "-"): _format(value) for name, value in attributes.items()}
    return Element(tag, formatted)


def _format(value: str | Number) -> str:
    """Return a fraction rounded to four decimals, more than screens and printers show."""
    return f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def text_width(text: str, size: float) -> float:
    """Return an upper estimate of a text's width in pixels; the font depends on the machine."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return size * (0.62 * (len(text) - wide) + 1.05 * wide)


def half_width(width: float) -> float:
    """Return the width of each of two drawings that fit side by side."""
    return (width - _GAP) / 2


def side_by_side(left: Drawing, right: Drawing) -> Drawing:
    """Return one drawing of two, beside each other."""
    both = group()
    both.append(left.element)
    group(both, transform=f"translate({_format(left.width + _GAP)} 0)").append(right.element)
    width = left.width + _GAP + right.width
    return Drawing(both, width, max(left.height, right.height))
