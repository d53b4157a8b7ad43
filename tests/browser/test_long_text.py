"""Test texts that are longer than the screen: scrolling, zooming, finding a token."""

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
    """Publish a head of 400 tokens: each attends to itself by 0.75, to the first by 0.25."""
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


def visible(host):
    """Return the first and the last visible position."""
    positions = (
        figure(host)
        .locator(".bertviz-queries .bertviz-token")
        .evaluate_all("(all) => all.map((each) => Number(each.dataset.position))")
    )
    return min(positions), max(positions)


def scroll(page, host, by):
    """Turn the wheel over the figure, and wait until the figure has drawn the visible rows."""
    [box] = boxes(figure(host))
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    before = visible(host)
    page.mouse.wheel(0, by)
    expect(token(figure(host), "queries", before[0])).to_have_count(0)


def wheel_with_ctrl(page, by):
    page.keyboard.down("Control")
    page.mouse.wheel(0, by)
    page.keyboard.up("Control")


def test_only_the_visible_rows_are_in_the_document(host):
    first, last = visible(host)
    assert first == 0
    assert 25 < last < 50
    expect(token(figure(host), "queries", 0)).to_have_attribute("aria-setsize", str(TOKENS))


def test_scrolling_draws_the_visible_rows_and_their_lines(host, page):
    scroll(page, host, 3000)
    first, last = visible(host)
    assert first > 100
    [ink] = pixels(host, [on_line(figure(host), last - 5, last - 5, at=0.5)])
    assert_ink(ink, (CATEGORY10[0], 0.75))


def test_a_pinned_token_stays_pinned_while_the_text_scrolls(host, page):
    token(figure(host), "queries", 3).click()
    leave(page)
    scroll(page, host, 3000)
    expect(readout(host).locator("span").first).to_have_text("word3")
    # Only the lines of the pinned token are drawn, and none of them is here.
    row = visible(host)[0] + 10
    [ink] = pixels(host, [on_line(figure(host), row, row, at=0.5)])
    assert_ink(ink)
    expect(host.locator(".bertviz-highlighted-row")).to_have_attribute("visibility", "visible")
    find(host, "#3")
    expect(token(figure(host), "queries", 3)).to_have_class(re.compile("bertviz-pinned"))


def test_the_search_field_finds_and_pins_a_token(host):
    find(host, "word217")
    expect(token(figure(host), "queries", 217)).to_be_in_viewport()
    expect(token(figure(host), "queries", 217)).to_have_class(re.compile("bertviz-pinned"))
    expect(readout(host).locator("span").first).to_have_text("word217")
    expect(host.locator("output")).to_have_text("1 of 1")


def test_enter_goes_to_the_next_match_and_shift_enter_to_the_previous_one(host):
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


def test_all_tokens_shows_pooled_rows_and_the_readout_explains_them(host, page):
    host.get_by_role("button", name="Show all tokens at once").click()
    expect(readout(host)).to_contain_text("16 tokens per row")
    assert labels(figure(host), "queries")[:2] == ["#0 word0 …", "#16 word16 …"]
    assert len(labels(figure(host), "keys")) == TOKENS // 16
    first, last = (boxes(figure(host).locator(".bertviz-token"))[row] for row in (0, 24))
    viewport = boxes(host.locator(".bertviz-viewport"))[0]
    assert viewport["y"] <= first["y"]
    assert last["y"] + last["height"] <= viewport["y"] + viewport["height"] + 1
    # The largest weight between two rows.
    row = 7
    [same, none] = pixels(host, [on_line(figure(host), row, key, at=0.8) for key in (row, row + 2)])
    assert_ink(same, (CATEGORY10[0], 0.75))
    assert_ink(none)
    token(figure(host), "queries", row).hover()
    expect(readout(host)).to_contain_text("largest of 16 × 16 weights")
    expect(readout(host)).to_contain_text("#112 word112 … 0.75")


def test_click_on_a_row_of_several_tokens_zooms_in_to_them(host):
    host.get_by_role("button", name="Show all tokens at once").click()
    token(figure(host), "queries", 10).click()
    expect(token(figure(host), "queries", 160)).to_be_in_viewport()
    expect(token(figure(host), "queries", 160).locator("text")).to_have_text("word160")


