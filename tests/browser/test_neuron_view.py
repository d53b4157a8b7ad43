"""Test the neuron view: one head, collapsed to tokens and lines or expanded to its vectors."""

import math

import pytest
from playwright.sync_api import expect

from bertviz_space.page.components import NeuronView
from tests.browser.ink import BLUE, assert_ink, band_width, boxes, on_line, pixels, token_boxes
from tests.browser.reader import choices, expect_drawn, figure, labels, leave, pick, token

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


def expand(host, query=0):
    token(figure(host), "queries", query).hover()
    sign(host, "Show query and key vectors").click()
    expect(host).to_have_attribute("data-ready", EXPANDED)


EXPANDED = "All, layer 0, head 0, expanded"


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


# Collapsed.


def test_the_opacity_of_a_line_is_the_weight_of_the_chosen_head(host, pair):
    pick(host, "Head", "7")
    expect_drawn(host, "All, layer 0, head 7, collapsed")
    token(figure(host), "queries", 3).hover()
    row = pair.trace.weights("self", 0)[7, 3]
    across = figure(host)
    drawn = pixels(host, [on_line(across, 3, key, at=0.95) for key in range(len(row))])
    for weight, ink in zip(row.tolist(), drawn, strict=True):
        assert_ink(ink, (BLUE, weight))


def test_pointing_at_a_query_highlights_the_keys_with_its_weights(host, pair):
    expect(sign(host, "Show query and key vectors")).to_be_hidden()
    token(figure(host), "queries", 3).hover()
    expect(sign(host, "Show query and key vectors")).to_be_visible()
    opacities = host.locator(".bertviz-boxes rect").evaluate_all(
        "(all) => all.map((each) => Number(each.getAttribute('fill-opacity')))"
    )
    assert opacities == pytest.approx(pair.trace.weights("self", 0)[0, 3].tolist(), abs=1e-4)


def test_pointing_at_a_query_shows_a_plus_button_on_it(host, page):
    plus = sign(host, "Show query and key vectors")
    for query in (2, 9):
        token(figure(host), "queries", query).hover()
        expect(plus).to_be_visible()
        [box], row = boxes(plus), token_boxes(figure(host), "queries")[query]
        assert middle(box)[1] == pytest.approx(middle(row)[1], abs=1)
        assert row["x"] <= box["x"] <= row["x"] + row["width"]
    leave(page)
    expect(plus).to_be_hidden()


def test_pointing_at_a_key_does_nothing(host):
    token(figure(host), "keys", 3).hover()
    expect(host.locator(".bertviz-highlighted")).to_have_count(0)
    expect(host.locator(".bertviz-boxes rect")).to_have_count(0)


# Expanded.


def test_click_on_plus_shows_the_columns_of_the_computation(host):
    expand(host)
    for text in HEADINGS:
        expect(heading(host, text)).to_be_visible()
    across = [middle(boxes(heading(host, text))[0])[0] for text in HEADINGS]
    assert across == sorted(across)


def test_all_query_and_key_vectors_are_drawn_without_pointing(host, page, pair):
    expand(host)
    leave(page)
    expect(heading(host, "No token selected")).to_be_visible()
    layer = pair.trace.layer("self", 0)
    queries, keys = (token_boxes(figure(host), side) for side in ("queries", "keys"))
    for position in (0, 4, 14):
        q, k = layer.query[0, position], layer.key[0, position]
        assert_vector(pixels(host, cells(host, "Query q", queries[position], q)), q)
        assert_vector(pixels(host, cells(host, "Key k", keys[position], k)), k)
        product = pixels(host, cells(host, "q × k (elementwise)", keys[position], q))
        assert product == [(0, 0, 0, 0)] * len(q)


def test_pointing_at_a_query_shows_products_and_scores(host, page, pair):
    expand(host)
    leave(page)
    token(figure(host), "queries", 4).hover()
    expect(heading(host, "No token selected")).to_be_hidden()
    layer = pair.trace.layer("self", 0)
    keys = token_boxes(figure(host), "keys")
    q = layer.query[0, 4]
    for position in (0, 4, 14):
        k = layer.key[0, position]
        assert_vector(pixels(host, cells(host, "q × k (elementwise)", keys[position], q)), q * k)
        # The dot product is scaled: q · k / sqrt(head_dim).
        score = (q @ k) / math.sqrt(len(q))
        dot = middle(boxes(heading(host, "q · k"))[0])[0], middle(keys[position])[1]
        assert_vector(pixels(host, [dot]), score[None])


