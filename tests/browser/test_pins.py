"""Test pinning with a real pointer: the browser decides which element is below it.

``tests/js/pinning.test.js`` tests the readout of the highlighted token, and pinning in every view.
"""

import pytest
from playwright.sync_api import Page, expect

from bertviz_space.page.components import HeadView
from tests.browser.reader import expect_drawn, figure, open_page, readout, token, view

ALL_HEADS = "0 1 2 3 4 5 6 7 8 9 10 11"


@pytest.fixture
def host(open_view, pair):
    host = open_view(HeadView, pair)
    expect_drawn(host, f"All, layer 0, heads {ALL_HEADS}")
    return host


def highlighted(host):
    return figure(host).locator(".bertviz-highlighted")


def test_a_clicked_token_stays_highlighted_until_a_click_beside_the_tokens(host):
    token(figure(host), "queries", 2).click()
    expect(figure(host).locator(".bertviz-pinned")).to_have_count(1)
    token(figure(host), "queries", 5).hover()
    expect(highlighted(host)).to_have_attribute("data-position", "2")
    expect(readout(host)).to_contain_text("pinned")
    figure(host).click(position={"x": 300, "y": 40})  # among the lines
    expect(figure(host).locator(".bertviz-pinned")).to_have_count(0)


def test_the_token_under_a_resting_pointer_stays_highlighted_in_another_layer(host, page):
    token(figure(host), "queries", 2).hover()
    picker = host.get_by_role("combobox", name="Layer", exact=True)
    picker.focus()
    page.keyboard.press("ArrowDown")
    expect_drawn(host, f"All, layer 1, heads {ALL_HEADS}")
    expect(highlighted(host)).to_have_attribute("data-position", "2")


def test_dragging_over_tokens_pins_them_and_the_link_shows_them_again(page: Page, url):
    open_page(page, url)
    head = view(page, "head")
    first, last = (
        token(figure(head), "queries", row).bounding_box() or {"x": 0, "y": 0} for row in (2, 4)
    )
    page.mouse.move(first["x"] + 20, first["y"] + 10)
    page.mouse.down()
    page.mouse.move(last["x"] + 20, last["y"] + 10, steps=6)
    page.mouse.up()
    expect(head.locator(".bertviz-queries .bertviz-pinned")).to_have_count(3)
    page.wait_for_url("**pinned=query%2C2%2C3%2C4**")
    page.reload()
    expect(head.locator(".bertviz-queries .bertviz-pinned")).to_have_count(3)
    token(figure(head), "queries", 2).click(modifiers=["Shift"])
    expect(head.locator(".bertviz-queries .bertviz-pinned")).to_have_count(2)
