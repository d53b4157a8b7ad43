"""The exported files contain the weights and vectors of the chosen layers and heads."""

import json

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file
from transformers import LagunaModel

from architectures.builder import config_of
from bertviz_space import Component, Trace, extract
from bertviz_space.errors import NoSuchHead
from bertviz_space.files.tensor_export import (
    ALL,
    LayersAndHeads,
    weights_bytes,
    write_query_key,
    write_weights,
)
from tests.unit import small_tokenizers as small
from tests.unit.golden import golden_trace
from tests.unit.tiny_models import KINDS, MORE_KINDS, QUERY_AND_KEY_STD, redraw


def test_the_metadata_names_axes_model_layers_and_heads(tmp_path):
    trace = golden_trace()
    path = write_weights(trace, ALL, "some/model", "0123abc", tmp_path / "attention.safetensors")
    with safe_open(path, "pt") as file:
        assert set(file.keys()) == {"encoder", "decoder", "cross"}
        assert file.get_tensor("cross").shape == (2, 4, 5, 7)
        for component, layers in trace.layers.items():
            for number, layer in enumerate(layers):
                assert torch.equal(file.get_tensor(component)[number], layer.weights())
        metadata = file.metadata()
    assert metadata["axes"] == "layer head query key"
    assert (metadata["model_id"], metadata["revision"]) == ("some/model", "0123abc")
    assert json.loads(metadata["layers"]) == {
        "encoder": [0, 2, 3],
        "decoder": [0, 1, 2, 3],
        "cross": [0, 1],
    }
    assert json.loads(metadata["heads"]) == {name: [0, 1, 2, 3] for name in trace.layers}


def test_chosen_layers_and_heads_have_the_weights_of_the_trace(tmp_path):
    trace = golden_trace()
    chosen = LayersAndHeads(layers=(3, 0), heads=(2, 1))
    path = write_weights(trace, chosen, "some/model", "0123abc", tmp_path / "some.safetensors")
    some = load_file(path)
    # Layers are in ascending order, heads in the order of the choice.
    expected_layers: dict[Component, list[int]] = {
        "encoder": [0, 3], "decoder": [0, 3], "cross": [0],
    }  # fmt: skip
    for component, numbers in expected_layers.items():
        expected = [trace.weights(component, number)[[2, 1]] for number in numbers]
        assert torch.equal(some[component], torch.stack(expected))
    with safe_open(path, "pt") as file:
        assert json.loads(file.metadata()["layers"])["encoder"] == [0, 3]
        assert json.loads(file.metadata()["heads"]) == {name: [2, 1] for name in trace.layers}


@pytest.fixture(scope="module")
def uneven_heads() -> Trace:
    """Return a trace of a Laguna whose layers have 4, 2 and 4 heads, which share 2 key heads."""
    tokenizer = small.gpt2_style()
    config = config_of(
        "laguna",
        vocab_size=len(tokenizer),
        num_hidden_layers=3,
        num_attention_heads_per_layer=[4, 2, 4],
        layer_types=["full_attention"] * 3,
        mlp_layer_types=["dense"] * 3,
    )
    model = LagunaModel._from_config(config, attn_implementation="eager")
    redraw(model, 0, QUERY_AND_KEY_STD)
    return extract(model.eval(), tokenizer, "The cat sat on the mat.")


def test_layers_with_different_numbers_of_heads_are_a_tensor_each(tmp_path, uneven_heads):
    path = write_weights(uneven_heads, ALL, "some/model", "0", tmp_path / "uneven.safetensors")
    tensors = load_file(path)
    assert {name: len(each) for name, each in tensors.items()} == {
        "self.0": 4, "self.1": 2, "self.2": 4,
    }  # fmt: skip
    for layer in uneven_heads.layers["self"]:
        assert torch.equal(tensors[f"self.{layer.layer}"], layer.weights())
    with safe_open(path, "pt") as file:
        metadata = file.metadata()
    assert metadata["axes"] == "head query key"
    assert json.loads(metadata["layers"]) == {"self": [0, 1, 2]}
    assert json.loads(metadata["heads"]) == {
        "self.0": [0, 1, 2, 3], "self.1": [0, 1], "self.2": [0, 1, 2, 3],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("chosen", "layers", "heads"),
    [
        (LayersAndHeads(layers=(0, 2)), [0, 2], [0, 1, 2, 3]),
        (LayersAndHeads(heads=(1, 0)), [0, 1, 2], [1, 0]),
    ],
)
def test_chosen_layers_with_the_same_number_of_heads_are_one_tensor(
    tmp_path, uneven_heads, chosen, layers, heads
):
    path = write_weights(uneven_heads, chosen, "some/model", "0", tmp_path / "alike.safetensors")
    expected = [uneven_heads.weights("self", number)[heads] for number in layers]
    assert torch.equal(load_file(path)["self"], torch.stack(expected))
    assert weights_bytes(uneven_heads, chosen) == sum(each.nbytes for each in expected)
    with safe_open(path, "pt") as file:
        assert file.metadata()["axes"] == "layer head query key"
        assert json.loads(file.metadata()["heads"]) == {"self": heads}


