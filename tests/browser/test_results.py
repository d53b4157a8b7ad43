"""The server makes the files of a large result when the reader needs them."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import pytest
from gradio.data_classes import FileData
from gradio.utils import get_upload_folder
from playwright.sync_api import Locator, expect

from bertviz_space import extract
from bertviz_space.files.wire import TraceFiles
from bertviz_space.jobs import result_cache
from bertviz_space.jobs.result import Result
from bertviz_space.jobs.result_cache import ResultCache
from bertviz_space.jobs.store import Store
from bertviz_space.page.components import HeadView, ModelView, ViewValue, preparing
from tests.browser.conftest import serving
from tests.browser.reader import arrival_of, expect_drawn, expect_tokens, figure, pick


@pytest.fixture
def kept() -> Iterator[ResultCache]:
    """Yield a result cache that writes no file ahead."""
    kept = ResultCache(Store(Path(get_upload_folder()) / "bertviz-space"))
    with kept.run_in_progress():
        yield kept


@pytest.fixture
def large(kept, gpt2, monkeypatch) -> Result:
    """Return a result that counts as large."""
    monkeypatch.setattr(result_cache, "MAX_SMALL_RESULT_WEIGHTS", 0)
    trace = extract(gpt2.model, gpt2.tokenizer, "The dog on the ship ran")
    folder = Store(Path(get_upload_folder()) / "bertviz-space").new_folder()
    return kept.add(None, "", TraceFiles(trace, "a test", "a test", folder))


@pytest.fixture
def app(kept, large) -> Iterator[str]:
    """Serve a head view and a model view of the result."""
    value = ViewValue(manifest=FileData(path=str(large.manifest)))
    server_functions = [preparing(kept.prepare)]
    with gr.Blocks(analytics_enabled=False) as demo:
        HeadView(value, elem_id="head", server_functions=server_functions)
        with gr.Tabs():
            with gr.Tab("Front"):
                gr.Markdown("Nothing here")
            with gr.Tab("Back"):
                ModelView(value, elem_id="model", server_functions=server_functions)
    with serving(demo) as address:
        yield address


@pytest.fixture
def head(app, page, shared_tab) -> Iterator[Locator]:
    """Yield the host of the head view. The tab leaves the page before the server ends."""
    # The view fetches the next layer ahead.
    with arrival_of(page, "self-1.safetensors"):
        page.goto(app)
    host = page.locator("#head .bertviz-host")
    expect_drawn(host, re.compile("^All, layer 0, "))
    yield host
    shared_tab.leave()


def made(result: Result) -> set[str]:
    return {path.name for path in result.manifest.parent.iterdir()} - {"manifest.json"}


def test_a_layer_is_made_when_the_reader_picks_it(head, large):
    assert "self-3.safetensors" not in made(large)
    pick(head, "Layer", "3")
    expect_drawn(head, re.compile("^All, layer 3, "))
    assert "self-3.safetensors" in made(large)


def test_the_overview_is_made_when_the_reader_opens_the_model_view(page, head, large):
    assert "self-overview-0.safetensors" not in made(large)
    page.get_by_role("tab", name="Back").click()
    expect_drawn(page.locator("#model .bertviz-host"), "All")
    assert "self-overview-0.safetensors" in made(large)


def test_a_layer_that_cannot_be_made_any_more_is_reported_as_expired(
    head, large, shared_tab, complaints
):
    tokens = figure(head).locator(".bertviz-queries text").all_text_contents()
    shutil.rmtree(large.manifest.parent)
    pick(head, "Layer", "3")
    expect(head.locator(".bertviz-message")).to_have_text("This result has expired. Run again.")
    expect_tokens(head, tokens)
    # The browser may report the refusal of a file, and reports no other error.
    shared_tab.leave()
    assert all("403" in each or "404" in each for each in complaints)
    complaints.clear()