def test_ctrl_wheel_zooms_at_the_pointer_until_two_tokens_are_visible(host, page):
    find(host, "#100")
    row = token(figure(host), "queries", 100)
    row.hover()
    [before] = boxes(row.locator(".bertviz-background"))
    y = before["y"] + before["height"] / 2
    for _ in range(12):
        wheel_with_ctrl(page, -100)
    heights = [box["height"] for box in boxes(figure(host).locator(".bertviz-queries rect"))]
    visible_height = boxes(host.locator(".bertviz-viewport"))[0]["height"]
    assert max(heights) == pytest.approx(visible_height / 2, rel=0.02)
    [box] = boxes(row.locator(".bertviz-background"))
    assert box["y"] <= y <= box["y"] + box["height"]


def test_zooming_out_and_in_again_shows_the_same_tokens(host):
    find(host, "#200")
    before = visible(host)
    zoom_out = host.get_by_role("button", name="Zoom out")
    for _ in range(3):
        zoom_out.click()
    expect(readout(host)).to_contain_text("largest of 8 × 8 weights")
    for _ in range(3):
        host.get_by_role("button", name="Zoom in").click()
    expect(readout(host)).not_to_contain_text("largest of")
    assert visible(host) == before


def test_clicking_and_dragging_the_minimap_scrolls_the_figure(host, page):
    [minimap] = boxes(host.locator(".bertviz-minimap"))
    page.mouse.click(minimap["x"] + minimap["width"] / 2, minimap["y"] + minimap["height"] * 0.5)
    first, last = visible(host)
    assert first < TOKENS / 2 < last
    [frame] = boxes(host.locator(".bertviz-minimap .selection"))
    x, y = frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, minimap["y"] + minimap["height"] + 50, steps=4)
    page.mouse.up()
    assert visible(host)[1] == TOKENS - 1


def test_resizing_the_frame_of_the_minimap_shows_more_tokens(host, page):
    [handle] = boxes(host.locator(".bertviz-minimap .handle--s"))
    x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
    before = visible(host)[1]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 60, steps=4)
    page.mouse.up()
    assert visible(host)[1] > before


def test_arrow_keys_move_to_rows_outside_the_viewport(host, page):
    last = visible(host)[1]
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


def test_a_short_text_has_no_search_field_zoom_buttons_and_minimap(open_view, single):
    host = open_view(HeadView, single)
    expect_drawn(host)
    for name in ("Find", "Zoom out", "Zoom in"):
        expect(host.get_by_label(name)).to_be_hidden()
    expect(host.locator(".bertviz-minimap")).to_be_hidden()


def test_the_search_field_scrolls_the_expanded_neuron_view(open_view, long_text):
    host = open_view(NeuronView, long_text)
    expect_drawn(host)
    host.get_by_role("button", name="Show query and key vectors").first.click()
    expect_drawn(host, "All, layer 0, head 0, expanded")
    expect(host.get_by_label("Zoom out")).to_be_hidden()
    find(host, "word300")
    expect(token(figure(host), "queries", 300)).to_be_in_viewport()
    expect(readout(host)).to_contain_text("word300 0.75")
    expect(host.locator(".bertviz-minimap:visible path.bertviz-minimap-bars")).to_have_attribute(
        "stroke", BLUE
    )


def test_headings_stay_above_scrolling_vectors(open_view, long_text, page):
    host = open_view(NeuronView, long_text)
    expect_drawn(host)
    host.get_by_role("button", name="Show query and key vectors").first.click()
    expect_drawn(host, "All, layer 0, head 0, expanded")
    heading = host.get_by_text("Query q")
    [before] = boxes(heading)
    scroll(page, host, 2000)
    assert boxes(heading) == [before]
    # The background of the headings covers the vectors.
    assert page.evaluate(
        "([x, y]) => document.elementFromPoint(x, y).matches('.bertviz-header-background')",
        [before["x"] - 20, before["y"] + 5],
    )
