"""What is written is what was computed; and it does not grow with the square of the text."""

import json
import math
from dataclasses import asdict, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file
from torch import Tensor

from bertviz_space import Component, LayerAttention, Token, Trace, extract
from bertviz_space.wire import OVERVIEW_BINS, bin_edges, write_trace, write_weights
from tests.unit.golden import GOLDEN, WEIGHTS, golden_trace, golden_weights, write_golden
from tests.unit.tiny_models import KINDS

REGENERATE = "if the change is meant: .venv/bin/python -m tests.unit.golden"


def written(trace: Trace, folder: Path) -> dict[str, Any]:
    """Write a trace and read its manifest."""
    path = write_trace(trace, "some/model", "0123abc", folder)
    assert path == folder / "manifest.json"
    return json.loads(path.read_text(encoding="utf-8"))


def read_layer(folder: Path, component: Component, entry: dict[str, Any]) -> LayerAttention:
    """Read one layer as the page does, from the manifest's entry and its file alone."""
    tensors = load_file(folder / entry["file"])
    num_queries, num_keys = tensors["query"].shape[1], tensors["key"].shape[1]
    bias = tensors.get("bias")
    if "bias_by_distance" in tensors:
        bias = torch.zeros(len(tensors["bias_by_distance"]), num_queries, num_keys)
        for query in range(num_queries):
            for key in range(num_keys):
                column = key - query + num_queries - 1
                bias[:, query, key] = tensors["bias_by_distance"][:, column]
    layer = LayerAttention(
        component=component,
        layer=entry["layer"],
        query=tensors["query"],
        key=tensors["key"],
        scaling=entry["scaling"],
        causal=entry["causal"],
        allowed=tensors["allowed"].bool() if "allowed" in tensors else None,
        bias=bias,
        softcap=entry["softcap"],
        sink=tensors.get("sink"),
    )
    sizes = (layer.num_heads, layer.num_key_value_heads, layer.head_dim)
    assert sizes == (entry["num_heads"], entry["num_key_value_heads"], entry["head_dim"])
    return layer


@pytest.fixture(scope="module")
def traces() -> dict[str, Trace]:
    """A trace of every kind of model, and the golden one."""
    found = {"golden": golden_trace()}
    for name, kind in KINDS.items():
        target_text = "Die Straße ist lang" if name in ("t5", "bart") else None
        text_b = "A dog" if name in ("bert", "roberta") else None
        found[name] = extract(
            kind.build(), kind.tokenizer(), "The cat sat on the mat.", text_b, target_text
        )
    return found


@pytest.mark.parametrize("name", ["golden", *KINDS])
def test_the_files_give_the_weights_back(traces, name, tmp_path):
    trace = traces[name]
    manifest = written(trace, tmp_path)
    assert [entry["component"] for entry in manifest["components"]] == list(trace.components)
    for component in manifest["components"]:
        layers = trace.layers[component["component"]]
        for entry, layer in zip(component["layers"], layers, strict=True):
            again = read_layer(tmp_path, component["component"], entry)
            assert torch.equal(again.weights(), layer.weights())


@pytest.mark.parametrize("name", ["golden", *KINDS])
def test_a_trace_writes_no_file_that_its_manifest_does_not_name(traces, name, tmp_path):
    manifest = written(traces[name], tmp_path)
    named = {"manifest.json"}
    for component in manifest["components"]:
        named |= {component["overview"], *(entry["file"] for entry in component["layers"])}
    assert {path.name for path in tmp_path.iterdir()} == named


