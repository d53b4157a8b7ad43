"""Two pictures of the same place, pixel by pixel."""

import math
from io import BytesIO

import numpy as np
from PIL import Image
from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.browser.ink import boxes, token_boxes
from tests.browser.reader import figure

# A row of tokens in the head view, and the room for its lines in BertViz, in pixels.
ROW_HEIGHT = 22.5
LINES_WIDTH = 115

# Where BertViz's lines begin in its picture, in pixels.
_LINES_LEFT, _LINES_TOP = 110, 30

# Between our figure and the strip beside it, in pixels.
_STRIP_GAP = 10

# Two pictures that no eye tells apart, in dB.
ALIKE = 45


def give_room(host: Locator, height: int) -> None:
    """Make the window so narrow that our head view's lines have as much room as in BertViz.

    Args:
        host: of the view, with columns that are as wide as their tokens.
        height: of the window, in pixels.
    """
    page, svg = host.page, figure(host).locator("svg")
    queries, keys = (token_boxes(figure(host), side)[0] for side in ("queries", "keys"))
    lines = keys["x"] - queries["x"] - queries["width"]
    width = round(boxes(svg)[0]["width"] - lines) + LINES_WIDTH
    # Of a long text there is a strip beside the figure.
    strip = sum(
        box["width"] + _STRIP_GAP for box in boxes(host.locator(".bertviz-minimap:visible"))
    )
    # The margins of a page may be others once it is narrow.
    for _ in range(2):
        margins = host.evaluate("(host) => innerWidth - host.clientWidth")
        page.set_viewport_size({"width": round(width + strip + margins), "height": height})
    expect(svg).to_have_attribute("width", str(width))


def put_on_whole_pixels(picture: Locator) -> None:
    """Move a picture down by a part of a pixel, so that both fall on pixels alike."""
    picture.evaluate("""(picture) => {
        const { top } = picture.querySelector("svg").getBoundingClientRect();
        picture.style.marginTop = `${Math.ceil(top) - top}px`;
    }""")


def our_lines(host: Locator, rows: int) -> np.ndarray:
    """What our head view draws between the first rows, uint8 ``[y, x, 3]``."""
    own = token_boxes(figure(host), "queries")[0]
    return lines_picture(host.page, own["x"] + own["width"], own["y"], rows)


def bertvizs_lines(page: Page, rows: int) -> np.ndarray:
    """What BertViz's head view draws between the first rows, uint8 ``[y, x, 3]``."""
    [svg] = boxes(page.locator("#vis svg"))
    return lines_picture(page, svg["x"] + _LINES_LEFT, svg["y"] + _LINES_TOP, rows)


def lines_picture(page: Page, left: float, top: float, rows: int) -> np.ndarray:
    """What is drawn between the two columns of a head view.

    Args:
        page: as wide and as high as needed.
        left: where lines begin, a whole pixel.
        top: of the first row, a whole pixel: both pictures fall on pixels alike.
        rows: of the longer column.

    Returns:
        uint8 ``[y, x, 3]``, red, green and blue.
    """
    assert left == round(left) and top == round(top)
    clip = FloatRect(x=left, y=top, width=LINES_WIDTH, height=math.floor(rows * ROW_HEIGHT))
    return np.asarray(Image.open(BytesIO(page.screenshot(clip=clip))).convert("RGB"))


def peak_signal_to_noise(one: np.ndarray, other: np.ndarray) -> float:
    """In dB: 48.1 where two pictures differ by 1 of 255 everywhere, infinite where they do not."""
    assert one.shape == other.shape
    mean_square = np.mean((one.astype(float) - other.astype(float)) ** 2)
    return math.inf if mean_square == 0 else 10 * math.log10(255**2 / mean_square)
