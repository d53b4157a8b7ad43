"""Compares our views with BertViz's page where BertViz has defects that we avoid."""

import pytest
from playwright.sync_api import expect

from bertviz_space import extract
from bertviz_space.page.components import HeadView, NeuronView
from bertviz_space.page.published_assets import published_script
from tests.browser.bertviz.original import head_page
from tests.browser.ink import rgb
from tests.browser.reader import (
    expect_drawn,
    expect_tokens,
    figure,
    leave,
    open_page,
    pick,
    show,
    token,
)

# Returns the bytes of every file of a result that the page has fetched.
_FETCHED = """performance.getEntriesByType("resource")
  .filter(({ name }) => /manifest.json$|safetensors$/.test(name))
  .map(({ decodedBodySize }) => decodedBodySize)"""


@pytest.mark.parametrize(("repeats", "most"), [(1, 0.1), (8, 0.02)])
def test_a_picture_takes_a_small_part_of_bertvizs_bytes(
    minilm, publish, open_view, page, repeats, most
):
    text = " ".join(["The cat sat on the mat and looked at the rug."] * repeats)
    result = publish(extract(minilm.model, minilm.tokenizer, text))
    expect_drawn(open_view(HeadView, result))
    # The first two files are the manifest and the visible layer; the next layer is prefetched.
    sizes = page.evaluate(_FETCHED)[:2]
    assert sum(sizes) < most * len(head_page(result.trace))


def test_no_element_of_the_page_stands_for_a_weight(open_both, pair):
    host, original = open_both(HeadView, pair, head_page(pair.trace))
    weights = 12 * len(pair.trace.source) ** 2
    assert original.locator("#vis line").count() == weights
    assert host.locator("*").count() < weights / 4


def test_bytes_of_a_vocabulary_are_shown_as_letters(open_both, gpt2, publish):
    result = publish(extract(gpt2.model, gpt2.tokenizer, "été\nà"))
    host, original = open_both(HeadView, result, head_page(result.trace))
    theirs = "".join(original.locator("#left text").all_text_contents())
    assert "Ã" in theirs and "Ċ" in theirs
    ours = "".join(figure(host).locator(".bertviz-queries text").all_text_contents())
    assert not {"Ã", "Ċ", "Ġ", "©"} & set(ours)
    assert "é" in ours and "à" in ours


def test_two_neuron_views_on_a_page_do_not_touch(open_view, page, pair, single):
    page.set_viewport_size({"width": 1300, "height": 1500})
    first = open_view(NeuronView, pair)
    expect_drawn(first, "All, layer 0, head 0, collapsed")
    page.evaluate(
        """async ([script, manifest]) => {
            const host = document.body.appendChild(document.createElement("div"));
            host.className = "second-host";
            const { modules } = await import(script);
            await modules["views/neuron.js"].mount(host).update(manifest);
        }""",
        [published_script()["url"], single.manifest],
    )
    second = page.locator(".second-host")
    expect_drawn(second, "All, layer 0, head 0, collapsed")
    token(figure(first), "queries", 2).hover()
    figure(first).get_by_role("button", name="Show query and key vectors").click()
    expect_drawn(first, "All, layer 0, head 0, expanded")
    pick(first, "Head", "5")
    expect_drawn(first, "All, layer 0, head 5, expanded")
    expect_drawn(second, "All, layer 0, head 0, collapsed")
    token(figure(second), "queries", 1).hover()
    expect(second.locator(".bertviz-highlighted")).to_have_count(1)
    expect(first.locator(".bertviz-highlighted")).to_have_count(0)
    leave(page)
    expect_tokens(first, [each.text for each in pair.trace.source])
    expect_tokens(second, [each.text for each in single.trace.source])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axes_of_the_model_view_stand_out_on_a_light_and_on_a_dark_page(page, url, theme):
    open_page(page, url, f"?__theme={theme}")
    model = show(page, "model")
    expect_drawn(model, "All")
    fills = model.locator(".bertviz-axis").evaluate_all(
        "(all) => all.map((each) => getComputedStyle(each).fill)"
    )
    assert len(fills) > 8
    for fill in fills:
        assert min(rgb(fill)) > 140 if theme == "dark" else max(rgb(fill)) < 140