def test_the_opacity_of_connectors_shows_the_weights_of_the_query(host, page, pair):
    expand(host)
    leave(page)
    token(figure(host), "queries", 4).hover()
    row = pair.trace.weights("self", 0)[0, 4].tolist()
    keys = token_boxes(figure(host), "keys")
    product_end = middle(boxes(heading(host, "q × k (elementwise)"))[0])[0]
    product_end += band_width(figure(host)) / 2
    dot = middle(boxes(heading(host, "q · k"))[0])[0]
    for weight, box in zip(row, keys, strict=True):
        y = middle(box)[1]
        [connector] = pixels(host, [((product_end + dot - 10) / 2, y)])
        assert connector[3] == pytest.approx(255 * math.tanh(1.8 * weight), abs=1.5)
        # The key token is highlighted with the weight itself.
        [behind] = pixels(host, [(box["x"] + box["width"] - 3, box["y"] + 3)])
        assert behind[3] == pytest.approx(255 * weight, abs=1.5)


def test_the_softmax_column_lists_the_weights(host, page, pair):
    expand(host)
    leave(page)
    numbers = host.locator(".bertviz-numbers text")
    expect(numbers).to_have_count(0)
    for query in (0, 4, 14):
        token(figure(host), "queries", query).hover()
        listed = [float(text) for text in numbers.all_text_contents()]
        assert listed == pytest.approx(pair.trace.weights("self", 0)[0, query].tolist(), abs=5.1e-4)
    rows = token_boxes(figure(host), "keys")
    for box, row in zip(boxes(numbers), rows, strict=True):
        assert middle(box)[1] == pytest.approx(middle(row)[1], abs=2)
    leave(page)
    expect(numbers).to_have_count(0)
    expect(heading(host, "No token selected")).to_be_visible()


def test_click_on_minus_collapses_the_view(host):
    expand(host)
    token(figure(host), "queries", 6).hover()
    sign(host, "Hide query and key vectors").click()
    expect_drawn(host, "All, layer 0, head 0, collapsed")
    expect(heading(host, "Query q")).to_be_hidden()


def test_the_button_above_the_figure_expands_and_collapses_the_view(host):
    host.get_by_role("button", name="Show query and key vectors").last.press("Enter")
    expect_drawn(host, EXPANDED)
    host.get_by_role("button", name="Hide query and key vectors").last.press("Enter")
    expect_drawn(host, "All, layer 0, head 0, collapsed")


def test_picking_layer_head_and_attention_part_keeps_the_view_expanded(host, page, pair):
    expand(host)
    assert choices(host, "Layer") == [str(layer) for layer in range(6)]
    assert choices(host, "Head") == [str(head) for head in range(12)]
    pick(host, "Layer", "3")
    expect_drawn(host, "All, layer 3, head 0, expanded")
    pick(host, "Head", "5")
    expect_drawn(host, "All, layer 3, head 5, expanded")
    pick(host, "Attention", "Sentence B -> Sentence A")
    expect_drawn(host, "Sentence B -> Sentence A, layer 3, head 5, expanded")
    texts = [each.text for each in pair.trace.source]
    assert labels(figure(host), "queries") == texts[8:]
    assert labels(figure(host), "keys") == texts[:8]
    token(figure(host), "queries", 2).hover()
    listed = [float(text) for text in host.locator(".bertviz-numbers text").all_text_contents()]
    row = pair.trace.weights("self", 3)[5, 8 + 2, :8]
    assert listed == pytest.approx(row.tolist(), abs=5.1e-4)
    q = pair.trace.layer("self", 3).query[5, 8 + 2]
    box = token_boxes(figure(host), "queries")[2]
    assert_vector(pixels(host, cells(host, "Query q", box, q)), q)


def test_a_causal_model_shows_no_products_for_later_keys(open_view, page, causal):
    page.set_viewport_size({"width": 1300, "height": 900})
    host = open_view(NeuronView, causal)
    expect_drawn(host)
    expand(host)
    leave(page)
    token(figure(host), "queries", 2).hover()
    layer = causal.trace.layer("self", 0)
    q = layer.query[0, 2]
    dot = middle(boxes(heading(host, "q · k"))[0])[0]
    listed = [float(text) for text in host.locator(".bertviz-numbers text").all_text_contents()]
    for key, box in enumerate(token_boxes(figure(host), "keys")):
        product = pixels(host, cells(host, "q × k (elementwise)", box, q))
        score = pixels(host, [(dot + step, middle(box)[1]) for step in range(-12, 13)])
        if key <= 2:
            assert_vector(product, q * layer.key[0, key])
            assert any(alpha > 0 for *_, alpha in score)
        else:
            assert {pixel[3] for pixel in product + score} == {0}
            assert listed[key] == 0
