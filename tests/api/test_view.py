"""The view that a program receives: a page with the numbers that it draws, or a picture."""

import base64
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
import torch
from gradio_client.exceptions import AppError
from safetensors.torch import load

from bertviz_space import extract
from bertviz_space.models.cache import ModelCache
from tests.api.clients import connect
from tests.svg import cells_of, lines_of, texts_of


@pytest.fixture(scope="module")
def client(url):
    return connect(url)


def content_of(path: str) -> dict:
    page = Path(path).read_text(encoding="utf-8")
    [content] = re.findall(r'<script type="application/json" id="content">(.*?)</script>', page)
    return json.loads(content)


def test_a_page_of_a_short_text_contains_the_numbers_of_all_layers(client):
    text = "The cat </script><b>${1+1}"
    content = content_of(client.predict("tiny-gpt2", text, view="model", api_name="/view"))
    assert (content["view"], content["link"]) == ("model", "layer=0")
    loaded = ModelCache().get("tiny-gpt2")
    trace = extract(loaded.model, loaded.tokenizer, text)
    assert [token["text"] for token in content["manifest"]["source"]] == [
        token.text for token in trace.source
    ]
    for layer in trace.layers["self"]:
        tensors = load(base64.b64decode(content["files"][f"self-{layer.layer}.safetensors"]))
        torch.testing.assert_close(tensors["query"], layer.query, atol=1e-5, rtol=0)
    assert "self-overview-0.safetensors" in content["files"]


def test_the_selection_is_written_as_in_a_link(client):
    chosen = {"layer": 2, "heads": [3, 1], "block": "All"}
    links = {}
    for view in ("head", "model", "neuron", "matrix"):
        named = chosen | {"view": view, "expanded": view == "neuron"}
        path = client.predict("tiny-gpt2", "The cat", **named, api_name="/view")
        links[view] = content_of(path)["link"]
    assert links == {
        "head": "block=All&layer=2&heads=1%2C3&head=3",
        "model": "block=All&layer=2&heads=1%2C3&head=3&cell=2%2C3",
        "neuron": "block=All&layer=2&expanded=1&heads=1%2C3&head=3",
        "matrix": "block=All&layer=2&heads=1%2C3&head=3",
    }


def test_a_page_of_a_long_text_contains_only_the_shown_layer(client, monkeypatch):
    monkeypatch.setattr("bertviz_space.files.exports.MAX_PAGE_BYTES", 10)
    files = {}
    for view in ("head", "model"):
        path = client.predict("tiny-gpt2", "The cat", view=view, layer=2, api_name="/view")
        files[view] = set(content_of(path)["files"])
    assert files["head"] == {"self-2.safetensors", "predictions.safetensors"}
    assert files["model"] == {
        "self-2.safetensors", "self-overview-0.safetensors", "self-scores-0.safetensors",
        "predictions.safetensors",
    }  # fmt: skip


@pytest.mark.parametrize("view", ["head", "model", "neuron"])
def test_a_picture_shows_the_same_weights(client, t5, view):
    chosen = {"view": view, "layer": 1, "heads": [2], "block": "Cross", "format": "svg"}
    path = client.predict(t5, "The cat", target_text="cat", **chosen, api_name="/view")
    assert path.endswith(f"{view}.svg")
    svg = ElementTree.parse(path).getroot()
    loaded = ModelCache().get(t5)
    trace = extract(loaded.model, loaded.tokenizer, "The cat", target_text="cat")
    weights = trace.weights("cross", 1)[2]
    *_, last = lines_of(svg)  # beside the model view, the open head
    found = torch.tensor(list(last.opacities.values()))
    torch.testing.assert_close(found, weights[weights >= 0.5 / 255], atol=1e-4, rtol=0)
    assert texts_of(svg)[-2:] == ["Source: The cat", "Target: cat"]


def test_a_matrix_shows_the_same_weights(client, t5):
    chosen = {"view": "matrix", "layer": 1, "heads": [2, 3], "block": "Cross"}
    arguments = {"target_text": "cat", **chosen, "api_name": "/view"}
    page = content_of(client.predict(t5, "The cat", **arguments))
    assert (page["view"], page["link"]) == ("matrix", "block=Cross&layer=1&heads=2%2C3&head=2")
    path = client.predict(t5, "The cat", format="svg", **arguments)
    assert path.endswith("matrix.svg")
    _, opacities = cells_of(ElementTree.parse(path).getroot())
    loaded = ModelCache().get(t5)
    trace = extract(loaded.model, loaded.tokenizer, "The cat", target_text="cat")
    weights = trace.weights("cross", 1)[[2, 3]].mean(0)
    found = torch.tensor(list(opacities.values()))
    torch.testing.assert_close(found, weights[weights >= 0.5 / 255], atol=1e-4, rtol=0)


