"""A pass copies nothing and does not wait for a GPU if its assumptions hold; else it runs again.

No test here needs a GPU: the CPU runs the same operations, and a mode counts those for which a GPU
would have to wait.
"""

from collections import Counter
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from transformers import BertConfig, BertModel, LlamaConfig, LlamaModel

from architectures.builder import build
from architectures.types import Architecture
from bertviz_space.capture import assumptions, capture, forward, gpu_memory, interface, transfer
from bertviz_space.capture.assumptions import Assumptions
from bertviz_space.capture.checks import _check_finite
from bertviz_space.trace import LayerAttention
from tests.unit.tiny_models import KINDS

# Operators that return a number to the processor, or that need one to go on.
WAITING = {"_local_scalar_dense", "item", "is_nonzero", "equal", "nonzero"}

CPU = torch.device("cpu")


class WaitCounter(TorchDispatchMode):
    """Inside a ``with`` block, counts the operators for which a processor waits for a GPU."""

    def __init__(self) -> None:
        super().__init__()
        self.counts = Counter[str]()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = func.overloadpacket.__name__
        if name in WAITING or (name == "_to_copy" and "device" in (kwargs or {})):
            self.counts[name] += 1
        return func(*args, **(kwargs or {}))


@pytest.fixture
def like_gpu(monkeypatch):
    """Let passes on the CPU assume what passes on a GPU assume."""
    monkeypatch.setattr(assumptions, "_is_immediate", lambda device: False)


@pytest.fixture
def runs(monkeypatch):
    """Count the observed passes, and the operators in them for which a GPU would be waited for."""
    found: list[Counter[str]] = []
    run = forward._run

    def counted(*arguments: Any) -> Any:
        with WaitCounter() as counter:
            result = run(*arguments)
        found.append(counter.counts)
        return result

    monkeypatch.setattr(forward, "_run", counted)
    return found


SIZES: dict[str, Any] = {"vocab_size": 64, "hidden_size": 16, "intermediate_size": 16}


def bert(num_layers: int) -> Any:
    config = BertConfig(**SIZES, num_hidden_layers=num_layers, num_attention_heads=2)
    return BertModel._from_config(config, attn_implementation="eager").eval()


def llama(num_layers: int) -> Any:
    heads: dict[str, Any] = {"num_attention_heads": 4, "num_key_value_heads": 2}
    config = LlamaConfig(**SIZES, **heads, num_hidden_layers=num_layers)
    return LlamaModel._from_config(config, attn_implementation="eager").eval()


def inputs(num_tokens: int = 12) -> dict[str, Tensor]:
    return {"input_ids": torch.arange(num_tokens)[None] + 5}


def inputs_of(model: Any) -> dict[str, Tensor]:
    decoder = {"decoder_input_ids": inputs(7)["input_ids"]}
    return inputs() | (decoder if model.config.is_encoder_decoder else {})


def layers_of(model: Any, **inputs: Tensor) -> list[LayerAttention]:
    return [layer for its in capture(model, inputs).layers.values() for layer in its]


def assert_same(ours: list[LayerAttention], theirs: list[LayerAttention]) -> None:
    for one, other in zip(ours, theirs, strict=True):
        assert torch.equal(one.query, other.query)
        assert torch.equal(one.key, other.key)
        assert torch.equal(one.weights(), other.weights())
        assert one.model_weights is not None
        assert other.model_weights is not None
        assert torch.equal(one.model_weights.weights, other.model_weights.weights)


def test_a_pass_of_bert_never_waits_for_a_gpu(like_gpu, runs):
    layers_of(bert(3), **inputs())
    assert runs == [Counter()]


def test_a_causal_model_waits_once_for_its_mask_and_not_in_each_layer(like_gpu, runs):
    for num_layers in (1, 5):
        layers_of(llama(num_layers), **inputs())
    few, many = runs
    assert few == many
    assert sum(many.values()) <= 4


def test_on_the_cpu_each_layer_is_checked_at_once(runs):
    layers_of(bert(3), **inputs())
    [counts] = runs
    assert counts["_local_scalar_dense"] == 3


@pytest.mark.parametrize("name", KINDS)
def test_a_pass_that_does_not_wait_records_the_same(name, monkeypatch):
    model = KINDS[name].build()
    given = inputs_of(model)
    waiting = layers_of(model, **given)
    monkeypatch.setattr(assumptions, "_is_immediate", lambda device: False)
    assert_same(layers_of(model, **given), waiting)


def test_a_model_that_sdpa_does_not_compute_runs_again_once_and_then_waits(
    like_gpu, runs, monkeypatch
):
    model = llama(2)

    def wrong(*arguments: Any) -> Any:
        output, logsumexp = fused(*arguments)
        return output + 1, logsumexp

    expected = layers_of(llama_like(model), **inputs())
    runs.clear()
    fused = interface._fused_attention
    monkeypatch.setattr(interface, "_fused_attention", wrong)
    layers = layers_of(model, **inputs())
    assert len(runs) == 2
    for one, other in zip(layers, expected, strict=True):
        torch.testing.assert_close(one.query, other.query)
        torch.testing.assert_close(one.weights(), other.weights())
    layers_of(model, **inputs())
    assert len(runs) == 3


