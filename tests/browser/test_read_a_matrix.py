"""Test that a reader finds a weight in the matrix view, zooms in, saves and shares what it shows.

``tests/js/matrix_view.test.js`` tests what the view shows, and how it reacts to the reader.
"""

import io
import re
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from PIL import Image
from playwright.sync_api import Page, expect

from bertviz_space.files.svg.picture import picture_of
from bertviz_space.files.view_request import ViewRequest
from bertviz_space.page.components import MatrixView
from tests.browser.ink import boxes, made_up
from tests.browser.reader import expect_drawn, figure, show, token, view
from tests.browser.test_saving import save
from tests.svg import SVG, cells_of

TOKENS = 512


@pytest.fixture(scope="module")
def long_text(publish):
    """Publish a head of 512 tokens: each attends to the one before it, the first to itself."""
    weights = torch.eye(TOKENS)[[0, *range(TOKENS - 1)]]
    return publish(made_up(weights[None, None]))


def middle_of_cell(host, query, key):
    """Return the middle of a cell whose labels have one token each, in pixels of the window."""
    [row] = boxes(token(figure(host), "queries", query))
    [column] = boxes(token(figure(host), "keys", key))
    return column["x"] + column["width"] / 2, row["y"] + row["height"] / 2


def test_a_reader_opens_a_link_reads_a_weight_and_pins_it_for_all_views(page: Page, url):
    page.goto(f"{url}?view=matrix&heads=1&layer=2")
    matrix = view(page, "matrix")
    expect_drawn(matrix, "All, layer 2, head 1")
    page.mouse.move(*middle_of_cell(matrix, 3, 4))
    note = matrix.locator(".bertviz-matrix-cell")
    expect(note).to_have_text(re.compile(r"^sat→on(<0\.001|0\.\d{3})$"))
    page.mouse.click(*middle_of_cell(matrix, 3, 4))
    expect(matrix.get_by_role("button", name="Pinned · Unpin")).to_be_visible()
    page.wait_for_url("**pinned=query%2C3**")
    head = show(page, "head")
    expect_drawn(head, "All, layer 2, heads 1")
    expect(token(figure(head), "queries", 3)).to_have_attribute("aria-selected", "true")


def test_a_reader_zooms_with_the_wheel_and_drags_the_matrix(open_view, long_text, page):
    host = open_view(MatrixView, long_text)
    expect_drawn(host)
    note = host.locator(".bertviz-matrix-note")
    expect(note).to_have_text("Each cell is the largest of 2 × 2 weights.")
    [box] = boxes(figure(host).locator("canvas"))
    page.mouse.move(box["x"] + 300, box["y"] + 300)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -600)
    page.keyboard.up("Control")
    expect(note).to_have_text("")
    first = figure(host).locator(".bertviz-queries .bertviz-token").first
    before = int(first.get_attribute("data-position") or 0)
    assert before > 100
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 100, steps=4)
    page.mouse.up()
    # The picture is drawn in the event, before the next command.
    assert int(first.get_attribute("data-position") or 0) > before
    # The drag has pinned nothing.
    expect(host.get_by_role("button", name="Pinned · Unpin")).to_be_hidden()


def test_a_finger_scrolls_the_page_over_the_matrix(page: Page, url):
    page.set_viewport_size({"width": 390, "height": 600})
    page.goto(f"{url}?view=matrix&heads=1")
    host = view(page, "matrix")
    expect_drawn(host)
    page.evaluate("window.scrollTo(0, 250)")
    [box] = boxes(figure(host).locator("canvas"))
    finger = page.context.new_cdp_session(page)
    for step in range(12):
        touch = {"x": box["x"] + 100, "y": box["y"] + 100 - 10 * step}
        kind = "touchMove" if step else "touchStart"
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [touch]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_function("window.scrollY > 300")


def test_two_fingers_zoom_the_matrix_and_not_the_page(open_view, long_text, page):
    host = open_view(MatrixView, long_text)
    expect_drawn(host)
    note = host.locator(".bertviz-matrix-note")
    expect(note).to_have_text("Each cell is the largest of 2 × 2 weights.")
    [box] = boxes(figure(host).locator("canvas"))
    fingers = page.context.new_cdp_session(page)
    for step in range(8):
        touches = [
            {"x": box["x"] + 200 + side * 10 * (step + 1), "y": box["y"] + 200} for side in (-1, 1)
        ]
        kind = "touchMove" if step else "touchStart"
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})
    fingers.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(note).to_have_text("")
    assert page.evaluate("window.visualViewport.scale") == 1


@pytest.mark.parametrize("heads", [(5,), (0, 5, 11)])
def test_the_server_draws_the_cells_of_the_page(open_view, pair, heads):
    request = ViewRequest("matrix", 3, heads, "Sentence A -> Sentence B")
    host = open_view(MatrixView, pair, request.link_query(3))
    expect_drawn(host)
    on_page = ElementTree.fromstring(save(host, "Picture as SVG"))
    by_server = ElementTree.fromstring(picture_of(request, pair.trace, "a test", "a test"))
    (color, found), (expected_color, expected) = cells_of(on_page), cells_of(by_server)
    assert color == expected_color
    assert list(found.values()) == pytest.approx(list(expected.values()), abs=2e-4)
    assert on_page.findtext(f"{SVG}title") == by_server.findtext(f"{SVG}title")


def test_a_saved_picture_of_a_long_text_shows_all_tokens(open_view, long_text):
    host = open_view(MatrixView, long_text)
    expect_drawn(host)
    image = Image.open(io.BytesIO(save(host, "Picture as PNG", title=False, caption=False)))
    pixels = np.asarray(image.convert("RGB"), float)
    assert (pixels.min(2) < 128).sum() > TOKENS
    svg = ElementTree.fromstring(save(host, "Picture as SVG", caption=True))
    texts = "".join(svg.itertext())
    assert "Each cell is the largest of 2 × 2 weights." in texts
    # Of two queries, one attends to a key of the same cell and the other to one of the cell before.
    _, opacities = cells_of(svg)
    assert set(opacities.values()) == {1.0}
    assert TOKENS // 2 <= len(opacities) < TOKENS + 1
