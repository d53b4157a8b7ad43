"""The page's files contain the trace, and do not grow with the square of the text."""

import json
import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from bertviz_space import Component, LayerAttention, Token, Trace, extract
from bertviz_space.files import wire
from bertviz_space.files.wire import TraceFiles, write_trace
from bertviz_space.limits import MAX_TOKENS
from bertviz_space.trace import Predictions, attention
from bertviz_space.trace.head_scores import layer_scores
from bertviz_space.trace.overview import OVERVIEW_BINS, bin_size
from bertviz_space.trace.words import word_starts
from tests.unit.golden import GOLDEN, WEIGHTS, golden_trace, golden_weights, write_golden
from tests.unit.tiny_models import KINDS, MORE_KINDS
from tests.wire_reader import read_layer

REGENERATE = "if the change is intended, run .venv/bin/python -m tests.unit.golden"


def written(trace: Trace, folder: Path) -> dict[str, Any]:
    """Write a trace and return its manifest."""
    path = write_trace(trace, "some/model", "0123abc", folder)
    assert path == folder / "manifest.json"
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def traces() -> dict[str, Trace]:
    """Return a trace of every kind of model, and the golden trace."""
    found = {"golden": golden_trace()}
    for name, kind in KINDS.items():
        target_text = "Die Straße ist lang" if name in ("t5", "bart") else None
        text_b = "A dog" if name in ("bert", "roberta") else None
        found[name] = extract(
            kind.build(), kind.tokenizer(), "The cat sat on the mat.", text_b, target_text
        )
    return found


@pytest.mark.parametrize("name", ["golden", *KINDS])
def test_the_weights_can_be_computed_from_the_files(traces, name, tmp_path):
    trace = traces[name]
    manifest = written(trace, tmp_path)
    assert [entry["component"] for entry in manifest["components"]] == list(trace.components)
    for component in manifest["components"]:
        layers = trace.layers[component["component"]]
        for entry, layer in zip(component["layers"], layers, strict=True):
            again = read_layer(tmp_path, component["component"], entry)
            assert torch.equal(again.weights(), layer.weights())
            assert again.rotation == layer.rotation
            assert again.largest_difference() == layer.largest_difference()


@pytest.mark.parametrize("name", ["golden", *KINDS])
def test_a_trace_writes_no_file_that_its_manifest_does_not_name(traces, name, tmp_path):
    manifest = written(traces[name], tmp_path)
    named = {
        entry["file"]
        for component in manifest["components"]
        for entry in (*component["overviews"], *component["scores"], *component["layers"])
    }
    if "file" in manifest["predictions"]:
        named.add(manifest["predictions"]["file"])
    assert {path.name for path in tmp_path.iterdir()} == {"manifest.json", *named}
    assert set(manifest["ready"]) == named


def test_each_file_can_be_written_alone_and_the_manifest_lists_those_that_exist(tmp_path):
    together, apart = tmp_path / "together", tmp_path / "apart"
    together.mkdir()
    apart.mkdir()
    written(golden_trace(), together)
    files = TraceFiles(golden_trace(), "some/model", "0123abc", apart)
    assert list(apart.iterdir()) == []
    manifest = json.loads(files.write_manifest().read_text(encoding="utf-8"))
    assert manifest["ready"] == []
    for count, name in enumerate(files.names, start=1):
        files.write(name)
        assert {path.name for path in apart.iterdir()} == {"manifest.json", *files.names[:count]}
    for name in files.names:
        assert (apart / name).read_bytes() == (together / name).read_bytes()
    manifest = json.loads(files.write_manifest().read_text(encoding="utf-8"))
    assert manifest["ready"] == list(files.names)


def test_the_files_that_the_views_fetch_first_come_first():
    files = TraceFiles(golden_trace(), "some/model", "0123abc", Path())
    assert files.names[:4] == (
        "encoder-0.safetensors",
        "encoder-overview-0.safetensors",
        "decoder-overview-0.safetensors",
        "cross-overview-0.safetensors",
    )


