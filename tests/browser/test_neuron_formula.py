"""Test that the expanded neuron view shows the whole formula, with numbers equal to plain loops."""

import math
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from playwright.sync_api import Locator, Page, expect

from architectures.stock import stock_weights
from bertviz_space import Component, LayerAttention, Token, Trace, extract
from bertviz_space.page.components import NeuronView
from bertviz_space.trace import ModelWeights, Rotation
from tests.browser.conftest import Published
from tests.browser.ink import band_width, boxes, pixels, rgb, token_boxes
from tests.browser.reader import expect_drawn, figure, leave, pick, token
from tests.unit.plain_formula import plain_terms, plain_weights
from tests.unit.tiny_models import KINDS, MORE_KINDS

TEXT = "The dog on the ship ran to the store, and the cat sat."

Show = Callable[..., Locator]


def traced(name: str, **texts: Any) -> Trace:
    """Return the trace of a tiny random model of a kind on the text."""
    kind = (KINDS | MORE_KINDS)[name]
    trace = extract(kind.build(), kind.tokenizer(), TEXT, **texts)
    return with_terms(trace, model_weights=None)


def with_terms(trace: Trace, **terms: Any) -> Trace:
    """Return the trace with other terms in every layer, and without the normalizers of the pass."""
    layers: dict[Component, tuple[LayerAttention, ...]] = {
        component: tuple(replace(layer, logsumexp=None, **terms) for layer in of_component)
        for component, of_component in trace.layers.items()
    }
    return replace(trace, layers=layers)


def alibi() -> Trace:
    """Return a causal trace with one bias per key and head, as in BLOOM."""
    trace = traced("gpt2")
    slopes = torch.tensor([0.5, 0.25, 0.125, 0.0625])
    n = len(trace.source)
    return with_terms(trace, bias=(slopes[:, None, None] * torch.arange(n)).expand(-1, n, -1))


def by_pair() -> Trace:
    """Return a trace with a softcap and a bias per pair of tokens, as in DeBERTa."""
    trace = traced("bert")
    n = len(trace.source)
    bias = torch.randn(4, n, n, generator=torch.Generator().manual_seed(0)) * 2
    return with_terms(trace, bias=bias, softcap=4.0)


TRACES: dict[str, Callable[[], Trace]] = {
    "bert": lambda: traced("bert"),
    "llama": lambda: traced("llama"),
    "gemma2": lambda: traced("gemma2"),
    "t5": lambda: traced("t5", target_text="Die Straße ist lang"),
    "gpt_oss": lambda: traced("gpt_oss"),
    "modernbert": lambda: traced("modernbert"),
    "alibi": alibi,
    "by_pair": by_pair,
}


@pytest.fixture(scope="module")
def published(publish: Callable[[Trace], Published]) -> Callable[[str], Published]:
    """Return a function that publishes one of the traces, each only once."""
    known: dict[str, Published] = {}

    def published(name: str) -> Published:
        if name not in known:
            known[name] = publish(TRACES[name]())
        return known[name]

    return published


@pytest.fixture
def show(open_view: Callable[..., Locator], page: Page) -> Show:
    """Return a function that opens the expanded view of a layer and head."""

    def show(result: Published, layer: int = 0, head: int = 1) -> Locator:
        page.set_viewport_size({"width": 1400, "height": 900})
        host = open_view(NeuronView, result)
        expect_drawn(host)
        if len(result.trace.layers[result.trace.components[0]]) > 1:
            pick(host, "Layer", str(layer))
        pick(host, "Head", str(head))
        host.get_by_role("button", name="Show query and key vectors").last.click()
        expect_drawn(host, re.compile(f"layer {layer}, head {head}, expanded"))
        leave(page)
        return host

    return show


def point_at(host: Locator, query: int) -> None:
    token(figure(host), "queries", query).hover()


