"""Our head view against BertViz's, pixel by pixel."""

import pytest
from playwright.sync_api import expect

from tests.browser.bertviz.picture import LINES_WIDTH, lines_picture, peak_signal_to_noise
from tests.browser.ink import boxes, token_boxes
from tests.browser.reader import expect_drawn, figure, token

# Two pictures that no eye tells apart, in dB.
ALIKE = 45


def test_head_view_is_bertvizs_picture_pixel_by_pixel(heads, page, result):
    host, original = heads
    rows = len(result.trace.source)
    if rows > 25:
        pytest.skip("strokes add up, and what each of them is rounded by: 32 dB at 45 tokens")
    # As much room for the lines as BertViz takes.
    columns = [token_boxes(figure(host), side)[0]["width"] for side in ("queries", "keys")]
    page.set_viewport_size({"width": round(sum(columns)) + LINES_WIDTH, "height": 900})
    expect(figure(host).locator("svg")).to_have_attribute(
        "width", str(round(sum(columns)) + LINES_WIDTH)
    )
    for picture in (host, original.locator("#vis")):
        picture.evaluate("""(picture) => {
            const { top } = picture.querySelector("svg").getBoundingClientRect();
            picture.style.marginTop = `${Math.ceil(top) - top}px`;
        }""")
    [own] = boxes(figure(host).locator("svg"))
    [their] = boxes(original.locator("#vis svg"))
    first = token_boxes(figure(host), "queries")[0]["y"]

    def noise() -> float:
        drawn = lines_picture(page, own["x"] + columns[0], first, rows)
        wanted = lines_picture(original.page, their["x"] + 110, their["y"] + 30, rows)
        assert wanted.min() < 200  # a picture of something
        return peak_signal_to_noise(drawn, wanted)

    # One head alone. With all on a pixel is the sum of many strokes of 1/255 or so, and a canvas
    # without a ground of its own rounds each by itself: ours is the lighter then, by 1 to 5 of 255
    # in the mean, 33 to 36 dB for a sentence and twelve heads (48 on a white ground).
    host.locator(".bertviz-square").nth(3).dblclick()
    original.locator("#vis > svg > g:last-child > rect").nth(3).dblclick()
    expect_drawn(host, "All, layer 0, heads 3")
    assert noise() >= ALIKE
    token(figure(host), "queries", 2).hover()
    original.point_at(original.locator("#left .background").nth(2))
    assert noise() >= ALIKE
