"""Reading a text that is longer than the screen: scrolling, zooming, finding a token."""

import re

import pytest
import torch
from playwright.sync_api import expect

from bertviz_space.page.components import HeadView, NeuronView
from tests.browser.ink import BLUE, CATEGORY10, assert_ink, boxes, made_up, on_line, pixels
from tests.browser.reader import expect_drawn, figure, labels, leave, readout, token

TOKENS = 400


@pytest.fixture(scope="module")
def long_text(publish):
    """One head of 400 tokens: each attends to itself with 0.75, and to the first token."""
    weights = torch.eye(TOKENS) * 0.75
    weights[:, 0] += 0.25
    return publish(made_up(weights[None, None]))


@pytest.fixture
def host(open_view, long_text):
    host = open_view(HeadView, long_text)
    expect_drawn(host)
    return host


def find(host, text):
    host.get_by_label("Find").fill(text)
    host.get_by_label("Find").press("Enter")


def shown(host):
    """The first and the last position in sight."""
    positions = (
        figure(host)
        .locator(".bertviz-queries .bertviz-token")
        .evaluate_all("(all) => all.map((each) => Number(each.dataset.position))")
    )
    return min(positions), max(positions)


def scroll(page, host, by):
    """Turn the wheel over the figure, and wait until it has drawn what comes in sight."""
    [box] = boxes(figure(host))
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    before = shown(host)
    page.mouse.wheel(0, by)
    expect(token(figure(host), "queries", before[0])).to_have_count(0)


def wheel_with_ctrl(page, by):
    page.keyboard.down("Control")
    page.mouse.wheel(0, by)
    page.keyboard.up("Control")


def test_only_the_rows_in_sight_are_in_the_page(host):
    first, last = shown(host)
    assert first == 0
    assert 25 < last < 50
    expect(token(figure(host), "queries", 0)).to_have_attribute("aria-setsize", str(TOKENS))


def test_scrolling_brings_rows_in_sight_with_their_lines(host, page):
    scroll(page, host, 3000)
    first, last = shown(host)
    assert first > 100
    [ink] = pixels(host, [on_line(figure(host), last - 5, last - 5, at=0.5)])
    assert_ink(ink, (CATEGORY10[0], 0.75))


def test_the_pick_survives_scrolling(host, page):
    token(figure(host), "queries", 3).click()
    leave(page)
    scroll(page, host, 3000)
    expect(readout(host).locator("span").first).to_have_text("word3")
    # Nothing but the pinned token's lines is drawn, and none of them is here.
    row = shown(host)[0] + 10
    [ink] = pixels(host, [on_line(figure(host), row, row, at=0.5)])
    assert_ink(ink)
    expect(host.locator(".bertviz-place")).to_have_attribute("visibility", "visible")
    find(host, "#3")
    expect(token(figure(host), "queries", 3)).to_have_class(re.compile("bertviz-pinned"))


def test_a_token_is_found_by_typing_it(host):
    find(host, "word217")
    expect(token(figure(host), "queries", 217)).to_be_in_viewport()
    expect(token(figure(host), "queries", 217)).to_have_class(re.compile("bertviz-pinned"))
    expect(readout(host).locator("span").first).to_have_text("word217")
    expect(host.locator("output")).to_have_text("1 of 1")


def test_enter_goes_on_to_the_next_place_and_shift_back(host):
    field = host.get_by_label("Find")
    find(host, "word39")  # and 390 to 399
    expect(host.locator("output")).to_have_text("1 of 11")
    field.press("Enter")
    expect(readout(host).locator("span").first).to_have_text("word390")
    field.press("Shift+Enter")
    expect(readout(host).locator("span").first).to_have_text("word39")
    field.press("Shift+Enter")
    expect(host.locator("output")).to_have_text("11 of 11")
    find(host, "nowhere")
    expect(host.locator("output")).to_have_text("not found")
    expect(readout(host).locator("span").first).to_have_text("word399")


def test_all_tokens_come_in_sight_and_the_view_says_what_a_row_is(host, page):
    host.get_by_role("button", name="Show all tokens at once").click()
    expect(readout(host)).to_contain_text("16 tokens per row")
    assert labels(figure(host), "queries")[:2] == ["#0 word0 …", "#16 word16 …"]
    assert len(labels(figure(host), "keys")) == TOKENS // 16
    first, last = (boxes(figure(host).locator(".bertviz-token"))[row] for row in (0, 24))
    sight = boxes(host.locator(".bertviz-sight"))[0]
    assert sight["y"] <= first["y"]
    assert last["y"] + last["height"] <= sight["y"] + sight["height"] + 1
    # The largest weight between two rows.
    row = 7
    [same, none] = pixels(host, [on_line(figure(host), row, key, at=0.8) for key in (row, row + 2)])
    assert_ink(same, (CATEGORY10[0], 0.75))
    assert_ink(none)
    token(figure(host), "queries", row).hover()
    expect(readout(host)).to_contain_text("largest of 16 × 16 weights")
    expect(readout(host)).to_contain_text("#112 word112 … 0.75")


