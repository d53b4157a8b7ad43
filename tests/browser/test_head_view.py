"""Test what only a browser shows of the head view: pixels, boxes and styles where the tokens are.

``tests/js/head_view.test.js`` tests what the view shows, and how it reacts to the reader's actions.
"""

import re

import pytest
from playwright.sync_api import expect

from bertviz_space.page.components import HeadView
from tests.browser.ink import CATEGORY10, assert_ink, boxes, has_ink, on_line, pixels, rgb
from tests.browser.reader import expect_drawn, figure, leave, pick, picker, token

NEUTRAL = "#7a7a7a"
ALL_HEADS = "0 1 2 3 4 5 6 7 8 9 10 11"


@pytest.fixture
def host(open_view, pair):
    host = open_view(HeadView, pair)
    expect_drawn(host, f"All, layer 0, heads {ALL_HEADS}")
    return host


def leave_on(host, *heads):
    """Switch off all heads except these."""
    squares = host.locator(".bertviz-square")
    squares.nth(heads[0]).dblclick()
    for head in heads[1:]:
        squares.nth(head).click()
    expect_drawn(host, f"All, layer 0, heads {' '.join(map(str, sorted(heads)))}")


def choose(host, button):
    host.get_by_role("button", name=button, exact=True).click()


def point_at(figure, side, row):
    token(figure, side, row).hover()
    expect(token(figure, side, row)).to_have_class(re.compile("bertviz-highlighted"))


def test_picking_a_layer_by_keyboard_keeps_the_focus_on_the_picker(host, page):
    picker(host, "Layer").focus()
    for layer in (1, 2):
        page.keyboard.press("ArrowDown")
        expect_drawn(host, re.compile(f"^All, layer {layer}, "))
        expect(picker(host, "Layer")).to_be_focused()


def test_lines_and_boxes_of_the_pointed_token_are_where_the_tokens_are(host, page, pair):
    leave_on(host, 1, 8)
    pick(host, "Layer", "3")
    expect_drawn(host, "All, layer 3, heads 1 8")
    weights = pair.trace.weights("self", 3)
    positions = range(len(pair.trace.source))
    across = figure(host)
    points = [on_line(across, query, query, at=0.3) for query in (0, 5)]
    before = pixels(host, points)
    assert all(map(has_ink, before))

    point_at(across, "queries", 2)
    drawn = pixels(host, [on_line(across, 2, key, at=0.95) for key in positions])
    assert_strokes(drawn, weights[[1, 8], 2])
    # The lines of the other queries are not drawn.
    begins = [on_line(across, query, query, at=0) for query in positions if query != 2]
    assert not any(map(has_ink, pixels(host, begins)))
    assert_boxes_cover(host, "keys")

    point_at(across, "keys", 7)
    drawn = pixels(host, [on_line(across, query, 7, at=0.05) for query in positions])
    assert_strokes(drawn, weights[[1, 8], :, 7])
    assert_boxes_cover(host, "queries")

    leave(page)
    expect(host.locator(".bertviz-boxes rect")).to_have_count(0)
    assert pixels(host, points) == before


def test_mean_none_all_and_one_change_the_lines(host, page, pair):
    square = host.locator(".bertviz-square").nth(4)
    across = figure(host)
    weights = pair.trace.weights("self", 0)
    begins = [on_line(across, query, query, at=0.1) for query in range(len(pair.trace.source))]
    before = pixels(host, begins)

    choose(host, "Mean")
    expect_drawn(host, f"All, layer 0, mean of heads {ALL_HEADS}")
    point_at(across, "queries", 2)
    mean = weights[:, 2].mean(0)
    key = int(mean.argmax())
    [ink] = pixels(host, [on_line(across, 2, key, at=0.95)])
    assert_ink(ink, (NEUTRAL, mean[key].item()))
    expect(host.locator(".bertviz-boxes rect")).to_have_count(len(pair.trace.source))
    leave(page)

    choose(host, "None")
    expect_drawn(host, "All, layer 0, mean of no heads")
    assert not any(map(has_ink, pixels(host, begins)))
    choose(host, "All")
    expect_drawn(host, f"All, layer 0, mean of heads {ALL_HEADS}")
    choose(host, "Mean")
    expect_drawn(host, f"All, layer 0, heads {ALL_HEADS}")
    leave(page)
    assert pixels(host, begins) == before

    square.click()
    expect_drawn(host, re.compile("heads 0 1 2 3 5"))
    square.click()
    expect_drawn(host, f"All, layer 0, heads {ALL_HEADS}")
    choose(host, "One")
    expect_drawn(host, "All, layer 0, heads 4")


def test_a_double_click_while_no_head_is_on_leaves_the_head_on(host):
    choose(host, "None")
    expect_drawn(host, "All, layer 0, no heads")
    host.locator(".bertviz-square").nth(3).dblclick()
    expect_drawn(host, "All, layer 0, heads 3")


def test_pointing_at_a_query_token_draws_a_gray_background_behind_it(host):
    behind = token(figure(host), "queries", 2).locator(".bertviz-background")
    before = behind.evaluate("(each) => getComputedStyle(each).fill")
    assert before == "rgba(0, 0, 0, 0)"
    point_at(figure(host), "queries", 2)
    red, green, blue = rgb(behind.evaluate("(each) => getComputedStyle(each).fill"))
    assert max(red, green, blue) - min(red, green, blue) < 20


def assert_strokes(drawn, weights):
    """Check the lines of heads 1 and 8 at one pixel for each token.

    Args:
        drawn: the pixels.
        weights: ``[head, token]`` of both heads.
    """
    for at, ink in enumerate(drawn):
        colors = (CATEGORY10[1], CATEGORY10[8])
        strokes = zip(colors, (weights[:, at] / 2).tolist(), strict=True)
        assert_ink(ink, *[stroke for stroke in strokes if stroke[1] >= 0.5 / 255])


def assert_boxes_cover(host, side):
    """Check that the boxes of two heads cover the halves of each token of a column."""
    tokens = boxes(figure(host).locator(f".bertviz-{side} .bertviz-background"))
    halves = [(head, each) for head in range(2) for each in tokens]
    found = boxes(host.locator(".bertviz-boxes rect"))
    for box, (head, each) in zip(found, halves, strict=True):
        half = each["width"] / 2
        assert box["x"] == pytest.approx(each["x"] + head * half, abs=0.1)
        assert box["width"] == pytest.approx(half, abs=0.1)
        assert box["y"] == pytest.approx(each["y"], abs=0.1)
        assert box["height"] == pytest.approx(each["height"], abs=0.1)
