"""The views of a notebook take BertViz's arguments, and show the numbers that BertViz shows."""

import base64
import inspect
import json
import re
from pathlib import Path
from typing import Any

import bertviz
import bertviz.neuron_view
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from safetensors.torch import load
from transformers import AutoModelForCausalLM, AutoTokenizer

import bertviz_space
from bertviz_space import compare, compare_runs, extract, head_view, model_view, neuron_view
from bertviz_space.errors import InvalidInput
from bertviz_space.models.catalog import DEMO_FOLDER
from bertviz_space.notebook.attention_forms import weights_of_layers
from bertviz_space.notebook.cell_page import MAX_FILE_BYTES
from tests.wire_reader import read_layer

TOKENS = ["[CLS]", "The", "cat", "[SEP]", "sat", "[SEP]"]


@pytest.fixture
def attention():
    torch.manual_seed(0)
    return tuple(torch.randn(1, 4, 6, 6).softmax(-1) for _ in range(3))


@pytest.fixture(scope="module")
def gpt2():
    folder = DEMO_FOLDER / "tiny-gpt2"
    model = AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager")
    return model.eval(), AutoTokenizer.from_pretrained(folder)


def content_of(output):
    """Return the content of a page: the view, the choices in it, the manifest and the files."""
    [content] = re.findall(r'id="content">(.*?)</script>', output.data)
    return json.loads(content)


def weights_in(output, folder):
    """Return the weights in a page, by component and layer."""
    content = content_of(output)
    for name, data in content["files"].items():
        (folder / name).write_bytes(base64.b64decode(data))
    return {
        (each["component"], entry["layer"]): read_layer(folder, each["component"], entry).weights()
        for each in content["manifest"]["components"]
        for entry in each["layers"]
    }


def parameters_of_bertviz(view):
    """Return the value of ``params`` in the script of a view of BertViz."""
    html = view.data
    start = html.index('{"attention": ')
    return json.JSONDecoder().raw_decode(html[start:])[0]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (head_view, bertviz.head_view),
        (model_view, bertviz.model_view),
        (neuron_view.show, bertviz.neuron_view.show),
    ],
)
def test_the_arguments_begin_with_those_of_bertviz(ours, theirs):
    own = inspect.signature(ours).parameters.values()
    positional = [each for each in own if each.kind is each.POSITIONAL_OR_KEYWORD]
    theirs = inspect.signature(theirs).parameters
    assert [each.name for each in positional] == list(theirs)
    # show has one more default, because its other kind of call has fewer arguments.
    for each in positional:
        if theirs[each.name].default is not each.empty:
            assert each.default == theirs[each.name].default


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"layer": 2, "heads": [1, 3]},
        {"sentence_b_start": 4},
        {"include_layers": [0, 2], "layer": 2},
        {"prettify_tokens": False},
    ],
)
def test_a_call_of_bertviz_shows_the_same_weights_and_tokens(attention, arguments, tmp_path):
    call: dict[str, Any] = {
        "attention": attention,
        "tokens": TOKENS,
        **arguments,
        "html_action": "return",
    }
    theirs = parameters_of_bertviz(bertviz.head_view(**call))
    ours = head_view(**call)
    own, content = weights_in(ours, tmp_path), content_of(ours)
    assert [number for _, number in own] == theirs["include_layers"]
    for (_, _number), weights, expected in zip(
        own, own.values(), theirs["attention"][0]["attn"], strict=True
    ):
        torch.testing.assert_close(weights, torch.tensor(expected), atol=1e-6, rtol=0)
    assert [token["text"] for token in content["manifest"]["source"]] == TOKENS
    segments = "".join(token["segment"] for token in content["manifest"]["source"])
    start = arguments.get("sentence_b_start", len(TOKENS))
    assert segments == "A" * start + "B" * (len(TOKENS) - start)
    first = theirs["layer"] or theirs["include_layers"][0]
    assert f"layer={first}" in content["link"]
    heads = arguments.get("heads")
    assert ("heads=1%2C3" in content["link"]) == (heads is not None)