def test_a_file_that_exists_is_not_written_again(tmp_path):
    files = TraceFiles(golden_trace(), "some/model", "0123abc", tmp_path)
    (tmp_path / files.names[0]).write_bytes(b"exists")
    files.write(files.names[0])
    assert (tmp_path / files.names[0]).read_bytes() == b"exists"


def test_threads_that_write_the_same_file_leave_one_complete_file(tmp_path):
    (tmp_path / "alone").mkdir()
    written(golden_trace(), tmp_path / "alone")
    folder = tmp_path / "together"
    folder.mkdir()
    files = TraceFiles(golden_trace(), "some/model", "0123abc", folder)
    start = Barrier(8)

    def write_all(_: int) -> None:
        start.wait()
        for name in files.names:
            files.write(name)
            assert (folder / name).read_bytes() == (tmp_path / "alone" / name).read_bytes()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write_all, range(8)))
    assert {path.name for path in folder.iterdir()} == set(files.names)


def test_a_name_that_is_not_in_the_manifest_is_refused(tmp_path):
    files = TraceFiles(golden_trace(), "some/model", "0123abc", tmp_path)
    with pytest.raises(KeyError):
        files.write("../secret")


@pytest.mark.parametrize("at_once", [1, 40, 1000])
def test_the_number_of_scores_at_once_does_not_change_the_files(at_once, tmp_path, monkeypatch):
    monkeypatch.setattr(attention, "SCORES_AT_ONCE", at_once)
    written(golden_trace(), tmp_path)
    for path in GOLDEN.glob("*-*.safetensors"):
        golden, again = load_file(path), load_file(tmp_path / path.name)
        assert set(again) == set(golden)
        for name, tensor in golden.items():
            torch.testing.assert_close(again[name], tensor, atol=1e-6, rtol=0, equal_nan=True)


def test_the_manifest_describes_the_model_the_tokens_and_the_layers(tmp_path):
    trace = golden_trace()
    manifest = written(trace, tmp_path)
    assert set(manifest) == {
        "version", "model", "source", "target", "source_words", "target_words", "components",
        "scores", "predictions", "written_from", "intervened", "compared", "mask_token", "ready",
    }  # fmt: skip
    assert manifest["version"] == 4
    assert manifest["model"] == {"model_id": "some/model", "revision": "0123abc"}
    as_json = [asdict(token) | {"part": list(token.part)} for token in trace.source]
    assert manifest["source"] == as_json
    assert len(manifest["target"]) == 5
    assert manifest["source_words"] == word_starts(trace.source)
    assert manifest["target_words"] == word_starts(trace.target or ())
    sides = [(each["query_tokens"], each["key_tokens"]) for each in manifest["components"]]
    assert sides == [("source", "source"), ("target", "target"), ("target", "source")]
    assert {(each["query_bin"], each["key_bin"]) for each in manifest["components"]} == {(1, 1)}
    assert [each["overviews"] for each in manifest["components"]] == [
        [{"file": "encoder-overview-0.safetensors", "layers": [0, 2, 3]}],
        [{"file": "decoder-overview-0.safetensors", "layers": [0, 1, 2, 3]}],
        [{"file": "cross-overview-0.safetensors", "layers": [0, 1]}],
    ]
    assert manifest["components"][1]["layers"][1] == {
        "layer": 1,
        "file": "decoder-1.safetensors",
        "num_heads": 4,
        "num_key_value_heads": 1,
        "head_dim": 3,
        "scaling": 0.75,
        "softcap": 1.5,
        "reach": {"before": None, "after": 0},
        "rotation": None,
    }
    assert manifest["components"][0]["layers"][2]["rotation"] == {
        "start": 0,
        "size": 2,
        "interleaved": True,
    }
    assert manifest["predictions"] == {
        "file": "predictions.safetensors",
        "tokens": "target",
        "offset": 1,
    }
    assert manifest["written_from"] is None


