"""Test that a reader hides attention in all views, by menu, by link and in saved files."""

from xml.etree import ElementTree

import torch
from playwright.sync_api import Locator, Page, expect

from bertviz_space import extract
from bertviz_space.models.cache import ModelCache
from tests.browser.reader import expect_drawn, show, view
from tests.browser.test_saving import save
from tests.conftest import MINILM
from tests.svg import lines_of

TEXT = "The doctor asked the nurse a question because she was late."
QUERY = f"model={MINILM}&text={TEXT.replace(' ', '+')}"
HIDDEN = "Attention to special tokens is hidden."


def filter_menu(host: Locator) -> Locator:
    """Open the Filter menu of a view."""
    host.locator(".bertviz-filter summary").click()
    return host.get_by_role("group", name="Filter")


def minilm_weights(layer: int) -> torch.Tensor:
    """Return the weights of a layer, 0 on [CLS] and [SEP]: float32 ``[head, query, key]``."""
    loaded = ModelCache().get(MINILM)
    weights = extract(loaded.model, loaded.tokenizer, TEXT).weights("self", layer)
    weights[..., [0, -1]] = 0
    return weights


def test_a_reader_hides_special_tokens_in_all_views_and_shares_the_link(page: Page, url):
    page.goto(f"{url}?{QUERY}&layer=2&heads=5&head=5")
    head = view(page, "head")
    expect_drawn(head)
    filter_menu(head).get_by_label("Hide attention to special tokens").check()
    expect(head.locator(".bertviz-filter-note")).to_contain_text(HIDDEN)
    expect(head.locator(".bertviz-filter-note")).to_contain_text("lines are hidden")
    page.wait_for_url("**filter=special**")
    for name in ("model", "neuron"):
        host = show(page, name)
        expect_drawn(host)
        expect(host.locator(".bertviz-filter-note")).to_contain_text(HIDDEN)
    page.reload()
    expect(view(page, "neuron").locator(".bertviz-filter-note")).to_contain_text(HIDDEN)
    head = show(page, "head")
    expect_drawn(head)
    head.locator(".bertviz-filter-note").get_by_role("button", name="Show all").click()
    expect(head.locator(".bertviz-filter-note")).to_be_hidden()
    expect(page).not_to_have_url("filter=")


def test_a_saved_picture_and_its_numbers_leave_out_what_is_hidden(page: Page, url):
    page.goto(f"{url}?{QUERY}&layer=2&heads=5&head=5&filter=special")
    head = view(page, "head")
    expect_drawn(head)
    weights = minilm_weights(2)[5]
    svg = ElementTree.fromstring(save(head, "Picture as SVG"))
    [lines] = lines_of(svg)
    found = torch.tensor(sorted(lines.opacities.values()))
    expected = weights[weights >= 0.5 / 255].sort().values
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=0)
    assert HIDDEN in (svg.findtext("{*}desc") or "")
    table = save(head, "Weights as CSV").decode("utf-8-sig").splitlines()
    assert any(line.startswith("# filter,") and "special" in line for line in table)
    last = [float(number) for number in table[-1].split(",")[-weights.shape[1] :]]
    torch.testing.assert_close(torch.tensor(last), weights[-1], atol=1e-5, rtol=0)


def test_the_grid_shows_only_what_is_not_hidden(page: Page, url):
    page.goto(f"{url}?{QUERY}&view=model&filter=special")
    model = view(page, "model")
    expect_drawn(model)
    svg = ElementTree.fromstring(save(model, "Picture as SVG"))
    layers = list(lines_of(svg))
    assert len(layers) == 6
    for number, layer in enumerate(layers):
        weights = minilm_weights(number).flatten()
        found = torch.tensor(sorted(layer.opacities.values()))
        # A byte of an overview stores the square root of a weight; byte 12 is the first visible.
        visible = weights[(255 * weights.sqrt()).round() >= 12].sort().values
        torch.testing.assert_close(found, visible, atol=1 / 255, rtol=0)
