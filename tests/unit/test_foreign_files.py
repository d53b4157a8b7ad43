"""Files of tensors from other programs open, or are refused with a reason."""

import json
import zipfile
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from bertviz_space.errors import TensorsUnreadable
from bertviz_space.files.tensor_export import ALL, write_weights
from bertviz_space.files.tensor_import.trace_reader import read_trace
from bertviz_space.trace.overview import overview
from tests.unit import small_tokenizers as small
from tests.unit.tiny_models import KINDS

TOKENS = ["The", "cat", "sat"]
FLOATS = [torch.float64, torch.float32, torch.float16, torch.bfloat16]
FLOATS8 = [
    torch.float8_e4m3fn, torch.float8_e5m2, torch.float8_e4m3fnuz, torch.float8_e5m2fnuz,
]  # fmt: skip
UNUSED = [
    torch.int64, torch.int8, torch.uint8, torch.uint16, torch.uint32, torch.uint64, torch.bool,
    torch.complex64, torch.bfloat16, torch.float8_e4m3fn, torch.float8_e8m0fnu,
]  # fmt: skip


@pytest.fixture
def weights() -> torch.Tensor:
    torch.manual_seed(0)
    return torch.randn(2, 4, 3, 3).softmax(-1)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "own"


def saved(path, tensors, tokens=TOKENS, **said):
    metadata = {"tokens": json.dumps(tokens)} | said
    save_file({name: each.contiguous() for name, each in tensors.items()}, path, metadata)
    return read_trace(path)


def savez(path, save=np.savez, **arrays):
    content: dict[str, Any] = {"tokens": np.array(TOKENS), **arrays}
    with path.open("wb") as file:
        save(file, **content)
    return read_trace(path)


def shown(trace) -> torch.Tensor:
    return torch.stack([layer.weights() for layer in trace.layers["self"]])


def texts(trace) -> list[str]:
    return [token.text for token in trace.source]


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("dtype", ["<f4", ">f4", "<f8", ">f8", "<f2", ">f2", "longdouble"])
def test_arrays_of_any_byte_order_and_size_open(path, weights, dtype, save):
    trace = savez(path, save, self=weights.numpy().astype(dtype))
    torch.testing.assert_close(shown(trace), weights, atol=1e-3, rtol=0)


def test_arrays_in_any_order_of_memory_open(path, weights):
    for array in (
        np.asfortranarray(weights.numpy()),
        np.ascontiguousarray(weights.numpy().transpose(0, 1, 3, 2)).transpose(0, 1, 3, 2),
        weights.repeat_interleave(2, 1).numpy()[:, ::2],
        weights.numpy()[::-1][::-1],
    ):
        torch.testing.assert_close(shown(savez(path, self=array)), weights)


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_arrays_of_every_version_of_numpys_format_open(path, weights, version):
    with zipfile.ZipFile(path, "w") as archive:
        for name, array in (("self", weights.numpy()), ("tokens", np.array(TOKENS))):
            with archive.open(f"{name}.npy", "w") as file:
                np.lib.format.write_array(file, array, version)
    torch.testing.assert_close(shown(read_trace(path)), weights)


@pytest.mark.parametrize("dtype", [*FLOATS, *FLOATS8])
def test_weights_of_few_bits_open(path, dtype):
    torch.manual_seed(0)
    weights = torch.randn(1, 4, 64, 64).softmax(-1).to(dtype)
    trace = saved(path, {"self": weights}, ["a"] * 64)
    torch.testing.assert_close(shown(trace), weights.float())


def test_a_weight_that_rounding_put_above_1_is_the_darkest_of_an_overview(path):
    trace = saved(path, {"self": torch.eye(3)[None, None] * 1.009})
    glance = overview(trace.layer("self", 0), trace.source, trace.source)
    assert torch.equal(glance[0], torch.eye(3).mul(255).to(torch.uint8))


@pytest.mark.parametrize("dtype", FLOATS8)
def test_many_small_weights_that_were_rounded_up_open(path, dtype):
    weights = torch.full((1, 1, 700, 700), 1 / 700).to(dtype)
    assert saved(path, {"self": weights}, ["a"] * 700).layer("self", 0).num_keys == 700