def numbers(group: Locator) -> list[float]:
    """Return the numbers that the texts of a group show."""
    return [float(text.replace("−", "-")) for text in group.locator("text").all_text_contents()]


def first_layer(result: Published) -> LayerAttention:
    return result.trace.layers[result.trace.components[0]][0]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("bert", "weight = softmax(0.3536 q·k) over all keys"),
        ("llama", "weight = softmax(0.3536 q·k) over the keys up to the query's own position"),
        (
            "gemma2",
            "weight = softmax(3 tanh(0.3536 q·k / 3)) "
            "over the query's own position and the 3 before it",
        ),
        ("t5", "weight = softmax(q·k + bias by distance) over all keys"),
        (
            "gpt_oss",
            "weight = softmax(0.3536 q·k) over the query's own position and the 3 before it, "
            "and a sink",
        ),
        (
            "alibi",
            "weight = softmax(0.3536 q·k + bias by key) "
            "over the keys up to the query's own position",
        ),
        ("by_pair", "weight = softmax(4 tanh(0.3536 q·k / 4) + bias by pair) over all keys"),
    ],
)
def test_expanding_shows_the_formula_with_the_numbers_of_the_layer(show, published, name, sentence):
    expect(show(published(name)).locator(".bertviz-equation")).to_have_text(sentence)


@pytest.mark.parametrize(
    ("name", "headings"),
    [
        ("bert", ["score", "weight"]),
        ("gemma2", ["scaled", "score", "weight"]),
        ("t5", ["q · k", "+ bias", "= score", "weight"]),
        ("gpt_oss", ["score", "weight"]),
        ("alibi", ["scaled", "+ bias", "= score", "weight"]),
        ("by_pair", ["scaled", "capped", "+ bias", "= score", "weight"]),
    ],
)
def test_pointing_at_a_query_shows_every_term_of_its_scores(show, published, page, name, headings):
    result = published(name)
    host = show(result)
    layer = first_layer(result)
    expect(host.locator(".bertviz-small-heading")).to_have_text(headings)
    terms = host.locator(".bertviz-terms").first
    expect(terms.locator("text")).to_have_count(0)
    for query in (0, 5, layer.num_queries - 1):
        point_at(host, query)
        expected = []
        for key in plain_terms(layer, 1, query):
            if key is None:
                continue
            expected += [key.score] if len(headings) == 2 else [key.scaled]
            expected += [key.capped] if "capped" in headings else []
            expected += [key.bias] if "+ bias" in headings else []
            expected += [key.score] if len(headings) > 2 else []
        assert numbers(terms) == pytest.approx(expected, abs=5.1e-4)
        weights = plain_weights(layer)[1, query].tolist()
        assert numbers(host.locator(".bertviz-numbers")) == pytest.approx(weights, abs=5.1e-4)
    leave(page)
    expect(terms.locator("text")).to_have_count(0)


def test_the_numbers_of_a_key_are_in_its_row_below_their_headings(show, published):
    host = show(published("by_pair"))
    point_at(host, 3)
    edges = [box["x"] + box["width"] for box in boxes(host.locator(".bertviz-small-heading"))]
    term_boxes = boxes(host.locator(".bertviz-terms").first.locator("text"))
    rows = token_boxes(figure(host), "keys")
    for index, box in enumerate(term_boxes):
        row, column = divmod(index, 4)
        assert box["x"] + box["width"] == pytest.approx(edges[column], abs=1)
        middle = rows[row]["y"] + rows[row]["height"] / 2
        assert box["y"] + box["height"] / 2 == pytest.approx(middle, abs=2)


