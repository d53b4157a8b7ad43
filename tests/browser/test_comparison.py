"""A reader compares a run with that of another text, of another model, or without interventions.

``tests/js/compared_runs.test.js`` tests the figures of both runs, and
``tests/js/comparison_row.test.js`` the row above them.
"""

import re
from urllib.parse import urlencode

from playwright.sync_api import Locator, Page, expect

from tests.browser.reader import expect_drawn, expect_error, figure, pick, show, token, view
from tests.conftest import MINILM

TEXT = "lamp river stone garden lamp river stone"
OTHER_TEXT = "lamp river wood garden lamp river stone"
SENTENCE = "The doctor asked the nurse a question"

# Delays each frame of the page by a tenth of a second.
_SLOW_FRAMES = """() => {
  const { requestAnimationFrame } = window;
  window.requestAnimationFrame = (call) => setTimeout(() => requestAnimationFrame(call), 100);
}"""

_THREE_FRAMES = """async () => {
  for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
}"""


def open_run(page: Page, url: str, **choices: str) -> Locator:
    page.goto(f"{url}?{urlencode(choices)}")
    host = view(page, "head")
    expect_drawn(host)
    return host


def other_run(host: Locator) -> Locator:
    """Return the name of the other run above a figure."""
    return host.locator(".bertviz-compared-run > span")


def open_popover(page: Page) -> None:
    button = page.locator("#bertviz-compare").get_by_role("button", name="Compare").first
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")


def ask(page: Page, label: str, value: str) -> None:
    """Ask for the other run of a comparison."""
    open_popover(page)
    field = page.get_by_label(label)
    field.fill(value)
    field.press("Tab")  # closes the list of models
    page.locator("#bertviz-compare-run").click()


def test_a_reader_compares_two_texts_and_links_to_the_difference(page: Page, url):
    host = open_run(page, url, model="tiny-gpt2", text=TEXT)
    ask(page, "Other text", OTHER_TEXT)
    expect_drawn(host, "All, layer 0, heads 0 1 2 3, both")
    expect(page.locator("#bertviz-other-text")).to_be_hidden()
    expect(other_run(host)).to_have_text(f"“{OTHER_TEXT}”")
    expect(host.locator(".bertviz-run-name")).to_have_count(2)
    host.get_by_role("radio", name="Difference").check()
    pick(host, "Layer", "1")
    expect_drawn(host, "All, layer 1, heads 0 1 2 3, difference")
    token(figure(host), "queries", 8).click()
    change = host.locator(".bertviz-ranking", has_text="stone attends to").locator("tbody tr").first
    expect(change).to_contain_text(re.compile(r"[+−]0\.\d{3}"))
    shown = change.inner_text()
    parts = ("other_text=", "comparison=difference", "pinned=query", "layer=1")
    page.wait_for_url(lambda address: all(part in address for part in parts))
    page.reload()
    expect_drawn(host, "All, layer 1, heads 0 1 2 3, difference")
    expect(change).to_have_text(shown, use_inner_text=True)
    expect(other_run(show(page, "matrix"))).to_have_text(f"“{OTHER_TEXT}”")
    show(page, "head").get_by_role("button", name="End the comparison").click()
    expect(other_run(host)).to_be_hidden()
    expect_drawn(host, "All, layer 1, heads 0 1 2 3")
    page.wait_for_url(lambda address: "other_text" not in address)
    open_popover(page)
    expect(page.get_by_label("Other text")).to_have_value("")


def test_what_a_reader_types_as_soon_as_the_popover_opens_is_kept(page: Page, url):
    open_run(page, url, model="tiny-gpt2", text=TEXT)
    page.evaluate(_SLOW_FRAMES)
    open_popover(page)
    field = page.get_by_label("Other text")
    field.fill(OTHER_TEXT)
    page.evaluate(_THREE_FRAMES)
    expect(field).to_have_value(OTHER_TEXT)


def test_a_reader_sees_what_a_head_changes_in_the_attention(page: Page, url):
    choices = {"layer": "1", "heads": "0", "pinned": "query,8"}
    host = open_run(page, url, model="tiny-gpt2", text=TEXT, interventions="zero L0H3", **choices)
    expect(other_run(host)).to_have_text("the run without interventions")
    host.get_by_role("radio", name="Difference").check()
    expect_drawn(host, "All, layer 1, heads 0, difference")
    # The induction head no longer attends to the token after the earlier "stone".
    first = host.locator(".bertviz-ranking", has_text="stone attends to").locator("tbody tr").first
    expect(first).to_contain_text(re.compile(r"garden.*−0\.\d{3}", re.DOTALL))
    expect(host.get_by_role("button", name="End the comparison")).to_be_hidden()


def test_a_reader_finds_the_layer_in_which_two_models_differ(page: Page, url, tuned_minilm):
    open_run(page, url, model=MINILM, text=SENTENCE)
    model = show(page, "model")
    expect_drawn(model)
    ask(page, "Other model", tuned_minilm)
    expect(other_run(model)).to_have_text(tuned_minilm)
    expect(model.get_by_role("heading", name="Heads by change")).to_be_visible()
    heads = model.locator(".bertviz-head-ranking tbody tr")
    expect(heads.first).to_contain_text(re.compile(r"L[345]H\d"))
    model.get_by_role("button", name="Compare in Head view →").click()
    expect_drawn(view(page, "head"), re.compile("both$"))


def test_models_of_different_tokenizers_are_an_error_and_the_picture_stays(page: Page, url):
    host = open_run(page, url, model="tiny-gpt2", text=TEXT)
    ask(page, "Other model", "tiny-bert")
    expect_error(page, "tiny-gpt2 and tiny-bert have different tokenizers")
    expect(host).to_have_attribute("data-ready", "All, layer 0, heads 0 1 2 3")
    expect(other_run(host)).to_be_hidden()


def test_an_example_ends_the_comparison(page: Page, url):
    host = open_run(page, url, model="tiny-gpt2", text=TEXT, other_text=OTHER_TEXT)
    expect_drawn(host, re.compile("both$"))
    page.get_by_role("button", name="Examples").click()
    page.locator("#bertviz-examples .gallery-item").last.click()
    page.wait_for_url(lambda address: "other_text" not in address)
    expect(other_run(host)).to_be_hidden()


def test_compare_works_after_a_link_to_an_intervention_that_is_not_possible(page: Page, url):
    choices = {"model": "tiny-gpt2", "text": TEXT, "interventions": "zero L9H9"}
    page.goto(f"{url}?{urlencode(choices)}")
    expect_error(page, "There is no layer 9 in this model.")
    ask(page, "Other text", OTHER_TEXT)
    expect_drawn(view(page, "head"), re.compile("both$"))