def test_the_file_of_predictions_contains_the_predictions(tmp_path):
    written(golden_trace(), tmp_path)
    predictions = golden_trace().predictions
    assert isinstance(predictions, Predictions)
    file = load_file(tmp_path / "predictions.safetensors")
    vocabulary = json.loads(bytes(file["vocabulary"].tolist()))
    for places, ids in zip(file["tokens"], predictions.token_ids, strict=True):
        named = [vocabulary[place] for place in places.tolist()]
        assert named == [list(predictions.vocabulary[each]) for each in ids.tolist()]
    assert torch.equal(file["probabilities"], predictions.probabilities)
    assert torch.equal(file["ranks"], predictions.ranks)
    assert torch.equal(
        file["log_probabilities"].nan_to_num(), predictions.log_probabilities.nan_to_num()
    )


def test_a_model_with_one_stack_has_no_target(traces, tmp_path):
    manifest = written(traces["gpt2"], tmp_path)
    assert manifest["target"] is None
    (component,) = manifest["components"]
    assert (component["component"], component["query_tokens"]) == ("self", "source")


def tensor_names(path: Path) -> set[str]:
    """Return the names of a file's tensors except the model's own weights, which are optional."""
    return set(load_file(path)) - {"model_queries", "model_weights"}


def test_only_the_terms_that_a_layer_has_are_written(traces, tmp_path):
    names = {"query", "key", "logsumexp"}
    for name, terms in (("gpt2", names), ("gpt_oss", names | {"sink"})):
        folder = tmp_path / name
        folder.mkdir()
        written(traces[name], folder)
        assert tensor_names(folder / "self-0.safetensors") == terms


@pytest.mark.parametrize("name", ["golden", *KINDS])
def test_logsumexp_gives_each_weight_from_one_score(traces, name, tmp_path):
    manifest = written(traces[name], tmp_path)
    for component in manifest["components"]:
        for entry in component["layers"]:
            layer = traces[name].layer(component["component"], entry["layer"])
            logsumexp = load_file(tmp_path / entry["file"])["logsumexp"]
            assert logsumexp.isfinite().all()
            weights = (layer.scores() - logsumexp[..., None]).exp()
            torch.testing.assert_close(weights, layer.weights(), atol=5e-6, rtol=0)


@pytest.mark.parametrize(
    ("name", "layer", "reach"),
    [
        ("bert", 0, None),
        ("gpt2", 0, {"before": None, "after": 0}),
        (
            "gemma2",
            0,
            {"before": 3, "after": 0},
        ),  # a window of 4, including the query's own position
        ("gemma2", 1, {"before": None, "after": 0}),
        ("modernbert", 0, None),
        ("modernbert", 1, {"before": 3, "after": 3}),  # 6 in total in the configuration
    ],
)
def test_a_mask_is_written_as_a_reach(name, layer, reach, tmp_path):
    kind = (KINDS | MORE_KINDS)[name]
    trace = extract(kind.build(), kind.tokenizer(), "The cat sat on the mat near the door.")
    manifest = written(trace, tmp_path)
    assert manifest["components"][0]["layers"][layer]["reach"] == reach
    assert "allowed" not in tensor_names(tmp_path / f"self-{layer}.safetensors")


def test_a_window_longer_than_the_text_is_not_a_limit(tmp_path):
    trace = self_trace(allowed=band(7, before=6, after=3))
    manifest = written(trace, tmp_path)
    assert manifest["components"][0]["layers"][0]["reach"] == {"before": None, "after": 3}


@pytest.mark.parametrize("hole", [(5, 2), (2, 2)])
def test_a_causal_mask_with_a_hole_is_written_completely(hole, tmp_path):
    allowed = band(7, before=7, after=0)
    allowed[0, *hole] = False
    trace = self_trace(allowed=allowed)
    manifest = written(trace, tmp_path)
    entry = manifest["components"][0]["layers"][0]
    assert entry["reach"] == {"before": None, "after": 0}  # no query sees a later key
    assert "allowed" in tensor_names(tmp_path / "self-0.safetensors")
    again = read_layer(tmp_path, "self", entry)
    assert torch.equal(again.weights(), trace.weights("self", 0))


