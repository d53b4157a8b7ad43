"""The measured rotation: the model's own angles undo it."""

import gc
import weakref
from collections.abc import Mapping
from typing import Any

import pytest
import torch
from torch import Tensor
from transformers import (
    CohereConfig,
    CohereModel,
    DeepseekV3Config,
    DeepseekV3Model,
    EsmConfig,
    EsmModel,
    FalconConfig,
    FalconModel,
    Gemma3TextConfig,
    Gemma3TextModel,
    GlmConfig,
    GlmModel,
    GPTJConfig,
    GPTJModel,
    Llama4TextConfig,
    Llama4TextModel,
    PreTrainedModel,
    Qwen3NextConfig,
    Qwen3NextModel,
    RoFormerConfig,
    RoFormerModel,
    SmolLM3Config,
    SmolLM3Model,
    T5GemmaConfig,
    T5GemmaModel,
)

from bertviz_space.capture import capture, rotation
from bertviz_space.capture.rotation import find_rotation, with_rotations
from bertviz_space.extraction import extract
from bertviz_space.trace import LayerAttention, Rotation
from tests.unit.tiny_models import KINDS, MORE_KINDS, redraw

ALL = KINDS | MORE_KINDS
WHOLE = Rotation(0, 8, interleaved=False)
WHOLE_NEIGHBORS = Rotation(0, 8, interleaved=True)

SIZES: dict[str, Any] = {
    "vocab_size": 100,
    "hidden_size": 32,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "intermediate_size": 32,
    "max_position_embeddings": 64,
}
SHARED: dict[str, Any] = SIZES | {"num_key_value_heads": 2}


def built(model_class: type[PreTrainedModel], config: Any) -> Any:
    model = model_class._from_config(config, attn_implementation="eager")
    redraw(model, seed=0, query_and_key_std=0.4)
    return model.eval()


def cohere() -> Any:
    return built(CohereModel, CohereConfig(**SHARED))


def glm() -> Any:
    return built(GlmModel, GlmConfig(**SHARED, head_dim=8, pad_token_id=0))


def deepseek() -> Any:
    """Multi-head latent attention, in which only the end of a vector rotates."""
    config = DeepseekV3Config(
        **SIZES,
        num_key_value_heads=4,
        q_lora_rank=8,
        kv_lora_rank=8,
        qk_rope_head_dim=4,
        qk_nope_head_dim=8,
        v_head_dim=8,
        first_k_dense_replace=3,
    )
    return built(DeepseekV3Model, config)


def gemma3() -> Any:
    """Local layers with other frequencies."""
    types = ["sliding_attention", "full_attention", "sliding_attention"]
    return built(Gemma3TextModel, Gemma3TextConfig(**SHARED, head_dim=8, layer_types=types))


def smollm3() -> Any:
    """A layer without rotation."""
    return built(SmolLM3Model, SmolLM3Config(**SHARED, no_rope_layers=[1, 0, 1], pad_token_id=0))


def llama4() -> Any:
    """A layer without rotation, in which queries grow with the position."""
    config = Llama4TextConfig(
        **SHARED,
        head_dim=8,
        intermediate_size_mlp=32,
        num_local_experts=2,
        no_rope_layers=[1, 0, 1],
        floor_scale=2,
    )
    return built(Llama4TextModel, config)


def qwen3_next() -> Any:
    """Recurrent layers, whose state depends on all earlier positions."""
    config = Qwen3NextConfig(
        **SHARED,
        head_dim=8,
        linear_num_value_heads=2,
        linear_num_key_heads=2,
        linear_key_head_dim=8,
        linear_value_head_dim=8,
        num_experts=0,
        layer_types=["linear_attention", "full_attention", "full_attention"],
    )
    return built(Qwen3NextModel, config)


def t5gemma() -> Any:
    """An encoder and a decoder with rotation."""
    stack = SHARED | {"head_dim": 8}
    decoder = stack | {"cross_attention_hidden_size": 32}
    return built(T5GemmaModel, T5GemmaConfig(encoder=stack, decoder=decoder, vocab_size=100))


def esm() -> Any:
    return built(EsmModel, EsmConfig(**SIZES, position_embedding_type="rotary", pad_token_id=1))


def falcon(alibi: bool = False) -> Any:
    config = FalconConfig(
        vocab_size=100, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, alibi=alibi
    )
    return built(FalconModel, config)


