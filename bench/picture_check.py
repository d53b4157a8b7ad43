"""Compares the lines of both head views; the speeds count only if the lines are the same."""

from contextlib import closing

from playwright.sync_api import Playwright

from bench.bertviz_view import BertVizView
from bench.cases import Case
from bench.material import BertVizPage
from bench.our_view import OurView
from bench.results import PictureCheck
from bench.space import Space
from tests.browser.bertviz import ours
from tests.browser.bertviz.marks import assert_same_lines
from tests.browser.bertviz.original import head_lines_of
from tests.browser.bertviz.picture import (
    align_to_pixels,
    bertvizs_lines,
    our_lines,
    peak_signal_to_noise,
    resize_window,
)
from tests.browser.reader import figure

# Rows that fit into our figure without scrolling.
_ROWS = 30
# Pixels of a window that shows all of them.
_HEIGHT = 2400
# Largest difference of the opacities of a line: one step of an 8-bit channel.
_TOLERANCE = 1 / 255


def compare_pictures(
    playwright: Playwright, space: Space, case: Case, text: str, page: BertVizPage
) -> PictureCheck:
    """Compare color and opacity of every line of both head views, and their pixels."""
    rows = min(_ROWS, case.tokens)
    view = OurView(playwright, space.url, case.model_id, "head")
    with closing(view.window):
        ours.record_lines(view.window.page)
        view.run(text, case.tokens)
        resize_window(view.host, _HEIGHT)
        align_to_pixels(view.host)
        across = figure(view.host)
        drawn, pixels = ours.lines(across), our_lines(view.host, rows)
        original = BertVizView(playwright, "head")
        with closing(original.window):
            original.window.open(page.url)
            align_to_pixels(original.window.page.locator("#vis"))
            expected = ours.in_sight(across, head_lines_of(original.window.page))
            bertvizs_pixels = bertvizs_lines(original.window.page, rows)
    try:
        assert_same_lines(drawn, expected, _TOLERANCE)
        difference = ""
    except AssertionError as error:
        difference = str(error)
    psnr = peak_signal_to_noise(pixels, bertvizs_pixels)
    return PictureCheck(case.tokens, len(drawn), difference, psnr)
