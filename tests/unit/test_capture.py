"""One pass of a model, observed by both routes. Tests also what is rejected and restored."""

import gc
import math
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from transformers import BertConfig, BertModel, FalconConfig, FalconModel

from architectures.builder import build, inputs_for
from architectures.stock import stock_weights
from architectures.types import Architecture
from bertviz_space import extract
from bertviz_space.capture import capture, for_inference, forward, logits_of
from bertviz_space.capture.sampling import sampled_queries
from bertviz_space.errors import AttentionUnavailable, MemoryExhausted
from bertviz_space.trace import LayerAttention
from tests.unit.tiny_models import KINDS

TERMS = [
    ("bloom", "CausalLM", "bias"),
    ("mpnet", "MaskedLM", "bias"),
    ("xlnet", "CausalLM", "bias"),
    ("gpt_neo", "CausalLM", "allowed"),
    ("gemma2", "CausalLM", "softcap"),
    ("gpt_oss", "CausalLM", "sink"),
    ("t5", "Seq2SeqLM", "bias"),
]


def layers_of(model: Any, num_tokens: int = 27) -> list[LayerAttention]:
    captured = capture(model, inputs_for(model, num_tokens))
    return [layer for layers in captured.layers.values() for layer in layers]


def difference_of(layer: LayerAttention) -> float:
    difference = layer.largest_difference()
    assert difference is not None
    return difference


@pytest.mark.parametrize(("model_type", "auto_class", "term"), TERMS)
def test_the_comparison_with_the_model_fails_without_a_term(model_type, auto_class, term):
    layers = layers_of(build(Architecture(model_type, auto_class)))
    with_term = [layer for layer in layers if getattr(layer, term) is not None]
    assert with_term
    without: dict[str, Any] = {term: None}
    for layer in with_term:
        assert difference_of(layer) < 1e-5
        assert difference_of(replace(layer, **without)) > 1e-4
        assert difference_of(replace(layer, scaling=layer.scaling * 1.1)) > 1e-4


@pytest.mark.parametrize(
    ("num_queries", "num_keys", "count"),
    [
        (1, 1, 1),
        (2, 2, 2),
        (64, 64, 64),
        (128, 128, 32),
        (512, 512, 8),
        (2048, 2048, 8),
        (5, 512, 5),
    ],
)
def test_the_sampled_queries_are_spread_over_the_text(num_queries, num_keys, count):
    rows = sampled_queries(num_queries, num_keys)
    assert len(rows) == count
    assert (rows[0], rows[-1]) == (0, num_queries - 1)
    assert (rows.diff() > 0).all()


@pytest.mark.parametrize(
    ("model_type", "auto_class"),
    [("bert", "MaskedLM"), ("gemma2", "CausalLM"), ("t5", "Seq2SeqLM"), ("doge", "CausalLM"),
     ("gpt_oss", "CausalLM"), ("inkling2_text", "CausalLM"), ("llama", "CausalLM")],
)  # fmt: skip
def test_the_model_computes_weights_of_some_queries_of_a_long_text(model_type, auto_class):
    # The rows of these queries are selected from masks, biases and sinks of all kinds.
    for layer in layers_of(build(Architecture(model_type, auto_class)), num_tokens=200):
        own = layer.model_weights
        assert own is not None
        assert len(own.queries) < layer.num_queries or layer.component in ("decoder", "cross")
        assert difference_of(layer) < 1e-5


def test_a_model_that_cannot_compute_some_queries_alone_computes_all(monkeypatch):
    model = build(Architecture("gpt_oss", "CausalLM"))
    modelling = sys.modules[type(model).__module__]
    own = modelling.eager_attention_forward

    def all_or_nothing(module: nn.Module, query: Tensor, key: Tensor, *args: Any, **kw: Any) -> Any:
        if query.shape[2] != key.shape[2]:
            raise RuntimeError("queries and keys differ in length")
        return own(module, query, key, *args, **kw)

    monkeypatch.setattr(modelling, "eager_attention_forward", all_or_nothing)
    for layer in layers_of(model, num_tokens=200):
        assert layer.sink is not None
        assert difference_of(layer) < 1e-5


def test_a_model_that_needs_more_than_a_text_is_rejected():
    model = build(Architecture("bert", "MaskedLM"))

    def ask(*_: Any) -> None:
        raise ValueError("You have to specify bbox")

    model.bert.embeddings.register_forward_pre_hook(ask)
    with pytest.raises(AttentionUnavailable, match="cannot be run on a text alone"):
        layers_of(model)


def test_a_model_with_an_unknown_term_is_rejected(monkeypatch):
    model = build(Architecture("bert", "MaskedLM"))
    modelling = sys.modules[type(model).__module__]
    own = modelling.eager_attention_forward

    def sharper(module: nn.Module, query: Tensor, *args: Any, **kw: Any) -> Any:
        return own(module, query * 2, *args, **kw)

    monkeypatch.setattr(modelling, "eager_attention_forward", sharper)
    with pytest.raises(AttentionUnavailable, match="A bert model computes the self attention"):
        layers_of(model)


