"""Takes pictures of the lines of both head views, and compares them pixel by pixel."""

import math
from io import BytesIO

import numpy as np
from PIL import Image
from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.browser.ink import boxes, token_boxes
from tests.browser.reader import figure

# Height of a row of tokens in both head views, in pixels.
ROW_HEIGHT = 22.5
# Width of the space for lines in BertViz, in pixels.
LINES_WIDTH = 115

# Position of BertViz's lines in its picture, in pixels.
_LINES_LEFT, _LINES_TOP = 110, 30

# Space between our figure and the strip beside it, in pixels.
_STRIP_GAP = 10


def resize_window(host: Locator, height: int) -> None:
    """Make the window so narrow that the lines of our head view are as wide as BertViz's.

    Args:
        host: the host element of the view; its columns are as wide as their tokens.
        height: the height of the window, in pixels.
    """
    page, svg = host.page, figure(host).locator("svg")
    # The inspector of a narrow view is a sheet that lies over the lines.
    page.add_style_tag(content=".bertviz-inspector { display: none; }")
    # The view moves its numbers when the window becomes narrow.
    for _ in range(2):
        width = round(boxes(svg)[0]["width"] - _lines_width(host)) + LINES_WIDTH
        # A long text has a strip beside the figure.
        strip = sum(
            box["width"] + _STRIP_GAP for box in boxes(host.locator(".bertviz-minimap:visible"))
        )
        # The margins of the page may change, too.
        for _ in range(2):
            margins = host.evaluate("(host) => innerWidth - host.clientWidth")
            page.set_viewport_size({"width": round(width + strip + margins), "height": height})
        expect(svg).to_have_attribute("width", str(width))
    assert _lines_width(host) == LINES_WIDTH


def _lines_width(host: Locator) -> float:
    """Return the space between the two columns of tokens, in pixels."""
    queries, keys = (token_boxes(figure(host), side)[0] for side in ("queries", "keys"))
    return keys["x"] - queries["x"] - queries["width"]


def align_to_pixels(picture: Locator) -> None:
    """Move a picture down by a fraction of a pixel, so that it starts at a whole pixel."""
    picture.evaluate("""(picture) => {
        const { top } = picture.querySelector("svg").getBoundingClientRect();
        picture.style.marginTop = `${Math.ceil(top) - top}px`;
    }""")


def our_lines(host: Locator, rows: int) -> np.ndarray:
    """Return our head view's picture between the first rows, uint8 ``[y, x, 3]``."""
    first = token_boxes(figure(host), "queries")[0]
    return lines_picture(host.page, first["x"] + first["width"], first["y"], rows)


def bertvizs_lines(page: Page, rows: int) -> np.ndarray:
    """Return BertViz's picture between the first rows, uint8 ``[y, x, 3]``."""
    [svg] = boxes(page.locator("#vis svg"))
    return lines_picture(page, svg["x"] + _LINES_LEFT, svg["y"] + _LINES_TOP, rows)


def lines_picture(page: Page, left: float, top: float, rows: int) -> np.ndarray:
    """Return the picture between the two columns of a head view.

    Args:
        page: a page that shows all of the rows.
        left: left edge of the lines, a whole number of pixels.
        top: top of the first row, a whole number of pixels.
        rows: number of rows of the longer column.

    Returns:
        uint8 ``[y, x, 3]``, red, green and blue.
    """
    return screenshot(page, left, top, LINES_WIDTH, math.floor(rows * ROW_HEIGHT))


def screenshot(page: Page, left: float, top: float, width: int, height: int) -> np.ndarray:
    """Return a part of the window, uint8 ``[y, x, 3]``; ``left`` and ``top`` are whole pixels."""
    assert left == round(left) and top == round(top)
    clip = FloatRect(x=left, y=top, width=width, height=height)
    return np.asarray(Image.open(BytesIO(page.screenshot(clip=clip))).convert("RGB"))


def peak_signal_to_noise(one: np.ndarray, other: np.ndarray) -> float:
    """Return the peak signal-to-noise ratio of two pictures, in dB.

    It is 48.1 dB if all pixels differ by 1/255, and infinite if the pictures are equal.
    """
    assert one.shape == other.shape
    mean_square = np.mean((one.astype(float) - other.astype(float)) ** 2)
    return math.inf if mean_square == 0 else 10 * math.log10(255**2 / mean_square)