@pytest.mark.parametrize("dtype", UNUSED)
def test_a_tensor_that_is_not_shown_may_be_of_any_type(path, weights, dtype):
    other = torch.zeros(3, 4, dtype=torch.uint8)
    other = other.view(dtype) if dtype.itemsize == 1 else other.to(dtype)
    names = ("other", "self.0.other", "input_ids", "layers", "self_attn.3")
    trace = saved(path, {"self": weights} | dict.fromkeys(names[:1], other))
    assert texts(trace) == TOKENS
    tensors = {name: other.clone() for name in names}
    torch.testing.assert_close(shown(saved(path, {"self": weights} | tensors)), weights)


@pytest.mark.parametrize(
    "other",
    [
        np.arange(3), np.array([True]), np.array(["text"]), np.array([b"bytes"]),
        np.array([(1, 2.0)], dtype="i4,f4"), np.array(["2020-01-01"], dtype="M8[D]"),
        np.array([1], dtype="m8[s]"), np.ones(3, "c16"), np.ones(3, "u8"), np.array([object()]),
        np.ones((2, 0, 3)), np.float64(3), np.array([(1,)], dtype=[("é", "f4")]),
    ],
    ids=lambda array: f"{array.dtype.str} {array.shape}",  # str(array) contains an address
)  # fmt: skip
def test_an_array_that_is_not_shown_may_be_of_any_type(path, weights, other):
    arrays = dict.fromkeys(("other", "self.x", "layers", "revision2", "ids"), other)
    torch.testing.assert_close(shown(savez(path, self=weights.numpy(), **arrays)), weights)


@pytest.mark.parametrize(
    "tokens",
    [
        np.array(TOKENS), np.array(TOKENS, dtype="S"), np.array(TOKENS, dtype=">U9"),
        np.array([TOKENS]), np.array([TOKENS], dtype="S"), np.array(json.dumps(TOKENS)),
        np.array([json.dumps(TOKENS)]), np.array(json.dumps([TOKENS])),
        np.bytes_(json.dumps(TOKENS)),
        np.asfortranarray(np.array([TOKENS])), np.array([*TOKENS, "x"])[:3], TOKENS,
    ],
    ids=repr,
)  # fmt: skip
def test_tokens_open_in_every_form_that_numpy_writes(path, weights, tokens):
    assert texts(savez(path, self=weights.numpy(), tokens=tokens)) == TOKENS


@pytest.mark.parametrize("token", ["[]", "[1]", "12", "{}", '"', "null"])
def test_a_single_token_that_is_json_is_not_parsed(path, token):
    assert texts(savez(path, self=np.ones((1, 1, 1, 1)), tokens=[token])) == [token]
    assert texts(saved(path, {"self": torch.ones(1, 1, 1, 1)}, [token])) == [token]


def test_tokens_of_bytes_show_the_letters_that_they_share(path):
    halves = ["é".encode()[:1], "é".encode()[1:], "中".encode()]
    trace = savez(path, self=np.eye(3)[None, None], tokens=np.array(halves))
    assert texts(trace) == ["é", "é", "中"]
    assert [token.part for token in trace.source] == [(1, 2), (2, 2), (1, 1)]
    assert [token.vocabulary for token in trace.source] == ["\\xc3", "\\xa9", "中"]
    whole = [each.encode() for each in ("é", "à", "中")]
    assert texts(savez(path, self=np.eye(3)[None, None], tokens=np.array(whole))) == [
        "é",
        "à",
        "中",
    ]


@pytest.mark.parametrize("tokens", [json.dumps([TOKENS]), json.dumps(json.dumps(TOKENS))])
def test_tokens_open_in_every_form_of_json(path, weights, tokens):
    save_file({"self": weights}, path, {"tokens": tokens})
    assert texts(read_trace(path)) == TOKENS


@pytest.mark.parametrize("name", ["gpt2_style", "llama2_style", "wordpiece", "t5_style"])
def test_tokens_of_the_readmes_recipe_are_letters(path, name):
    tokenizer = getattr(small, name)()
    tokens = tokenizer.convert_ids_to_tokens(tokenizer("The café sat on the mat")["input_ids"])
    size = len(tokens)
    trace = saved(path, {"self": torch.eye(size)[None, None]}, tokens)
    assert [token.vocabulary for token in trace.source] == tokens
    letters = "".join(texts(trace)).replace(" ", "")
    assert not {"Ġ", "▁", "Ã", "#"} & set(letters)


