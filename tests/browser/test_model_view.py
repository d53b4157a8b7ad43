"""Test the model view's layout, and its fields by keyboard.

tests/js/model_view.test.js tests what the view shows, and its panel.
"""

import re

import pytest
from playwright.sync_api import expect

from bertviz_space.page.components import ModelView
from tests.browser.ink import boxes
from tests.browser.reader import expect_drawn

NUM_LAYERS, NUM_HEADS = 6, 12  # of MiniLM


@pytest.fixture
def host(open_view, pair):
    host = open_view(ModelView, pair)
    expect_drawn(host, "All")
    return host


def cell(host, layer, head):
    return host.get_by_role("button", name=f"Layer {layer}, Head {head}", exact=True)


def panel(host):
    return host.locator(".bertviz-panel")


def open_panel(host, layer, head):
    cell(host, layer, head).click()
    expect_drawn(host, f"All, Layer {layer}, Head {head}")
    return panel(host)


def test_the_grid_has_a_cell_for_each_head_and_true_numbers_on_its_axes(host):
    cells = boxes(host.locator(".bertviz-cell"))
    names = host.locator(".bertviz-cell").evaluate_all("(all) => all.map((each) => each.ariaLabel)")
    assert names == [f"Layer {row}, Head {column}" for row in range(6) for column in range(12)]
    for axis in ("Heads", "Layers"):
        expect(host.locator("svg text", has_text=re.compile(f"^{axis}$"))).to_be_visible()
    # Head numbers are above their columns, layer numbers beside their rows.
    digits = host.locator("svg text", has_text=re.compile(r"^\d+$"))
    middles = {
        (text, round(box["x"] + box["width"] / 2), round(box["y"] + box["height"] / 2))
        for text, box in zip(digits.all_text_contents(), boxes(digits), strict=True)
    }
    columns = {round(each["x"] + each["width"] / 2) for each in cells}
    rows = {round(each["y"] + each["height"] / 2) for each in cells}
    above = sorted((x, text) for text, x, y in middles if y < min(rows) - 10)
    beside = sorted((y, text) for text, x, y in middles if x < min(columns) - 10)
    assert [text for _, text in above] == [str(head) for head in range(NUM_HEADS)]
    assert [text for _, text in beside] == [str(layer) for layer in range(NUM_LAYERS)]
    assert [x for x, _ in above] == pytest.approx(sorted(columns), abs=2)
    assert [y for y, _ in beside] == pytest.approx(sorted(rows), abs=3)


@pytest.mark.parametrize("width", [1100, 390])
def test_the_panel_stays_inside_the_view_and_covers_no_cell_beside_it(open_view, pair, page, width):
    page.set_viewport_size({"width": width, "height": 900})
    host = open_view(ModelView, pair)
    expect_drawn(host, "All")
    for layer, head in ((0, 0), (0, 11), (5, 0), (5, 11)):
        opened = open_panel(host, layer, head)
        [inner], [outer] = boxes(opened), boxes(host)
        assert outer["x"] <= inner["x"]
        assert inner["x"] + inner["width"] <= outer["x"] + outer["width"]
        assert outer["y"] <= inner["y"]
        assert inner["y"] + inner["height"] <= outer["y"] + outer["height"] + 1
        if width > 400:
            cells = boxes(host.locator(".bertviz-cell"))
            assert all(each["x"] + each["width"] <= inner["x"] for each in cells)
        opened.get_by_role("button", name="Close").click()
        expect(opened).to_be_hidden()


def test_enter_and_leaving_a_range_field_choose_layers_and_heads(host, page):
    host.get_by_role("textbox", name="Layers").fill("5, 1-2")
    page.keyboard.press("Enter")
    host.get_by_role("textbox", name="Heads").fill("3, 10")
    page.keyboard.press("Tab")
    names = [f"Layer {layer}, Head {head}" for layer in (1, 2, 5) for head in (3, 10)]
    cells = host.locator(".bertviz-cell")
    expect(cells).to_have_count(len(names))
    expect_drawn(host, "All")
    assert cells.evaluate_all("(all) => all.map((each) => each.ariaLabel)") == names