def test_a_mask_that_differs_between_heads_is_written_completely(tmp_path):
    allowed = band(7, before=2, after=0).repeat(4, 1, 1)
    allowed[3] = band(7, before=3, after=1)
    trace = self_trace(allowed=allowed)
    manifest = written(trace, tmp_path)
    entry = manifest["components"][0]["layers"][0]
    assert entry["reach"] is None
    assert load_file(tmp_path / "self-0.safetensors")["allowed"].shape == (4, 7, 7)


def band(length: int, before: int, after: int) -> Tensor:
    steps = torch.arange(length)[None, :] - torch.arange(length)[:, None]
    return ((steps >= -before) & (steps <= after))[None]


def self_trace(**terms: Any) -> Trace:
    """Return a trace of one layer of the golden trace, with other terms."""
    layer = replace(golden_trace().layer("encoder", 0), component="self", **terms)
    return Trace(golden_trace().source, None, {"self": (layer,)})


@pytest.mark.parametrize("bias_heads", [1, 4])
def test_a_bias_that_depends_on_the_key_is_written_as_one_number_per_key(bias_heads, tmp_path):
    slopes = torch.tensor([0.5, 0.25, 0.125, 0.0625])[:bias_heads]
    alibi = (slopes[:, None, None] * torch.arange(7.0)).expand(-1, 7, -1)  # as in BLOOM
    trace = self_trace(allowed=band(7, before=7, after=0), bias=alibi)
    written(trace, tmp_path)
    tensors = load_file(tmp_path / "self-0.safetensors")
    assert tensors["bias_by_key"].shape == (bias_heads, 7)
    assert torch.equal(tensors["bias_by_key"], alibi[:, 0])
    assert "bias" not in tensors


@pytest.mark.parametrize(("form", "columns"), [("bias_by_key", 7), ("bias_by_distance", 13)])
def test_a_bias_computed_from_scores_is_written_compactly_despite_rounding(form, columns, tmp_path):
    generator = torch.Generator().manual_seed(0)
    steps = torch.arange(7)[None, :] - torch.arange(7)[:, None] + 6
    places = steps if form == "bias_by_distance" else torch.arange(7).expand(7, 7)
    bias = torch.randn(4, columns, generator=generator)[:, places]
    query, key = torch.randn(2, 4, 7, 3, generator=generator) * 4
    products = query @ key.transpose(1, 2) * 0.5
    found = (products + bias) - products
    assert not torch.equal(found, bias)  # rounding changes some last bits
    trace = self_trace(query=query, key=key, allowed=None, bias=found)
    manifest = written(trace, tmp_path)
    assert form in load_file(tmp_path / "self-0.safetensors")
    again = read_layer(tmp_path, "self", manifest["components"][0]["layers"][0])
    torch.testing.assert_close(again.weights(), trace.weights("self", 0), atol=1e-6, rtol=0)


@pytest.mark.parametrize("component", ["encoder", "decoder"])
def test_the_bias_of_a_t5_is_written_as_one_number_per_distance(traces, component, tmp_path):
    layer = traces["t5"].layer(component, 1)
    written(traces["t5"], tmp_path)
    tensors = load_file(tmp_path / f"{component}-1.safetensors")
    assert not {"bias", "bias_by_key"} & set(tensors)
    distances = 2 * layer.num_queries - 1
    assert tensors["bias_by_distance"].shape == (layer.num_heads, distances)
    # The numbers equal the bias wherever a query sees a key.
    for query in range(layer.num_queries):
        for key in range(query + 1 if layer.causal else layer.num_keys):
            column = key - query + layer.num_queries - 1
            assert torch.equal(tensors["bias_by_distance"][:, column], layer.bias[:, query, key])


