"""Tracing a product of query and key to its softmax, in attention that is written in many ways.

Each function is one way of writing attention. The oracle is the weights that it computes.
"""

import gc
import weakref
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bertviz_space.capture.product_tracer import ProductTracer
from bertviz_space.capture.recorder import Recorder
from bertviz_space.capture.recording import Recording
from bertviz_space.trace import LayerAttention

HEADS, TOKENS, DIM = 4, 7, 8
CAUSAL = torch.ones(TOKENS, TOKENS, dtype=torch.bool).tril()
LOWEST = torch.finfo(torch.float32).min

Attend = Callable[[Tensor, Tensor], Tensor]


class Attention(nn.Module):
    """Calls a function with query and key ``[1, head, token, dim]``, and multiplies twice."""

    def __init__(self, attend: Attend) -> None:
        super().__init__()
        self.attend = attend

    def forward(self, query: Tensor, key: Tensor) -> Tensor:
        weights = self.attend(query, key)
        value = torch.ones(*weights.shape[:-2], weights.shape[-1], DIM)
        output = (weights @ value).transpose(-2, -3).flatten(-2)
        return output @ torch.ones(output.shape[-1], TOKENS)


def vectors(seed: int, heads: int = HEADS) -> Tensor:
    return torch.randn(1, heads, TOKENS, DIM, generator=torch.Generator().manual_seed(seed))


def recorded(module: nn.Module, *inputs: Tensor) -> Recording:
    recorder = Recorder(module, None)
    with torch.no_grad(), recorder.tracking_modules(), ProductTracer(recorder):
        module(*inputs)
    return recorder.recording(TOKENS, None)


def layer_of(
    attend: Attend, query: Tensor | None = None, key: Tensor | None = None
) -> LayerAttention:
    """Return the only attention of a function, compared with the weights that it computes."""
    query, key = vectors(0) if query is None else query, vectors(1) if key is None else key
    (layer,) = recorded(Attention(attend), query, key).layers["self"]
    weights = attend(query, key)
    if weights.shape[-1] == TOKENS:
        own = weights.reshape(-1, TOKENS, TOKENS)
        torch.testing.assert_close(layer.weights(), own, atol=1e-6, rtol=0.0)
    difference = layer.largest_difference()
    assert difference is not None
    assert difference < 1e-6
    return layer


def scores_of(query: Tensor, key: Tensor) -> Tensor:
    return query @ key.transpose(-1, -2)


def plain(query: Tensor, key: Tensor) -> Tensor:
    return (scores_of(query, key) / DIM**0.5).softmax(-1)


def matmul_4d(query: Tensor, key: Tensor) -> Tensor:
    scores = torch.matmul(query, key.permute(0, 1, 3, 2)) * torch.tensor(DIM**-0.5)
    return F.softmax(scores.float(), dim=-1).to(query.dtype)


def scaled_before(query: Tensor, key: Tensor) -> Tensor:
    return nn.Softmax(dim=-1)(torch.matmul(query / DIM**0.5, key.mT))


def merged_batch(query: Tensor, key: Tensor) -> Tensor:
    scores = torch.bmm(query.flatten(0, 1), key.flatten(0, 1).transpose(1, 2))
    scores = scores.view(1, HEADS, TOKENS, TOKENS) + torch.zeros(1, 1, 1, TOKENS)
    return torch.softmax(scores.view(HEADS, TOKENS, TOKENS), dim=-1)


def added_in_place(query: Tensor, key: Tensor) -> Tensor:
    scores = scores_of(query, key)
    scores *= 0.5
    scores /= 2
    scores += torch.zeros(1)
    return scores.softmax(dim=-1)


def einsum_batch_last(query: Tensor, key: Tensor) -> Tensor:
    query, key = (each.permute(2, 0, 1, 3) for each in (query, key))
    return torch.einsum("ibnd,jbnd->bnij", query, key).softmax(dim=3)


def einsum_heads_last(query: Tensor, key: Tensor) -> Tensor:
    query, key = (each.permute(2, 0, 1, 3) for each in (query, key))
    scores = torch.einsum("ibnd,jbnd->ijbn", query, key) * 0.3
    return F.softmax(scores, dim=1).permute(2, 3, 0, 1)


