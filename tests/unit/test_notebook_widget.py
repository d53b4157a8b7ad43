"""A widget answers its page with the files of the result, and with nothing else."""

import base64
import re

import pytest
import torch
from safetensors.torch import load

from bertviz_space import head_view, model_view
from bertviz_space.notebook.widget import ViewWidget

TOKENS = list("abcdef")


@pytest.fixture
def attention():
    torch.manual_seed(0)
    return [torch.randn(1, 2, 6, 6).softmax(-1) for _ in range(3)]


@pytest.fixture
def widget(attention, monkeypatch):
    """Return a widget whose answers are in its attribute ``sent``."""
    view = head_view(attention, TOKENS, html_action="return", as_widget=True)
    assert isinstance(view, ViewWidget)
    sent = []
    monkeypatch.setattr(view, "send", lambda content, buffers=(): sent.append((content, *buffers)))
    monkeypatch.setattr(view, "sent", sent, raising=False)
    return view


def ask(widget, message):
    """Return the answers to a message of the page."""
    widget.sent.clear()
    widget._handle_custom_msg(message, [])
    return widget.sent


def test_a_page_gets_the_bytes_of_a_layer_as_often_as_it_asks(widget, attention):
    for number in ("1", "2"):
        [(content, data)] = ask(widget, {"id": number, "name": "self-2.safetensors"})
        assert content == {"id": number}
        bias = load(data)["bias"]
        torch.testing.assert_close(bias.exp(), attention[2][0], atol=1e-6, rtol=0)


def test_a_page_gets_the_overviews_of_a_filter(widget):
    [(_, data)] = ask(widget, {"id": "1", "name": "self-overview-0~first.safetensors"})
    tensors = load(data)
    for layer in "012":
        assert int(tensors[layer][:, :, 0].max()) == 0
        assert int(tensors[layer][:, :, 1:].min()) > 0


@pytest.mark.parametrize(
    "message",
    [
        {"id": "1", "name": "../self-0.safetensors"},
        {"id": "1", "name": "/etc/passwd"},
        {"id": "1", "name": "self-9.safetensors"},
        {"id": "1", "name": "self-overview-0~first,first.safetensors"},
        {"id": "1", "name": None},
        {"id": "1"},
        "self-0.safetensors",
        None,
    ],
)
def test_a_message_that_names_no_file_of_the_result_has_no_answer(widget, message):
    assert ask(widget, message) == []


def test_an_error_of_the_disk_is_the_answer(widget):
    widget._folder.cleanup()
    [(content,)] = ask(widget, {"id": "1", "name": "self-0.safetensors"})
    assert content["id"] == "1"
    assert "could not be written" in content["error"]


def test_the_page_of_a_widget_contains_no_file(widget):
    assert '"files": {}' in widget.page


def test_a_saved_notebook_contains_a_picture_instead_of_the_numbers(attention):
    view = model_view(attention, TOKENS, html_action="return", as_widget=True)
    data, _ = view._repr_mimebundle_()
    assert data["text/plain"] == "Model view of Given attention"
    [svg] = re.findall(r'src="data:image/svg\+xml;base64,([^"]*)"', data["text/html"])
    assert base64.b64decode(svg).startswith(b"<svg")
    assert "application/vnd.jupyter.widget-view+json" in data