def test_a_call_of_bertviz_with_an_encoder_and_a_decoder_shows_all_three_parts(tmp_path):
    shapes = {"encoder": (4, 4), "decoder": (3, 3), "cross": (3, 4)}
    arrays = {
        f"{name}_attention": [torch.randn(1, 2, *shape).softmax(-1) for _ in range(2)]
        for name, shape in shapes.items()
    }
    tokens = {"encoder_tokens": list("abcd"), "decoder_tokens": list("xyz")}
    call: dict[str, Any] = {**arrays, **tokens, "html_action": "return"}
    theirs = parameters_of_bertviz(bertviz.model_view(**call))["attention"]
    own = weights_in(model_view(**call), tmp_path)
    expected = {
        (part["name"].lower(), layer): torch.tensor(weights)
        for part in theirs
        for layer, weights in enumerate(part["attn"])
    }
    assert own.keys() == expected.keys()
    for key, weights in own.items():
        torch.testing.assert_close(weights, expected[key], atol=1e-6, rtol=0)


def test_the_notes_of_extract_are_in_the_page(gpt2):
    model, tokenizer = gpt2
    text = "word " * 2000
    page = head_view(model, tokenizer, text, html_action="return")
    notes = content_of(page)["notes"]
    assert notes == list(extract(model, tokenizer, text).notes)
    assert notes


def test_include_heads_names_the_heads_in_the_grid(attention):
    page = model_view(attention, TOKENS, include_heads=[0, 2], html_action="return")
    assert "grid_heads=0%2C2" in content_of(page)["link"]


def test_the_grid_of_a_filter_is_in_the_page(attention):
    page = model_view(attention, TOKENS, filter="special", html_action="return")
    content = content_of(page)
    assert "self-overview-0~special.safetensors" in content["files"]
    assert "filter=special" in content["link"]


def test_display_mode_is_dark_by_default_as_in_bertviz(attention):
    call: dict[str, Any] = {"attention": attention, "tokens": TOKENS, "html_action": "return"}
    assert content_of(model_view(**call))["theme"] == "dark"
    assert content_of(model_view(**call, display_mode="light"))["theme"] == "light"


def test_a_model_and_a_text_show_what_extract_returns(gpt2, tmp_path):
    model, tokenizer = gpt2
    text = "The cat sat on the mat"
    trace = extract(model, tokenizer, text)
    for page in (
        head_view(model, tokenizer, text, html_action="return"),
        neuron_view.show(model, tokenizer, text, html_action="return"),
        neuron_view.show(model, "gpt2", tokenizer, text, html_action="return"),
    ):
        assert content_of(page)["manifest"]["model"]["model_id"] == "tiny-gpt2"
        for (component, layer), weights in weights_in(page, tmp_path).items():
            expected = trace.weights(component, layer)
            torch.testing.assert_close(weights, expected, atol=1e-6, rtol=0)


def test_a_trace_is_shown_with_the_run_that_it_is_compared_with(gpt2, tmp_path):
    model, tokenizer = gpt2
    trace = compare_runs(model, tokenizer, "The cat sat", other_text="The dog sat")
    outputs = [
        head_view(trace, "my-model", html_action="return"),
        model_view(trace, html_action="return"),
        neuron_view.show(trace, "my-model", layer=1, html_action="return"),
    ]
    assert trace.compared is not None
    for output in outputs:
        manifest = content_of(output)["manifest"]
        assert [token["text"] for token in manifest["compared"]["other"]["source"]] == [
            token.text for token in trace.compared.trace.source
        ]
        shown = weights_in(output, tmp_path)
        assert shown.keys() == {("self", layer) for layer in range(4)}
        for (component, layer), weights in shown.items():
            torch.testing.assert_close(weights, trace.weights(component, layer))
    names = [content_of(output)["manifest"]["model"]["model_id"] for output in outputs]
    assert names == ["my-model", "Given attention", "my-model"]


