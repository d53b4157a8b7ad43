"""Test the model view of many layers and heads, and of overviews that arrive slowly."""

import re
from threading import Event

import pytest
import torch
from playwright.sync_api import expect

from bertviz_space.page.components import ModelView
from tests.browser.ink import boxes, has_ink, made_up, pixels
from tests.browser.reader import (
    expect_drawn,
    figure,
    labels,
    open_page,
    readout,
    scroll_to,
    show,
)

LAYERS, HEADS = 32, 32


@pytest.fixture(scope="module")
def large(publish):
    """Publish 32 layers of 32 heads; each of three tokens attends to itself."""
    return publish(made_up(torch.eye(3).expand(LAYERS, HEADS, 3, 3)))


@pytest.fixture
def release(page):
    """Delay the overviews from layer 2 on until the returned function is called."""
    is_released = Event()
    delayed = []

    def delay(route):
        if is_released.is_set():
            route.continue_()
        else:
            delayed.append(route)

    page.route(re.compile(r"self-overview-[2-9]\."), delay)

    def release():
        is_released.set()
        for route in delayed:
            route.continue_()

    return release


@pytest.fixture
def layer_by_layer(publish, monkeypatch):
    """Publish six layers of four heads, with one overview file per layer."""
    monkeypatch.setattr("bertviz_space.files.wire.WEIGHTS_PER_FILE", 1)
    return publish(made_up(torch.eye(5).expand(6, 4, 5, 5)))


def cell(host, layer, head):
    return host.get_by_role("button", name=f"Layer {layer}, Head {head}", exact=True)


def is_drawn(host, layer, head):
    [box] = boxes(cell(host, layer, head))
    # A horizontal line from a token to itself crosses the middle of the cell.
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    return any(map(has_ink, pixels(host, [(x, y + step) for step in (-2, -1, 0, 1, 2)])))


def test_every_cell_of_a_large_model_is_drawn(open_view, large):
    host = open_view(ModelView, large)
    expect_drawn(host)
    expect(host.locator(".bertviz-cell")).to_have_count(LAYERS * HEADS)
    for layer, head in ((0, 0), (0, 31), (17, 5), (31, 0), (31, 31)):
        assert is_drawn(host, layer, head)


@pytest.mark.parametrize("width", [1100, 390])
def test_head_and_layer_numbers_stay_visible_while_the_page_scrolls(open_view, large, page, width):
    page.set_viewport_size({"width": width, "height": 700})
    host = open_view(ModelView, large)
    expect_drawn(host)
    last = cell(host, 31, 31)
    scroll_to(last)
    [box] = boxes(last)
    numbers = host.locator(".bertviz-axis", has_text=re.compile("^31$"))
    expect(numbers).to_have_count(2)
    head, layer = boxes(numbers)
    assert 0 <= head["y"] < 44
    assert head["x"] + head["width"] / 2 == pytest.approx(box["x"] + box["width"] / 2, abs=2)
    assert 0 <= layer["x"] < 44
    assert layer["y"] + layer["height"] / 2 == pytest.approx(box["y"] + box["height"] / 2, abs=3)


def test_head_numbers_stay_visible_on_the_page_of_the_space(page, url):
    page.set_viewport_size({"width": 1100, "height": 350})
    open_page(page, url)
    host = show(page, "model")
    expect_drawn(host)
    scroll_to(cell(host, 3, 0))
    page.mouse.wheel(0, 2000)
    expect(cell(host, 0, 0)).not_to_be_in_viewport()
    expect(host.locator(".bertviz-axis", has_text=re.compile("^2$")).first).to_be_in_viewport()


def test_the_readout_shows_the_progress_of_the_grid(open_view, layer_by_layer, release):
    host = open_view(ModelView, layer_by_layer)
    expect(readout(host)).to_contain_text("2 of 6 layers are drawn")
    assert [is_drawn(host, layer, 0) for layer in range(6)] == [True, True] + 4 * [False]
    release()
    expect_drawn(host)
    expect(readout(host)).not_to_contain_text("are drawn")
    assert all(is_drawn(host, layer, 3) for layer in range(6))


def test_a_head_opens_while_the_grid_is_being_drawn(open_view, layer_by_layer, release):
    host = open_view(ModelView, layer_by_layer)
    expect(readout(host)).to_contain_text("2 of 6 layers are drawn")
    cell(host, 5, 1).click()
    panel = host.locator(".bertviz-panel")
    expect(panel.get_by_role("heading")).to_have_text("Layer 5, Head 1")
    assert labels(figure(panel), "queries")[:2] == ["word0", "word1"]
    assert [is_drawn(host, layer, 0) for layer in range(4)] == [True, True, False, False]
    panel.get_by_role("button", name="Close").click()
    release()
    expect_drawn(host)
    assert all(is_drawn(host, layer, 3) for layer in range(6))


def test_visible_layers_are_drawn_first(open_view, layer_by_layer, release, page):
    page.set_viewport_size({"width": 800, "height": 240})
    urls = []

    def note(request):
        urls.append(request.url)

    page.on("request", note)
    host = open_view(ModelView, layer_by_layer)
    expect(readout(host)).to_contain_text("2 of 6 layers are drawn")
    page.mouse.wheel(0, 5000)
    expect(cell(host, 5, 0)).to_be_in_viewport()
    rows = [boxes(cell(host, layer, 0))[0] for layer in range(6)]
    [numbers] = boxes(host.locator(".bertviz-grid-heads"))
    top = numbers["y"] + numbers["height"]
    visible = [layer for layer in (3, 4, 5) if rows[layer]["y"] + rows[layer]["height"] > top]
    release()
    expect_drawn(host)
    page.remove_listener("request", note)
    fetched = [int(found[1]) for url in urls if (found := re.search(r"overview-(\d)", url))]
    # Without repetitions: a style sheet that loads late can start the draw again.
    hidden = [layer for layer in (3, 4, 5) if layer not in visible]
    assert hidden
    assert list(dict.fromkeys(fetched)) == [0, 1, 2, *visible, *hidden]