def test_a_model_whose_attention_differs_from_sdpa_runs_its_own_attention():
    # A term that SDPA does not support changes all later layers.
    model = build(Architecture("granite_swa", "CausalLM"))
    inputs = inputs_for(model)
    for layer, weights in zip(
        capture(model, inputs).layers["self"], stock_weights(model, inputs)["self"], strict=True
    ):
        torch.testing.assert_close(layer.weights(), weights, atol=1e-5, rtol=0.0)


@pytest.mark.parametrize("value", [math.nan, math.inf])
@pytest.mark.parametrize("place", [0, -1])
def test_a_model_that_computes_nan_or_infinity_is_rejected_with_the_reason(value, place):
    model, tokenizer = KINDS["gpt2"].build(), KINDS["gpt2"].tokenizer()
    text = "The dog on the ship ran to the store."
    token_id = extract(model, tokenizer, text).source[place].token_id
    with torch.no_grad():
        model.transformer.wte.weight[token_id] = value
    with pytest.raises(AttentionUnavailable, match=r"NaN or infinity .* weights are damaged"):
        extract(model, tokenizer, text)


def test_two_attentions_in_one_layer_are_rejected():
    class TwoMaps(nn.Module):
        def __init__(self, attention: nn.Module) -> None:
            super().__init__()
            self.attention = attention

        def forward(self, hidden_states: Tensor, *args: Any, **kwargs: Any) -> Any:
            first = (hidden_states.unsqueeze(1) @ hidden_states.unsqueeze(1).mT).softmax(-1)
            second = (2 * hidden_states.unsqueeze(1) @ hidden_states.unsqueeze(1).mT).softmax(-1)
            return hidden_states + 0 * (first - second).sum(), None

    model = build(Architecture("bert", "MaskedLM"))
    for layer in model.bert.encoder.layer:
        layer.attention.self = TwoMaps(layer.attention.self)
    with pytest.raises(AttentionUnavailable, match="several attentions in one layer"):
        capture(model, inputs_for(model))


@pytest.mark.parametrize(
    ("model_type", "auto_class"),
    [("bert", "MaskedLM"), ("albert", "MaskedLM"), ("zamba", "CausalLM"), ("t5", "Seq2SeqLM"),
     ("diffllama", "CausalLM"), ("jamba", "CausalLM")],
)  # fmt: skip
def test_a_second_pass_tracks_only_the_modules_around_the_attention(
    model_type, auto_class, monkeypatch
):
    model = build(Architecture(model_type, auto_class))
    forward._known.clear()
    first = layers_of(model)
    watched: list[nn.Module] = []
    add_hook = nn.Module.register_forward_hook

    def noting(module: nn.Module, hook: Any) -> Any:
        watched.append(module)
        return add_hook(module, hook)

    monkeypatch.setattr(nn.Module, "register_forward_hook", noting)
    monkeypatch.setattr(forward, "ProductTracer", lambda *_: pytest.fail("products were traced"))
    second = layers_of(model)
    assert 0 < len(watched) < len(list(model.modules())) / 2
    for one, other in zip(first, second, strict=True):
        assert (one.component, one.layer) == (other.component, other.layer)
        assert torch.equal(one.weights(), other.weights())


def test_a_pass_with_attention_in_other_modules_is_run_again_and_observed_completely():
    class Handwritten(nn.Module):
        def forward(self, hidden_states: Tensor, *args: Any, **kwargs: Any) -> Any:
            heads = hidden_states.unflatten(-1, (4, -1)).transpose(1, 2)
            weights = (heads @ heads.mT).softmax(-1)
            return (weights @ heads).transpose(1, 2).flatten(2), weights

    model = build(Architecture("bert", "MaskedLM"))
    before = layers_of(model)
    attention = model.bert.encoder.layer[1].attention
    own, attention.self = attention.self, Handwritten()
    exchanged = capture(model, inputs_for(model))
    assert exchanged.routes["self"] == {"interface", "products"}
    assert [layer.layer for layer in exchanged.layers["self"]] == [0, 1, 2, 3]
    assert exchanged.layers["self"][1].scaling == 1.0
    attention.self = own
    for one, other in zip(before, layers_of(model), strict=True):
        assert torch.equal(one.weights(), other.weights())


def test_known_attention_modules_do_not_keep_a_model_in_memory():
    model = build(Architecture("bert", "MaskedLM"))
    layers_of(model)
    assert model in forward._known
    count = len(forward._known)
    del model
    gc.collect()
    assert len(forward._known) < count


def test_an_unsupported_type_is_rejected_before_the_pass():
    model = build(Architecture("bert", "MaskedLM"))
    model.config.model_type = "longformer"
    model.bert.register_forward_pre_hook(lambda *_: pytest.fail("the model ran"))
    with pytest.raises(AttentionUnavailable, match="Longformer attends within a window"):
        capture(model, inputs_for(model))


def big_bird(block_size: int = 16) -> Any:
    model = build(Architecture("big_bird", "MaskedLM"))
    config = model.config
    config.block_size, config.num_random_blocks = block_size, 1
    return type(model)(config).eval()