@pytest.mark.parametrize(
    "change",
    [
        {"tokens": TOKENS},
        {"sentence_b_start": 2},
        {"prettify_tokens": "The dog"},
        {"batch_index": 0},
        {"encoder_tokens": TOKENS},
        {"cross_attention": torch.zeros(1)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_trace_takes_no_tokens_and_no_texts(gpt2, change):
    model, tokenizer = gpt2
    trace = extract(model, tokenizer, "The cat sat")
    with pytest.raises(ValueError, match="pass only the trace"):
        head_view(trace, **change)
    with pytest.raises(ValueError, match="text_b: only a model"):
        model_view(trace, text_b="The dog")
    with pytest.raises(ValueError, match="pass only the trace"):
        neuron_view.show(trace, tokenizer, "The dog")


def test_the_output_of_generate_shows_every_row_that_the_model_computed(gpt2, tmp_path):
    model, tokenizer = gpt2
    inputs = tokenizer("The cat sat on", return_tensors="pt")
    output = model.generate(
        **inputs, max_new_tokens=4, min_new_tokens=4, do_sample=False,
        return_dict_in_generate=True, output_attentions=True, pad_token_id=0,
    )  # fmt: skip
    ids = output.sequences[0]
    tokens = tokenizer.convert_ids_to_tokens(ids)
    page = head_view(output, tokens, html_action="return")
    with torch.inference_mode():
        expected = model(ids[None, :-1], output_attentions=True).attentions
    for (_, layer), weights in weights_in(page, tmp_path).items():
        torch.testing.assert_close(weights, expected[layer][0], atol=1e-5, rtol=0)
    assert len(content_of(page)["manifest"]["source"]) == len(ids) - 1


@settings(max_examples=60, deadline=None)
@given(
    shape=st.tuples(*[st.integers(1, 4)] * 4),
    dtype=st.sampled_from([torch.float64, torch.float32, torch.float16, torch.bfloat16]),
    form=st.sampled_from(["tuple", "array", "numpy", "batch", "cache", "gap"]),
)
def test_every_form_gives_the_same_weights(shape, dtype, form):
    num_layers, heads, queries, keys = shape
    all_weights = torch.rand(num_layers, 1, heads, queries, keys).softmax(-1).to(dtype)
    index, numbers = None, list(range(num_layers))
    attention = tuple(all_weights)
    if form == "array":
        attention = all_weights
    elif form == "numpy":
        attention = [each.float().numpy() for each in attention]
    elif form == "batch":
        attention, index = [torch.cat([each * 0.5, each]) for each in attention], 1
    elif form == "cache":
        named = {f"blocks.{layer}.attn.hook_pattern": each for layer, each in enumerate(attention)}
        attention = {"hook_embed": torch.zeros(1), **dict(reversed(named.items()))}
    elif form == "gap":
        attention, numbers = (None, *attention), [number + 1 for number in numbers]
    read = weights_of_layers("attention", attention, index)
    assert list(read) == numbers
    for number, weights in zip(numbers, all_weights, strict=True):
        expected = weights[0].float().clamp(max=1)
        torch.testing.assert_close(read[number], expected, atol=1e-3, rtol=0)
        assert read[number].dtype == torch.float32


def test_the_arguments_are_not_changed(attention):
    before = [each.clone() for each in attention]
    head_view(attention, TOKENS, html_action="return")
    assert all(map(torch.equal, before, attention))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"attention": None}, 'None.*attn_implementation="eager".*head_view\\(model, tokenizer'),
        ({"attention": (None, None)}, "None, because the model did not return its weights"),
        ({"tokens": None}, "tokens is missing"),
        ({"tokens": TOKENS[:-1]}, "6 positions, but tokens has 5 tokens.*convert_ids_to_tokens"),
        ({"tokens": [1, 2, 3]}, "not a list of texts.*convert_ids_to_tokens"),
        ({"attention": "bert"}, "attention is a str"),
        ({"attention": torch.zeros(6, 6)}, r"the axes \[6, 6\]"),
        ({"attention": [torch.zeros(6, 6)]}, r"the axes \[6, 6\].*\[batch, head, query, key\]"),
        ({"attention": [torch.ones(2, 4, 6, 6) / 6]}, "a batch of 2 texts.*batch_index=0"),
        ({"batch_index": 3}, "batch_index is 3, but attention is a batch of 1"),
        ({"attention": [torch.randn(1, 2, 6, 6)]}, "does not contain weights after the softmax"),
        ({"attention": [torch.ones(1, 2, 6, 6, dtype=torch.int64)]}, "weights are floats"),
        ({"attention": [torch.ones(1, 2, 6, 3) / 3]}, "6 queries and 3 keys.*generate"),
        ({"attention": {"a": torch.zeros(1)}}, "blocks.0.attn.hook_pattern"),
        ({"sentence_b_start": 9}, "sentence_b_start is 9.*from 1 to 5"),
        ({"include_layers": [7]}, "no layer 7"),
        ({"include_layers": []}, "include_layers is empty"),
        ({"layer": 5}, "no layer 5"),
        ({"heads": [4]}, "no head 4"),
        ({"filter": "min=2"}, "filter is invalid"),
        ({"html_action": "show"}, "'view' or 'return'"),
        ({"display_mode": "sepia"}, "display_mode is 'sepia'"),
        ({"encoder_tokens": ["a"], "encoder_attention": []}, "Leave out one of them"),
        ({"text_b": "The cat"}, "text_b: only a model that runs on a text has this option"),
    ],
)
def test_an_argument_that_does_not_fit_is_a_value_error_that_says_what_to_do(
    attention, change, message
):
    call: dict[str, Any] = {
        "attention": attention,
        "tokens": TOKENS,
        "html_action": "return",
        **change,
    }
    with pytest.raises(ValueError, match=message) as raised:
        head_view(**call)
    assert isinstance(raised.value, InvalidInput)


