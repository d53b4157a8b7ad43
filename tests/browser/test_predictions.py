"""Test that a reader finds out what the model predicts: in the inspector, in the picture, in files.

``tests/js/predictions.test.js`` tests what the views say about each kind of prediction.
"""

import base64
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from bertviz_space import Trace
from bertviz_space.page.components import HeadView
from bertviz_space.trace import Predictions
from tests.browser.reader import (
    choose_model,
    expect_drawn,
    figure,
    open_page,
    run,
    show,
    text_field,
    token,
    view,
)
from tests.browser.test_phone import assert_fits
from tests.browser.test_saving import save

TEXT = "The dog on the ship ran"


def predictions_of(trace: Trace) -> Predictions:
    assert isinstance(trace.predictions, Predictions)
    return trace.predictions


def label_of(predictions: Predictions, position: int) -> str:
    """Return the label of the most likely token at a position."""
    [text, _] = predictions.vocabulary[int(predictions.token_ids[position, 0])]
    return text.replace(" ", "␣")


def section(host: Locator) -> Locator:
    return host.locator(".bertviz-prediction")


def column(host: Locator) -> Locator:
    return figure(host).locator(".bertviz-predictions text")


def column_of(trace: Trace) -> list[str]:
    """Return the texts of the column of a whole trace."""
    predictions = predictions_of(trace)
    return [
        text
        for position, (most, *_) in enumerate(predictions.probabilities.tolist())
        for text in (label_of(predictions, position), f"{most:.3f}")
    ]


def test_a_reader_pins_a_token_and_reads_what_the_model_predicts_after_it(
    page: Page, url, causal, tmp_path: Path
):
    open_page(page, url)
    choose_model(page, "tiny-gpt2")
    text_field(page).fill(TEXT)
    run(page)
    host = view(page, "head")
    expect(host.locator(".bertviz-title")).to_contain_text(TEXT)
    expect_drawn(host)
    predictions = predictions_of(causal.trace)
    token(figure(host), "queries", 3).click()
    expect(section(host).get_by_role("heading")).to_have_text("Prediction after the")
    expect(section(host).locator("p")).to_have_text(
        re.compile(
            rf"^The next token, ship, has rank {predictions.ranks[3]}: probability [\d.]+, "
            rf"log-probability −{-predictions.log_probabilities[3]:.2f}\.$"
        )
    )
    expect(section(host).locator("tbody tr")).to_have_count(10)
    first = section(host).get_by_role("rowheader").first
    expect(first).to_have_text(label_of(predictions, 3))
    expect(first).to_have_attribute("title", re.compile("^Ġ"))
    host.get_by_role("button", name="Predictions", exact=True).click()
    expect(column(host)).to_have_text(column_of(causal.trace))
    page.wait_for_url("**predictions=1**")
    page.reload()
    expect(column(host)).to_have_text(column_of(causal.trace))
    expect(section(host).get_by_role("heading")).to_have_text("Prediction after the")
    for name in ("Neuron", "Matrix"):
        page.get_by_role("tab", name=f"{name} view").click()
        other = view(page, name.lower())
        expect(section(other).get_by_role("heading")).to_have_text("Prediction after the")


def probability_in(sentence: str) -> float:
    [probability] = re.findall(r": probability ([\d.]+),", sentence)
    return float(probability)


def test_a_reader_masks_a_pinned_token_and_reads_another_probability(page: Page, url):
    page.goto(f"{url}?model=tiny-bert&text={TEXT.replace(' ', '+')}")
    host = view(page, "head")
    expect_drawn(host)
    token(figure(host), "queries", 2).click()
    expect(section(host).get_by_role("heading")).to_have_text("Prediction at dog")
    host.get_by_role("button", name="Mask this token").click()
    masked = host.locator(".bertviz-masked-prediction")
    expect(masked.get_by_role("heading")).to_have_text("Prediction at dog, masked")
    expect(masked.locator("tbody tr")).to_have_count(10)
    expect(masked.locator("p")).to_have_text(re.compile("^dog has rank [\\d,]+: probability"))
    read, unread = [
        probability_in(each.inner_text())
        for each in (section(host).locator("p"), masked.locator("p"))
    ]
    assert read != unread
    # The matrix view has the same pinned token, and asks the server itself.
    matrix = show(page, "matrix")
    matrix.get_by_role("button", name="Mask this token").click()
    expect(matrix.locator(".bertviz-masked-prediction p")).to_have_text(
        masked.locator("p").text_content() or ""
    )


@pytest.fixture
def host(open_view, causal):
    host = open_view(HeadView, causal, "predictions=1&pinned=query,3")
    expect_drawn(host)
    return host


def test_saved_files_contain_the_predictions(host, causal, chromium, tmp_path: Path):
    svg = save(host, "Picture as SVG").decode()
    for text in column_of(causal.trace):
        assert f">{text}</text>" in svg
    assert "Beside each query: the token that the model predicts after it" in svg
    table = save(host, "Predictions as CSV").decode("utf-8-sig")
    [header, *rows] = [line for line in table.splitlines() if not line.startswith("#")]
    assert header.startswith("position,token,actual_token,actual_rank,")
    assert len(rows) == len(causal.trace.source)
    assert rows[3].startswith(f"3,the,ship,{predictions_of(causal.trace).ranks[3]},")
    page = save(host, "Page as HTML").decode()
    [content] = re.findall(r'id="content">(.*?)</script>', page)
    assert base64.b64decode(json.loads(content)["files"]["predictions.safetensors"])
    path = tmp_path / "saved.html"
    path.write_text(page, encoding="utf-8")
    with chromium.new_context(offline=True) as context:
        saved = context.new_page()
        saved.goto(path.as_uri())
        shown = saved.locator(".bertviz-standalone")
        expect(column(shown)).to_have_text(column_of(causal.trace))
        expect(section(shown).get_by_role("heading")).to_have_text("Prediction after the")


@pytest.mark.parametrize(("width", "texts"), [(390, 12), (296, 6)])
def test_the_column_fits_on_a_phone(page, open_view, causal, width, texts):
    page.set_viewport_size({"width": width, "height": 844})
    host = open_view(HeadView, causal, "predictions=1&pinned=key,2")
    expect_drawn(host)
    expect(column(host)).to_have_count(texts)
    assert_fits(host)


def test_another_token_does_not_change_the_height_of_the_section(host):
    heights = set()
    for row in (1, 2, 4):
        token(figure(host), "queries", row).click()
        expect(section(host)).to_be_visible()
        expect(host.locator(".bertviz-queries .bertviz-pinned")).to_have_attribute(
            "data-position", str(row)
        )
        heights.add((section(host).bounding_box() or {})["height"])
    assert len(heights) == 1
