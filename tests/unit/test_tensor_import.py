"""A reader's own file of tensors becomes a trace, or an error names what is wrong with it."""

import json
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from bertviz_space.errors import TensorsUnreadable
from bertviz_space.files.tensor_export import ALL, LayersAndHeads, write_query_key, write_weights
from bertviz_space.files.tensor_import.trace_reader import read_trace
from bertviz_space.page import layout
from tests.unit.golden import golden_trace

TOKENS = ["The", "cat", "sat"]
README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def weights():
    torch.manual_seed(0)
    return torch.randn(2, 4, 3, 3).softmax(-1)


def save(path, tensors, tokens=TOKENS, **values):
    values = {"tokens": tokens, **values}
    metadata = {name: json.dumps(value) for name, value in values.items()}
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, path, metadata)
    return path


def with_vectors(vectors):
    return {"self.0": torch.eye(3)[None], "self.0.query": vectors, "self.0.key": vectors.clone()}


def test_the_formula_gives_exactly_the_weights_in_the_file(tmp_path, weights):
    weights[0, 1, 2] = torch.tensor([0.25, 0.0, 0.25])  # a sink got the rest
    weights[1, 3, 0] = 0  # a padded query
    trace = read_trace(save(tmp_path / "own", {"self": weights}))
    for layer in (0, 1):
        torch.testing.assert_close(trace.weights("self", layer), weights[layer])
        # The page computes exp(score - logsumexp).
        read = trace.layer("self", layer)
        computed = (read.scores() - read.log_normalizers()[..., None]).exp()
        torch.testing.assert_close(computed, weights[layer])
    assert [token.text for token in trace.source] == TOKENS


def test_npz_files_are_read_like_safetensors_files(tmp_path, weights):
    np.savez(tmp_path / "own.npz", self=weights.double().numpy(), tokens=np.array(TOKENS))
    np.savez_compressed(tmp_path / "small.npz", self=weights.numpy(), tokens=np.array(TOKENS))
    for name in ("own.npz", "small.npz"):
        trace = read_trace(tmp_path / name)
        torch.testing.assert_close(trace.weights("self", 1), weights[1])
        assert [token.text for token in trace.source] == TOKENS


def test_the_recipe_on_the_page_writes_an_npz_file_that_can_be_read(tmp_path, monkeypatch, weights):
    [recipe] = re.findall(r"np\.savez\(.*$", layout._OWN_TENSORS, re.MULTILINE)
    assert recipe in README
    monkeypatch.chdir(tmp_path)
    exec(recipe, {"np": np, "weights": weights.requires_grad_(), "tokens": TOKENS})
    trace = read_trace(tmp_path / "own.npz")
    torch.testing.assert_close(trace.weights("self", 1), weights[1].detach())
    assert [token.text for token in trace.source] == TOKENS


def test_each_layer_can_be_a_tensor_of_its_own(tmp_path):
    one, other = torch.ones(1, 3, 3) / 3, torch.eye(3)[None].expand(5, 3, 3)
    trace = read_trace(save(tmp_path / "own", {"self.7": one, "self.2": other}))
    assert [layer.layer for layer in trace.layers["self"]] == [2, 7]
    assert [layer.num_heads for layer in trace.layers["self"]] == [5, 1]


def test_vectors_are_accepted_only_if_they_give_the_weights(tmp_path):
    torch.manual_seed(0)
    query, key = torch.randn(4, 3, 8), torch.randn(2, 3, 8)
    scores = query @ key.repeat_interleave(2, 0).transpose(1, 2) * 0.5
    seen = torch.ones(3, 3).tril().bool()
    weights = scores.masked_fill(~seen, -torch.inf).softmax(-1)
    tensors = {"self.0": weights, "self.0.query": query, "self.0.key": key}
    trace = read_trace(save(tmp_path / "own", tensors, scaling=0.5))
    layer = trace.layer("self", 0)
    assert torch.equal(layer.query, query)
    torch.testing.assert_close(layer.weights(), weights, atol=1e-6, rtol=0)
    assert layer.largest_difference() == pytest.approx(0, abs=1e-6)
    with pytest.raises(TensorsUnreadable, match=r"differ by up to .* Write the scaling"):
        read_trace(save(tmp_path / "wrong", tensors))


def test_an_exported_file_can_be_opened(tmp_path):
    trace = golden_trace()
    path = tmp_path / "weights"
    write_weights(trace, LayersAndHeads(layers=(0, 3)), "some/model", "0123abc", path)
    again = read_trace(path)
    assert again.components == trace.components
    for component, layers in again.layers.items():
        assert [layer.layer for layer in layers] == [
            layer.layer for layer in trace.layers[component] if layer.layer in (0, 3)
        ]
        for layer in layers:
            expected = trace.weights(component, layer.layer)
            torch.testing.assert_close(layer.weights(), expected, atol=1e-6, rtol=0)
    for own, written in ((again.source, trace.source), (again.target, trace.target)):
        assert [token.text for token in own or ()] == [token.text for token in written or ()]


