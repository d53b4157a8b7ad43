"""A reader lets a model continue the text, and finds the words that led to a written word."""

import re
from threading import Event

import pytest
from playwright.sync_api import Page, expect

from bertviz_space import extract
from bertviz_space.jobs import handler
from tests.browser.reader import (
    choose_model,
    expect_drawn,
    expect_error,
    expect_tokens,
    figure,
    open_page,
    outcome,
    run,
    second_text_field,
    text_field,
    view,
)

TEXT = "The sailor asked the"


@pytest.fixture
def form(page: Page, url) -> Page:
    """Open the page, and fill in a text for tiny-gpt2."""
    open_page(page, url)
    # The fields of the first model could arrive after those of the second.
    expect(second_text_field(page)).to_be_visible()
    choose_model(page, "tiny-gpt2")
    text_field(page).fill(TEXT)
    expect(page.get_by_label("Continue by")).to_be_visible()
    return page


def words_of(gpt2, **options) -> list[str]:
    trace = extract(gpt2.model, gpt2.tokenizer, TEXT, **options)
    return [each.text.strip() for each in trace.source]


def test_a_reader_continues_a_text_and_reads_which_words_led_to_a_written_word(form: Page, gpt2):
    form.get_by_label("Continue by").fill("6")
    run(form)
    expect(outcome(form)).to_have_text(re.compile(r"continued the text by 6 tokens \(greedy\)"))
    head = view(form, "head")
    expect_tokens(head, words_of(gpt2, continue_tokens=6))
    expect_drawn(head)
    head.get_by_role("button", name="Next").click()
    expect(head).to_contain_text("“painter” (position 4) was predicted at “the” (position 3)")
    expect(head.locator(".bertviz-prediction")).to_contain_text("The next token, painter, has rank")
    # The link stores how the text is continued.
    form.wait_for_url(re.compile("continue=6"))
    form.reload()
    expect_tokens(head, words_of(gpt2, continue_tokens=6))
    expect(form.get_by_label("Continue by")).to_have_value("6")


def test_a_reader_edits_what_the_model_wrote_and_runs_it_again(form: Page, gpt2):
    form.get_by_label("Continue by").fill("3")
    run(form)
    head = view(form, "head")
    words = words_of(gpt2, continue_tokens=3)
    expect_tokens(head, words)
    head.get_by_role("button", name="Edit this text").click()
    expect(text_field(form)).to_be_focused()
    expect(text_field(form)).to_have_value(" ".join(words))
    expect(form.get_by_label("Continue by")).to_have_value("")
    text_field(form).press_sequentially(" today")
    run(form)
    expect_tokens(head, [*words, "today"])
    expect(head.get_by_role("button", name="Edit this text")).to_be_hidden()


def test_a_link_with_a_temperature_and_a_seed_shows_the_same_text(page: Page, url, gpt2):
    query = f"model=tiny-gpt2&text={TEXT}&continue=5&temperature=2.5&top_p=0.9&seed=7"
    options = {"continue_tokens": 5, "temperature": 2.5, "top_p": 0.9, "seed": 7}
    page.goto(f"{url}?{query}")
    expect_tokens(view(page, "head"), words_of(gpt2, **options))
    for label, value in (("Temperature", "2.5"), ("Top-p", "0.9"), ("Seed", "7")):
        expect(page.get_by_label(label)).to_have_value(value)
    expect(view(page, "head").locator(".bertviz-change")).to_be_empty()


def test_a_reader_watches_the_model_write_and_stops_it(form: Page, gpt2, monkeypatch):
    report, reported = handler._report_written, list[str]()

    def pause_at_the_third_token(caller, model_id: str, text: str) -> bool:
        report(caller, model_id, text)
        reported.append(text)
        if len(reported) == 3:
            pressed = Event()
            caller.stop_writing.add_callback(pressed.set)
            assert pressed.wait(60)
        return not caller.stop_writing.is_requested

    monkeypatch.setattr(handler, "_report_written", pause_at_the_third_token)
    form.get_by_label("Continue by").fill("9")
    run(form)
    expect(outcome(form)).to_have_text("tiny-gpt2 writes: painter a question …")
    form.get_by_role("button", name="Stop writing").click()
    expect(outcome(form)).to_have_text(re.compile("continued the text by 3 tokens"))
    expect(form.get_by_role("button", name="Stop writing")).to_be_hidden()
    expect_tokens(view(form, "head"), words_of(gpt2, continue_tokens=3))
    # The link shows the text that was written.
    form.wait_for_url(re.compile("continue=3"))


@pytest.mark.parametrize(
    ("label", "value", "message"),
    [
        ("Continue by", "65", "can be continued by 1 to 64 tokens, not by 65"),
        ("Temperature", "0", "A temperature must be greater than 0"),
        ("Temperature", "hot", "temperature and top-p must be numbers"),
        ("Top-p", "2", "Top-p must be greater than 0 and at most 1"),
    ],
)
def test_a_number_that_does_not_fit_is_explained_and_the_picture_stays(
    form: Page, label, value, message
):
    tokens = figure(view(form, "head")).locator(".bertviz-queries text").all_text_contents()
    form.get_by_label("Continue by").fill("5")
    form.get_by_label("Temperature").fill("1")
    form.get_by_label(label).fill(value)
    form.get_by_label("Seed").press("Tab")
    run(form)
    expect_error(form, message)
    expect_tokens(view(form, "head"), tokens)