def test_a_token_keeps_its_place_in_the_text_and_its_spelling(path):
    tokens = ["ĠThe", "Ġcaf", "Ã", "©", "Ċ"]
    trace = saved(path, {"self": torch.eye(5)[None, None]}, tokens)
    assert texts(trace) == [" The", " caf", "é", "é", "\n"]
    assert [token.part for token in trace.source][2:] == [(1, 2), (2, 2), (1, 1)]
    assert [(token.start, token.end) for token in trace.source][1:3] == [(4, 8), (8, 9)]
    assert [token.vocabulary for token in trace.source] == tokens


def test_texts_that_this_space_wrote_are_not_read_as_spellings(path):
    tokens = ["ĠThe", "Ġcat"]
    tensors = {"self": torch.eye(2)[None, None]}
    assert texts(saved(path, tensors, tokens)) == [" The", " cat"]
    assert texts(saved(path, tensors, tokens, revision="main")) == [" The", " cat"]
    spelled = [replace(token, text=token.vocabulary) for token in read_trace(path).source]
    trace = replace(read_trace(path), source=tuple(spelled))
    assert texts(read_trace(write_weights(trace, ALL, "some/model", "0123abc", path))) == tokens


@pytest.mark.parametrize("axis", [0, 1])
def test_a_batch_axis_of_length_1_is_removed(path, weights, axis):
    torch.testing.assert_close(shown(saved(path, {"self": weights.unsqueeze(axis)})), weights)
    array = np.asfortranarray(weights.unsqueeze(axis).numpy())
    torch.testing.assert_close(shown(savez(path, self=array)), weights)
    one = {"self.0": weights[0][None], "self.1": weights[1]}
    torch.testing.assert_close(shown(saved(path, one)), weights)


def test_the_attentions_of_a_model_open_as_torch_stacks_them(path):
    model, tokenizer = KINDS["gpt2"].build().eval(), KINDS["gpt2"].tokenizer()
    model.set_attn_implementation("eager")
    inputs = tokenizer("the cat sat", return_tensors="pt")
    attentions = model(**inputs, output_attentions=True).attentions
    tokens = tokenizer.convert_ids_to_tokens(inputs["input_ids"][0])
    trace = saved(path, {"self": torch.stack(attentions).detach()}, tokens)
    torch.testing.assert_close(shown(trace), torch.cat(attentions).detach())


def vectors(dtype, size=48, head_dim=32):
    """Return vectors and weights as a model of this dtype computes them, rounded at each step."""
    generator = torch.Generator().manual_seed(0)
    query, key = torch.randn(2, 4, size, head_dim, generator=generator).mul(2).to(dtype)
    scores = (query @ key.mT * head_dim**-0.5).masked_fill(
        ~torch.ones(size, size).tril().bool(), -torch.inf
    )
    weights = scores.float().softmax(-1).to(dtype)
    return {"self.0": weights, "self.0.query": query, "self.0.key": key}


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_vectors_of_a_model_in_half_precision_open(path, dtype):
    tensors, tokens = vectors(dtype), ["a"] * 48
    layer = saved(path, tensors, tokens).layer("self", 0)
    assert torch.equal(layer.query, tensors["self.0.query"].float())
    batch = {name: tensor[None] for name, tensor in tensors.items()}
    assert saved(path, batch, tokens).layer("self", 0).head_dim == 32
    mixed = tensors | {"self.0": tensors["self.0"].float()}
    assert saved(path, mixed, tokens).layer("self", 0).head_dim == 32
    with pytest.raises(TensorsUnreadable, match="Write the scaling that the model uses"):
        saved(path, tensors, tokens, scaling="4")


@pytest.mark.parametrize("dtype", FLOATS8)
def test_vectors_of_eight_bits_open(path, dtype):
    tensors = vectors(torch.bfloat16)
    eight = {name: each.to(dtype) for name, each in tensors.items()}
    scores = eight["self.0.query"].float() @ eight["self.0.key"].float().mT * 32**-0.5
    seen = torch.ones(48, 48).tril().bool()
    eight["self.0"] = scores.masked_fill(~seen, -torch.inf).softmax(-1).to(dtype)
    assert saved(path, eight, ["a"] * 48).layer("self", 0).head_dim == 32


@pytest.mark.parametrize(
    "scaling",
    ["0.125", "[0.125]", "[[0.125]]", '"0.125"', '{"self.0": 0.125}', '{"self.0": "0.125"}'],
)  # fmt: skip
def test_scaling_opens_in_every_form_of_json(path, scaling):
    tensors = vectors(torch.float32, head_dim=64)
    assert saved(path, tensors, ["a"] * 48, scaling=scaling).layer("self", 0).scaling == 0.125