def test_a_file_without_weights_is_refused(tmp_path):
    path = write_query_key(golden_trace(), ALL, "some/model", "0123abc", tmp_path / "vectors")
    with pytest.raises(TensorsUnreadable, match=r'^No attention weights .* a tensor named "self"'):
        read_trace(path)


@pytest.mark.parametrize(
    ("tensors", "values", "message"),
    [
        ({"self": torch.ones(2, 4, 3, 3)}, {}, r"at least 0.* the largest sum 3"),
        ({"self": -torch.eye(3).expand(1, 1, 3, 3)}, {}, r"the smallest number is -1"),
        ({"self": torch.full((1, 1, 3, 3), torch.nan)}, {}, "self.0 contains NaN for 3 queries"),
        ({"self": torch.ones(1, 1, 3, 3).long()}, {}, "instead of floating-point numbers"),
        ({"self": torch.eye(4)[None, None]}, {}, "4 queries and 4 keys, but the file has 3 and 3"),
        ({"self": torch.eye(3)}, {}, r"shape \[3, 3\], but its axes should be layers, heads"),
        ({"self.1": torch.eye(3)}, {}, r"shape \[3, 3\], but its axes should be heads, queries"),
        ({"self": torch.ones(0, 1, 3, 3)}, {}, r"shape \[0, 1, 3, 3\]"),
        ({"other": torch.eye(3)}, {}, "No attention weights"),
        ({"cross": torch.eye(3)[None, None]}, {}, "but no target_tokens"),
        ({"self": torch.eye(3)[None, None]}, {"tokens": None}, "No tokens"),
        ({"self": torch.eye(3)[None, None]}, {"tokens": [1, 2, 3]}, "tokens is not a list of"),
        ({"self": torch.eye(3)[None, None]}, {"tokens": "abc"}, "tokens is not a list of"),
        ({"self": torch.eye(3)[None, None]}, {"tokens": ["a"] * 5000}, "at most 4,096 can be read"),
        ({"self": torch.eye(3)[None, None]}, {"tokens": ["a" * 10**6] * 3}, "header of the file"),
        ({"self": torch.eye(3)[None, None]}, {"tokens": ["a" * 3 * 10**5] * 3}, "characters"),
        (
            {"self": torch.eye(3)[None, None], "encoder": torch.eye(3)[None, None]},
            {},
            "which no model has together",
        ),
        (
            with_vectors(torch.ones(1, 2, 4)),
            {},
            r"self\.0\.query \[1, 2, 4\] and .* do not fit .* as \[1, 3, head_dim\]",
        ),
        (
            with_vectors(torch.ones(1, 3, 4)),
            {"scaling": "much"},
            "scaling gives no number for self.0",
        ),
    ],
)  # fmt: skip
def test_the_error_message_names_the_wrong_value(tmp_path, tensors, values, message):
    with pytest.raises(TensorsUnreadable, match=message):
        read_trace(save(tmp_path / "own", tensors, **values))


def test_invalid_numbers_of_layers_are_ignored(tmp_path, weights):
    for numbers in ([3, 3], [3], ["a", "b"], [-1, 0], {"a": 1}, [1e99, 2]):
        path = save(tmp_path / "own", {"self": weights}, layers={"self": numbers})
        assert [layer.layer for layer in read_trace(path).layers["self"]] == [0, 1]


@pytest.mark.parametrize("content", [b"", b"\x00" * 64, b"{}", b"PK\x03\x04 no zip"])
def test_a_file_of_another_format_is_refused(tmp_path, content):
    path = tmp_path / "own.safetensors"
    path.write_bytes(content)
    with pytest.raises(TensorsUnreadable, match="neither a safetensors nor an npz file"):
        read_trace(path)


def test_a_pickle_is_never_loaded(tmp_path):
    opened = tmp_path / "opened"

    class Trap:
        def __reduce__(self):
            return open, (str(opened), "w")

    np.savez(tmp_path / "own.npz", self=np.array([Trap()]), tokens=np.array(TOKENS))
    with pytest.raises(TensorsUnreadable, match="contains Python objects"):
        read_trace(tmp_path / "own.npz")
    assert not opened.exists()


def test_an_array_that_declares_a_terabyte_is_refused_before_it_is_read(tmp_path):
    # A header that declares a terabyte, in a file of a few hundred bytes.
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 500000, 500000), }\n"
    npy = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    with zipfile.ZipFile(tmp_path / "own.npz", "w") as archive:
        archive.writestr("self.npy", npy)
    with pytest.raises(TensorsUnreadable, match="larger than 256 MB after unpacking"):
        read_trace(tmp_path / "own.npz")


def test_an_unpaired_surrogate_in_a_token_is_replaced(tmp_path, weights):
    trace = read_trace(save(tmp_path / "own", {"self": weights}, ["a\ud800", "b", "c"]))
    assert trace.source[0].text == "a?"


def test_deeply_nested_json_is_refused_as_tokens(tmp_path, weights):
    save_file({"self": weights}, tmp_path / "own", {"tokens": "[" * 100_000})
    with pytest.raises(TensorsUnreadable, match="tokens is not a list of"):
        read_trace(tmp_path / "own")