def swapped(query: Tensor, key: Tensor) -> Tensor:
    return (key @ query.mT * 0.3).softmax(dim=-2).transpose(-1, -2)


@pytest.mark.parametrize(
    "attend",
    [plain, matmul_4d, merged_batch, added_in_place, einsum_batch_last, einsum_heads_last],
)
def test_query_and_key_are_those_that_are_multiplied(attend):
    layer = layer_of(attend)
    torch.testing.assert_close(layer.query, vectors(0)[0])
    torch.testing.assert_close(layer.key, vectors(1)[0])
    assert (layer.bias, layer.allowed, layer.causal) == (None, None, False)


def test_a_query_that_is_scaled_before_the_product_is_recorded_scaled():
    layer = layer_of(scaled_before)
    assert layer.scaling == 1.0
    torch.testing.assert_close(layer.query, vectors(0)[0] / DIM**0.5)


def test_the_axis_of_the_softmax_is_the_key_axis():
    layer = layer_of(swapped)
    torch.testing.assert_close(layer.query, vectors(0)[0])


@pytest.mark.parametrize(
    "forbid",
    [
        lambda scores: scores.masked_fill(~CAUSAL, LOWEST),
        lambda scores: scores.masked_fill_(~CAUSAL, -torch.inf),
        lambda scores: torch.where(CAUSAL, scores, torch.tensor(LOWEST)),
        lambda scores: scores + torch.zeros(TOKENS, TOKENS).masked_fill(~CAUSAL, LOWEST),
        lambda scores: scores * CAUSAL - 1e4 * ~CAUSAL,
        lambda scores: torch.max(scores.masked_fill(~CAUSAL, -torch.inf), torch.tensor(LOWEST)),
    ],
)
def test_every_way_to_mask_scores_is_recorded_as_a_mask_and_not_as_a_bias(forbid):
    layer = layer_of(lambda query, key: forbid(scores_of(query, key) * 0.3).softmax(-1))
    assert layer.causal
    assert layer.bias is None
    assert layer.scaling == pytest.approx(0.3)


def test_a_term_that_is_added_to_the_product_is_the_bias():
    bias = torch.randn(HEADS, TOKENS, TOKENS, generator=torch.Generator().manual_seed(2))

    def attend(query: Tensor, key: Tensor) -> Tensor:
        scores = torch.baddbmm(bias, query[0], batch2=key[0].mT, beta=0.5, alpha=0.3)
        return scores.masked_fill(~CAUSAL, LOWEST).softmax(-1)

    layer = layer_of(attend)
    assert layer.bias is not None
    torch.testing.assert_close(layer.bias, bias * 0.5 * CAUSAL, atol=1e-5, rtol=0.0)


def test_a_second_product_is_part_of_the_bias():
    position = vectors(3)

    def attend(query: Tensor, key: Tensor) -> Tensor:
        content = scores_of(query, key)
        return ((scores_of(query, position) + content) * 0.3).softmax(-1)

    layer = layer_of(attend)
    # The product of query and key is the one that was made first.
    torch.testing.assert_close(layer.key, vectors(1)[0])
    assert layer.bias is not None


def test_a_sink_takes_part_in_the_softmax_and_has_no_column():
    sinks = torch.tensor([1.0, -1.0, 0.0, 2.0]).view(1, HEADS, 1, 1).expand(1, HEADS, TOKENS, 1)

    def attend(query: Tensor, key: Tensor) -> Tensor:
        return torch.cat([scores_of(query, key) * 0.3, sinks], dim=-1).softmax(-1)[..., :-1]

    layer = layer_of(attend)
    assert layer.sink is not None
    torch.testing.assert_close(layer.sink, sinks[0, :, 0, 0])


def test_a_softcap_is_distinguished_from_a_scaling():
    def attend(query: Tensor, key: Tensor) -> Tensor:
        return (torch.tanh(scores_of(query, key) * 0.3 / 2.0) * 2.0).softmax(-1)

    layer = layer_of(attend)
    assert layer.softcap == pytest.approx(2.0)
    assert layer.scaling == pytest.approx(0.3)
    assert layer.bias is None


