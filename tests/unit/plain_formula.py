"""The formula of attention as plain loops over float64 numbers, which the tests compare with.

scores  = cap(scaling * query . key) + bias        cap(x) = softcap * tanh(x / softcap)
weights = softmax(scores over the allowed keys [, sink])
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from bertviz_space import LayerAttention


@dataclass(frozen=True)
class PlainTerms:
    """The terms of one score."""

    scaled: float
    capped: float
    bias: float
    score: float


def plain_terms(layer: LayerAttention, head: int, q: int) -> list[PlainTerms | None]:
    """Return the terms of a query's score for each key, ``None`` where not allowed."""
    keys = layer.key[head // (len(layer.query) // len(layer.key))].tolist()
    return [_terms(layer, head, q, k, key) for k, key in enumerate(keys)]


def plain_scores(layer: LayerAttention) -> list[list[list[float]]]:
    """Return the scores ``[head][query][key]``, ``-inf`` where not allowed."""
    heads_per_key_head = len(layer.query) // len(layer.key)
    return [
        [
            [
                _score(layer, head, q, k, layer.key[head // heads_per_key_head, k].tolist())
                for k in range(layer.key.shape[1])
            ]
            for q in range(layer.query.shape[1])
        ]
        for head in range(len(layer.query))
    ]


def plain_weights(layer: LayerAttention) -> Tensor:
    """Return the weights, float64 ``[head, query, key]``."""
    sinks = [-math.inf] * len(layer.query) if layer.sink is None else layer.sink.tolist()
    rows = [
        [_softmax(row, sink) for row in head]
        for head, sink in zip(plain_scores(layer), sinks, strict=True)
    ]
    return torch.tensor(rows, dtype=torch.float64)


def _score(layer: LayerAttention, head: int, q: int, k: int, key: list[float]) -> float:
    terms = _terms(layer, head, q, k, key)
    return -math.inf if terms is None else terms.score


def _terms(layer: LayerAttention, head: int, q: int, k: int, key: list[float]) -> PlainTerms | None:
    if layer.causal and k > q:
        return None
    if layer.allowed is not None and not _at(layer.allowed, head, q, k):
        return None
    query = layer.query[head, q].tolist()
    scaled = layer.scaling * sum(a * b for a, b in zip(query, key, strict=True))
    capped = scaled
    if layer.softcap is not None:
        capped = layer.softcap * math.tanh(scaled / layer.softcap)
    bias = 0.0 if layer.bias is None else _at(layer.bias, head, q, k)
    return PlainTerms(scaled, capped, bias, capped + bias)


def _at(term: Tensor, head: int, q: int, k: int) -> float:
    """Return a number of a term ``[head or 1, query, key]``."""
    return term[head if len(term) > 1 else 0, q, k].item()


def _softmax(scores: list[float], sink: float) -> list[float]:
    powers = [math.exp(score) for score in scores]
    total = sum(powers) + math.exp(sink)
    return [power / total if total else 0.0 for power in powers]
