"""Test that the Tab key reaches every control, and that every control has a name.

``tests/js/keyboard.test.js`` tests what the other keys do.
"""

import re

import pytest
from playwright.sync_api import expect

from bertviz_space.page.components import HeadView, ModelView, NeuronView
from tests.browser.reader import (
    expect_drawn,
    figure,
    open_page,
    picker,
    second_text_field,
    token,
)


def focused(page):
    """Return role and accessible name of the focused element."""
    return page.evaluate("""() => {
        const { ariaLabel, textContent, role, tagName } = document.activeElement;
        return [role ?? tagName.toLowerCase(), ariaLabel ?? textContent.trim()];
    }""")


@pytest.fixture
def head(open_view, single):
    host = open_view(HeadView, single)
    expect_drawn(host, re.compile("^All, layer 0, heads 0 1 "))
    return host


@pytest.fixture
def model(open_view, single):
    host = open_view(ModelView, single)
    expect_drawn(host, "All")
    return host


def test_pickers_heads_and_token_columns_are_one_stop_of_the_tab_key_each(head, page):
    picker(head, "Layer").focus()
    stops = []
    for _ in range(9):
        page.keyboard.press("Tab")
        stops.append(focused(page))
    assert stops[0][0] == "select"  # colors
    assert stops[1:3] == [["button", "Head 0"], ["button", "All"]]
    assert stops[3] == ["summary", "What is an attention head?"]
    assert stops[4:6] == [["button", "Reset"], ["summary", "Save"]]
    assert stops[6] == ["summary", "Filter"]
    assert stops[7:] == [["option", "[CLS], position 0, special token"]] * 2
    expect(token(figure(head), "keys", 0)).to_be_focused()


def test_tab_moves_from_a_cell_into_its_panel_and_escape_moves_back(model, page):
    cell = model.get_by_role("button", name="Layer 1, Head 1", exact=True)
    cell.click()
    expect_drawn(model, "All, Layer 1, Head 1")
    page.keyboard.press("Tab")
    assert focused(page) == ["button", "Close"]
    page.keyboard.press("Tab")
    assert focused(page)[0] == "option"
    page.keyboard.press("Escape")  # unpins a token; the panel stays open
    expect(model.locator(".bertviz-panel")).to_be_visible()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Escape")
    expect(model.locator(".bertviz-panel")).to_be_hidden()
    expect(cell).to_be_focused()


def test_the_keyboard_expands_the_neuron_view_and_highlights_tokens(open_view, page, single):
    host = open_view(NeuronView, single)
    expect_drawn(host)
    host.get_by_role("button", name="Show query and key vectors").first.focus()
    page.keyboard.press("Enter")
    expect_drawn(host, "All, layer 0, head 0, expanded")
    page.keyboard.press("Tab")  # Reset
    page.keyboard.press("Tab")
    expect(host.get_by_text("Save", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    expect(host.get_by_text("Filter", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(figure(host).locator(".bertviz-highlighted")).to_have_attribute("data-position", "1")
    expect(host.get_by_text("Select a token to see q × k")).to_be_hidden()


def test_tab_reaches_every_control_of_the_page_and_every_control_has_a_name(page, url):
    open_page(page, url)
    # The first model's fields, which the page shows when it has looked the model up.
    expect(second_text_field(page)).to_be_visible()
    # Before the first control.
    page.get_by_role("link", name="Skip to the figure").press("Shift+Tab")
    names = []
    for _ in range(60):
        page.keyboard.press("Tab")
        name = page.evaluate("""() => {
            const { activeElement } = document;
            if (activeElement === document.body) return null;
            const label = activeElement.closest("label") ?? activeElement;
            return activeElement.ariaLabel || label.textContent;
        }""")
        if name is None:
            break
        names.append(name.strip())
    assert all(names), names
    expected = ["Skip to the figure", "Model", "Text", "Second text", "Run", "Examples", "Layer"]
    expected += ["Own file", "Attention", "Colors", "Head 0"]
    for control in [*expected, "Head view", "Open head 0 in Neuron view", "[CLS], position 0"]:
        assert any(name.startswith(control) for name in names), (control, names)