@pytest.mark.parametrize("key_heads", [1, 2])
def test_copies_of_shared_key_heads_are_removed(key_heads):
    def repeated(query: Tensor, key: Tensor) -> Tensor:
        return plain(query, key.repeat_interleave(HEADS // key_heads, dim=1))

    def grouped(query: Tensor, key: Tensor) -> Tensor:
        query = query.unflatten(1, (key_heads, HEADS // key_heads))
        return plain(query, key.unsqueeze(2)).flatten(1, 2)

    for attend in (repeated, grouped):
        layer = layer_of(attend, key=vectors(1, key_heads))
        torch.testing.assert_close(layer.key, vectors(1, key_heads)[0])


@pytest.mark.parametrize(
    ("options", "weights"),
    [
        ({}, plain),
        ({"scale": 0.3}, lambda q, k: (scores_of(q, k) * 0.3).softmax(-1)),
        (
            {"is_causal": True},
            lambda q, k: (scores_of(q, k) / DIM**0.5).masked_fill(~CAUSAL, LOWEST).softmax(-1),
        ),
        (
            {"attn_mask": CAUSAL},
            lambda q, k: (scores_of(q, k) / DIM**0.5).masked_fill(~CAUSAL, LOWEST).softmax(-1),
        ),
        (
            {"attn_mask": torch.arange(TOKENS) * 0.5},
            lambda q, k: (scores_of(q, k) / DIM**0.5 + torch.arange(TOKENS) * 0.5).softmax(-1),
        ),
    ],
)
def test_a_call_of_torchs_own_attention_function_is_recorded(options, weights):
    class Fused(nn.Module):
        def forward(self, query: Tensor, key: Tensor) -> Tensor:
            return F.scaled_dot_product_attention(query, key, key, **options)

    query, key = vectors(0), vectors(1)
    if "attn_mask" in options and options["attn_mask"].ndim == 1:
        options = {"attn_mask": options["attn_mask"].expand(TOKENS, TOKENS)}
    (layer,) = recorded(Fused(), query, key).layers["self"]
    torch.testing.assert_close(layer.weights(), weights(query, key)[0], atol=1e-6, rtol=0.0)
    assert layer.largest_difference() is None  # the function returns no weights


def test_a_softmax_of_weights_times_values_is_not_recorded():
    # The module multiplies its output with a matrix, and a router over experts applies a softmax to
    # the product: neither is attention.
    class Router(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.attention = Attention(plain)

        def forward(self, query: Tensor, key: Tensor) -> Tensor:
            return self.attention(query, key).softmax(-1)

    assert len(recorded(Router(), vectors(0), vectors(1)).layers["self"]) == 1


def test_only_attention_from_every_token_to_every_token_is_recorded():
    recording = recorded(nn.ModuleList([Attention(plain)])[0], vectors(0)[:, :, :3], vectors(1))
    assert recording.layers == {}


def test_tracing_a_tensor_does_not_keep_it_in_memory():
    alive: list[weakref.ref[Any]] = []

    class Two(nn.Module):
        def forward(self, query: Tensor, key: Tensor) -> None:
            scores = scores_of(query, key)
            alive.append(weakref.ref(scores))
            del scores
            gc.collect()
            assert alive[0]() is None

    assert recorded(Two(), vectors(0), vectors(1)).layers == {}


def test_rounding_in_half_precision_is_not_recorded_as_a_bias():
    def attend(query: Tensor, key: Tensor) -> Tensor:
        return ((query @ key.mT) / DIM**0.5).softmax(-1)

    for dtype in (torch.float16, torch.bfloat16):
        module = Attention(attend)
        module.forward = lambda query, key: attend(query, key)  # type: ignore[method-assign]
        query, key = vectors(0).to(dtype), vectors(1).to(dtype)
        (layer,) = recorded(module, query, key).layers["self"]
        assert layer.bias is None
        difference = layer.largest_difference()
        assert difference is not None
        assert difference < 4 * torch.finfo(dtype).eps


def test_key_heads_that_an_einsum_shares_are_recorded_once():
    def attend(query: Tensor, key: Tensor) -> Tensor:
        grouped = query.unflatten(1, (2, HEADS // 2))
        scores = torch.einsum("bkgid,bkjd->bkgij", grouped, key) * 0.3
        return scores.softmax(-1).flatten(1, 2)

    layer = layer_of(attend, key=vectors(1, heads=2))
    torch.testing.assert_close(layer.query, vectors(0)[0])
    torch.testing.assert_close(layer.key, vectors(1, heads=2)[0])
