"""Test that input is shown as typed or rejected with a message, and never executed."""

import re

import pytest
from playwright.sync_api import expect

from bertviz_space import extract
from bertviz_space.models.cache import ModelCache
from tests.browser.reader import (
    choose_model,
    expect_drawn,
    expect_error,
    expect_outcome,
    expect_tokens,
    figure,
    labels,
    labels_of,
    open_page,
    outcome,
    run,
    second_text_field,
    show,
    text_field,
    view,
)

MARKUP = "</script><img src=x onerror=alert(1)>"
FAMILY = "👨‍👩‍👧‍👦"
TEXTS = (
    "${1+1} {{7*7}}",
    MARKUP,
    "<svg onload=alert(1)> &lt;b&gt; &amp;",
    "javascript:alert(1) `${alert(1)}` ' \" \\",
    f"{FAMILY} and 🇦🇹",
    "القطة جلست على الحصيرة",
    "été à midi __proto__ constructor toString",
)


@pytest.fixture(scope="module")
def tiny_bert():
    return ModelCache().get("tiny-bert")


def elements(page):
    """Return the number of elements that can run code or load a resource."""
    return page.locator("img, script, iframe, object, embed, [onerror], [onload]").count()


def test_every_text_is_shown_as_typed(page, url, tiny_bert):
    open_page(page, url)
    head = view(page, "head")
    before = elements(page)
    second_text_field(page).fill("")
    for text in TEXTS:
        text_field(page).fill(text)
        run(page)
        expected = labels_of(extract(tiny_bert.model, tiny_bert.tokenizer, text).source)
        for side in ("queries", "keys"):
            expect_tokens(head, expected, side)
        expect_outcome(page, f" {len(expected)} tokens$")
        # The tokens between [CLS] and [SEP] contain all letters.
        assert "".join(labels(figure(head), "queries")[1:-1]) == "".join(text.split())
        assert elements(page) == before
    # Tokens inside an emoji are shown as its parts.
    choose_model(page, "tiny-gpt2")
    expect(second_text_field(page)).to_be_hidden()
    text_field(page).fill("one 🐘 ran")
    run(page)
    loaded = ModelCache().get("tiny-gpt2")
    trace = extract(loaded.model, loaded.tokenizer, "one 🐘 ran")
    expected = labels_of(trace.source)
    expect_tokens(view(page, "head"), expected)
    assert "🐘 1/" in " ".join(expected)
    assert "\ufffd" not in "".join(expected)


def test_every_view_shows_markup_as_typed(page, url, tiny_bert):
    open_page(page, url)
    text_field(page).fill(MARKUP)
    second_text_field(page).fill("${alert(1)} {{7*7}}")
    run(page)
    trace = extract(tiny_bert.model, tiny_bert.tokenizer, MARKUP, text_b="${alert(1)} {{7*7}}")
    expected = labels_of(trace.source)
    expect_tokens(view(page, "head"), expected)
    model = show(page, "model")
    model.get_by_role("button", name="Layer 0, Head 0", exact=True).click()
    expect_drawn(model, "All, Layer 0, Head 0")
    expect_tokens(model, expected)
    neuron = show(page, "neuron")
    expect_drawn(neuron)
    expect_tokens(neuron, expected)
    neuron.get_by_role("button", name="Show query and key vectors").click()
    expect_drawn(neuron, "All, layer 0, head 0, expanded")
    expect_tokens(neuron, expected, "keys")
    # The tooltip contains text, position and id of the token.
    tips = figure(neuron).locator(".bertviz-keys .bertviz-token > title").all_text_contents()
    assert len(tips) > 20
    for position, (tip, each) in enumerate(zip(tips, trace.source, strict=False)):
        assert tip.startswith(f"{each.text}\n")
        assert f"position {position}," in tip
        assert f"id {each.token_id}" in tip


def test_a_word_of_ten_thousand_letters_is_cut_and_a_hostile_model_id_is_rejected(page, url):
    open_page(page, url)
    second_text_field(page).fill("")
    text_field(page).fill("a" * 10_000)
    run(page)
    # BERT reads one unknown word.
    expect_tokens(view(page, "head"), ["[CLS]", re.compile("^a{10,30}…$"), "[SEP]"])
    tip = figure(view(page, "head")).locator(".bertviz-queries .bertviz-token > title").nth(1)
    assert len(tip.text_content() or "") < 500
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # GPT-2 splits the word into more tokens than the model takes.
    choose_model(page, "tiny-gpt2")
    text_field(page).fill("xq" * 5_000)
    run(page)
    expect_outcome(page, "tokens; the model takes 512, so the end was cut.$")
    # A model id is text as well.
    text_field(page).fill("The cat")
    before = elements(page)
    for model_id in ("<img src=x onerror=alert(1)>${1+1}{{7*7}}", "a\0b"):
        choose_model(page, "tiny-bert")
        run(page)
        expect_outcome(page, "^tiny-bert ")
        choose_model(page, model_id)
        run(page)
        expect_error(page, "^This is not a model id")
        assert elements(page) == before
        expect(outcome(page).locator("*")).to_have_count(0)