def test_scrolling_a_long_text_shows_the_numbers_of_the_visible_rows(show, publish):
    n = 80
    vectors = torch.randn(2, 2, n, 8, generator=torch.Generator().manual_seed(0))
    layer = LayerAttention("self", 0, query=vectors[0], key=vectors[1], scaling=0.5)
    word = Token("word", "word", 5, 0, 4, "A", False)
    host = show(publish(Trace((word,) * n, None, {"self": (layer,)})))
    token(
        figure(host), "queries", 2
    ).click()  # pinned, so that it stays highlighted while the figure scrolls
    expected = layer.weights()[1, 2].tolist()
    at_the_top = numbers(host.locator(".bertviz-numbers"))
    assert len(at_the_top) < n
    assert at_the_top == pytest.approx(expected[: len(at_the_top)], abs=5.1e-4)
    figure(host).evaluate("(each) => each.scrollTo(0, each.scrollHeight)")
    last = f"{expected[-1]:.3f}"
    expect(host.locator(".bertviz-numbers text").last).to_have_text(last)
    at_the_end = numbers(host.locator(".bertviz-numbers"))
    assert at_the_end == pytest.approx(expected[-len(at_the_end) :], abs=5.1e-4)


def test_a_masked_key_shows_the_reason_instead_of_numbers(show, published):
    result = published("gemma2")
    host = show(result)
    query = 6
    point_at(host, query)
    keys = range(len(result.trace.source))
    reasons = ["outside the window of 4" for key in keys if key < query - 3]
    reasons += ["later" for key in keys if key > query]
    expect(host.locator(".bertviz-reasons text")).to_have_text(reasons)
    weights = host.locator(".bertviz-numbers text").all_text_contents()
    # "0" without decimals: exactly zero, not a small number.
    assert [text == "0" for text in weights] == [not query - 3 <= key <= query for key in keys]
    masked = host.locator(".bertviz-keys .bertviz-masked")
    expect(masked).to_have_count(len(reasons))


def test_a_window_to_both_sides_masks_keys_before_and_after_it(show, published):
    host = show(published("modernbert"), layer=1)
    point_at(host, 6)
    keys = range(len(published("modernbert").trace.source))
    reasons = ["outside the window of 7" for key in keys if abs(key - 6) > 3]
    expect(host.locator(".bertviz-reasons text")).to_have_text(reasons)


def test_another_mask_shows_masked_as_the_reason(show, publish):
    trace = traced("bert")
    n = len(trace.source)
    allowed = torch.ones(1, n, n, dtype=torch.bool)
    allowed[0, :, [2, 5]] = False
    host = show(publish(with_terms(trace, allowed=allowed)))
    expect(host.locator(".bertviz-key-range")).to_have_text("over the keys that the mask allows")
    point_at(host, 3)
    expect(host.locator(".bertviz-reasons text")).to_have_text(["masked", "masked"])


def test_keys_outside_the_window_are_hatched(show, published):
    host = show(published("gemma2"))
    query = 6
    point_at(host, query)
    # Beside the dot products, where nothing else is drawn.
    dots = boxes(figure(host).locator("text", has_text="q · k").first)[0]
    x = dots["x"] + dots["width"] / 2 + 14
    for key, box in enumerate(token_boxes(figure(host), "keys")):
        row = [(x + step, box["y"] + 4.5) for step in range(8)]
        inked = any(alpha > 0 for *_, alpha in pixels(host, row))
        assert inked == (key < query - 3), key


def test_a_sink_has_its_own_row_below_the_keys(show, published):
    result = published("gpt_oss")
    host = show(result)
    layer = first_layer(result)
    assert layer.sink is not None
    for query in (0, 5):
        point_at(host, query)
        expect(host.locator(".bertviz-sink-name")).to_have_text("sink")
        [score] = numbers(host.locator(".bertviz-sink-score"))
        [weight] = numbers(host.locator(".bertviz-sink-weight"))
        assert score == pytest.approx(layer.sink[1].item(), abs=5.1e-4)
        assert weight == pytest.approx(1 - plain_weights(layer)[1, query].sum().item(), abs=5.1e-4)
        [name], rows = boxes(host.locator(".bertviz-sink-name")), token_boxes(figure(host), "keys")
        assert name["y"] > rows[-1]["y"] + rows[-1]["height"]


