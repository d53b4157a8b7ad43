"""Our head view against BertViz's, pixel by pixel."""

from playwright.sync_api import expect

from tests.browser.bertviz.picture import LINES_WIDTH, lines_picture, peak_signal_to_noise
from tests.browser.ink import boxes, token_boxes
from tests.browser.reader import expect_drawn, figure, token

# Two pictures that no eye tells apart, in dB.
ALIKE = 45


def test_head_view_is_bertvizs_picture_pixel_by_pixel(heads, page, result):
    host, original = heads
    rows = len(result.trace.source)
    # As much room for the lines as BertViz takes.
    queries, keys = (token_boxes(figure(host), side)[0] for side in ("queries", "keys"))
    width = boxes(figure(host).locator("svg"))[0]["width"]
    lines = keys["x"] - queries["x"] - queries["width"]
    page.set_viewport_size({"width": round(width - lines) + LINES_WIDTH, "height": 900})
    expect(figure(host).locator("svg")).to_have_attribute(
        "width", str(round(width - lines) + LINES_WIDTH)
    )
    for picture in (host, original.locator("#vis")):
        picture.evaluate("""(picture) => {
            const { top } = picture.querySelector("svg").getBoundingClientRect();
            picture.style.marginTop = `${Math.ceil(top) - top}px`;
        }""")
    own = token_boxes(figure(host), "queries")[0]
    [their] = boxes(original.locator("#vis svg"))

    def noise() -> float:
        drawn = lines_picture(page, own["x"] + own["width"], own["y"], rows)
        wanted = lines_picture(original.page, their["x"] + 110, their["y"] + 30, rows)
        assert wanted.min() < 200  # a picture of something
        return peak_signal_to_noise(drawn, wanted)

    assert noise() >= ALIKE
    host.locator(".bertviz-square").nth(3).dblclick()
    original.locator("#vis > svg > g:last-child > rect").nth(3).dblclick()
    expect_drawn(host, "All, layer 0, heads 3")
    assert noise() >= ALIKE
    token(figure(host), "queries", 2).hover()
    original.point_at(original.locator("#left .background").nth(2))
    assert noise() >= ALIKE
