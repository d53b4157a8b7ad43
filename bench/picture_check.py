"""Compares the pictures of both sides; the speeds count only if the pictures are the same."""

from playwright.sync_api import Playwright

from bench.bertviz_view import BertVizView
from bench.cases import Case
from bench.material import BertVizPage
from bench.our_view import OurView
from bench.space import Space
from tests.browser.bertviz.picture import (
    align_to_pixels,
    bertvizs_lines,
    our_lines,
    peak_signal_to_noise,
    resize_window,
)

# Rows that fit into our figure without scrolling.
_ROWS = 30
# Pixels of a window that shows all of them.
_HEIGHT = 2400


def picture_psnr(
    playwright: Playwright, space: Space, case: Case, text: str, page: BertVizPage
) -> float:
    """Return the peak signal-to-noise ratio of the lines of both head views, in dB.

    A larger ratio means more similar pictures.
    """
    rows = min(_ROWS, case.tokens)
    ours = OurView(playwright, space.url, case.model_id, "head")
    ours.run(text, case.tokens)
    resize_window(ours.host, _HEIGHT)
    align_to_pixels(ours.host)
    drawn = our_lines(ours.host, rows)
    ours.window.close()
    original = BertVizView(playwright, "head")
    original.window.open(page.url)
    align_to_pixels(original.window.page.locator("#vis"))
    expected = bertvizs_lines(original.window.page, rows)
    original.window.close()
    return peak_signal_to_noise(drawn, expected)
