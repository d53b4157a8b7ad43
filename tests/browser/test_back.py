"""Test that the browser's Back button undoes what the reader did on the page."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reader import (
    choose_model,
    expect_drawn,
    expect_outcome,
    expect_tokens,
    model_field,
    open_page,
    pick,
    run,
    second_text_field,
    show,
    text_field,
    view,
)

TEXT = "The cat sat on the mat"


@pytest.fixture
def space(page: Page, url: str) -> Page:
    """Open the Space without a link. Its first picture shows a pair of texts on tiny-bert."""
    open_page(page, url)
    return page


def test_back_undoes_a_run_with_its_fields(space):
    text_field(space).fill("The dog ran")
    run(space)
    expect_outcome(space, " 12 tokens$")
    expect_drawn(view(space, "head"))
    choose_model(space, "tiny-gpt2")
    expect(second_text_field(space)).to_be_hidden()
    run(space)
    expect_outcome(space, "^tiny-gpt2 .* 3 tokens$")
    expect_drawn(view(space, "head"))
    space.go_back()
    expect_outcome(space, "^tiny-bert .* 12 tokens$")
    expect(text_field(space)).to_have_value("The dog ran")
    expect_drawn(view(space, "head"))
    space.go_back()
    expect_outcome(space, "^tiny-bert .* 15 tokens$")
    expect(text_field(space)).to_have_value(TEXT)
    expect_drawn(view(space, "head"))
    space.go_forward()
    expect_outcome(space, "^tiny-bert .* 12 tokens$")


def test_back_undoes_a_layer_and_a_view_without_loading_the_page_again(space):
    space.evaluate("window.isSamePage = true")
    head = view(space, "head")
    pick(head, "Layer", "2")
    expect_drawn(head, "All, layer 2, heads 0 1 2 3")
    neuron = show(space, "neuron")
    expect_drawn(neuron, "All, layer 2, head 0, collapsed")
    space.go_back()
    expect(space.get_by_role("tab", selected=True)).to_have_text("Head view")
    space.go_back()
    expect_drawn(head, "All, layer 0, heads 0 1 2 3")
    space.go_forward()
    expect_drawn(head, "All, layer 2, heads 0 1 2 3")
    assert space.evaluate("window.isSamePage")


def test_a_new_model_starts_from_its_defaults(space):
    head = view(space, "head")
    pick(head, "Layer", "2")
    head.locator(".bertviz-square").nth(1).dblclick()
    expect_drawn(head, "All, layer 2, heads 1")
    choose_model(space, "tiny-gpt2")
    expect(model_field(space)).to_have_value("tiny-gpt2 — demo, works offline")
    run(space)
    expect_outcome(space, "^tiny-gpt2 .* tokens$")
    expect_drawn(head, "All, layer 0, heads 0 1 2 3")
    expect_tokens(head, TEXT.split())