def test_a_head_that_one_layer_does_not_have_raises_an_error(tmp_path, uneven_heads):
    chosen = LayersAndHeads(heads=(3,))
    with pytest.raises(NoSuchHead, match="There is no head 3: heads go from 0 to 1"):
        write_weights(uneven_heads, chosen, "some/model", "0", tmp_path / "none.safetensors")


def test_an_encoder_and_a_decoder_with_different_numbers_of_heads_are_a_tensor_each(tmp_path):
    kind = MORE_KINDS["marian"]
    trace = extract(kind.build(), kind.tokenizer(), "The cat sat.", target_text="Die Katze")
    path = write_weights(trace, ALL, "some/model", "0", tmp_path / "marian.safetensors")
    assert {name: each.shape[:2] for name, each in load_file(path).items()} == {
        "encoder": (2, 4), "decoder": (1, 2), "cross": (1, 2),
    }  # fmt: skip
    with safe_open(path, "pt") as file:
        assert json.loads(file.metadata()["heads"]) == {
            "encoder": [0, 1, 2, 3], "decoder": [0, 1], "cross": [0, 1],
        }  # fmt: skip


def test_a_component_without_the_layer_is_left_out(tmp_path):
    path = write_weights(
        golden_trace(), LayersAndHeads(layers=(1,)), "some/model", "0", tmp_path / "one.safetensors"
    )
    assert set(load_file(path)) == {"decoder", "cross"}


def test_the_number_of_bytes_is_that_of_the_tensors_in_the_file(tmp_path):
    trace = golden_trace()
    for chosen in (ALL, LayersAndHeads(layers=(0,)), LayersAndHeads(heads=(1,))):
        path = write_weights(trace, chosen, "some/model", "0", tmp_path / "w.safetensors")
        tensors = load_file(path).values()
        assert weights_bytes(trace, chosen) == sum(each.nbytes for each in tensors)


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        (
            LayersAndHeads(layers=(4,)),
            "There is no layer 4: layers go from 0 to 3, counted from 0.",
        ),
        (LayersAndHeads(layers=(-1,)), "There is no layer -1"),
        (LayersAndHeads(heads=(4,)), "There is no head 4: heads go from 0 to 3, counted from 0."),
        (LayersAndHeads(heads=(0, -1)), "There is no head -1"),
    ],
)
def test_a_layer_or_head_that_does_not_exist_raises_an_error(tmp_path, chosen, message):
    for write in (write_weights, write_query_key):
        with pytest.raises(NoSuchHead, match=message):
            write(golden_trace(), chosen, "some/model", "0", tmp_path / "none.safetensors")


@pytest.mark.parametrize("kind", ["gpt2", "bert", "llama"])
def test_the_exported_vectors_give_the_weights(tmp_path, kind):
    model = KINDS[kind]
    trace = extract(model.build(), model.tokenizer(), "The cat sat on the mat.")
    heads = [1, 0]
    path = write_query_key(
        trace,
        LayersAndHeads(heads=tuple(heads)),
        "some/model",
        "0",
        tmp_path / "vectors.safetensors",
    )
    tensors = load_file(path)
    with safe_open(path, "pt") as file:
        metadata = file.metadata()
    scaling = json.loads(metadata["scaling"])
    assert metadata["axes"] == "head position head_dim"
    assert json.loads(metadata["heads"]) == dict.fromkeys(scaling, heads)
    for layer in trace.layers["self"]:
        name = f"self.{layer.layer}"
        query, key = tensors[f"{name}.query"], tensors[f"{name}.key"]
        scores = scaling[name] * query @ key.transpose(1, 2)
        weights = (scores - tensors[f"{name}.logsumexp"][..., None]).exp()
        if layer.causal:
            weights = weights.tril()
        torch.testing.assert_close(weights, layer.weights()[heads], atol=1e-5, rtol=0)
