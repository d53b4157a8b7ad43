"""Test the model view: a thumbnail of every head, and one larger head beside its cell."""

import re
from itertools import islice

import pytest
import torch
from playwright.sync_api import expect

from bertviz_space.page.components import ModelView
from tests.browser.ink import (
    CATEGORY10,
    assert_ink,
    boxes,
    has_ink,
    made_up,
    nearest_color,
    on_line,
    pixels,
)
from tests.browser.reader import choices, expect_drawn, figure, labels, leave, pick, token

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


def test_every_cell_shows_lines_in_the_color_of_its_layer(host):
    cells = boxes(host.locator(".bertviz-cell"))
    # Two columns of pixels in each cell cross every line.
    columns = [
        [(box["x"] + share * box["width"], box["y"] + y) for share in (0.3, 0.6) for y in range(80)]
        for box in cells
    ]
    drawn = iter(pixels(host, [point for column in columns for point in column]))
    for number, column in enumerate(columns):
        inked = {pixel for pixel in islice(drawn, len(column)) if min(pixel[:3]) < 155}
        assert len(inked) > 5
        assert set(map(nearest_color, inked)) == {number // NUM_HEADS}


def test_lines_of_a_cell_are_as_opaque_as_their_weights(open_view, publish):
    # Twelve layers repeat the ten colors; the first word attends to itself and to the last word.
    row = torch.tensor([[0.3, 0.0, 0.7], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    host = open_view(ModelView, publish(made_up(row.expand(12, 1, 3, 3))))
    expect_drawn(host)
    for layer in (0, 9, 10, 11):
        [box] = boxes(cell(host, layer, 0))
        # A cell has three rows and a padding; near its right edge, lines do not cross.
        height = box["height"] + 2
        rows = [box["y"] - 1 + height * (0.08 + 0.84 * (each + 0.5) / 3) for each in range(3)]
        x = int(box["x"] + box["width"] * 0.8)
        column = [(x + 0.5, int(rows[0]) + step + 0.5) for step in (-2, -1, 0, 1, 2)]
        ink = min(pixels(host, column), key=lambda pixel: sum(pixel[:3]))
        # A byte holds the square root of the weight.
        kept = (round(0.3**0.5 * 255) / 255) ** 2
        assert_ink(ink, (CATEGORY10[layer % 10], kept))


def test_click_on_a_cell_opens_a_panel_of_its_head(host, pair):
    expect(panel(host)).to_be_hidden()
    opened = open_panel(host, 2, 3)
    expect(opened.get_by_role("heading")).to_have_text("Layer 2, Head 3")
    expect(cell(host, 2, 3)).to_have_class(re.compile("picked"))
    texts = [each.text for each in pair.trace.source]
    assert labels(opened, "queries") == texts
    assert labels(opened, "keys") == texts


@pytest.mark.parametrize("width", [1100, 390])
def test_the_panel_stays_inside_the_view(host, page, width):
    page.set_viewport_size({"width": width, "height": 900})
    expect_drawn(host, "All")
    for layer, head in ((0, 0), (0, 11), (5, 0), (5, 11)):
        opened = open_panel(host, layer, head)
        [inner], [outer] = boxes(opened), boxes(host)
        assert outer["x"] <= inner["x"]
        assert inner["x"] + inner["width"] <= outer["x"] + outer["width"]
        assert outer["y"] <= inner["y"]
        assert inner["y"] + inner["height"] <= outer["y"] + outer["height"] + 1
        if width > 400:
            # Beside the cell, not over it.
            [picked] = boxes(cell(host, layer, head))
            right_of_it = inner["x"] >= picked["x"] + picked["width"]
            assert right_of_it or inner["x"] + inner["width"] <= picked["x"]
        opened.get_by_role("button", name="Close").click()
        expect(opened).to_be_hidden()


def test_click_on_the_open_cell_again_closes_the_panel(host):
    opened = open_panel(host, 2, 3)
    cell(host, 2, 3).click()
    expect(opened).to_be_hidden()
    expect_drawn(host, "All")
    expect(host.locator(".bertviz-picked")).to_have_count(0)


def test_click_on_another_cell_moves_the_panel(host):
    open_panel(host, 2, 3)
    before = boxes(panel(host))
    opened = open_panel(host, 4, 1)
    expect(opened.get_by_role("heading")).to_have_text("Layer 4, Head 1")
    assert boxes(opened) != before
    expect(host.locator(".bertviz-picked")).to_have_count(1)
    expect(cell(host, 4, 1)).to_have_class(re.compile("picked"))


def test_the_close_button_closes_the_panel(host):
    opened = open_panel(host, 2, 3)
    opened.get_by_role("button", name="Close").click()
    expect(opened).to_be_hidden()
    expect_drawn(host, "All")


def test_enter_on_a_focused_cell_opens_and_closes_the_panel(host, page):
    cell(host, 1, 1).focus()
    page.keyboard.press("Enter")
    expect_drawn(host, "All, Layer 1, Head 1")
    page.keyboard.press("Enter")
    expect_drawn(host, "All")


def test_pointing_at_a_query_in_the_panel_shows_only_its_lines(host, page, pair):
    opened = open_panel(host, 2, 3)
    across = figure(opened)
    everything = [on_line(across, query, query, at=0.05) for query in (0, 8, 14)]
    before = pixels(opened, everything)
    token(across, "queries", 4).hover()
    row = pair.trace.weights("self", 2)[3, 4]
    drawn = pixels(opened, [on_line(across, 4, key, at=0.95) for key in range(len(row))])
    for weight, ink in zip(row.tolist(), drawn, strict=True):
        assert_ink(ink, *([(CATEGORY10[2], weight)] if weight >= 0.5 / 255 else []))
    assert not any(map(has_ink, pixels(opened, everything)))
    leave(page)
    expect(host.locator(".bertviz-highlighted")).to_have_count(0)
    assert pixels(opened, everything) == before


def test_picking_an_attention_part_changes_grid_and_panel(host, pair):
    open_panel(host, 2, 3)
    assert choices(host, "Attention")[3] == "Sentence A -> Sentence B"
    pick(host, "Attention", "Sentence A -> Sentence B")
    expect_drawn(host, "Sentence A -> Sentence B, Layer 2, Head 3")
    texts = [each.text for each in pair.trace.source]
    opened = panel(host)
    assert labels(opened, "queries") == texts[:8]
    assert labels(opened, "keys") == texts[8:]
    token(opened, "queries", 1).hover()
    weight = float(pair.trace.weights("self", 2)[3, 1, 8 + 6])
    [ink] = pixels(opened, [on_line(figure(opened), 1, 6, at=0.95)])
    assert_ink(ink, (CATEGORY10[2], weight))


def test_the_range_fields_choose_layers_and_heads_which_keep_their_colors(host, page):
    host.get_by_role("textbox", name="Layers").fill("5, 1-2")
    page.keyboard.press("Enter")
    host.get_by_role("textbox", name="Heads").fill("3, 10")
    page.keyboard.press("Tab")
    names = [f"Layer {layer}, Head {head}" for layer in (1, 2, 5) for head in (3, 10)]
    cells = host.locator(".bertviz-cell")
    expect(cells).to_have_count(len(names))
    expect_drawn(host, "All")
    assert cells.evaluate_all("(all) => all.map((each) => each.ariaLabel)") == names
    digits = host.locator("svg text", has_text=re.compile(r"^\d+$"))
    expect(digits).to_have_text(["3", "10", "1", "2", "5"])
    for box, layer in zip(boxes(cells), (1, 1, 2, 2, 5, 5), strict=True):
        middle = box["y"] + box["height"] / 2
        points = [(box["x"] + 8 + step, middle) for step in range(int(box["width"]) - 16)]
        inks = [ink for ink in pixels(host, points) if min(ink[:3]) < 155]
        assert inks, f"layer {layer} has no line across its middle"
        assert set(map(nearest_color, inks)) == {layer}


def test_an_invalid_range_shows_a_message_and_keeps_the_grid(host, page):
    field = host.get_by_role("textbox", name="Layers")
    field.fill("the first")
    page.keyboard.press("Enter")
    assert "such as 0-3, 7" in field.evaluate("(field) => field.validationMessage")
    expect(host.locator(".bertviz-cell")).to_have_count(NUM_LAYERS * NUM_HEADS)
    field.fill("")
    page.keyboard.press("Enter")
    assert field.evaluate("(field) => field.validationMessage") == ""


def test_a_result_without_the_open_head_closes_the_panel(host, causal):
    open_panel(host, 5, 11)
    host.evaluate("(_, manifest) => window.view.update(manifest)", causal.manifest)
    expect_drawn(host, "All")
    expect(panel(host)).to_be_hidden()
    expect(host.locator(".bertviz-cell")).to_have_count(16)