# The check.


def checked(name: str, off_by: float = 0.0) -> Trace:
    """Return a trace with the weights that transformers computes, plus `off_by`."""
    kind = KINDS[name]
    model, tokenizer = kind.build(), kind.tokenizer()
    trace = extract(model, tokenizer, TEXT)
    inputs = dict(tokenizer(TEXT, return_tensors="pt"))
    inputs.pop("token_type_ids", None)
    queries = torch.tensor([0, 3, 5])
    layers = tuple(
        replace(layer, model_weights=ModelWeights(queries, weights[:, queries] + off_by))
        for layer, weights in zip(
            trace.layers["self"], stock_weights(model, inputs)["self"], strict=True
        )
    )
    return replace(trace, layers={"self": layers})


@pytest.mark.parametrize("name", ["llama", "gemma2", "gpt_oss"])
def test_the_page_checks_its_weights_against_the_models_weights(show, publish, name):
    host = show(publish(checked(name)))
    check = host.locator(".bertviz-check")
    expect(check).to_have_attribute("data-outcome", "agrees")
    text = re.fullmatch(
        "Checked against the model's own attention: largest difference (.+) · this head, 3 queries",
        check.text_content() or "",
    )
    assert text
    assert float(text[1]) < 1e-5
    point_at(host, 3)
    expect(check).to_have_text(re.compile(r"· this head, 3 queries · this query [\d.e-]+$"))
    point_at(host, 4)
    expect(check).to_have_text(re.compile(r"· this query not compared$"))


@pytest.mark.parametrize("name", ["bert", "gemma2", "gpt_oss", "t5"])
def test_the_page_checks_its_weights_against_those_of_an_extraction(show, publish, name):
    kind = KINDS[name]
    target_text = "Die Straße ist lang" if name == "t5" else None
    trace = extract(kind.build(), kind.tokenizer(), TEXT, target_text=target_text)
    check = show(publish(trace)).locator(".bertviz-check")
    expect(check).to_have_attribute("data-outcome", "agrees")
    expect(check).to_contain_text(f"this head, all {len(trace.source)} queries")


def test_a_failed_check_is_shown_in_a_warning_color(show, publish):
    host = show(publish(checked("llama", off_by=0.02)))
    check = host.locator(".bertviz-check")
    expect(check).to_have_attribute("data-outcome", "differs")
    expect(check).to_contain_text("This is not what the model computed: largest difference 0.02 ")
    red, green, blue = rgb(check.evaluate("(each) => getComputedStyle(each).color"))
    assert red > 2 * max(green, blue)
    point_at(host, 3)
    expect(check).to_contain_text("this query 0.02")


def test_without_the_models_weights_the_check_is_reported_as_not_done(show, published):
    check = show(published("bert")).locator(".bertviz-check")
    expect(check).to_have_attribute("data-outcome", "unchecked")
    expect(check).to_contain_text("Not checked")


# Shared key heads and rotation.


def test_a_note_lists_the_query_heads_that_share_a_key_head(show, published):
    result = published("llama")
    host = show(result, head=3)
    note = host.locator(".bertviz-note", has_text="key head")
    expect(note).to_have_text("key head 1, for query heads 2 to 3")
    # The drawn keys are those of the key head.
    [heading] = boxes(figure(host).locator("text", has_text="Key k").first)
    band = band_width(figure(host))
    left = heading["x"] + heading["width"] / 2 - band / 2
    key = first_layer(result).key[1, 4]
    y = token_boxes(figure(host), "keys")[4]["y"] + 13
    cell = band / len(key)
    drawn = pixels(host, [(left + (dim + 0.5) * cell, y) for dim in range(len(key))])
    for number, (*_, alpha) in zip(key.tolist(), drawn, strict=True):
        assert alpha == pytest.approx(255 * math.tanh(abs(number) / 4), abs=1.01)
    pick(host, "Head", "0")
    expect(note).to_have_text("key head 0, for query heads 0 to 1")