def test_a_model_without_a_tokenizer_or_a_text_is_a_value_error(gpt2):
    model, tokenizer = gpt2
    calls: list[tuple[Any, ...]] = [(model,), (model, tokenizer), (model, TOKENS, "The cat")]
    for arguments in calls:
        with pytest.raises(ValueError, match="pass its tokenizer and a text"):
            head_view(*arguments)
    with pytest.raises(ValueError, match="use head_view or model_view"):
        neuron_view.show(torch.zeros(1), tokenizer, "The cat")


def test_a_cell_stays_below_8_mb_and_says_which_layers_it_lacks():
    tokens = [f"w{number}" for number in range(256)]
    attention = [torch.rand(1, 8, 256, 256).softmax(-1) for _ in range(6)]
    page = head_view(attention, tokens, layer=3, html_action="return")
    assert len(page._repr_html_()) < 8e6
    content = content_of(page)
    assert "self-3.safetensors" in content["files"]
    assert re.match(
        r"This output lacks layers .* of 6 layers, .* include_layers=", content["leftOut"]
    )
    assert sum(len(base64.b64decode(data)) for data in content["files"].values()) <= MAX_FILE_BYTES


@pytest.mark.parametrize("view", [head_view, model_view, neuron_view.show])
def test_the_output_contains_what_the_model_predicts(gpt2, view):
    content = content_of(view(*gpt2, "The cat sat", html_action="return"))
    file = content["manifest"]["predictions"]["file"]
    assert load(base64.b64decode(content["files"][file]))["ranks"].shape == (3,)