def test_a_picture_has_the_chosen_colors_width_and_texts(client):
    chosen = {"theme": "dark", "width": "84mm", "title": False, "caption": False, "scale": True}
    path = client.predict("tiny-gpt2", "The cat", format="svg", **chosen, api_name="/view")
    svg = ElementTree.parse(path).getroot()
    assert svg.attrib["width"] == "84mm"
    assert "#111827" in {each.get("fill") for each in svg.iter()}
    assert texts_of(svg)[-2:] == ["opacity = weight ÷ 4 heads 0", "1"]
    assert svg.findtext("{*}title") == "Head view, layer 0, heads 0 to 3"
    assert svg.findtext("{*}desc") == "tiny-gpt2\nThe cat"


def test_the_head_view_can_show_the_mean_of_the_heads(client):
    chosen = {"layer": 1, "heads": [0, 2], "mean": True}
    page = content_of(client.predict("tiny-gpt2", "The cat", **chosen, api_name="/view"))
    assert page["link"] == "layer=1&mean=1&heads=0%2C2&head=0"
    path = client.predict("tiny-gpt2", "The cat", **chosen, format="svg", api_name="/view")
    [lines] = lines_of(ElementTree.parse(path).getroot())
    loaded = ModelCache().get("tiny-gpt2")
    weights = extract(loaded.model, loaded.tokenizer, "The cat").weights("self", 1)[[0, 2]].mean(0)
    found = torch.tensor(list(lines.opacities.values()))
    torch.testing.assert_close(found, weights[weights >= 0.5 / 255], atol=1e-4, rtol=0)


def test_a_filter_hides_weights_in_pictures_and_pages(client):
    named = {"filter": "first,renormalize,min=0.1", "layer": 1, "heads": [2]}
    path = client.predict("tiny-gpt2", "The cat", **named, format="svg", api_name="/view")
    svg = ElementTree.parse(path).getroot()
    loaded = ModelCache().get("tiny-gpt2")
    weights = extract(loaded.model, loaded.tokenizer, "The cat").weights("self", 1)[2]
    weights[:, 0] = 0
    weights = (weights / weights.sum(-1, keepdim=True)).nan_to_num(0)
    [lines] = lines_of(svg)
    found = torch.tensor(list(lines.opacities.values()))
    torch.testing.assert_close(found, weights[weights >= 0.1], atol=1e-4, rtol=0)
    assert "Attention to the first token is hidden." in texts_of(svg)
    path = client.predict("tiny-gpt2", "The cat", **named, view="model", api_name="/view")
    page = content_of(path)
    assert page["link"].endswith("filter=first%2Crenormalize%2Cmin%3D0.1&heads=2&head=2&cell=1%2C2")
    assert "self-overview-0~first,renormalize,min=0.1.safetensors" in page["files"]


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ({"view": "tree"}, "view is head, model, neuron or matrix|not a valid choice|Value"),
        ({"format": "png"}, "format is html or svg|not a valid choice|Value"),
        ({"block": "Cross"}, "no attention part 'Cross': set block to one of All"),
        ({"block": ["Cross"]}, "block is a string"),
        ({"layer": 9}, "There is no layer 9: layers go from 0 to 3"),
        ({"layer": [0]}, "layers and heads are lists of whole numbers"),
        ({"heads": [7]}, "There is no head 7"),
        ({"heads": 7}, "layers and heads are lists of whole numbers"),
        ({"expanded": "yes"}, "expanded and mean are true or false"),
        ({"mean": 1}, "expanded and mean are true or false"),
        ({"format": "svg", "theme": "blue"}, "theme is light, dark or|not a valid choice|Value"),
        ({"format": "svg", "width": "85mm"}, "width is screen, 84mm|not a valid choice|Value"),
        ({"format": "svg", "width": ["84mm"]}, "width is screen, 84mm|not a valid choice|Value"),
        ({"format": "svg", "scale": "yes"}, "title, caption and scale are true or false"),
        (
            {"filter": "everything"},
            "filter is invalid: 'everything' is unknown. A filter",
        ),
        ({"filter": "99"}, "filter is invalid: there is no source token 99"),
        ({"filter": ["special"]}, "filter is a string"),
        ({"theme": "dark"}, "options of a picture, and an HTML page has none of them: set format"),
    ],
)
def test_invalid_arguments_are_an_error_with_a_message(client, named, message):
    with pytest.raises(AppError, match=message):
        client.predict("tiny-gpt2", "The cat", **named, api_name="/view")
