"""Compares the pixels of our head view with the exact product of its lines.

``test_head_view.py`` compares the lines with BertViz's.
"""

import numpy as np
import pytest

from bertviz_space import extract
from bertviz_space.page.components import HeadView
from tests.browser.bertviz import ours
from tests.browser.bertviz.exact_picture import exact_picture
from tests.browser.bertviz.picture import (
    align_to_pixels,
    our_lines,
    resize_window,
    screenshot,
)
from tests.browser.ink import token_boxes
from tests.browser.reader import expect_drawn, figure, token


@pytest.fixture
def host(page, open_view, pair):
    """Our head view on a pair of sentences."""
    with ours.recording(page):
        host = open_view(HeadView, pair)
        expect_drawn(host)
        resize_window(host, height=900)
        align_to_pixels(host)
        return host


def test_pixels_are_the_exact_product_of_the_lines(host, pair):
    def check() -> None:
        pixels = our_lines(host, len(pair.trace.source)).astype(float)
        lines = ours.marks(figure(host))
        assert lines
        first = token_boxes(figure(host), "queries")[0]
        left, top = first["x"] + first["width"], first["y"]
        height, width, _ = pixels.shape
        exact = exact_picture(lines, left, top, width, height)
        assert exact.min() < 200
        assert np.abs(pixels - exact).max() <= 1

    check()
    host.locator(".bertviz-square").nth(3).dblclick()
    expect_drawn(host, "All, layer 0, heads 3")
    check()
    token(figure(host), "queries", 2).hover()
    check()


def test_pixels_are_exact_where_thousands_of_faint_lines_meet(page, open_view, gpt2, publish):
    text = " ".join(f"The dog number {number} saw the cat." for number in range(100))
    result = publish(extract(gpt2.model, gpt2.tokenizer, text))
    assert len(result.trace.source) == 512
    with ours.recording(page):
        host = open_view(HeadView, result)
        expect_drawn(host)
        align_to_pixels(host)
        lines = ours.marks(figure(host))
    assert len(lines) > 5000
    # The lines of queries below the figure meet beside the keys.
    key = token_boxes(figure(host), "keys")[8]
    left, top, width, height = round(key["x"]) - 40, round(key["y"]), 36, 24
    pixels = screenshot(page, left, top, width, height).astype(float)
    exact = exact_picture(lines, left, top, width, height)
    assert exact.min() < 200
    assert np.abs(pixels - exact).max() <= 1