def test_a_model_without_shared_key_heads_has_no_note(show, published):
    expect(show(published("bert")).locator(".bertviz-note", has_text="key head")).to_have_count(0)


def test_brackets_show_which_dimensions_rotate_together(show, published, publish):
    host = show(published("llama"))
    expect(host.locator(".bertviz-cell-note")).to_contain_text(
        "All 8 dimensions rotate with the position, in pairs of i and i + 4."
    )
    # Two brackets and an arc over q, k and their product.
    expect(host.locator(".bertviz-brackets path")).to_have_count(9)
    expect(host.locator(".bertviz-brackets line")).to_have_count(0)
    partly = with_terms(traced("llama"), rotation=Rotation(2, 4, interleaved=True))
    host = show(publish(partly))
    expect(host.locator(".bertviz-cell-note")).to_contain_text(
        "Dimensions 2 to 5 rotate with the position, in pairs of neighbors; the other 4 do not."
    )
    expect(host.locator(".bertviz-brackets path")).to_have_count(3 * 2)
    # Borders before and after the rotated dimensions, in q and in k.
    expect(host.locator(".bertviz-brackets line")).to_have_count(4)


def test_a_model_without_rotation_has_no_brackets(show, published):
    host = show(published("bert"))
    expect(host.locator(".bertviz-brackets path")).to_have_count(0)
    expect(host.locator(".bertviz-cell-note")).not_to_contain_text("turn")


def test_pointing_at_a_cell_shows_its_number_and_marks_its_rotation_partner(show, published, page):
    result = published("llama")
    host = show(result)
    layer = first_layer(result)
    note, marks = host.locator(".bertviz-cell-note"), host.locator(".bertviz-cell-frames rect")
    hint = note.text_content()
    token(
        figure(host), "queries", 5
    ).click()  # pinned, so that it stays highlighted while the pointer moves
    lefts = {}
    band = band_width(figure(host))
    for text in ("Query q", "Key k", "q × k (elementwise)"):
        [box] = boxes(figure(host).locator("text", has_text=text).first)
        lefts[text] = box["x"] + box["width"] / 2 - band / 2
    rows = token_boxes(figure(host), "keys")
    q, k = layer.query[1, 5], layer.key[0, 3]
    name = [each.text.strip() for each in result.trace.source]
    for text, row, vector, title in (
        ("Query q", 5, q, f"q of {name[5]}"),
        ("Key k", 3, k, f"k of {name[3]}"),
        ("q × k (elementwise)", 3, q * k, f"q × k of {name[5]} and {name[3]}"),
    ):
        page.mouse.move(lefts[text] + 2.5 * band / 8, rows[row]["y"] + 13)
        own, other = (f"{vector[dim].item():.3f}".replace("-", "−") for dim in (2, 6))
        sentence = f"{title}, dimension 2: {own}; rotates with dimension 6: {other}"
        expect(note).to_have_text(sentence)
        expected = [left + dim * band / 8 - 1 for dim in (2, 6) for left in lefts.values()]
        places = marks.evaluate_all("(all) => all.map((each) => each.getBoundingClientRect().x)")
        assert sorted(places) == pytest.approx(sorted(expected), abs=1)
    leave(page)
    expect(marks).to_have_count(0)
    expect(note).to_have_text(hint or "")


def test_on_a_narrow_screen_the_figure_scrolls_and_the_page_does_not(show, published, page):
    host = show(published("by_pair"))
    page.set_viewport_size({"width": 390, "height": 800})
    expect_drawn(host)
    widths = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1]
    before = boxes(figure(host))
    token(figure(host), "queries", 2).click()
    # The texts about a query do not move the figure.
    after = boxes(figure(host))
    assert after[0]["y"] == before[0]["y"]
    scrolls = figure(host).evaluate("(each) => each.scrollWidth > each.clientWidth")
    assert scrolls