def test_a_bias_that_is_not_one_number_per_distance_is_written_completely(tmp_path):
    trace = golden_trace()
    layer = trace.layer("decoder", 0)
    assert layer.bias is not None
    bent = layer.bias.clone()
    bent[3, 4, 2] += 2**-10
    layers: dict[Component, tuple[LayerAttention, ...]] = {
        **trace.layers,
        "decoder": (replace(layer, bias=bent),),
    }
    written(replace(trace, layers=layers), tmp_path)
    tensors = load_file(tmp_path / "decoder-0.safetensors")
    assert "bias_by_distance" not in tensors
    assert torch.equal(tensors["bias"], bent)


@pytest.mark.parametrize("bias_heads", [1, 4])
@pytest.mark.parametrize("mask_heads", [1, 4])
def test_a_bias_is_written_compactly_whatever_its_hidden_numbers_are(
    bias_heads, mask_heads, tmp_path
):
    # In transformers, the bias of a key that is not allowed can be any number.
    generator = torch.Generator().manual_seed(0)
    distance = torch.arange(7)[None, :] - torch.arange(7)[:, None]
    bias = torch.randn(bias_heads, 13, generator=generator)[:, distance + 6]
    allowed = torch.rand(mask_heads, 7, 7, generator=generator) > 0.3
    seen = allowed if bias_heads > 1 else allowed.any(0, keepdim=True)
    trace = self_trace(allowed=allowed, bias=bias.masked_fill(~seen.expand_as(bias), 0.0))
    layer = trace.layer("self", 0)
    manifest = written(trace, tmp_path)
    assert "bias_by_distance" in load_file(tmp_path / "self-0.safetensors")
    again = read_layer(tmp_path, "self", manifest["components"][0]["layers"][0])
    torch.testing.assert_close(again.weights(), layer.weights(), atol=0, rtol=0)


def some_tokens(count: int, first_of_b: int | None = None) -> tuple[Token, ...]:
    return tuple(
        Token("a", "a", 5, 0, 1, "A" if first_of_b is None or place < first_of_b else "B", False)
        for place in range(count)
    )


def bins_of(tokens: tuple[Token, ...]) -> list[tuple[int, int]]:
    """Return the first token of each bin and one past its last, as the page counts them."""
    size, first_of_b = bin_size(tokens), [token.segment for token in tokens].index
    border = first_of_b("B") if tokens[-1].segment == "B" else len(tokens)
    bins = []
    for begin, end in ((0, border), (border, len(tokens))):
        while begin < end:
            bins.append((begin, min(begin + size, end)))
            begin += size
    return bins


