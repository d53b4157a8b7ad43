"""Errors of a model's code become errors for the reader; errors of this package do not change."""

import copy
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import GPTNeoXConfig, GPTNeoXModel

from architectures.builder import build, inputs_for
from architectures.types import Architecture
from bertviz_space import extract
from bertviz_space.capture import capture, with_rotations
from bertviz_space.errors import (
    AttentionUnavailable,
    MemoryExhausted,
    ModelFailed,
    RunStopped,
    RunTooLong,
    SpaceError,
)
from tests.unit import small_tokenizers as small
from tests.unit.tiny_models import KINDS

ERRORS = [
    IndexError("index out of range in self"),
    RuntimeError("The size of tensor a (3) must match the size of tensor b (4)"),
    AssertionError(),
    KeyError("main"),
    AttributeError("'NoneType' object has no attribute 'shape'"),
    NotImplementedError(),
    ZeroDivisionError("division by zero"),
    StopIteration(),
    ValueError("You have to specify bbox\n\n" + "and more " * 100),
    TypeError("forward() missing 1 required positional argument: 'bbox'"),
]
OF_MEMORY = [
    MemoryError(),
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB."),
    RuntimeError(
        "[enforce fail at alloc_cpu.cpp:127] . DefaultCPUAllocator: can't allocate memory"
    ),
]


def failing(model: Any, error: BaseException, monkeypatch: Any) -> Any:
    """Return the model with a second layer that raises an error."""

    def fail(*_: Any, **__: Any) -> None:
        # A copy, because an error stores its traceback.
        raise error if isinstance(error, SpaceError) else copy.copy(error)

    layers = {"bert": "encoder.layer.1", "bloom": "h.1", "t5": "decoder.block.1"}
    layer = model.get_submodule(layers[model.config.model_type])
    monkeypatch.setattr(layer, "forward", fail)
    return model


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("name", ["bert", "t5"])
def test_an_error_of_a_models_code_names_the_type_the_cause_and_what_to_do(
    name, error, monkeypatch
):
    model = failing(KINDS[name].build(), error, monkeypatch)
    for target_text in ["The cat", None] if name == "t5" else [None]:
        with pytest.raises(ModelFailed) as raised:
            extract(model, KINDS[name].tokenizer(), "The dog ran", target_text=target_text)
        message = str(raised.value)
        assert message.startswith(f"A {name} model cannot be run on ")
        assert type(error).__name__ in message
        assert message.endswith("Try another text, or choose another model.")
        assert len(message) < 450
        assert "\n" not in message


@pytest.mark.parametrize("error", OF_MEMORY, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("name", ["bert", "t5"])
def test_full_memory_is_reported_and_freed(name, error, monkeypatch):
    model = failing(KINDS[name].build(), error, monkeypatch)
    for target_text in ["The cat", None] if name == "t5" else [None]:
        with pytest.raises(MemoryExhausted, match=f"A {name} model runs out of memory") as raised:
            extract(model, KINDS[name].tokenizer(), "The dog ran", target_text=target_text)
        cause = raised.value.__cause__
        assert cause is not None
        entry = cause.__traceback__
        while entry is not None and entry.tb_next is not None:
            entry = entry.tb_next
        assert entry is not None
        assert not entry.tb_frame.f_locals  # the failed frame keeps no tensor


def test_a_failed_allocation_is_reported(monkeypatch):
    model = KINDS["bert"].build()
    monkeypatch.setattr(model.encoder.layer[1], "forward", lambda *_, **__: torch.empty(2**50))
    with pytest.raises(MemoryExhausted):
        extract(model, small.wordpiece(), "The dog ran")


@pytest.mark.parametrize("error", [RunStopped(), RunTooLong(3), AttentionUnavailable("Why.")])
def test_an_error_for_the_reader_does_not_change(error, monkeypatch):
    model = failing(KINDS["bert"].build(), error, monkeypatch)
    with pytest.raises(SpaceError) as raised:
        extract(model, small.wordpiece(), "The dog ran")
    assert raised.value is error


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_an_interrupt_does_not_change(kind, monkeypatch):
    model = failing(KINDS["bert"].build(), kind(), monkeypatch)
    with pytest.raises(kind):
        extract(model, small.wordpiece(), "The dog ran")


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("bloom", "recording._BLOCK"),
        ("bloom", "recorder.ModuleCall"),
        ("bloom", "product_tracer.TRACED"),
        ("bloom", "product_attention.sampled_queries"),
        ("llama", "interface.sampled_queries"),
        ("llama", "forward.Assumptions"),
        ("llama", "interface.split_mask"),
    ],
)
def test_an_error_of_the_recording_code_does_not_change(name, broken, monkeypatch):
    model = KINDS["llama"].build() if name == "llama" else build_bloom()
    monkeypatch.setattr(f"bertviz_space.capture.{broken}", None)
    with pytest.raises((AttributeError, TypeError)):
        capture(model, inputs_for(model))


def build_bloom() -> Any:
    return build(Architecture("bloom", "CausalLM")).base_model


def test_an_error_of_a_traced_operation_is_the_models():
    # torch raises the error within this package's own function, which forwards the call.
    model = build_bloom()
    model.h[1].mlp.register_forward_hook(lambda *_: torch.ones(2) @ torch.ones(3))
    with pytest.raises(ModelFailed, match="A bloom model cannot be run on this text"):
        capture(model, inputs_for(model))


def test_a_model_that_fails_on_one_token_has_no_known_rotation(monkeypatch):
    model = KINDS["llama"].build()
    inputs = inputs_for(model)
    layers = capture(model, inputs).layers
    failing_model = KINDS["llama"].build()
    forward = failing_model.layers[1].forward

    def fail(hidden: Any, *arguments: Any, **named: Any) -> Any:
        if hidden.shape[1] == 1:
            raise IndexError("index out of range in self")
        return forward(hidden, *arguments, **named)

    monkeypatch.setattr(failing_model.layers[1], "forward", fail)
    assert with_rotations(model, layers)["self"][0].rotation is not None
    assert with_rotations(failing_model, layers)["self"][0].rotation is None


@given(vocab_size=st.integers(1, 12), positions=st.integers(1, 40))
@settings(max_examples=15, deadline=None)
def test_rotations_are_measured_within_the_models_tables(vocab_size, positions):
    config = GPTNeoXConfig(
        vocab_size=vocab_size,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=positions,
        pad_token_id=None,
        bos_token_id=None,
        eos_token_id=None,
    )
    model = GPTNeoXModel._from_config(config, attn_implementation="eager").eval()
    layers = capture(model, {"input_ids": torch.zeros(1, 3, dtype=torch.int64)}).layers
    rotation = with_rotations(model, layers)["self"][0].rotation
    assert (rotation is None) == (positions == 1)
