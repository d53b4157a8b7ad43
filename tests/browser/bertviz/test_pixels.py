"""Our head view against BertViz's, pixel by pixel."""

from tests.browser.bertviz.picture import (
    ALIKE,
    bertvizs_lines,
    give_room,
    our_lines,
    peak_signal_to_noise,
    put_on_whole_pixels,
)
from tests.browser.reader import expect_drawn, figure, token


def test_head_view_is_bertvizs_picture_pixel_by_pixel(heads, result):
    host, original = heads
    rows = len(result.trace.source)
    give_room(host, height=900)
    for picture in (host, original.locator("#vis")):
        put_on_whole_pixels(picture)

    def noise() -> float:
        wanted = bertvizs_lines(original.page, rows)
        assert wanted.min() < 200  # a picture of something
        return peak_signal_to_noise(our_lines(host, rows), wanted)

    assert noise() >= ALIKE
    host.locator(".bertviz-square").nth(3).dblclick()
    original.locator("#vis > svg > g:last-child > rect").nth(3).dblclick()
    expect_drawn(host, "All, layer 0, heads 3")
    assert noise() >= ALIKE
    token(figure(host), "queries", 2).hover()
    original.point_at(original.locator("#left .background").nth(2))
    assert noise() >= ALIKE
