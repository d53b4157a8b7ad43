"""Add a title, legends and a caption to a drawing (``assets/drawing/captioned_picture.js``)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import tostring

from .elements import FONT, Drawing, add, element_of, group, text_width
from .options import PictureOptions, Theme, theme_of
from .page import Page, page_length, page_of
from .text_block import text_block

# Width and height of the bar of the scale, and the space beside it, in sizes of its letters.
_BAR_WIDTH, _BAR_HEIGHT, _SPACE = 5, 0.8, 0.5


@dataclass(frozen=True)
class Texts:
    """The texts around a picture.

    Attributes:
        title: the line above it.
        legend: labels, each with its color.
        scale: the name of the scale of weights; empty for a picture without a scale.
        caption: the paragraphs below the picture, which may contain any text.
    """

    title: str
    legend: Sequence[tuple[str, str]]
    scale: str
    caption: Sequence[str]


def captioned(drawing: Drawing, texts: Texts, options: PictureOptions) -> str:
    """Return the text of an SVG file.

    Args:
        drawing: the picture itself.
        texts: the texts around it.
        options: what of them is drawn, the colors and the width.
    """
    theme = theme_of(options)
    page = page_of(drawing.width, options.width)
    parts = [*_parts(drawing, texts, options, theme, page)]
    height = 2 * page.margin + sum(part.height + page.gap for part in parts) - page.gap
    svg = element_of("svg", xmlns="http://www.w3.org/2000/svg", font_family=FONT)
    svg.set("width", page_length(page.width, page, options.width))
    svg.set("height", page_length(height, page, options.width))
    svg.set("viewBox", f"0 0 {page.width:.4f} {height:.4f}")
    add(svg, "title", texts.title)
    add(svg, "desc", "\n".join(texts.caption))
    if theme.background:
        add(svg, "rect", fill=theme.background, width=page.width, height=height)
    y = page.margin
    for part in parts:
        corner = f"translate({page.margin:.4f} {y:.4f})"
        group(svg, transform=corner).append(part.element)
        y += part.height + page.gap
    return tostring(svg, encoding="unicode")


def _parts(
    drawing: Drawing, texts: Texts, options: PictureOptions, theme: Theme, page: Page
) -> Iterator[Drawing]:
    """Yield the parts of the picture, from top to bottom."""
    if options.title:
        yield text_block([texts.title], page.title, theme.text, page.content_width, 600)
    if texts.legend:
        yield _legend(texts.legend, page)
    yield _inset(drawing, page.inset)
    if texts.scale:
        yield _scale(texts.scale, theme, page)
    if options.caption:
        yield text_block(texts.caption, page.caption, theme.muted, page.content_width)


def _inset(drawing: Drawing, x: float) -> Drawing:
    if not x:
        return drawing
    moved = group(transform=f"translate({x:.4f} 0)")
    moved.append(drawing.element)
    return Drawing(moved, drawing.width, drawing.height)


def _legend(entries: Sequence[tuple[str, str]], page: Page) -> Drawing:
    side = page.square
    element = group(font_size=page.legend, fill="#fff", text_anchor="middle")
    columns = int(page.content_width // side)
    for index, (text, color) in enumerate(entries):
        x, y = index % columns * side, index // columns * side
        add(element, "rect", x=x, y=y, width=side, height=side, fill=color)
        add(element, "text", text, x=x + side / 2, y=y + side / 2, dy="0.35em")
    return Drawing(element, page.content_width, -(-len(entries) // columns) * side)


def _scale(name: str, theme: Theme, page: Page) -> Drawing:
    """Draw what the opacity of a line shows, and a bar from 0 to 1."""
    size = page.caption
    begin = text_width(f"{name} 0", size) + _SPACE * size
    end = begin + _BAR_WIDTH * size
    element = group(font_size=size, fill=theme.muted)
    gradient = add(element, "linearGradient", id=f"weight-scale-{theme.name}")
    for opacity in (0, 1):
        add(gradient, "stop", offset=opacity, stop_color=theme.text, stop_opacity=opacity)
    bar = {"x": begin, "y": size * (1 - _BAR_HEIGHT), "width": end - begin}
    paint = {"fill": f"url(#weight-scale-{theme.name})", "stroke": theme.muted}
    add(element, "text", f"{name} 0", x=0, y=size)
    add(element, "rect", height=_BAR_HEIGHT * size, **bar, **paint)
    add(element, "text", "1", x=end + _SPACE * size, y=size)
    return Drawing(element, page.content_width, 1.2 * size)