def gptj() -> Any:
    """A table of sines and cosines in place of frequencies, shorter than the probed positions."""
    config = GPTJConfig(
        vocab_size=100, n_embd=32, n_layer=2, n_head=4, rotary_dim=4, n_positions=16
    )
    return built(GPTJModel, config)


def roformer() -> Any:
    """The first rotary model: it accepts no positions, and its table is a parameter."""
    model = RoFormerModel(RoFormerConfig(**SIZES, embedding_size=32))
    table = model.encoder.embed_positions.weight.detach().clone()
    redraw(model, seed=0, query_and_key_std=0.4)
    with torch.no_grad():
        model.encoder.embed_positions.weight.copy_(table)
    return model.eval()


ROTARY = {
    "llama": (ALL["llama"].build, WHOLE),
    "mistral": (ALL["mistral"].build, WHOLE),
    "gemma2": (ALL["gemma2"].build, WHOLE),
    "gpt_oss": (ALL["gpt_oss"].build, WHOLE),  # has a sink
    "qwen3": (ALL["qwen3"].build, WHOLE),
    "granite": (ALL["granite"].build, WHOLE),
    "modernbert": (ALL["modernbert"].build, WHOLE),
    "gpt_neox": (ALL["gpt_neox"].build, Rotation(0, 2, interleaved=False)),
    "phi": (ALL["phi"].build, Rotation(0, 4, interleaved=False)),
    "cohere": (cohere, WHOLE_NEIGHBORS),
    "glm": (glm, Rotation(0, 4, interleaved=True)),
    "deepseek": (deepseek, Rotation(8, 4, interleaved=False)),
    "gemma3": (gemma3, WHOLE),
    "esm": (esm, WHOLE),
    "falcon": (falcon, WHOLE),
    "gptj": (gptj, Rotation(0, 4, interleaved=True)),
    "roformer": (roformer, WHOLE_NEIGHBORS),
}


def recorded(model: Any, **inputs: Any) -> Mapping[Any, tuple[LayerAttention, ...]]:
    """Return captured layers with their rotations."""
    return with_rotations(model, capture(model, inputs).layers)


def one_token(count: int = 12) -> Tensor:
    return torch.full((1, count), 9)


def undone(vectors: Tensor, frequencies: Tensor, found: Rotation) -> Tensor:
    """Rotate vectors back by the model's angles, position times frequency.

    Args:
        vectors: ``[head, position, head_dim]``.
        frequencies: of each pair, in radians per position.
        found: which dimensions are a pair.
    """
    angles = torch.arange(vectors.shape[1], dtype=torch.float64)[:, None] * frequencies.double()
    cos, sin = angles.cos(), angles.sin()
    half = found.size // 2
    back = vectors.double().clone()
    for pair in range(half):
        first = found.start + (2 * pair if found.interleaved else pair)
        second = first + (1 if found.interleaved else half)
        x, y = vectors[..., first].double(), vectors[..., second].double()
        back[..., first] = x * cos[:, pair] + y * sin[:, pair]
        back[..., second] = y * cos[:, pair] - x * sin[:, pair]
    return back


def frequencies_of(model: Any, layer: int, size: int) -> Tensor:
    """Return the frequencies of a layer, or those of Su et al. 2021 if the model has none."""
    buffers = {name: each for name, each in model.named_buffers() if name.endswith("inv_freq")}
    if len(set(map(str, buffers.values()))) > 1:
        kind = model.config.layer_types[layer]
        buffers = {name: each for name, each in buffers.items() if f".{kind}_inv_freq" in name}
    return next(iter(buffers.values()), 1e4 ** -(torch.arange(0, size, 2) / size))


@pytest.mark.parametrize("name", ROTARY)
def test_the_angles_of_the_model_undo_the_rotation_that_was_found(name):
    build, expected = ROTARY[name]
    model = build()
    # The same token at every position has the same query and key before the rotation, at least in
    # the first layer; with a sink, the states of later layers differ.
    layers = recorded(model, input_ids=one_token())["self"]
    assert [layer.rotation for layer in layers] == [expected] * len(layers)
    for layer in layers[:1] if name == "gpt_oss" else layers:
        frequencies = frequencies_of(model, layer.layer, expected.size)
        assert len(frequencies) == expected.size // 2
        for vectors in (layer.query, layer.key):
            assert (vectors - vectors[:, :1]).abs().max() > 0.05
            back = undone(vectors, frequencies, expected)
            constant = back[:, :1].expand_as(back)
            torch.testing.assert_close(back, constant, atol=1e-4, rtol=0, check_dtype=False)


