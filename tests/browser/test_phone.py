"""Test that the views fit the screen of a phone: nothing is scrolled sideways."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Locator, expect

from bertviz_space.page.components import HeadView, ModelView, NeuronView
from tests.browser.ink import boxes
from tests.browser.reader import expect_drawn, figure, leave, token
from tests.browser.test_saving import save
from tests.svg import texts_of

STEPS = ["Query q", "Key k", "q × k", "Weight"]


# The screens of two phones, and the width that the page of the Space leaves of the smaller one.
@pytest.fixture(params=[390, 360, 296])
def width(request, page):
    page.set_viewport_size({"width": request.param, "height": 844})
    return request.param


@pytest.fixture(scope="module")
def wide_words(single, publish):
    """Return a result whose tokens are too wide for two columns and lines between them."""
    source = tuple(replace(token, text="W" * 30) for token in single.trace.source)
    return publish(replace(single.trace, source=source))


def span_of(texts: list[dict[str, float]]) -> tuple[float, float]:
    """Return the left edge of the leftmost box, and the right edge of the rightmost box."""
    return min(box["x"] for box in texts), max(box["x"] + box["width"] for box in texts)


def assert_fits(host: Locator) -> None:
    """Check that a figure and all its texts are inside the figure's frame."""
    [frame] = boxes(figure(host))
    scrolled = figure(host).evaluate("(each) => each.scrollWidth - each.clientWidth")
    assert scrolled <= 0
    for box in boxes(figure(host).locator("svg text:visible")):
        assert box["x"] >= frame["x"] - 0.5, box
        assert box["x"] + box["width"] <= frame["x"] + frame["width"] + 0.5, box


def test_the_head_view_fits_with_the_numbers_of_a_highlighted_token(open_view, pair, page, width):
    host = open_view(HeadView, pair)
    expect_drawn(host)
    queries, keys = (figure(host).locator(f".bertviz-{side}") for side in ("queries", "keys"))
    assert_fits(host)
    numbers = figure(host).locator(".bertviz-numbers text")
    for side, row, beside in (("queries", 4, keys), ("keys", 2, queries)):
        token(figure(host), side, row).click()
        expect(numbers).to_have_count(len(pair.trace.source))
        assert_fits(host)
        # Beside the other tokens, not over them.
        spans = [span_of(boxes(texts)) for texts in (numbers, beside.locator("text"))]
        assert sorted(spans)[0][1] <= sorted(spans)[1][0]
        token(figure(host), side, row).click()
        leave(page)
        expect(numbers).to_have_count(0)


def test_words_that_are_too_wide_are_cut_and_the_tooltip_has_the_whole_word(
    open_view, wide_words, width
):
    host = open_view(HeadView, wide_words)
    expect_drawn(host)
    assert_fits(host)
    row = token(figure(host), "queries", 1)
    expect(row.locator("text")).to_have_text(re.compile("^W+…$"))
    expect(row.locator("title")).to_contain_text("W" * 30)


def test_the_neuron_view_is_stepped_through_by_arrow_keys(open_view, pair, page, width):
    host = open_view(NeuronView, pair, link="expanded=1&pinned=query,4")
    expect_drawn(host, "All, layer 0, head 0, expanded")
    steps = host.get_by_role("radiogroup", name="Step of the computation")
    expect(steps.get_by_role("radio")).to_have_count(len(STEPS))
    for box in boxes(steps.locator("label")):
        assert box["height"] >= 44
        assert box["width"] >= 44
    steps.get_by_role("radio", name=STEPS[0], exact=True).focus()
    for step, shown in zip(STEPS, ["Query q", "Key k", "q × k", "weight"], strict=True):
        radio = steps.get_by_role("radio", name=step, exact=True)
        expect(radio).to_be_checked()
        expect(radio).to_be_focused()
        expect(figure(host).locator("text", has_text=shown).first).to_be_visible()
        assert_fits(host)
        page.keyboard.press("ArrowRight")


def test_a_saved_picture_of_a_step_is_of_the_whole_computation(open_view, pair, width):
    host = open_view(NeuronView, pair, link="expanded=1&pinned=query,4")
    expect_drawn(host, "All, layer 0, head 0, expanded")
    host.get_by_role("radio", name="Key k").click()
    before = boxes(figure(host).locator("svg text"))
    texts = texts_of(ElementTree.fromstring(save(host, "Picture as SVG")))
    for heading in ("Query q", "Key k", "q × k (elementwise)", "q · k", "Softmax", "weight"):
        assert heading in texts
    assert boxes(figure(host).locator("svg text")) == before


def test_the_neuron_view_shows_no_steps_where_everything_fits(open_view, pair, page):
    page.set_viewport_size({"width": 1100, "height": 844})
    host = open_view(NeuronView, pair, link="expanded=1")
    expect_drawn(host, "All, layer 0, head 0, expanded")
    expect(host.get_by_role("radio")).to_have_count(0)
    assert_fits(host)


def test_the_heads_of_the_model_view_are_large_enough_for_a_finger(open_view, pair, page, width):
    host = open_view(ModelView, pair)
    expect_drawn(host, "All")
    sizes = [(box["width"], box["height"]) for box in boxes(host.locator(".bertviz-cell"))]
    assert min(min(size) for size in sizes) >= 38  # 40 with the space between two heads
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0