def test_the_manifest_says_what_the_page_must_know(tmp_path):
    trace = golden_trace()
    manifest = written(trace, tmp_path)
    assert set(manifest) == {"version", "model", "source", "target", "components"}
    assert manifest["version"] == 1
    assert manifest["model"] == {"model_id": "some/model", "revision": "0123abc"}
    as_json = [asdict(token) | {"part": list(token.part)} for token in trace.source]
    assert manifest["source"] == as_json
    assert len(manifest["target"]) == 5
    sides = [(each["query_tokens"], each["key_tokens"]) for each in manifest["components"]]
    assert sides == [("source", "source"), ("target", "target"), ("target", "source")]
    assert manifest["components"][1]["layers"][1] == {
        "layer": 1,
        "file": "decoder-1.safetensors",
        "num_heads": 4,
        "num_key_value_heads": 1,
        "head_dim": 3,
        "scaling": 0.75,
        "softcap": 1.5,
        "causal": True,
    }


def test_a_model_with_one_stack_has_no_target(traces, tmp_path):
    manifest = written(traces["gpt2"], tmp_path)
    assert manifest["target"] is None
    (component,) = manifest["components"]
    assert (component["component"], component["query_tokens"]) == ("self", "source")


def test_only_terms_that_a_layer_has_are_written(traces, tmp_path):
    written(traces["gpt2"], tmp_path)
    assert set(load_file(tmp_path / "self-0.safetensors")) == {"query", "key"}
    written(traces["gpt_oss"], tmp_path)
    assert set(load_file(tmp_path / "self-0.safetensors")) == {"query", "key", "allowed", "sink"}
    assert set(load_file(tmp_path / "self-1.safetensors")) == {"query", "key", "sink"}


@pytest.mark.parametrize("component", ["encoder", "decoder"])
def test_the_bias_of_a_t5_travels_as_one_number_a_distance(traces, component, tmp_path):
    layer = traces["t5"].layer(component, 1)
    written(traces["t5"], tmp_path)
    tensors = load_file(tmp_path / f"{component}-1.safetensors")
    assert "bias" not in tensors
    distances = 2 * layer.num_queries - 1
    assert tensors["bias_by_distance"].shape == (layer.num_heads, distances)
    # Exactly the bias, wherever a query may see a key.
    for query in range(layer.num_queries):
        for key in range(query + 1 if layer.causal else layer.num_keys):
            column = key - query + layer.num_queries - 1
            assert torch.equal(tensors["bias_by_distance"][:, column], layer.bias[:, query, key])


def test_a_bias_that_is_not_one_number_a_distance_travels_whole(tmp_path):
    trace = golden_trace()
    layer = trace.layer("decoder", 0)
    assert layer.bias is not None
    bent = layer.bias.clone()
    bent[3, 4, 2] += 2**-10
    layers = {**trace.layers, "decoder": (replace(layer, bias=bent),)}
    written(replace(trace, layers=layers), tmp_path)
    tensors = load_file(tmp_path / "decoder-0.safetensors")
    assert "bias_by_distance" not in tensors
    assert torch.equal(tensors["bias"], bent)


@pytest.mark.parametrize("bias_heads", [1, 4])
@pytest.mark.parametrize("mask_heads", [1, 4])
def test_what_a_mask_hides_does_not_keep_a_bias_from_being_short(bias_heads, mask_heads, tmp_path):
    # transformers leaves any number, or zero, where a key is not allowed.
    generator = torch.Generator().manual_seed(0)
    distance = torch.arange(7)[None, :] - torch.arange(7)[:, None]
    bias = torch.randn(bias_heads, 13, generator=generator)[:, distance + 6]
    allowed = torch.rand(mask_heads, 7, 7, generator=generator) > 0.3
    seen = allowed if bias_heads > 1 else allowed.any(0, keepdim=True)
    layer = replace(
        golden_trace().layer("encoder", 0),
        component="self",
        allowed=allowed,
        bias=bias.masked_fill(~seen.expand_as(bias), 0.0),
    )
    trace = Trace(golden_trace().source, None, {"self": (layer,)})
    manifest = written(trace, tmp_path)
    assert "bias_by_distance" in load_file(tmp_path / "self-0.safetensors")
    again = read_layer(tmp_path, "self", manifest["components"][0]["layers"][0])
    torch.testing.assert_close(again.weights(), layer.weights(), atol=0, rtol=0)


