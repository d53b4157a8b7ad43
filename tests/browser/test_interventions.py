"""A reader tests what a head, an edge or a token is for, and shares what the test shows.

``tests/js/interventions.test.js`` tests which intervention each button asks for.
"""

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.reader import (
    expect_drawn,
    expect_error,
    expect_outcome,
    figure,
    run,
    run_example,
    show,
    text_field,
    token,
    view,
)

REPEATED = "lamp river stone garden lamp river stone"
OFF = "Layer 0, Head 3 off"
# The token after the text, without and with head 3 of layer 0.
CHANGE = "Log-probability of ␣garden: −0.025 → −6.897 (−6.872). Divergence: 6.700 nats."


def linked(url: str, **choices: str) -> str:
    return f"{url}?{urlencode({'model': 'tiny-gpt2', 'text': REPEATED, **choices})}"


def chips(host: Locator) -> Locator:
    """Return the names of the interventions above a figure."""
    return host.locator(".bertviz-interventions li > span")


@pytest.fixture
def head_3(page: Page, url) -> Locator:
    """Open the page with one head of the repeated text, and return the head view."""
    page.goto(linked(url, heads="3"))
    host = view(page, "head")
    expect_drawn(host)
    return host


def test_a_reader_asks_what_a_head_does_for_a_prediction_and_links_to_the_answer(head_3: Locator):
    page = head_3.page
    token(figure(head_3), "queries", 8).click()
    head_3.get_by_role("button", name="Switch off", exact=True).click()
    expect(chips(head_3)).to_have_text([OFF])
    # The pinned token stays pinned, so the answer is beside the question.
    before = head_3.locator(".bertviz-other-prediction")
    expect(before).to_contain_text(CHANGE)
    page.wait_for_url(re.compile(r"interventions=zero\+L0H3"))
    page.reload()
    expect(chips(head_3)).to_have_text([OFF])
    expect(before).to_contain_text(CHANGE)
    expect(chips(show(page, "model"))).to_have_text([OFF])
    show(page, "head").get_by_role("button", name=f"Undo: {OFF}").click()
    expect(chips(head_3)).to_have_count(0)
    expect_drawn(head_3)
    expect(before).to_be_hidden()
    page.wait_for_url(lambda address: "interventions" not in address)


def test_a_reader_cuts_an_edge_by_key(head_3: Locator):
    token(figure(head_3), "queries", 8).press("Enter")
    head_3.get_by_role("button", name=re.compile("^0.996, heads where")).press("Enter")
    head_3.get_by_role("button", name="Cut in layer 0", exact=True).press("Enter")
    expect(chips(head_3)).to_have_text(["“stone” (8) → “river” (7) cut in Layer 0"])


def test_interventions_stay_for_another_text_and_end_with_an_example(head_3: Locator):
    page = head_3.page
    head_3.get_by_role("button", name="Replace by mean", exact=True).click()
    expect(chips(head_3)).to_have_text(["Layer 0, Head 3 replaced by its mean"])
    text_field(page).fill("The dog on the ship ran")
    run(page)
    expect_outcome(page, "6 tokens")
    expect_drawn(head_3)
    expect(chips(head_3)).to_have_text(["Layer 0, Head 3 replaced by its mean"])
    run_example(page, "List")
    expect(chips(head_3)).to_have_count(0)


def test_a_cut_that_would_leave_no_edge_is_a_message_and_the_picture_stays(head_3: Locator):
    page = head_3.page
    token(figure(head_3), "queries", 0).click()
    head_3.get_by_role("button", name=re.compile("^1.000, heads where")).first.click()
    head_3.get_by_role("button", name="Cut in all heads", exact=True).click()
    expect_error(page, "the query at position 0 attends to no token in layer 0. Undo one of its")
    expect_drawn(head_3)
    expect(chips(head_3)).to_have_count(0)
    run(page)
    expect_outcome(page, "9 tokens")


def test_a_link_to_a_head_that_does_not_exist_is_a_message_and_run_works_again(page: Page, url):
    page.goto(linked(url, interventions="zero L0H9"))
    expect_error(page, "There is no head 9 in layer 0: its heads are 0 to 3. Choose one of them.")
    run(page)
    expect_outcome(page, "9 tokens")
    expect_drawn(view(page, "head"))


def test_a_reader_finds_the_head_that_matters_for_a_prediction(head_3: Locator):
    page = head_3.page
    token(figure(head_3), "queries", 8).click()
    head_3.get_by_role("button", name="Switch off each head in turn").click()
    sweep = head_3.locator(".bertviz-sweep")
    # The heads of all layers are ranked, the largest effect first.
    expect(sweep.get_by_role("button", name="Layer 3, Head 3:")).to_be_visible()
    ranked = sweep.locator(".bertviz-ranking tbody tr")
    expect(ranked.first).to_contain_text("L0H3−6.872")
    expect(ranked.nth(1)).to_contain_text("L1H0−0.302")
    sweep.get_by_role("button", name="Layer 1, Head 0: −0.302").click()
    page.wait_for_url(re.compile(r"layer=1&.*heads=0"))
    expect(head_3.get_by_role("combobox", name="Layer", exact=True)).to_have_value("1")