@pytest.mark.parametrize(
    "scaling",
    [0.125, np.float32(0.125), np.array([0.125]), np.array([[0.125]], ">f8"), np.array("0.125"),
     np.array(["0.125"]), np.array('{"self.0": 0.125}'), np.array(b"0.125")],
    ids=repr,
)  # fmt: skip
def test_scaling_opens_in_every_form_that_numpy_writes(path, scaling):
    arrays = {name: each.numpy() for name, each in vectors(torch.float32, head_dim=64).items()}
    trace = savez(path, tokens=np.array(["a"] * 48), scaling=scaling, **arrays)
    assert trace.layer("self", 0).scaling == 0.125


def test_numbers_of_layers_may_be_texts(path, weights):
    for said in ('{"self": [3, 7]}', '{"self": ["3", "7"]}', "[3, 7]"):
        trace = saved(path, {"self": weights}, layers=said)
        assert [layer.layer for layer in trace.layers["self"]] == [3, 7]


IDENTITY = torch.eye(3)[None, None]
TWO = {"tokens": '["a", "b"]'}
COLUMNS = torch.tensor([[0.9, 0.5, 0.1], [0.05, 0.3, 0.3], [0.05, 0.2, 0.6]])[None, None]


@pytest.mark.parametrize(
    ("tensors", "said", "sentence"),
    [
        ({"self": IDENTITY / 0.9}, {}, r"sum 1\.11\. Dropout in training mode.* model\.eval\(\)"),
        ({"self": COLUMNS}, {}, r"columns sum to 1.* write weights\.transpose\(-1, -2\)"),
        ({"self": IDENTITY - 0.5}, {}, r"the smallest number is -0\.5.* scores\.softmax\(-1\)"),
        ({"self": IDENTITY.log()}, {}, r"-inf, as masked scores.* scores\.softmax\(-1\)"),
        ({"self": IDENTITY / 0}, {}, r"NaN for 3 queries.* padding.* weights\.nan_to_num\(0\)"),
        ({"self": IDENTITY * torch.inf}, {}, r"NaN for 3 queries"),
        ({"self": torch.full((1, 1, 3, 3), torch.inf)}, {}, r"infinity.* Compute .* float32"),
        ({"self": torch.ones(2, 3, 4, 3, 3)}, {}, r"five axes.* weights\[:, 0\].* weights\[0\]"),
        ({"self.2": torch.ones(2, 4, 3, 3)}, {}, r"self\.2 .* four axes.* weights\[0\]"),
        ({"self": torch.tensor([[[[torch.nan]]]])}, {"tokens": '["a"]'}, "NaN for 1 query; "),
        ({"self": IDENTITY * 100}, {}, "every query sum to about 100, as percentages .*divide"),
        ({"self": torch.tensor([[[[120, 7.0], [0, 0]]]])}, TWO, "sum to about 127"),
        ({"self": torch.tensor([[[[90, 1.0], [5, 7]]]])}, TWO, r"Dropout .*scores\.softmax\(-1\)"),
        (
            {f"layer_{number}": torch.eye(3)[None] for number in range(5)}, {},
            r"\"self\.0\", .* Found: layer_0, layer_1, layer_2 and 2 more\.$",
        ),
        ({"a": torch.eye(3), "tokens": IDENTITY}, {}, r"No attention weights .* Found: a\.$"),
        ({"<b>": IDENTITY}, {}, r"^No attention weights found\. .*\[head, query, key\]\.$"),
        ({"a" * 99: torch.eye(3), "b": IDENTITY}, {}, r"Found: b and 1 more\.$"),
        ({"self": torch.eye(3)}, {}, r"For one head of one layer, write weights\[None, None\]"),
        ({"self.0": torch.eye(3)}, {}, r"\[3, 3\].* For one head, write weights\[None\]"),
        ({"self": torch.ones(1, 1, 1, 1, 1, 3, 3)}, {}, "of 7 axes, but its axes should be layers"),
        ({"self": torch.ones(0, 4, 3, 3)}, {}, r"The number of layers is 0"),
        ({"self": torch.ones(2, 0, 3, 3)}, {}, r"The number of heads is 0"),
        ({"self.0": torch.ones(0, 3, 3)}, {}, r"The number of heads is 0"),
        ({"self": torch.ones(300, 1, 3, 3)}, {}, r"300 layers, and at most 256"),
        ({"self": torch.ones(1, 300, 3, 3)}, {}, r"300 heads, and at most 256"),
        ({"self": torch.ones(200, 200, 1, 1)}, {}, r"40,000 heads in all layers"),
        ({"self": IDENTITY.bool()}, {}, "self contains BOOL instead of floating-point numbers"),
        ({"self": IDENTITY, "self.0": torch.eye(3)[None]}, {}, "layer 0 of self twice"),
        ({"self.3": IDENTITY[0], "self.03": torch.eye(3)[None]}, {}, "layer 3 of self twice"),
        ({"self": IDENTITY}, {"tokens": json.dumps(["a"])}, "1 and 1 tokens for them. Write one"),
        ({"self": IDENTITY}, {"tokens": json.dumps([TOKENS] * 2)}, r"2 lists.* tokens\[0\]"),
        ({"self": IDENTITY}, {"tokens": "[1, 2, 3]"}, "convert_ids_to_tokens"),
        ({"self": IDENTITY}, {"tokens": "[]"}, "tokens is an empty list"),
        ({"self": IDENTITY}, {"tokens": "['The', 'cat', 'sat']"}, r"json\.dumps\(tokens\)"),
        ({"self": IDENTITY, "tokens": torch.ones(3)}, {"tokens": None}, "No tokens found"),
        (
            {"cross": torch.ones(1, 1, 2, 3) / 3},
            {"target_tokens": json.dumps(["a", "b", "c"]), "tokens": json.dumps(["a", "b"])},
            r"The axis of queries comes first: write weights\.transpose\(-1, -2\)",
        ),
    ],
)  # fmt: skip
def test_invalid_weights_are_refused_with_cause_and_remedy(path, tensors, said, sentence):
    with pytest.raises(TensorsUnreadable, match=sentence):
        saved(path, tensors, **said)


