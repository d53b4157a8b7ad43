"""A reader runs cells in JupyterLab and uses the views in their outputs."""

import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect

FRAME = "iframe.bertviz-notebook-frame"


@pytest.fixture
def open_notebook(lab, page):
    """Return a function that opens a notebook with these cells and runs it."""
    url, folder = lab

    def open_(name, *sources):
        notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
        notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
        nbformat.write(notebook, folder / name)
        page.goto(f"{url}/lab/tree/{name}?reset")
        # JupyterLab 4.6 drops what is run before the kernel has answered.
        expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
        page.locator(".jp-Cell .cm-content").first.click()
        for _ in sources:
            page.keyboard.press("Shift+Enter")
        return page

    return open_


def load(folder, as_class="AutoModel"):
    return (
        f"from transformers import {as_class}, AutoTokenizer\n"
        f"model = {as_class}.from_pretrained({str(folder)!r})\n"
        f"tokenizer = AutoTokenizer.from_pretrained({str(folder)!r})\n"
        "from bertviz_space import head_view, model_view, neuron_view"
    )


@pytest.mark.parametrize("as_widget", [True, False])
def test_the_three_calls_show_their_views(open_notebook, models, as_widget):
    page = open_notebook(
        f"three-{as_widget}.ipynb",
        load(models["bert"]),
        f'head_view(model, tokenizer, "The cat sat", layer=2, as_widget={as_widget})',
        f'model_view(model, tokenizer, "The cat sat", as_widget={as_widget})',
        f'neuron_view.show(model, tokenizer, "The cat sat", as_widget={as_widget})',
    )
    titles = ["layer 2, heads 0 to 11", "layers 0 to 11", "layer 0, head 0"]
    for view, title in zip(("Head", "Model", "Neuron"), titles, strict=True):
        frame = page.frame_locator(f'iframe[title="{view} view of bert"]')
        expect(frame.get_by_role("heading", name=title)).to_be_visible()
        expect(frame.locator("canvas").first).to_be_visible()
    # The pictures for places without scripts are gone.
    expect(page.locator(".jp-OutputArea img")).to_have_count(0)


def test_a_reader_pins_a_token_and_chooses_another_layer_in_a_widget(open_notebook, models):
    page = open_notebook(
        "pin.ipynb",
        load(models["bert"]),
        'head_view(model, tokenizer, "The cat sat", as_widget=True)',
    )
    frame = page.frame_locator(FRAME)
    frame.get_by_role("option", name=re.compile("^cat")).first.click()
    unpin = frame.get_by_role("button", name="Pinned · Unpin")
    expect(unpin).to_be_visible()
    frame.get_by_role("combobox", name="Layer").select_option("7")
    expect(frame.get_by_role("heading", name="layer 7")).to_be_visible()
    expect(unpin).to_be_visible()


def test_a_text_of_4096_tokens_is_shown_and_the_saved_notebook_stays_small(
    open_notebook, models, lab
):
    page = open_notebook(
        "long.ipynb",
        load(models["bert"]),
        'model_view(model, tokenizer, "the cat sat " * 1400)',
        'head_view(model, tokenizer, "the cat sat " * 1400, heads=[0])',
    )
    for view in ("Model", "Head"):
        frame = page.frame_locator(f'iframe[title="{view} view of bert"]')
        expect(frame.locator("canvas").first).to_be_visible()
    expect(page.frame_locator(FRAME).first.get_by_text("4,096")).to_be_visible()
    page.keyboard.press("Control+s")
    url, _ = lab
    contents = f"{url}/api/contents/long.ipynb"
    # JupyterLab may save twice, and a notebook that is being written cannot be read.
    size = page.wait_for_function(
        """async (url) => {
          const { content } = await (await fetch(url)).json();
          const calls = content?.cells.filter(({ source }) => source.includes("_view("));
          return calls?.every(({ outputs }) => outputs.length) && JSON.stringify(content).length;
        }""",
        arg=contents,
    ).json_value()
    assert size < 2_000_000


def test_attention_that_is_none_is_an_error_with_a_remedy_in_the_cell(open_notebook, models):
    page = open_notebook(
        "none.ipynb",
        load(models["bert"]),
        'inputs = tokenizer("The cat sat", return_tensors="pt")\n'
        "head_view(model(**inputs).attentions, tokenizer.tokenize('The cat sat'))",
    )
    expect(
        page.get_by_text("attention is None, because the model did not return").last
    ).to_be_visible()
