"""Test that a reader steps through the words that a model wrote, and sees which led to each."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect

from bertviz_space import extract
from bertviz_space.page.components import HeadView, MatrixView
from tests.browser.reader import expect_drawn, figure, token
from tests.browser.test_saving import save
from tests.svg import SVG, texts_of

FROM = 5  # "The dog on the ship" is the prompt
WRITTEN = "#1e40af"


@pytest.fixture(scope="module")
def continued(gpt2, publish):
    """Publish a text whose last three tokens count as written by the model."""
    trace = extract(gpt2.model, gpt2.tokenizer, "The dog on the ship ran to the")
    assert len(trace.source) == FROM + 3
    return publish(replace(trace, written_from=FROM))


@pytest.mark.parametrize("view", [HeadView, MatrixView])
def test_a_reader_steps_through_the_written_words(open_view, page: Page, continued, view):
    host = open_view(view, continued)
    expect_drawn(host)
    note = host.locator(".bertviz-written-note")
    which = note.locator(".bertviz-written-which")
    expect(which).to_have_text("Tokens from position 5 on were written by the model.")
    expect(note.get_by_role("button")).to_have_count(0)  # this page cannot run the text again
    stepper = host.get_by_role("group", name="Written token")
    expect(stepper.get_by_role("status")).to_have_text("– of 3")
    stepper.get_by_role("button", name="Next written token").click()
    expect(stepper.get_by_role("status")).to_have_text("1 of 3")
    expect(note.get_by_role("status")).to_have_text(
        "“ran” (position 5) was predicted at “ship” (position 4): "
        "this row shows which tokens it attends to."
    )
    expect(token(figure(host), "queries", 4)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(stepper.get_by_role("status")).to_have_text("2 of 3")
    expect(note.get_by_role("status")).to_contain_text("“to” (position 6) was predicted at “ran”")
    ranking = host.get_by_role("table").filter(has_text="Position").first
    expect(ranking).to_contain_text("ship")  # one of the words that led to "to"
    page.keyboard.press("Escape")
    expect(stepper.get_by_role("status")).to_have_text("– of 3")
    token(figure(host), "queries", 6).click()
    expect(stepper.get_by_role("status")).to_have_text("3 of 3")


def test_the_page_and_its_saved_picture_show_the_same_written_tokens(open_view, continued):
    host = open_view(HeadView, continued)
    expect_drawn(host)
    texts = figure(host).locator(".bertviz-written text")
    expect(texts).to_have_text(["ran", "to", "the"] * 2)
    expect(texts.first).to_have_css("fill", "rgb(30, 64, 175)")
    svg = ElementTree.fromstring(save(host, "Picture as SVG"))
    written = [text.text for text in svg.iter(f"{SVG}text") if text.get("fill") == WRITTEN]
    assert written == ["ran", "to", "the"] * 2
    assert len([line for line in svg.iter(f"{SVG}line") if line.get("stroke") == WRITTEN]) == 2
    assert any(
        text.endswith("Tokens from position 5 on were written by the model.")
        for text in texts_of(svg)
    )