@pytest.mark.parametrize(
    "scaling",
    [
        "9" * 400, "-" + "9" * 400, "1e999", "NaN", '"much"', "true", "[1, 2]", "[]", '"1e39"',
        '{"self.0": ' + "9" * 400 + "}",
    ],
)  # fmt: skip
def test_a_scaling_that_is_not_a_number_is_refused(path, scaling):
    tensors = vectors(torch.float32)
    with pytest.raises(TensorsUnreadable, match=r"scaling gives no number .* or leave out scaling"):
        saved(path, tensors, ["a"] * 48, scaling=scaling)


@pytest.mark.parametrize(
    ("query", "key", "sentence"),
    [
        ((1, 3, 2000), (1, 3, 2000), "have 2,000 numbers, and at most 1,024"),
        ((1, 3, 0), (1, 3, 0), "axes should be heads, positions"),
        ((1, 2, 4), (1, 3, 4), r"do not fit .* self\.0\.query as \[1, 3, head_dim\]"),
        ((1, 3, 4), (1, 3, 5), "do not fit the weights"),
        ((1, 3, 4), (2, 3, 4), "where key_heads divides 1"),
        ((3, 4), (3, 4), "should be heads, positions"),
        ((2, 1, 3, 4), (1, 3, 4), "should be heads, positions"),
    ],
)
def test_vectors_that_do_not_fit_are_refused(path, query, key, sentence):
    tensors = {"self.0": torch.eye(3)[None]}
    tensors |= {"self.0.query": torch.zeros(query), "self.0.key": torch.zeros(key)}
    with pytest.raises(TensorsUnreadable, match=sentence):
        saved(path, tensors)


def test_vectors_that_are_not_finite_are_refused(path):
    tensors = vectors(torch.float32) | {"self.0.key": torch.full((4, 48, 32), torch.nan)}
    with pytest.raises(TensorsUnreadable, match=r"self\.0\.key contains NaN or infinity"):
        saved(path, tensors, ["a"] * 48)


def test_the_error_names_a_file_of_another_format(path, weights):
    with path.open("wb") as file:
        np.save(file, weights.numpy())
    with pytest.raises(TensorsUnreadable, match=r"one array .* numpy\.savez"):
        read_trace(path)
    torch.save({"self": weights}, path)
    with pytest.raises(TensorsUnreadable, match=r"torch\.save,.* safetensors\.torch\.save_file"):
        read_trace(path)