@pytest.mark.parametrize("count", [1, 2, OVERVIEW_BINS - 1, OVERVIEW_BINS])
def test_each_token_of_a_short_text_has_its_own_bin(count):
    assert bin_size(some_tokens(count)) == 1
    assert bin_size(some_tokens(count, count // 2)) == 1


@pytest.mark.parametrize("count", [OVERVIEW_BINS + 1, 100, 511, 512, 4095, 4096])
def test_a_long_text_has_more_than_half_of_the_bins_that_a_cell_can_show(count):
    for first_of_b in (None, *range(1, count, count // 20)):
        tokens = some_tokens(count, first_of_b)
        assert OVERVIEW_BINS // 2 < len(bins_of(tokens)) <= OVERVIEW_BINS
        assert bin_size(tokens).bit_count() == 1


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
            allowed=band(num_queries, before=4, after=4) if number == 2 else None,
        )
        for number in range(3)
    )
    return Trace(some_tokens(num_queries, first_of_b), None, {"self": layers})


@pytest.mark.parametrize("count", [7, 48, 49, 200])
@pytest.mark.parametrize("at_once", [1, 5000, attention.SCORES_AT_ONCE])
def test_an_overview_contains_the_largest_weight_of_each_bin(count, at_once, tmp_path, monkeypatch):
    monkeypatch.setattr(attention, "SCORES_AT_ONCE", at_once)
    trace = random_trace(count, first_of_b=count // 3)
    written(trace, tmp_path)
    cells_of = load_file(tmp_path / "self-overview-0.safetensors")
    bins = bins_of(trace.source)
    for layer in trace.layers["self"]:
        cells, weights = cells_of[str(layer.layer)], layer.weights()
        assert cells.dtype == torch.uint8
        assert cells.shape == (2, len(bins), len(bins))
        for row, (first, last) in enumerate(bins):
            largest = torch.stack(
                [weights[:, first:last, begin:end].amax((1, 2)) for begin, end in bins], dim=-1
            )
            # The last bit of a weight can change the step to which its square root is rounded.
            assert (cells[:, row].int() - quantized(largest).int()).abs().max() <= 1


def test_the_overview_of_a_layer_with_every_term_is_pooled_from_its_weights(tmp_path):
    generator = torch.Generator().manual_seed(0)
    layer = replace(
        random_trace(200).layer("self", 1),
        layer=0,
        bias=torch.randn(2, 200, 200, generator=generator),
        sink=torch.randn(2, generator=generator),
        softcap=5.0,
    )
    trace = Trace(some_tokens(200), None, {"self": (layer,)})
    written(trace, tmp_path)
    cells = load_file(tmp_path / "self-overview-0.safetensors")["0"]
    largest = layer.weights().unflatten(2, (25, 8)).unflatten(1, (25, 8)).amax((2, 4))
    assert (cells.int() - (largest.sqrt() * 255).round().int()).abs().max() <= 1


@pytest.mark.parametrize("name", ["golden", *KINDS])
def test_score_files_contain_the_scores_in_the_order_of_the_manifest(traces, name, tmp_path):
    trace = traces[name]
    manifest = written(trace, tmp_path)
    names = [each["name"] for each in manifest["scores"]]
    for component in manifest["components"]:
        kind = component["component"]
        tokens = trace.query_tokens(kind), trace.key_tokens(kind)
        numbers = {}
        for entry in component["scores"]:
            tensors = load_file(tmp_path / entry["file"])
            assert set(tensors) == {str(layer) for layer in entry["layers"]}
            numbers |= tensors
        for layer in trace.layers[kind]:
            expected = layer_scores(layer, *tokens)
            for at, score in enumerate(names):
                column = numbers[str(layer.layer)][:, at]
                if score in expected:
                    torch.testing.assert_close(column, expected[score], equal_nan=True)
                else:
                    assert column.isnan().all()


def test_overviews_of_a_long_text_are_in_several_files(tmp_path, monkeypatch):
    monkeypatch.setattr(wire, "WEIGHTS_PER_FILE", 2 * 2 * 10 * 10)
    trace = random_trace(10)
    manifest = written(trace, tmp_path)
    assert manifest["components"][0]["overviews"] == [
        {"file": "self-overview-0.safetensors", "layers": [0, 1]},
        {"file": "self-overview-2.safetensors", "layers": [2]},
    ]
    assert set(load_file(tmp_path / "self-overview-0.safetensors")) == {"0", "1"}
    assert set(load_file(tmp_path / "self-overview-2.safetensors")) == {"2"}


def quantized(weights: Tensor) -> Tensor:
    return torch.tensor(
        [[round(math.sqrt(weight) * 255) for weight in row] for row in weights.tolist()],
        dtype=torch.uint8,
    )


def test_an_overview_differs_from_the_square_root_by_at_most_half_a_step(tmp_path):
    trace = random_trace(20)
    written(trace, tmp_path)
    cells = load_file(tmp_path / "self-overview-0.safetensors")["0"].double() / 255
    weights = trace.weights("self", 0).double()
    assert (cells - weights.sqrt()).abs().max() <= 0.5 / 255 + 1e-6
    # The difference of two squares bounds the error of a weight.
    assert (cells.square() - weights).abs().max() <= 2 * 0.5 / 255


def test_the_axes_of_a_cross_overview_are_binned_separately(tmp_path):
    source, target = some_tokens(100), some_tokens(10)
    layer = replace(
        random_trace(100).layer("self", 0), component="cross", query=torch.ones(2, 10, 4)
    )
    manifest = written(Trace(source, target, {"cross": (layer,)}), tmp_path)
    (component,) = manifest["components"]
    assert (component["query_bin"], component["key_bin"]) == (1, 4)
    assert load_file(tmp_path / "cross-overview-0.safetensors")["0"].shape == (2, 10, 25)


def test_files_grow_with_the_text_and_not_with_its_square(tmp_path):
    sizes = []
    for count in (256, 512):
        folder = tmp_path / str(count)
        folder.mkdir()
        written(random_trace(count), folder)
        sizes.append({path.name: path.stat().st_size for path in folder.iterdir()})
    once, twice = sizes
    header = 500  # bytes at most
    for number in (1, 2):
        file = f"self-{number}.safetensors"
        assert twice[file] <= 2 * once[file] + header
    assert twice["self-overview-0.safetensors"] <= once["self-overview-0.safetensors"] + header


def test_the_manifest_of_the_longest_text_stays_small(tmp_path):
    word = Token("strawberries", "##strawberries", 30_000, 2_000, 2_012, "A", False)
    vectors = torch.ones(2, MAX_TOKENS, 4)
    layer = replace(random_trace(1).layer("self", 0), query=vectors, key=vectors, causal=True)
    layers = tuple(replace(layer, layer=number) for number in range(30))
    trace = Trace((word,) * MAX_TOKENS, None, {"self": layers})
    path = TraceFiles(trace, "some/model", "0123abc", tmp_path).write_manifest()
    assert len(json.loads(path.read_text(encoding="utf-8"))["source"]) == MAX_TOKENS
    assert path.stat().st_size < 200 * MAX_TOKENS  # bytes


def test_writing_the_golden_trace_again_gives_the_golden_files(tmp_path):
    write_golden(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in GOLDEN.iterdir()}
    for path in GOLDEN.iterdir():
        if path.suffix == ".json":
            assert path.read_bytes() == (tmp_path / path.name).read_bytes(), REGENERATE
        elif path.name != WEIGHTS:
            golden, again = load_file(path), load_file(tmp_path / path.name)
            assert list(golden) == list(again), REGENERATE
            # The last bit of exp() and log() can differ between machines.
            computed = list(golden) if "-scores-" in path.name else ["logsumexp"]
            for name in computed:
                own, other = again.pop(name, None), golden.pop(name, None)
                torch.testing.assert_close(own, other, atol=1e-6, rtol=0, equal_nan=True)
            torch.testing.assert_close(
                again, golden, atol=0, rtol=0, equal_nan=True, msg=REGENERATE
            )


def test_the_golden_weights_equal_those_of_plain_loops_and_of_the_trace():
    golden, expected, trace = load_file(GOLDEN / WEIGHTS), golden_weights(), golden_trace()
    assert set(golden) == set(expected)
    for component, layers in trace.layers.items():
        for layer in layers:
            name = f"{component}-{layer.layer}"
            torch.testing.assert_close(golden[name], expected[name], atol=1e-6, rtol=0)
            torch.testing.assert_close(golden[name], layer.weights(), atol=1e-6, rtol=0)


def test_the_golden_trace_has_every_term():
    layers = [layer for layers in golden_trace().layers.values() for layer in layers]
    for term in ("allowed", "bias", "softcap", "sink", "rotation", "model_weights"):
        assert any(getattr(layer, term) is not None for layer in layers)
    assert any(layer.causal for layer in layers)
    assert {layer.num_key_value_heads for layer in layers} == {1, 2, 4}
    files = [path for path in GOLDEN.glob("*-*.safetensors") if path.stem.count("-") == 1]
    written_terms = {name for path in files for name in load_file(path)}
    assert written_terms == {
        "query",
        "key",
        "logsumexp",
        "allowed",
        "bias",
        "bias_by_key",
        "bias_by_distance",
        "sink",
        "model_queries",
        "model_weights",
    }
    manifest = json.loads((GOLDEN / "manifest.json").read_text(encoding="utf-8"))
    entries = [entry for each in manifest["components"] for entry in each["layers"]]
    assert {json.dumps(entry["reach"]) for entry in entries} == {
        "null",
        '{"before": null, "after": 0}',
        '{"before": 1, "after": 0}',
        '{"before": 2, "after": 2}',
    }
