"""Test that a reader can open a file of tensors that the code in the README writes."""

import json
import os
import re
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import torch
from gradio.utils import get_upload_folder
from playwright.sync_api import Page, expect
from safetensors.torch import save_file

from bertviz_space.jobs.uploads import Uploads
from tests.browser.ink import CATEGORY10, assert_ink, on_line, pixels
from tests.browser.reader import (
    copy_link,
    expect_drawn,
    expect_error,
    expect_outcome,
    expect_tokens,
    figure,
    labels,
    open_page,
    outcome,
    show,
    token,
    view,
)
from tests.unit.tiny_models import KINDS

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def own(tmp_path_factory) -> tuple[Path, torch.Tensor]:
    """Write a file with the code in the README; return its path and its weights."""
    written = re.search(r"From PyTorch, for one text:\n\n```python\n(.*?)```", README, re.DOTALL)
    assert written
    model, tokenizer = KINDS["gpt2"].build().eval(), KINDS["gpt2"].tokenizer()
    model.set_attn_implementation("eager")
    inputs = tokenizer("the cat sat", return_tensors="pt")
    names: dict[str, Any] = {"torch": torch, "json": json, "save_file": save_file}
    names |= {"model": model, "tokenizer": tokenizer, "inputs": inputs}
    before = Path.cwd()
    os.chdir(tmp_path_factory.mktemp("own"))
    try:
        exec(written[1], names)
        return Path("own.safetensors").resolve(), names["weights"].detach()
    finally:
        os.chdir(before)


def open_file(page: Page, path: Path) -> None:
    button = page.get_by_role("button", name="Choose .safetensors or .npz")
    if not button.is_visible():
        page.get_by_role("button", name="Own file").click()
    with page.expect_file_chooser() as chooser:
        button.click()
    chooser.value.set_files(path)


@pytest.fixture
def is_read(monkeypatch) -> Event:
    """Return an event that is set when the private path of an upload has been removed."""
    is_read, private_path = Event(), Uploads.private_path

    @contextmanager
    def private_path_and_notify(self, file):
        with private_path(self, file) as path:
            yield path
        is_read.set()

    monkeypatch.setattr(Uploads, "private_path", private_path_and_notify)
    return is_read


def test_all_three_views_show_a_reader_s_own_file(page: Page, url, own, is_read):
    path, weights = own
    open_page(page, url)
    open_file(page, path)
    expect_outcome(page, rf"^{path.name} · 3 layers × 4 heads · {weights.shape[-1]} tokens$")
    head_view = view(page, "head")
    expect_drawn(head_view, re.compile("^All, layer 0"))
    # The file has t, he, Ġcat, Ġsat; the tooltip shows the spelling of the vocabulary.
    expect_tokens(head_view, ["t", "he", "cat", "sat"])
    expect(token(figure(head_view), "queries", 2).locator("title")).to_have_text(
        " cat\nposition 2, vocabulary entry Ġcat"
    )
    head_view.locator(".bertviz-square").nth(2).dblclick()
    expect_drawn(head_view, re.compile("heads 2$"))
    token(figure(head_view), "queries", 2).hover()
    [ink] = pixels(head_view, [on_line(figure(head_view), 2, 1, at=0.95)])
    assert_ink(ink, (CATEGORY10[2], float(weights[0, 2, 2, 1])))
    expect_drawn(show(page, "model"), "All")
    neuron_view = show(page, "neuron")
    expect_drawn(neuron_view, "All, layer 0, head 2, collapsed")
    expect(neuron_view.get_by_role("button", name="Show query and key vectors")).to_have_count(0)
    expect_drawn(show(page, "matrix"), "All, layer 0, head 2")
    copy_link(page, "No link to a local file: use Save")
    # The copy that was read is removed, and the upload within two minutes (unit/test_uploads.py).
    assert is_read.wait(30)
    assert list(Path(get_upload_folder()).glob(f"private-*/{path.name}")) == []


def test_the_picture_stays_if_a_file_cannot_be_read(page: Page, url, tmp_path):
    open_page(page, url)
    before = labels(figure(view(page, "head")), "queries")
    path = tmp_path / "notes.safetensors"
    path.write_text("<script>alert(1)</script>")
    open_file(page, path)
    expect_error(page, "^The file is neither a safetensors nor an npz file, or it is damaged.")
    assert labels(figure(view(page, "head")), "queries") == before
    # The same button again, with a file whose name looks like HTML.
    path = tmp_path / "<img src=x onerror=alert(1)>.safetensors"
    weights = torch.eye(2)[None, None]
    save_file({"self": weights}, path, {"tokens": json.dumps(["<b>", "${1+1}"])})
    open_file(page, path)
    expect(outcome(page)).to_have_text(re.compile("1 layer × 1 head · 2 tokens$"))
    expect_drawn(view(page, "head"), "All, layer 0, heads 0")
    assert labels(figure(view(page, "head")), "queries") == ["<b>", "${1+1}"]