def some_tokens(count: int, first_of_b: int | None = None) -> tuple[Token, ...]:
    return tuple(
        Token("a", "a", 5, 0, 1, "A" if first_of_b is None or place < first_of_b else "B", False)
        for place in range(count)
    )


@pytest.mark.parametrize("count", [1, 2, OVERVIEW_BINS - 1, OVERVIEW_BINS])
def test_where_tokens_fit_each_has_a_bin_of_its_own(count):
    for first_of_b in (None, count // 2):
        edges = bin_edges(some_tokens(count, first_of_b))
        assert edges.dtype == torch.int32
        assert edges.tolist() == list(range(count + 1))


@pytest.mark.parametrize("count", [OVERVIEW_BINS + 1, 100, 511, 512])
def test_bins_are_about_sixty_four_and_none_crosses_the_border_of_segments(count):
    for first_of_b in (None, *range(1, count, 3)):
        edges = bin_edges(some_tokens(count, first_of_b)).tolist()
        assert (edges[0], edges[-1]) == (0, count)
        assert all(begin < end for begin, end in pairwise(edges))
        assert first_of_b is None or first_of_b in edges
        assert OVERVIEW_BINS // 2 <= len(edges) - 1 <= OVERVIEW_BINS + 1


def test_the_bins_of_a_long_text_are_alike_in_size():
    sizes = bin_edges(some_tokens(300)).diff()
    assert sizes.max() - sizes.min() <= 1


def random_trace(num_queries: int, heads: int = 2, first_of_b: int | None = None) -> Trace:
    generator = torch.Generator().manual_seed(0)
    layers = tuple(
        LayerAttention(
            component="self",
            layer=number,
            query=torch.randn(heads, num_queries, 4, generator=generator) * 2,
            key=torch.randn(heads, num_queries, 4, generator=generator) * 2,
            scaling=0.5,
            causal=number == 1,
        )
        for number in range(2)
    )
    return Trace(some_tokens(num_queries, first_of_b), None, {"self": layers})


@pytest.mark.parametrize("count", [7, 64, 65, 200])
def test_an_overview_holds_the_largest_weight_of_each_bin(count, tmp_path):
    trace = random_trace(count, first_of_b=count // 3)
    manifest = written(trace, tmp_path)
    overview = load_file(tmp_path / manifest["components"][0]["overview"])
    edges = bin_edges(trace.source)
    assert torch.equal(overview["query_edges"], edges)
    assert torch.equal(overview["key_edges"], edges)
    bins = list(pairwise(edges.tolist()))
    for layer in trace.layers["self"]:
        cells = overview[str(layer.layer)]
        weights = layer.weights()
        assert cells.dtype == torch.uint8
        assert cells.shape == (2, len(bins), len(bins))
        for row, (first, last) in enumerate(bins):
            largest = torch.stack(
                [weights[:, first:last, begin:end].amax((1, 2)) for begin, end in bins], dim=-1
            )
            assert torch.equal(cells[:, row], quantised(largest))


def quantised(weights: Tensor) -> Tensor:
    return torch.tensor(
        [[round(math.sqrt(weight) * 255) for weight in row] for row in weights.tolist()],
        dtype=torch.uint8,
    )


def test_an_overview_is_off_by_half_a_step_of_the_square_root_at_most(tmp_path):
    trace = random_trace(20)
    written(trace, tmp_path)
    cells = load_file(tmp_path / "self-overview.safetensors")["0"].double() / 255
    weights = trace.weights("self", 0).double()
    assert (cells - weights.sqrt()).abs().max() <= 0.5 / 255 + 1e-6
    # In weights: the difference of two squares.
    assert (cells.square() - weights).abs().max() <= 2 * 0.5 / 255


def test_the_axes_of_a_cross_overview_are_binned_apart(tmp_path):
    source, target = some_tokens(100), some_tokens(10)
    layer = replace(
        random_trace(100).layer("self", 0), component="cross", query=torch.ones(2, 10, 4)
    )
    written(Trace(source, target, {"cross": (layer,)}), tmp_path)
    overview = load_file(tmp_path / "cross-overview.safetensors")
    assert overview["query_edges"].tolist() == list(range(11))
    assert overview["0"].shape == (2, 10, OVERVIEW_BINS)


def test_files_grow_with_the_text_and_not_with_its_square(tmp_path):
    sizes = []
    for count in (256, 512):
        folder = tmp_path / str(count)
        folder.mkdir()
        written(random_trace(count), folder)
        sizes.append({path.name: path.stat().st_size for path in folder.iterdir()})
    once, twice = sizes
    header = 500  # bytes, at most
    assert twice["self-1.safetensors"] <= 2 * once["self-1.safetensors"] + header
    assert twice["self-overview.safetensors"] <= once["self-overview.safetensors"] + header


def test_the_manifest_of_the_longest_text_stays_small(tmp_path):
    trace = random_trace(512)
    word = Token("strawberries", "##strawberries", 30_000, 2_000, 2_012, "A", False)
    layers = tuple(replace(trace.layer("self", 0), layer=number) for number in range(12))
    manifest = written(Trace((word,) * 512, None, {"self": layers}), tmp_path)
    assert len(manifest["source"]) == 512
    assert (tmp_path / "manifest.json").stat().st_size < 100_000  # bytes


def test_a_program_gets_the_weights_with_axes_and_layers_named(tmp_path):
    trace = golden_trace()
    path = write_weights(trace, "some/model", "0123abc", tmp_path / "attention.safetensors")
    with safe_open(path, "pt") as file:
        assert set(file.keys()) == {"encoder", "decoder", "cross"}
        assert file.get_tensor("cross").shape == (2, 4, 5, 7)
        for component, layers in trace.layers.items():
            for number, layer in enumerate(layers):
                assert torch.equal(file.get_tensor(component)[number], layer.weights())
        metadata = file.metadata()
    assert metadata["axes"] == "layer head query key"
    assert (metadata["model_id"], metadata["revision"]) == ("some/model", "0123abc")
    assert json.loads(metadata["layers"]) == {"encoder": [0, 2], "decoder": [0, 1], "cross": [0, 1]}


def test_the_golden_files_are_what_is_written_today(tmp_path):
    write_golden(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in GOLDEN.iterdir()}
    for path in GOLDEN.iterdir():
        # exp() may differ in its last bit between machines: weights are compared as numbers.
        if path.name != WEIGHTS:
            assert path.read_bytes() == (tmp_path / path.name).read_bytes(), REGENERATE


def test_the_golden_weights_are_those_of_plain_loops_and_of_the_trace():
    golden, expected, trace = load_file(GOLDEN / WEIGHTS), golden_weights(), golden_trace()
    assert set(golden) == set(expected)
    for component, layers in trace.layers.items():
        for layer in layers:
            name = f"{component}-{layer.layer}"
            torch.testing.assert_close(golden[name], expected[name], atol=1e-6, rtol=0)
            torch.testing.assert_close(golden[name], layer.weights(), atol=1e-6, rtol=0)


def test_the_golden_trace_has_every_term():
    layers = [layer for layers in golden_trace().layers.values() for layer in layers]
    for term in ("allowed", "bias", "softcap", "sink"):
        assert any(getattr(layer, term) is not None for layer in layers)
    assert any(layer.causal for layer in layers)
    assert {layer.num_key_value_heads for layer in layers} == {1, 2, 4}
    written_terms = {name for path in GOLDEN.glob("*-?.safetensors") for name in load_file(path)}
    assert written_terms == {"query", "key", "allowed", "bias", "bias_by_distance", "sink"}
