"""A model view of many layers and heads, of a text that takes its time."""

import re
from threading import Event

import pytest
import torch
from playwright.sync_api import expect

from bertviz_space.page.components import ModelView
from tests.browser.ink import boxes, has_ink, made_up, pixels
from tests.browser.reader import expect_drawn, figure, labels, open_page, readout, run, show

LAYERS, HEADS = 32, 32


@pytest.fixture(scope="module")
def large(publish):
    """32 layers of 32 heads; each of three tokens attends to itself."""
    return publish(made_up(torch.eye(3).expand(LAYERS, HEADS, 3, 3)))


@pytest.fixture
def slow(page):
    """Holds back the overviews from layer 2 on, until ``slow.set()``; one file a layer."""
    released = Event()
    held = []

    def hold(route):
        if released.is_set():
            route.continue_()
        else:
            held.append(route)

    page.route(re.compile(r"self-overview-[2-9]\."), hold)

    def release():
        released.set()
        for route in held:
            route.continue_()

    return release


@pytest.fixture
def layer_by_layer(publish, monkeypatch):
    """Six layers of four heads, each with an overview file of its own."""
    monkeypatch.setattr("bertviz_space.files.wire.WEIGHTS_A_FILE", 1)
    return publish(made_up(torch.eye(5).expand(6, 4, 5, 5)))


def cell(host, layer, head):
    return host.get_by_role("button", name=f"Layer {layer}, Head {head}", exact=True)


def is_drawn(host, layer, head):
    [box] = boxes(cell(host, layer, head))
    # A line from a token to itself crosses the middle of the cell from side to side.
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    return any(map(has_ink, pixels(host, [(x, y + step) for step in (-2, -1, 0, 1, 2)])))


def test_every_cell_of_a_large_model_is_drawn(open_view, large):
    host = open_view(ModelView, large)
    expect_drawn(host)
    expect(host.locator(".bertviz-cell")).to_have_count(LAYERS * HEADS)
    for layer, head in ((0, 0), (0, 31), (17, 5), (31, 0), (31, 31)):
        assert is_drawn(host, layer, head)


@pytest.mark.parametrize("width", [1100, 390])
def test_numbers_of_heads_and_layers_stay_in_sight_while_the_page_scrolls(
    open_view, large, page, width
):
    page.set_viewport_size({"width": width, "height": 700})
    host = open_view(ModelView, large)
    expect_drawn(host)
    last = cell(host, 31, 31)
    last.scroll_into_view_if_needed()
    [box] = boxes(last)
    numbers = host.locator(".bertviz-axis", has_text=re.compile("^31$"))
    expect(numbers).to_have_count(2)
    head, layer = boxes(numbers)
    assert 0 <= head["y"] < 44
    assert head["x"] + head["width"] / 2 == pytest.approx(box["x"] + box["width"] / 2, abs=2)
    assert 0 <= layer["x"] < 44
    assert layer["y"] + layer["height"] / 2 == pytest.approx(box["y"] + box["height"] / 2, abs=3)


def test_numbers_of_heads_stay_in_sight_on_the_space_itself(page, url):
    page.set_viewport_size({"width": 1100, "height": 350})
    open_page(page, url)
    run(page)
    host = show(page, "model")
    expect_drawn(host)
    cell(host, 3, 0).scroll_into_view_if_needed()
    page.mouse.wheel(0, 2000)
    expect(cell(host, 0, 0)).not_to_be_in_viewport()
    expect(host.locator(".bertviz-axis", has_text=re.compile("^2$")).first).to_be_in_viewport()


def test_the_grid_says_how_far_it_is(open_view, layer_by_layer, slow):
    host = open_view(ModelView, layer_by_layer)
    expect(readout(host)).to_contain_text("2 of 6 layers are drawn")
    assert [is_drawn(host, layer, 0) for layer in range(6)] == [True, True] + 4 * [False]
    slow()
    expect_drawn(host)
    expect(readout(host)).not_to_contain_text("are drawn")
    assert all(is_drawn(host, layer, 3) for layer in range(6))


def test_a_head_opens_at_once_while_the_grid_fills_in(open_view, layer_by_layer, slow):
    host = open_view(ModelView, layer_by_layer)
    expect(readout(host)).to_contain_text("2 of 6 layers are drawn")
    cell(host, 5, 1).click()
    panel = host.locator(".bertviz-panel")
    expect(panel.get_by_role("heading")).to_have_text("Layer 5, Head 1")
    assert labels(figure(panel), "queries")[:2] == ["word0", "word1"]
    assert [is_drawn(host, layer, 0) for layer in range(4)] == [True, True, False, False]
    panel.get_by_role("button", name="Close").click()
    slow()
    expect_drawn(host)
    assert all(is_drawn(host, layer, 3) for layer in range(6))


def test_layers_in_sight_are_drawn_first(open_view, layer_by_layer, slow, page):
    page.set_viewport_size({"width": 800, "height": 240})
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    host = open_view(ModelView, layer_by_layer)
    expect(readout(host)).to_contain_text("2 of 6 layers are drawn")
    page.mouse.wheel(0, 5000)
    expect(cell(host, 5, 0)).to_be_in_viewport()
    slow()
    expect_drawn(host)
    numbers = [int(found[1]) for url in asked if (found := re.search(r"overview-(\d)", url))]
    # In their order: a style that comes late may begin the draw anew.
    assert list(dict.fromkeys(numbers)) == [0, 1, 2, 4, 5, 3]


def test_the_view_says_what_a_line_is_where_it_is_several_weights(open_view, publish):
    host = open_view(ModelView, publish(made_up(torch.eye(100).expand(1, 1, 100, 100))))
    expect_drawn(host)
    expect(readout(host)).to_contain_text("the largest of 4 × 4 weights")
