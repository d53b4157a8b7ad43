"""Two pictures of the same place, pixel by pixel."""

import math
from io import BytesIO

import numpy as np
from PIL import Image
from playwright.sync_api import FloatRect, Page

# A row of tokens in the head view, and the room for its lines in BertViz, in pixels.
ROW_HEIGHT = 22.5
LINES_WIDTH = 115


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