@pytest.mark.parametrize("build", [smollm3, llama4])
def test_a_layer_without_rotation_has_none(build):
    layers = recorded(build(), input_ids=one_token())["self"]
    found = [layer.rotation for layer in layers]
    assert found[1] is None
    assert found[0] == found[2]
    assert found[0] in (WHOLE, WHOLE_NEIGHBORS)


def test_rotations_are_found_after_layers_without_attention():
    layers = recorded(qwen3_next(), input_ids=one_token())["self"]
    assert [(each.layer, each.rotation) for each in layers] == [
        (number, Rotation(0, 2, interleaved=False)) for number in (1, 2)
    ]


def test_encoder_and_decoder_rotate_and_cross_attention_does_not():
    layers = recorded(t5gemma(), input_ids=one_token(), decoder_input_ids=one_token(5))
    for component, expected in (("encoder", WHOLE), ("decoder", WHOLE), ("cross", None)):
        assert [each.rotation for each in layers[component]] == [expected] * 3


def test_a_rotary_type_that_is_configured_without_rotation_has_none():
    layers = recorded(falcon(alibi=True), input_ids=one_token())["self"]
    assert [layer.rotation for layer in layers] == [None] * 2


@pytest.mark.parametrize("name", ["bert", "gpt2", "t5", "bart", "opt", "albert"])
def test_a_model_with_other_position_encodings_has_no_rotation(name):
    model = ALL[name].build()
    inputs = {"input_ids": one_token()}
    if model.config.is_encoder_decoder:
        inputs["decoder_input_ids"] = one_token(5)
    for layers in recorded(model, **inputs).values():
        assert [each.rotation for each in layers] == [None] * len(layers)


def test_an_extraction_includes_the_rotation():
    kind = ALL["phi"]
    trace = extract(kind.build(), kind.tokenizer(), "The cat sat on the mat.")
    assert {each.rotation for each in trace.layers["self"]} == {Rotation(0, 4, interleaved=False)}


def test_a_model_is_measured_once_and_not_kept_in_memory(monkeypatch):
    measured = []
    measure = rotation._measure
    monkeypatch.setattr(
        rotation, "_measure", lambda model: measured.append(type(model)) or measure(model)
    )
    kind = ALL["llama"]
    model = kind.build()
    for _ in range(3):
        extract(model, kind.tokenizer(), "The cat sat.")
    assert len(measured) == 1
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


# Synthetic vectors.


def rotated(found: Rotation, head_dim: int = 8, heads: int = 3) -> Tensor:
    """Return one rotated vector per head at positions 0, 3, 29: ``[position, head, head_dim]``."""
    vector = torch.randn(heads, 1, head_dim, generator=torch.Generator().manual_seed(0))
    frequencies = 0.05 ** torch.linspace(0, 1, found.size // 2)
    # To rotate back with negative frequencies is to rotate.
    everywhere = undone(vector.expand(-1, 30, -1), -frequencies, found)
    return everywhere[:, [0, 3, 29]].transpose(0, 1).float()


@pytest.mark.parametrize("interleaved", [False, True])
@pytest.mark.parametrize(("start", "size"), [(0, 8), (0, 4), (4, 4), (0, 6), (2, 6)])
def test_every_kind_of_rotation_is_distinguished_from_the_others(start, size, interleaved):
    expected = Rotation(start, size, interleaved)
    assert find_rotation(rotated(expected), (size,)) == expected
    assert find_rotation(rotated(expected), (8, size)) == expected


def test_equal_vectors_have_no_rotation():
    assert find_rotation(torch.ones(3, 2, 8), (8,)) is None


def test_vectors_that_change_in_other_ways_have_no_rotation():
    # Learned positions that are added.
    assert find_rotation(torch.randn(3, 2, 8, generator=torch.Generator()), (8, 4, 2)) is None
    # Queries that grow with the position.
    growing = torch.ones(3, 2, 8) * torch.tensor([1.0, 1.1, 1.2])[:, None, None]
    assert find_rotation(growing, (8, 4, 2)) is None


def test_an_inexact_rotation_is_not_accepted():
    vectors = rotated(WHOLE)
    vectors[1, 0, 5] += 0.01
    assert find_rotation(vectors, (8,)) is None
