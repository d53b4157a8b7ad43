"""Test the formula of real models in the expanded neuron view, and what a browser lays out.

``tests/js/neuron_formula.test.js`` tests all terms, masks, sinks, checks and notes.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from playwright.sync_api import Locator, Page, expect

from bertviz_space import LayerAttention, Trace, extract
from bertviz_space.page.components import NeuronView
from bertviz_space.trace import ModelWeights
from tests.browser.conftest import Published
from tests.browser.ink import band_width, boxes, rgb, token_boxes
from tests.browser.reader import expect_drawn, figure, leave, token
from tests.unit.plain_formula import plain_terms, plain_weights
from tests.unit.tiny_models import KINDS, MORE_KINDS

TEXT = "The dog on the ship ran to the store, and the cat sat."

Show = Callable[..., Locator]


def traced(name: str, **texts: Any) -> Trace:
    """Return the trace of a tiny random model of a kind on the text."""
    kind = (KINDS | MORE_KINDS)[name]
    return extract(kind.build(), kind.tokenizer(), TEXT, **texts)


@pytest.fixture
def show(open_view: Callable[..., Locator], page: Page) -> Show:
    """Return a function that opens the expanded view of a head of the first layer."""

    def show(result: Published, head: int = 1, width: int = 1400) -> Locator:
        page.set_viewport_size({"width": width, "height": 900})
        host = open_view(NeuronView, result, link=f"head={head}&expanded=1")
        expect_drawn(host, re.compile(f"layer 0, head {head}, expanded"))
        leave(page)
        return host

    return show


def point_at(host: Locator, query: int) -> None:
    token(figure(host), "queries", query).hover()
    expect(token(figure(host), "queries", query)).to_have_class(re.compile("bertviz-highlighted"))


def numbers(group: Locator) -> list[float]:
    """Return the numbers that the texts of a group show."""
    texts = group.locator("text").all_text_contents()
    # A weight below 0.001 counts as the middle between 0 and 0.001.
    return [float(text.replace("−", "-").replace("<0.001", "0.0005")) for text in texts]


def first_layer(trace: Trace) -> LayerAttention:
    return trace.layers[trace.components[0]][0]


# The formula of each kind of model, and the headings of its numbers.
FORMULAS = {
    "bert": ("0.3536 q·k) over all keys", ["score", "weight"]),
    "llama": ("0.3536 q·k) over this and earlier tokens", ["score", "weight"]),
    "gemma2": (
        "3 tanh(0.3536 q·k / 3)) over this token and the 3 before it",
        ["scaled", "score", "weight"],
    ),
    "t5": (
        "q·k + bias by distance) over all keys",
        ["q · k", "+ bias", "= score", "weight"],
    ),
    "gpt_oss": (
        "0.3536 q·k) over this token and the 3 before it, and a sink",
        ["score", "weight"],
    ),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_the_formula_of_a_model_is_shown_with_every_term_and_checked(show, publish, name):
    formula, headings = FORMULAS[name]
    trace = traced(name, target_text="Die Straße ist lang" if name == "t5" else None)
    host = show(publish(trace))
    layer = first_layer(trace)
    expect(host.locator(".bertviz-equation")).to_have_text(f"weight = softmax({formula}")
    expect(host.locator(".bertviz-small-heading")).to_have_text(headings)
    check = host.locator(".bertviz-check")
    expect(check).to_have_attribute("data-outcome", "agrees")
    expect(check).to_contain_text(f"over all {len(trace.source)} queries")
    terms = host.locator(".bertviz-terms").first
    expect(terms.locator("text")).to_have_count(0)
    for query in (0, 5, layer.num_queries - 1):
        point_at(host, query)
        expected = []
        for key in plain_terms(layer, 1, query):
            if key is None:
                continue
            expected += [key.score] if len(headings) == 2 else [key.scaled]
            expected += [key.bias] if "+ bias" in headings else []
            expected += [key.score] if len(headings) > 2 else []
        assert numbers(terms) == pytest.approx(expected, abs=5.1e-4)
        weights = plain_weights(layer)[1, query].tolist()
        assert numbers(host.locator(".bertviz-numbers")) == pytest.approx(weights, abs=5.1e-4)


def test_a_failed_check_is_shown_in_a_warning_color(show, publish):
    trace = traced("llama")
    weights = first_layer(trace).weights() + 0.02
    layers = tuple(
        replace(layer, model_weights=ModelWeights(torch.arange(layer.num_queries), weights))
        for layer in trace.layers["self"]
    )
    check = show(publish(replace(trace, layers={"self": layers}))).locator(".bertviz-check")
    expect(check).to_have_attribute("data-outcome", "differs")
    red, green, blue = rgb(check.evaluate("(each) => getComputedStyle(each).color"))
    assert red > 2 * max(green, blue)


def test_pointing_at_a_cell_shows_its_number_and_marks_its_rotation_partner(show, publish, page):
    trace = traced("llama")
    host = show(publish(trace))
    layer = first_layer(trace)
    note, marks = host.locator(".bertviz-cell-note"), host.locator(".bertviz-cell-frames rect")
    hint = note.text_content()
    # Pinned, so that the token stays highlighted while the pointer moves.
    token(figure(host), "queries", 5).click()
    lefts = {}
    band = band_width(figure(host))
    for text in ("Query q", "Key k", "q × k (elementwise)"):
        [box] = boxes(figure(host).locator("text", has_text=text).first)
        lefts[text] = box["x"] + box["width"] / 2 - band / 2
    rows = token_boxes(figure(host), "keys")
    q, k = layer.query[1, 5], layer.key[0, 3]
    name = [each.text.strip() for each in trace.source]
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


def test_on_a_narrow_screen_each_step_fits_and_shows_each_term(show, publish, page):
    host = show(publish(traced("gemma2")), width=390)
    before = boxes(figure(host))
    token(figure(host), "queries", 2).click()
    # The texts about a query do not move the figure.
    after = boxes(figure(host))
    assert after[0]["y"] == before[0]["y"]
    for step in ("Query q", "Key k", "q × k", "Score", "Weight"):
        host.get_by_role("radio", name=step, exact=True).click()
        for element in ("document.documentElement", "document.querySelector('.bertviz-figure')"):
            overflow = page.evaluate(f"{element}.scrollWidth - {element}.clientWidth")
            assert overflow <= 0
        if step == "Score":
            for heading in ("scaled", "score"):
                expect(figure(host).get_by_text(heading, exact=True)).to_be_visible()