def test_a_page_without_room_for_predictions_lacks_no_layer_because_of_them(gpt2, monkeypatch):
    model, tokenizer = gpt2
    text = " ".join(["The cat sat."] * 8)
    whole = content_of(head_view(model, tokenizer, text, html_action="return"))["files"]
    size = len(base64.b64decode(whole["self-0.safetensors"]))
    monkeypatch.setattr("bertviz_space.notebook.cell_page.MAX_FILE_BYTES", size + 1)
    content = content_of(head_view(model, tokenizer, text, html_action="return"))
    assert list(content["files"]) == ["self-0.safetensors"]
    assert content["leftOut"].startswith("This output lacks layers 1 to 3 of 4 layers")


def test_the_output_has_a_picture_for_places_that_run_no_script(attention):
    html = head_view(attention, TOKENS, html_action="return")._repr_html_()
    [data] = re.findall(r'<img src="data:image/svg\+xml;base64,([^"]*)" alt="Head view of', html)
    assert base64.b64decode(data).startswith(b"<svg")
    assert html.index("<iframe") < html.index("<img")


def test_a_long_text_has_a_sentence_instead_of_a_picture_that_takes_seconds(attention, monkeypatch):
    weights = sum(each.numel() for each in attention)
    bound = "bertviz_space.notebook.still_picture._MAX_WEIGHTS"
    for limit, is_drawn in ((weights, True), (weights - 1, False)):
        monkeypatch.setattr(bound, limit)
        html = model_view(attention, TOKENS, html_action="return")._repr_html_()
        assert ("<img" in html) == is_drawn
        assert ("shown only where scripts run" in html) != is_drawn


def test_the_picture_of_a_comparison_counts_the_weights_of_both_runs(gpt2, monkeypatch):
    model, tokenizer = gpt2
    one, other = (extract(model, tokenizer, text) for text in ("The cat", "The dog sat on"))
    both = compare(one, other)
    heads, runs = 4, (one, other)
    sizes = [heads * len(run.source) ** 2 for run in runs]
    for most, has_picture in ((sum(sizes), True), (sum(sizes) - 1, False)):
        monkeypatch.setattr("bertviz_space.notebook.still_picture._MAX_WEIGHTS", most)
        html = head_view(both, html_action="return")._repr_html_()
        assert ("<img" in html) is has_picture
        assert "<img" in head_view(one, html_action="return")._repr_html_()


def test_text_in_tokens_is_data_in_the_output(attention):
    tokens = ["</script><script>alert(1)</script>", '"><img src=x onerror=alert(1)>', *TOKENS[2:]]
    html = head_view(attention, tokens, html_action="return")._repr_html_()
    assert "<script" not in html
    assert html.count("<img") == 1


def test_view_displays_in_ipython_and_returns_elsewhere(attention, monkeypatch):
    shown = head_view(attention, TOKENS)
    assert shown._repr_mimebundle_()["text/plain"] == "Head view of Given attention"
    shell = InteractiveShell.instance()
    try:
        with capture_output() as captured:
            assert head_view(attention, TOKENS) is None
    finally:
        InteractiveShell.clear_instance()
    [output] = captured.outputs
    assert output.data["text/html"] == shown._repr_html_()
    assert shell is not None


def test_a_saved_page_is_the_data_of_the_view(attention, tmp_path):
    page = head_view(attention, TOKENS, html_action="return")
    page.save(tmp_path / "view.html")
    assert (tmp_path / "view.html").read_text(encoding="utf-8") == page.data


def test_neuron_view_is_a_module_of_the_package():
    assert bertviz_space.neuron_view is neuron_view
    assert Path(neuron_view.__file__).name == "neuron_view.py"


def test_weights_of_numpy_arrays_share_no_memory_with_them():
    array = np.full((1, 2, 3, 3), 1 / 3, dtype=np.float32)
    read = weights_of_layers("attention", [array], None)[0]
    array[:] = 0
    assert float(read.min()) > 0
