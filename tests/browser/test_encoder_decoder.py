"""Test a model with encoder and decoder: three attentions, two texts, different layer counts."""

import pytest
from playwright.sync_api import Page, expect

from bertviz_space import Trace, extract
from bertviz_space.models.cache import ModelCache
from tests.browser.reader import (
    choices,
    choose_language,
    choose_model,
    expect_drawn,
    expect_outcome,
    expect_tokens,
    figure,
    labels_of,
    language_field,
    leave,
    open_page,
    pick,
    run,
    second_text_field,
    show,
    target_text_field,
    text_field,
    token,
    view,
)

TEXT = "The small elephant is tired."
TARGET = "Der kleine Elefant ist müde."


@pytest.fixture(scope="module")
def trace(t5):
    loaded = ModelCache().get(t5)
    return extract(loaded.model, loaded.tokenizer, TEXT, target_text=TARGET)


@pytest.fixture
def translated(page, url, t5):
    """Open the page, and run a text with a target text."""
    open_page(page, url)
    choose_model(page, t5)
    expect(target_text_field(page)).to_be_visible()
    expect(second_text_field(page)).to_be_hidden()
    text_field(page).fill(TEXT)
    target_text_field(page).fill(TARGET)
    run(page)
    return page


def test_each_view_shows_encoder_decoder_and_cross(translated, trace):
    head = view(translated, "head")
    source, target = labels_of(trace.source), labels_of(trace.target)
    expect_outcome(translated, rf"{len(source)} tokens · {len(target)} target tokens$")
    expect_drawn(head, "Encoder, layer 0, heads 0 1 2 3")
    assert choices(head, "Attention") == ["Encoder", "Decoder", "Cross"]
    expect_tokens(head, source, "queries")
    expect_tokens(head, source, "keys")
    pick(head, "Attention", "Decoder")
    expect_drawn(head, "Decoder, layer 0, heads 0 1 2 3")
    expect_tokens(head, target, "queries")
    expect_tokens(head, target, "keys")
    # The decoder has one more layer; Cross has this layer too, so the choice stays.
    assert choices(head, "Layer") == ["0", "1", "2"]
    pick(head, "Layer", "2")
    pick(head, "Attention", "Cross")
    expect_drawn(head, "Cross, layer 2, heads 0 1 2 3")
    expect_tokens(head, target, "queries")
    expect_tokens(head, source, "keys")
    pick(head, "Attention", "Encoder")
    expect_drawn(head, "Encoder, layer 0, heads 0 1 2 3")
    assert choices(head, "Layer") == ["0", "1"]
    expect_layers_of_the_attention_in_the_grid(translated)
    expect_weights_of_each_attention_in_the_neuron_view(translated, trace)


def expect_layers_of_the_attention_in_the_grid(page: Page) -> None:
    model = show(page, "model")
    expect_drawn(model, "Encoder")
    expect(model.locator(".bertviz-cell")).to_have_count(2 * 4)
    pick(model, "Attention", "Cross")
    expect_drawn(model, "Cross")
    expect(model.locator(".bertviz-cell")).to_have_count(3 * 4)
    model.get_by_role("button", name="Layer 2, Head 1", exact=True).click()
    expect_drawn(model, "Cross, Layer 2, Head 1")
    # The encoder has no layer 2, so the panel closes.
    pick(model, "Attention", "Encoder")
    expect_drawn(model, "Encoder")
    expect(model.locator(".bertviz-panel")).to_be_hidden()


def expect_weights_of_each_attention_in_the_neuron_view(page: Page, trace: Trace) -> None:
    neuron = show(page, "neuron")
    expect_drawn(neuron, "Encoder, layer 0, head 0, collapsed")
    neuron.get_by_role("button", name="Show query and key vectors").click()
    expect_drawn(neuron, "Encoder, layer 0, head 0, expanded")
    pick(neuron, "Layer", "1")
    pick(neuron, "Head", "2")
    weights = {
        "Encoder": trace.weights("encoder", 1),
        "Decoder": trace.weights("decoder", 1),
        "Cross": trace.weights("cross", 1),
    }
    for attention, expected in weights.items():
        leave(page)
        pick(neuron, "Attention", attention)
        expect_drawn(neuron, f"{attention}, layer 1, head 2, expanded")
        token(figure(neuron), "queries", 3).hover()
        row = expected[2, 3]
        numbers = neuron.locator(".bertviz-numbers text")
        expect(numbers).to_have_count(len(row))
        # A weight below 0.001 counts as the middle between 0 and 0.001.
        texts = numbers.all_text_contents()
        shown = [float(text.replace("<0.001", "0.0005")) for text in texts]
        assert shown == pytest.approx(row.tolist(), abs=5.1e-4)


def test_without_a_target_text_the_model_writes_it(page, url, t5):
    open_page(page, url)
    choose_model(page, t5)
    expect(target_text_field(page)).to_be_visible()
    text_field(page).fill(TEXT)
    run(page)
    expect_outcome(page, r"target tokens?\s*The model wrote the target text \(greedy, .*\)\.$")
    expect_drawn(view(page, "head"), "Encoder, layer 0, heads 0 1 2 3")


def test_chosen_languages_become_the_first_tokens(page, url, mbart50):
    open_page(page, url)
    expect(language_field(page, "Source")).to_have_count(0)
    choose_model(page, mbart50)
    expect(language_field(page, "Source")).to_have_value("en_XX")
    expect(language_field(page, "Target")).to_have_value("en_XX")
    choose_language(page, "Source", "fr_XX")
    choose_language(page, "Target", "de_DE")
    text_field(page).fill("Le café")
    target_text_field(page).fill("Die Straße")
    run(page)
    loaded = ModelCache().get(mbart50)
    trace = extract(
        loaded.model,
        loaded.tokenizer,
        "Le café",
        target_text="Die Straße",
        source_language="fr_XX",
        target_language="de_DE",
    )
    assert trace.target is not None
    head = view(page, "head")
    expect_drawn(head, "Encoder, layer 0, heads 0 1 2 3")
    expect_tokens(head, labels_of(trace.source))
    pick(head, "Attention", "Decoder")
    expect_tokens(head, labels_of(trace.target))
    assert trace.source[0].text == "fr_XX"
    assert [token.text for token in trace.target][:2] == ["</s>", "de_DE"]


def test_a_reader_searches_a_language_that_stays_chosen_while_another_model_hides_its_field(
    page, url, mbart50
):
    open_page(page, url)
    choose_model(page, mbart50)
    field = language_field(page, "Target")
    expect(field).to_have_value("en_XX")
    # Typing searches the list.
    field.click()
    options = page.locator("ul").get_by_role("option")  # not those of the views' pickers
    expect(options).to_have_count(52)
    field.press_sequentially("zh")
    expect(options).to_have_count(1)
    page.get_by_role("option", name="zh_CN").click()
    expect(field).to_have_value("zh_CN")
    choose_language(page, "Target", "de_DE")
    target_text_field(page).fill("Die Straße")
    choose_model(page, "tiny-gpt2")
    expect(language_field(page, "Target")).to_have_count(0)
    expect(target_text_field(page)).to_be_hidden()
    # Hidden fields do not affect the run.
    run(page)
    expect_outcome(page, "^tiny-gpt2 .* tokens$")
    choose_model(page, mbart50)
    expect(language_field(page, "Target")).to_have_value("de_DE")
    expect(language_field(page, "Source")).to_have_value("en_XX")
    expect(target_text_field(page)).to_have_value("Die Straße")
    run(page)
    expect_outcome(page, "^tests/mbart-50 · .* target tokens$")