def test_big_bird_is_captured_for_a_short_text_and_keeps_its_sparse_attention():
    model = big_bird()
    attentions = [layer.attention.self for layer in model.bert.encoder.layer]
    assert len(layers_of(model)) == 4
    assert model.bert.attention_type == "block_sparse"
    assert [layer.attention.self for layer in model.bert.encoder.layer] == attentions


def test_big_bird_keeps_its_sparse_attention_after_a_pass_for_its_logits():
    model = big_bird()
    inputs = inputs_for(model)
    with for_inference(model):
        logits = logits_of(model, inputs)
    assert logits is not None
    assert model.bert.attention_type == "block_sparse"


def test_big_bird_is_rejected_for_a_long_text():
    model = big_bird()
    with pytest.raises(AttentionUnavailable, match="within blocks to a text of this length"):
        layers_of(model, num_tokens=160)
    assert model.bert.attention_type == "block_sparse"


@pytest.mark.parametrize(
    ("model_type", "auto_class"),
    [("bloom", "CausalLM"), ("bigbird_pegasus", "Seq2SeqLM"), ("t5", "Seq2SeqLM")],
)
def test_a_capture_restores_the_model(model_type, auto_class):
    model = build(Architecture(model_type, auto_class)).train()

    def state() -> list[Any]:
        return [
            (name, id(module), module.training, sorted(vars(module)))
            for name, module in model.named_modules()
        ]

    before = state()
    layers_of(model)
    assert state() == before
    assert not any(each._forward_hooks or each._forward_pre_hooks for each in model.modules())


def test_a_failed_pass_removes_its_hooks():
    model = build(Architecture("bloom", "CausalLM"))

    def fail(*_: Any) -> None:
        raise RuntimeError("out of memory")

    handle = model.transformer.h[1].mlp.register_forward_hook(fail)
    with pytest.raises(MemoryExhausted, match="A bloom model runs out of memory"):
        layers_of(model)
    handle.remove()
    assert all(not module._forward_hooks for module in model.modules())
    assert len(layers_of(model)) == 4


def test_threads_that_trace_products_do_not_mix():
    kinds = [("bloom", "CausalLM"), ("deberta", "MaskedLM"), ("bert", "MaskedLM")]
    models = [build(Architecture(*each)) for each in kinds]
    jobs = [(model, num_tokens) for num_tokens in (9, 17, 27) for model in models]
    alone = [layers_of(*job) for job in jobs]
    with ThreadPoolExecutor(4) as pool:
        at_once = list(pool.map(lambda job: layers_of(*job), jobs))
    for one, other in zip(alone, at_once, strict=True):
        for layer, its in zip(one, other, strict=True):
            torch.testing.assert_close(layer.weights(), its.weights(), atol=1e-5, rtol=0.0)


@pytest.mark.parametrize(
    ("alibi", "attn_implementation"), [(False, "eager"), (True, "eager"), (False, "sdpa")]
)
def test_the_attention_implementation_of_falcon_does_not_change_the_capture(
    alibi, attn_implementation
):
    # Falcon cannot be set to eager attention after it was built with SDPA. (With ALiBi the two
    # implementations differ in transformers 5.23.)
    config = FalconConfig(
        vocab_size=128, hidden_size=64, num_hidden_layers=2, num_attention_heads=4,
        num_kv_heads=2, new_decoder_architecture=True, alibi=alibi,
    )  # fmt: skip
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model: Any = FalconModel._from_config(config, attn_implementation=attn_implementation)
    model.eval()
    inputs = inputs_for(model)
    layers = capture(model, inputs).layers["self"]
    for layer, weights in zip(layers, stock_weights(model, inputs)["self"], strict=True):
        torch.testing.assert_close(layer.weights(), weights, atol=1e-5, rtol=0.0)
        assert layer.num_key_value_heads == 2


@pytest.mark.parametrize(
    ("model_type", "auto_class"),
    [("bloom", "CausalLM"), ("gptj", "CausalLM"), ("deberta-v2", "MaskedLM"), ("xlnet", "CausalLM"),
     ("t5", "Seq2SeqLM"), ("granite_swa", "CausalLM"), ("bigbird_pegasus", "Seq2SeqLM")],
)  # fmt: skip
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_a_model_in_half_precision_is_shown_as_far_as_it_computes(model_type, auto_class, dtype):
    model = build(Architecture(model_type, auto_class))
    terms = ("causal", "softcap", "sink")
    in_full = [[getattr(layer, term) is None for term in terms] for layer in layers_of(model)]
    layers = layers_of(model.to(dtype))
    assert in_full == [[getattr(layer, term) is None for term in terms] for layer in layers]
    assert max(difference_of(layer) for layer in layers) < 20 * torch.finfo(dtype).eps


def test_a_model_of_one_head_in_a_decoder_with_cross_attention_is_one_stack():
    config = BertConfig(
        vocab_size=128, hidden_size=16, num_hidden_layers=2, num_attention_heads=1,
        intermediate_size=16, is_decoder=True, add_cross_attention=True,
    )  # fmt: skip
    captured = capture(BertModel(config), inputs_for(BertModel(config)))
    assert list(captured.layers) == ["self"]
    assert all(layer.causal for layer in captured.layers["self"])
