"""Test what only a browser shows of a text that is longer than the screen.

The browser scrolls, tracks the pointer and moves the focus. ``tests/js/long_text.test.js`` tests
visible rows, pooled rows, zooming and the search field.
"""

import pytest
import torch
from playwright.sync_api import expect

from bertviz_space.page.components import HeadView, NeuronView
from tests.browser.ink import (
    CATEGORY10,
    assert_ink,
    boxes,
    made_up,
    on_line,
    pixels,
    wait_for_ink,
)
from tests.browser.reader import expect_drawn, figure, readout, token

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
    """Turn the wheel over the figure, and wait until the browser has scrolled."""
    [box] = boxes(figure(host))
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    before = visible(host)
    figure(host).evaluate("""(each) => {
        window.scrolled = new Promise((resolve) => each.addEventListener("scrollend", resolve));
    }""")
    page.mouse.wheel(0, by)
    page.evaluate("() => window.scrolled.then(() => {})")
    expect(token(figure(host), "queries", before[0])).to_have_count(0)


def wheel_with_ctrl(page, host, by, times):
    """Turn the wheel with Ctrl several times, and wait until the figure has received each turn."""
    figure(host).evaluate("""(each) => {
        window.numTurns = 0;
        each.addEventListener("wheel", () => window.numTurns++);
    }""")
    page.keyboard.down("Control")
    for turn in range(1, times + 1):
        page.mouse.wheel(0, by)
        page.wait_for_function("(turn) => window.numTurns === turn", arg=turn)
    page.keyboard.up("Control")


def test_scrolling_draws_the_visible_rows_and_their_lines(host, page):
    scroll(page, host, 3000)
    first, last = visible(host)
    assert first > 100
    point = on_line(figure(host), last - 5, last - 5, at=0.5)
    wait_for_ink(host, point)
    [ink] = pixels(host, [point])
    assert_ink(ink, (CATEGORY10[0], 0.75))


def test_ctrl_wheel_zooms_at_the_pointer_until_two_tokens_are_visible(host, page):
    find(host, "#100")
    row = token(figure(host), "queries", 100)
    row.hover()
    [before] = boxes(row.locator(".bertviz-background"))
    y = before["y"] + before["height"] / 2
    wheel_with_ctrl(page, host, -100, times=12)
    heights = [box["height"] for box in boxes(figure(host).locator(".bertviz-queries rect"))]
    visible_height = boxes(host.locator(".bertviz-viewport"))[0]["height"]
    assert max(heights) == pytest.approx(visible_height / 2, rel=0.02)
    [box] = boxes(row.locator(".bertviz-background"))
    assert box["y"] <= y <= box["y"] + box["height"]


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
