"""Test where the neuron view has its buttons, texts and pixels in a browser.

``tests/js/neuron_view.test.js`` tests what the view shows, and how it reacts to the reader.
"""

import math
import re

import pytest
from playwright.sync_api import expect

from bertviz_space.page.components import NeuronView
from tests.browser.ink import band_width, boxes, pixels, token_boxes
from tests.browser.reader import expect_drawn, figure, leave, token

HEADINGS = ["Query q", "Key k", "q × k (elementwise)", "q · k", "Softmax"]


@pytest.fixture
def host(open_view, page, pair):
    # Wide enough for all columns.
    page.set_viewport_size({"width": 1300, "height": 900})
    host = open_view(NeuronView, pair)
    expect_drawn(host, "All, layer 0, head 0, collapsed")
    return host


def sign(host, name):
    return figure(host).get_by_role("button", name=name)


def point_at(host, query):
    token(figure(host), "queries", query).hover()
    expect(token(figure(host), "queries", query)).to_have_class(re.compile("bertviz-highlighted"))


def heading(host, text):
    return figure(host).locator("text", has_text=text).first


def middle(box):
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def cells(host, column, row, vector):
    """Return the middles of the cells of one vector, in pixels."""
    x, _ = middle(boxes(heading(host, column))[0])
    _, y = middle(row)
    band = band_width(figure(host))
    return [(x + ((dim + 0.5) / len(vector) - 0.5) * band, y) for dim in range(len(vector))]


def assert_vector(drawn, vector):
    """Check that positive numbers are blue, negative ones orange, and the opacity tanh(|v| / 4)."""
    for number, (red, green, blue, alpha) in zip(vector.tolist(), drawn, strict=True):
        assert alpha == pytest.approx(255 * math.tanh(abs(number) / 4), abs=1.01)
        if alpha > 8:
            assert (blue > green > red) if number > 0 else (red > green > blue)


def test_the_buttons_on_the_pointed_token_expand_and_collapse_the_view(host, page):
    plus = sign(host, "Show query and key vectors")
    expect(plus).to_be_hidden()
    for query in (2, 9):
        point_at(host, query)
        expect(plus).to_be_visible()
        [box], row = boxes(plus), token_boxes(figure(host), "queries")[query]
        assert middle(box)[1] == pytest.approx(middle(row)[1], abs=1)
        assert row["x"] <= box["x"] <= row["x"] + row["width"]
    leave(page)
    expect(plus).to_be_hidden()

    point_at(host, 9)
    plus.click()
    expect_drawn(host, "All, layer 0, head 0, expanded")
    for text in HEADINGS:
        expect(heading(host, text)).to_be_visible()
    across = [middle(boxes(heading(host, text))[0])[0] for text in HEADINGS]
    assert across == sorted(across)

    point_at(host, 6)
    sign(host, "Hide query and key vectors").click()
    expect_drawn(host, "All, layer 0, head 0, collapsed")
    expect(heading(host, "Query q")).to_be_hidden()


def test_vectors_products_and_connectors_are_in_the_rows_of_their_tokens(host, page, pair):
    host.get_by_role("button", name="Show query and key vectors").last.click()
    expect_drawn(host, "All, layer 0, head 0, expanded")
    leave(page)
    layer = pair.trace.layer("self", 0)
    queries, keys = (token_boxes(figure(host), side) for side in ("queries", "keys"))
    for position in (0, 4, 14):
        q, k = layer.query[0, position], layer.key[0, position]
        assert_vector(pixels(host, cells(host, "Query q", queries[position], q)), q)
        assert_vector(pixels(host, cells(host, "Key k", keys[position], k)), k)
        product = pixels(host, cells(host, "q × k (elementwise)", keys[position], q))
        assert product == [(0, 0, 0, 0)] * len(q)

    point_at(host, 4)
    q = layer.query[0, 4]
    dot = middle(boxes(heading(host, "q · k"))[0])[0]
    for position in (0, 4, 14):
        k = layer.key[0, position]
        assert_vector(pixels(host, cells(host, "q × k (elementwise)", keys[position], q)), q * k)
        # The dot product is scaled: q · k / sqrt(head_dim).
        score = (q @ k) / math.sqrt(len(q))
        assert_vector(pixels(host, [(dot, middle(keys[position])[1])]), score[None])

    product_end = middle(boxes(heading(host, "q × k (elementwise)"))[0])[0]
    product_end += band_width(figure(host)) / 2
    numbers = boxes(host.locator(".bertviz-numbers text"))
    weights = pair.trace.weights("self", 0)[0, 4].tolist()
    for weight, box, number in zip(weights, keys, numbers, strict=True):
        y = middle(box)[1]
        [connector] = pixels(host, [((product_end + dot - 10) / 2, y)])
        assert connector[3] == pytest.approx(255 * math.tanh(1.8 * weight), abs=1.5)
        # The key token is highlighted with the weight itself.
        [behind] = pixels(host, [(box["x"] + box["width"] - 3, box["y"] + 3)])
        assert behind[3] == pytest.approx(255 * weight, abs=1.5)
        assert middle(number)[1] == pytest.approx(y, abs=2)