def llama_like(model: Any) -> Any:
    other = llama(model.config.num_hidden_layers)
    other.load_state_dict(model.state_dict())
    return other


def test_a_sink_is_known_without_a_second_pass(like_gpu, runs):
    layers = layers_of(KINDS["gpt_oss"].build(), **inputs())
    assert all(layer.sink is not None for layer in layers)
    assert len(runs) == 1


def test_a_model_that_changes_its_queries_after_the_attention_is_copied(runs):
    model, changing = bert(2), bert(2)
    changing.load_state_dict(model.state_dict())
    expected = layers_of(model, **inputs())
    runs.clear()
    attention = changing.encoder.layer[1].attention.self
    queries: list[Tensor] = []
    attention.query.register_forward_hook(lambda *call: queries.append(call[-1]))

    def clear(*_: Any) -> None:
        queries.pop().zero_()

    attention.register_forward_hook(clear)
    assert_same(layers_of(changing, **inputs()), expected)
    assert len(runs) == 2
    assert_same(layers_of(changing, **inputs()), expected)
    assert len(runs) == 3


def test_queries_and_keys_are_kept_without_a_copy():
    model = bert(1)
    outputs: list[Tensor] = []
    model.encoder.layer[0].attention.self.query.register_forward_hook(
        lambda *call: outputs.append(call[-1])
    )
    [layer] = layers_of(model, **inputs())
    assert layer.query.data_ptr() == outputs[-1].data_ptr()


def test_a_part_of_a_larger_tensor_and_a_weight_are_copied():
    module = torch.nn.Linear(4, 6)
    kept = Assumptions(module, CPU)
    fused, alone = torch.zeros(2, 5, 12), torch.zeros(2, 5, 4)
    for tensor, is_copied in (
        (fused[..., :4], True),
        (alone, False),
        (alone.transpose(0, 1), False),
        (alone[:1], True),
        (module.weight.detach(), True),
        (torch.zeros(2, 5, 4, dtype=torch.float16), True),
    ):
        copy = kept.keep(tensor, CPU)
        assert copy.dtype == torch.float32
        assert (copy.data_ptr() != tensor.data_ptr()) == is_copied
    assert kept.hold()
    alone.add_(1)
    assert not kept.hold()


def test_tensors_of_inference_mode_are_copied():
    with torch.inference_mode():
        tensor = torch.zeros(2, 3, 4)
    assert Assumptions(torch.nn.Linear(1, 1), CPU).keep(tensor, CPU).data_ptr() != tensor.data_ptr()


def test_a_careful_pass_copies_everything_and_reads_at_once(like_gpu):
    careful = Assumptions(torch.nn.Linear(1, 1), CPU, careful=True)
    tensor = torch.zeros(3)
    assert careful.keep(tensor, CPU).data_ptr() != tensor.data_ptr()
    assert not careful.is_true(torch.tensor(False))
    tensor.add_(1)
    assert careful.hold()


def test_a_gpu_keeps_as_many_layers_as_its_memory_allows(monkeypatch):
    gpu = torch.device("cuda")
    monkeypatch.setattr(gpu_memory, "free_bytes", lambda device: 8 * 400)
    kept = Assumptions(torch.nn.Linear(1, 1), gpu)
    layer = (torch.zeros(25), torch.zeros(15))
    assert [kept.device_for(*layer) for _ in range(4)] == [gpu, gpu, CPU, CPU]
    assert gpu_memory.max_kept_bytes(CPU) == 0


def test_a_layer_moves_with_all_its_tensors_and_shared_ones_stay_shared(monkeypatch):
    model = KINDS["t5"].build()
    layers = capture(model, inputs_of(model)).layers
    assert transfer.layers_on_cpu(layers) == layers
    monkeypatch.setattr(transfer, "_CPU", torch.device("meta"))  # so that all tensors move
    monkeypatch.setattr(transfer, "_moved", lambda tensors: [each.clone() for each in tensors])
    monkeypatch.setattr(transfer, "_BYTES_AT_ONCE", 4000)
    moved = transfer.layers_on_cpu(layers)
    biases = {layer.bias.data_ptr() for layer in moved["encoder"] if layer.bias is not None}
    assert len(biases) == 1
    for component, its in layers.items():
        assert_same(list(moved[component]), list(its))
        for one, other in zip(moved[component], its, strict=True):
            assert one.query.data_ptr() != other.query.data_ptr()


@pytest.mark.parametrize("value", [1e38, -3e38])
def test_large_numbers_are_not_infinite(value):
    vectors = torch.full((1, 40, 2), value)
    layer = LayerAttention("self", 0, vectors, vectors, scaling=1.0)
    _check_finite(build(Architecture("bert", "MaskedLM")), [layer])