def test_a_click_on_a_row_of_several_tokens_shows_them(host):
    host.get_by_role("button", name="Show all tokens at once").click()
    token(figure(host), "queries", 10).click()
    expect(token(figure(host), "queries", 160)).to_be_in_viewport()
    expect(token(figure(host), "queries", 160).locator("text")).to_have_text("word160")


def test_the_wheel_with_ctrl_zooms_at_the_pointer_down_to_two_tokens(host, page):
    find(host, "#100")
    place = token(figure(host), "queries", 100)
    place.hover()
    [before] = boxes(place.locator(".bertviz-background"))
    y = before["y"] + before["height"] / 2
    for _ in range(12):
        wheel_with_ctrl(page, -100)
    heights = [box["height"] for box in boxes(figure(host).locator(".bertviz-queries rect"))]
    sight = boxes(host.locator(".bertviz-sight"))[0]["height"]
    assert max(heights) == pytest.approx(sight / 2, rel=0.02)
    [box] = boxes(place.locator(".bertviz-background"))
    assert box["y"] <= y <= box["y"] + box["height"]


def test_zooming_out_and_in_by_its_buttons_comes_back(host):
    find(host, "#200")
    before = shown(host)
    smaller = host.get_by_role("button", name="Zoom out")
    for _ in range(3):
        smaller.click()
    expect(readout(host)).to_contain_text("largest of 8 × 8 weights")
    for _ in range(3):
        host.get_by_role("button", name="Zoom in").click()
    expect(readout(host)).not_to_contain_text("largest of")
    assert shown(host) == before


def test_the_strip_beside_the_figure_moves_it(host, page):
    [strip] = boxes(host.locator(".bertviz-minimap"))
    page.mouse.click(strip["x"] + strip["width"] / 2, strip["y"] + strip["height"] * 0.5)
    first, last = shown(host)
    assert first < TOKENS / 2 < last
    [window] = boxes(host.locator(".bertviz-minimap .selection"))
    x, y = window["x"] + window["width"] / 2, window["y"] + window["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, strip["y"] + strip["height"] + 50, steps=4)
    page.mouse.up()
    assert shown(host)[1] == TOKENS - 1


def test_pulling_at_the_strips_window_shows_more(host, page):
    [handle] = boxes(host.locator(".bertviz-minimap .handle--s"))
    x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
    before = shown(host)[1]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 60, steps=4)
    page.mouse.up()
    assert shown(host)[1] > before


def test_arrow_keys_lead_to_rows_out_of_sight(host, page):
    last = shown(host)[1]
    token(figure(host), "queries", last).focus()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    expect(token(figure(host), "queries", last + 3)).to_be_focused()
    expect(token(figure(host), "queries", last + 3)).to_be_in_viewport(ratio=0.9)
    page.keyboard.press("End")
    expect(token(figure(host), "queries", TOKENS - 1)).to_be_focused()
    expect(readout(host).locator("span").first).to_have_text(f"word{TOKENS - 1}")
    page.keyboard.press("Home")
    expect(token(figure(host), "queries", 0)).to_be_focused()


def test_a_short_text_has_no_controls_for_a_long_one(open_view, single):
    host = open_view(HeadView, single)
    expect_drawn(host)
    for name in ("Find", "Zoom out", "Zoom in"):
        expect(host.get_by_label(name)).to_be_hidden()
    expect(host.locator(".bertviz-minimap")).to_be_hidden()


def test_vectors_of_a_long_text_are_found_and_scrolled_to(open_view, long_text):
    host = open_view(NeuronView, long_text)
    expect_drawn(host)
    host.get_by_role("button", name="Show query and key vectors").first.click()
    expect_drawn(host, "All, layer 0, head 0, expanded")
    expect(host.get_by_label("Zoom out")).to_be_hidden()
    find(host, "word300")
    expect(token(figure(host), "queries", 300)).to_be_in_viewport()
    expect(readout(host)).to_contain_text("word300 0.75")
    expect(host.locator(".bertviz-minimap:visible path.bertviz-bars")).to_have_attribute(
        "stroke", BLUE
    )


def test_headings_stay_over_the_vectors_that_scroll(open_view, long_text, page):
    host = open_view(NeuronView, long_text)
    expect_drawn(host)
    host.get_by_role("button", name="Show query and key vectors").first.click()
    expect_drawn(host, "All, layer 0, head 0, expanded")
    heading = host.get_by_text("Query q")
    [before] = boxes(heading)
    scroll(page, host, 2000)
    assert boxes(heading) == [before]
    # Nothing shows through.
    assert page.evaluate(
        "([x, y]) => document.elementFromPoint(x, y).classList.contains('bertviz-fixed-ground')",
        [before["x"] - 20, before["y"] + 5],
    )
