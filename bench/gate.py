"""Whether both sides draw the same picture: speed counts only if they do."""

from playwright.sync_api import Playwright

from bench.cases import Case
from bench.material import Page
from bench.ours import OurView
from bench.space import Space
from bench.theirs import BertVizView
from tests.browser.bertviz.picture import (
    bertvizs_lines,
    give_room,
    our_lines,
    peak_signal_to_noise,
    put_on_whole_pixels,
)

# Rows that fit into our figure before it scrolls, and pixels of a window with room for all of them.
_ROWS, _HEIGHT = 30, 2400


def picture_noise(playwright: Playwright, space: Space, case: Case, text: str, page: Page) -> float:
    """How much the lines of the two head views differ, in dB; more is more alike."""
    rows = min(_ROWS, case.tokens)
    ours = OurView(playwright, space.url, case.model_id, "head")
    ours.run(text, case.tokens)
    give_room(ours.host, _HEIGHT)
    put_on_whole_pixels(ours.host)
    drawn = our_lines(ours.host, rows)
    ours.window.close()
    theirs = BertVizView(playwright, "head")
    theirs.window.open(page.address)
    put_on_whole_pixels(theirs.window.page.locator("#vis"))
    wanted = bertvizs_lines(theirs.window.page, rows)
    theirs.window.close()
    return peak_signal_to_noise(drawn, wanted)
