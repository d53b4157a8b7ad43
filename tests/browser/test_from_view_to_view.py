"""Test opening a head in another view and going back, and that the views share their choices."""

import re

import pytest
from playwright.sync_api import Page, expect

from bertviz_space.page.components import HeadView, ModelView
from tests.browser.reader import (
    expect_drawn,
    figure,
    open_page,
    pick,
    picker,
    show,
    token,
    view,
)

PANEL = ".bertviz-panel"


@pytest.fixture
def space(page: Page, url: str) -> Page:
    """Open the Space, which shows its first example: tiny-bert, 4 layers of 4 heads."""
    open_page(page, url)
    return page


def open_cell(page, layer, head):
    model = show(page, "model")
    expect_drawn(model)
    model.get_by_role("button", name=f"Layer {layer}, Head {head}", exact=True).click()
    expect_drawn(model, f"All, Layer {layer}, Head {head}")
    return model.locator(PANEL)


def expect_tab(page, name):
    expect(page.get_by_role("tab", selected=True)).to_have_text(f"{name.title()} view")


def test_buttons_open_a_head_in_another_view_and_go_back(space):
    open_cell(space, 1, 0).get_by_role("button", name="Neuron view").click()
    neuron = view(space, "neuron")
    expect_drawn(neuron, "All, layer 1, head 0, collapsed")
    neuron.get_by_role("button", name="Back to the model view").click()
    expect_tab(space, "model")
    expect_drawn(view(space, "model"), "All, Layer 1, Head 0")
    expect(view(space, "model").get_by_role("button", name="Back to the")).to_be_hidden()
    open_cell(space, 2, 3).get_by_role("button", name="Head view").click()
    expect_tab(space, "head")
    head = view(space, "head")
    expect_drawn(head, "All, layer 2, heads 3")
    open_cell(space, 3, 0).get_by_role("button", name="Neuron view").click()
    expect_tab(space, "neuron")
    expect_drawn(view(space, "neuron"), "All, layer 3, head 0, collapsed")
    show(space, "head")
    pick(head, "Layer", "1")
    head.locator(".bertviz-square").nth(2).dblclick()
    expect_drawn(head, "All, layer 1, heads 2")
    head.get_by_role("button", name="Open head 2 in Neuron view").click()
    expect_tab(space, "neuron")
    expect_drawn(view(space, "neuron"), "All, layer 1, head 2, collapsed")


def test_the_browsers_back_button_goes_back_view_by_view(space):
    open_cell(space, 2, 3).get_by_role("button", name="Head view").click()
    expect_drawn(view(space, "head"), "All, layer 2, heads 3")
    view(space, "head").get_by_role("button", name="Open head 3 in Neuron view").click()
    neuron = view(space, "neuron")
    expect_drawn(neuron, "All, layer 2, head 3, collapsed")
    pick(neuron, "Head", "1")
    expect_drawn(neuron, "All, layer 2, head 1, collapsed")
    space.go_back()
    expect_tab(space, "head")
    expect_drawn(view(space, "head"), "All, layer 2, heads 3")
    space.go_back()
    expect_tab(space, "model")
    expect_drawn(view(space, "model"), "All, Layer 2, Head 3")
    expect(view(space, "model").locator(PANEL)).to_be_visible()
    space.go_forward()
    expect_tab(space, "head")
    expect_drawn(view(space, "head"), "All, layer 2, heads 3")


def test_the_views_share_layer_attention_part_pinned_token_and_palette(space):
    head = view(space, "head")
    pick(head, "Layer", "3")
    pick(head, "Attention", "Sentence A -> Sentence A")
    token(figure(head), "queries", 2).click()
    expect_drawn(head, re.compile("^Sentence A -> Sentence A, layer 3, "))
    neuron = show(space, "neuron")
    expect_drawn(neuron, "Sentence A -> Sentence A, layer 3, head 0, collapsed")
    expect(figure(neuron).locator(".bertviz-pinned")).to_have_attribute("data-position", "2")
    pick(neuron, "Layer", "1")
    pick(neuron, "Attention", "All")
    figure(neuron).locator(".bertviz-pinned").click()
    expect(figure(neuron).locator(".bertviz-pinned")).to_have_count(0)
    expect_drawn(show(space, "head"), "All, layer 1, heads 0 1 2 3")
    expect(figure(head).locator(".bertviz-pinned")).to_have_count(0)
    expect_drawn(show(space, "model"), "All")
    show(space, "head")
    pick(head, "Colors", "Color-blind safe")
    expect(head.locator(".bertviz-square").first).to_have_css(
        "background-color", "rgb(0, 114, 178)"
    )
    expect_drawn(head)
    model = show(space, "model")
    expect_drawn(model)
    expect(picker(model, "Colors").locator("option:checked")).to_have_text("Color-blind safe")
    expect(model.locator(".bertviz-cell").first).to_have_attribute("stroke", "#0072b2")
    # Going back keeps the palette: it belongs to the reader, not to a view's earlier state.
    open_cell(space, 0, 1).get_by_role("button", name="Head view").click()
    expect_tab(space, "head")
    pick(head, "Colors", "Standard")
    space.go_back()
    expect_tab(space, "model")
    expect(model.locator(".bertviz-cell").first).to_have_attribute("stroke", "#1f77b4")


@pytest.mark.parametrize("kind", [HeadView, ModelView])
def test_a_view_alone_on_a_page_has_no_buttons_to_other_views(open_view, single, kind):
    host = open_view(kind, single)
    expect_drawn(host)
    if kind is ModelView:
        host.get_by_role("button", name="Layer 0, Head 0", exact=True).click()
        expect(host.locator(PANEL)).to_be_visible()
    expect(host.get_by_role("button", name=re.compile("view"))).to_have_count(0)
