"""Compares our head view with BertViz's pixel by pixel."""

from tests.browser.bertviz.picture import (
    ALIKE,
    align_to_pixels,
    bertvizs_lines,
    our_lines,
    peak_signal_to_noise,
    resize_window,
)
from tests.browser.reader import expect_drawn, figure, token


def test_head_view_has_the_pixels_of_bertvizs_picture(heads, result):
    host, original = heads
    rows = len(result.trace.source)
    resize_window(host, height=900)
    for picture in (host, original.locator("#vis")):
        align_to_pixels(picture)

    def similarity() -> float:
        expected = bertvizs_lines(original.page, rows)
        assert expected.min() < 200  # the picture is not empty
        return peak_signal_to_noise(our_lines(host, rows), expected)

    assert similarity() >= ALIKE
    host.locator(".bertviz-square").nth(3).dblclick()
    original.locator("#vis > svg > g:last-child > rect").nth(3).dblclick()
    expect_drawn(host, "All, layer 0, heads 3")
    assert similarity() >= ALIKE
    token(figure(host), "queries", 2).hover()
    original.point_at(original.locator("#left .background").nth(2))
    assert similarity() >= ALIKE
