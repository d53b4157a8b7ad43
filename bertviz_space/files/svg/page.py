"""The sizes of a picture with its texts: on the screen, or on paper at a width in millimeters.

``assets/core/geometry/picture_page.js`` computes the same sizes; both pass the cases of
``tests/fixtures/shared_cases/picture_pages.json``.
"""

from dataclasses import dataclass
from math import ceil

from .options import PictureWidth

_MILLIMETERS: dict[PictureWidth, int] = {"84mm": 84, "174mm": 174}

# CSS pixels of a millimeter.
_PIXELS_PER_MM = 96 / 25.4

# Pixels of content on the screen at least, so that several words of a caption fit in a line.
_MIN_SCREEN_WIDTH = 420


@dataclass(frozen=True)
class _Sizes:
    """Sizes in CSS pixels, named as in ``Page``."""

    margin: int
    gap: int
    title: int
    caption: int
    legend: int
    square: int


_SCREEN = _Sizes(margin=16, gap=12, title=15, caption=13, legend=11, square=24)

# The title has 9 points on paper, caption and legend 7.5.
_PAPER = _Sizes(margin=4, gap=8, title=12, caption=10, legend=10, square=20)


@dataclass(frozen=True)
class Page:
    """The sizes of a picture, in units of its coordinates.

    Attributes:
        unit: units for each CSS pixel (1/96 inch) of the page.
        width: the width of the picture, margins included.
        content_width: the width without margins.
        inset: the left edge of the view in it: on paper, the view is in the middle.
        margin: the margin around everything.
        gap: the gap between two parts.
        title: the size of the title's letters.
        caption: the size of the caption's letters.
        legend: the size of the legend's letters.
        square: the width of a square of the legend.
    """

    unit: float
    width: float
    content_width: float
    inset: float
    margin: float
    gap: float
    title: float
    caption: float
    legend: float
    square: float


def page_content_width(width: PictureWidth) -> float | None:
    """Return the width in CSS pixels that a picture's content should have; ``None`` for any."""
    if width == "screen":
        return None
    return _MILLIMETERS[width] * _PIXELS_PER_MM - 2 * _PAPER.margin


def page_of(content_width: float, width: PictureWidth) -> Page:
    """Return the sizes of a picture.

    Content that is wider than its page is scaled down as a whole. The texts around it are not: they
    keep their size on paper.

    Args:
        content_width: the width of the content, in CSS pixels.
        width: the width of the page.
    """
    available = page_content_width(width)
    sizes = _SCREEN if available is None else _PAPER
    unit = 1.0 if available is None else max(1.0, content_width / available)
    if available is None:
        inner = float(max(_MIN_SCREEN_WIDTH, ceil(content_width)))
    else:
        inner = available * unit
    return Page(
        unit,
        inner + 2 * sizes.margin * unit,
        inner,
        0.0 if available is None else (inner - content_width) / 2,
        sizes.margin * unit,
        sizes.gap * unit,
        sizes.title * unit,
        sizes.caption * unit,
        sizes.legend * unit,
        sizes.square * unit,
    )


def page_length(length: float, page: Page, width: PictureWidth) -> str:
    """Return a length of a picture as SVG writes it: in millimeters for a page on paper."""
    if width == "screen":
        return f"{length:.4f}".rstrip("0").rstrip(".")
    return f"{length / page.unit / _PIXELS_PER_MM:.3f}".rstrip("0").rstrip(".") + "mm"
