"""Test that a reader finds heads by their scores, on a text or on repeated random tokens."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reader import expect_drawn, pick, show
from tests.conftest import MINILM

REPEATED = "The+cat+sat+on+the+mat+near+the+door.+The+cat+sat+on+the+mat+near"


@pytest.mark.parametrize(
    ("query", "score", "layer", "head"),
    [
        (f"model={MINILM}&text=The+doctor+asked+the+nurse+a+question", "Previous token", 0, 2),
        (f"model=tiny-gpt2&text={REPEATED}", "Induction", 1, 0),
    ],
)
def test_a_reader_finds_a_head_by_its_score_and_opens_it(
    page: Page, url, query, score, layer, head
):
    page.goto(f"{url}?{query}")
    model = show(page, "model")
    ranking = model.locator(".bertviz-head-ranking")
    # An empty ranking contains no progress either, and some layers may have another first head.
    expect(ranking.get_by_role("heading")).to_be_visible()
    expect(ranking).not_to_contain_text("layers so far")
    if score != "Previous token":  # the first choice
        pick(model, "Rank heads by", score)
    ranking.get_by_role("button").first.click()
    expect_drawn(model, f"All, Layer {layer}, Head {head}")
    row = ranking.locator("tr", has_text=score)
    assert float(row.locator("td").first.inner_text()) > 0.05
    expect(row).to_contain_text("Share of the weights on")


def test_a_link_opens_the_ranking_by_the_chosen_score(page: Page, url):
    page.goto(f"{url}?model=tiny-gpt2&text={REPEATED}")
    model = show(page, "model")
    pick(model, "Rank heads by", "Entropy")
    expect(model.get_by_role("heading", name="Heads by entropy")).to_be_visible()
    page.wait_for_url("**score=entropy**")
    page.reload()
    expect(model.get_by_role("heading", name="Heads by entropy")).to_be_visible()


def test_a_weight_of_a_pinned_token_leads_to_the_heads_of_its_pair(page: Page, url):
    query = f"model={MINILM}&text=The+doctor+asked+the+nurse+a+question&heads=2&pinned=query,5"
    page.goto(f"{url}?{query}")
    head = show(page, "head")
    expect_drawn(head, "All, layer 0, heads 2")
    head.get_by_role("button", name="heads where nurse attends to the", exact=False).first.click()
    found = head.locator(".bertviz-pair-heads")
    expect(found.get_by_role("heading")).to_have_text("Heads where nurse attends to the")
    expect(found).not_to_contain_text("layers so far")
    # The previous-token head is the first one.
    expect(found.locator("tbody tr").first).to_contain_text("L0H2")
    second = found.locator("tbody tr").nth(1).get_by_role("button", name=re.compile(r"^L\dH\d+$"))
    layer, head_number = re.findall(r"\d+", second.inner_text())
    second.click()
    expect_drawn(head, f"All, layer {layer}, heads {head_number}")
    expect(found).to_be_visible()
    head.get_by_role("button", name="← Weights").click()
    expect(head.get_by_role("heading", name="nurse attends to", exact=True)).to_be_visible()


def test_a_reader_probes_a_model_and_opens_its_induction_head(page: Page, url):
    page.goto(f"{url}?model=tiny-gpt2&text=The+cat+sat")
    model = show(page, "model")
    model.get_by_role("button", name="Probe with repeated random tokens").click()
    probe = model.locator(".bertviz-probe")
    expect(probe.get_by_role("heading").first).to_have_text(
        "Induction on 50 random tokens, repeated once"
    )
    first = probe.locator("tbody tr").first
    expect(first.get_by_role("button")).to_have_text("L1H0")
    assert float(first.locator("td").inner_text()) > 0.9
    first.get_by_role("button").click()
    expect_drawn(model, "All, Layer 1, Head 0")
