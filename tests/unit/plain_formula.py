"""The law of attention as plain loops over numbers: the oracle of the formula, in float64.

scores  = cap(scaling * query . key) + bias        cap(x) = softcap * tanh(x / softcap)
weights = softmax(scores over the allowed keys [, sink])
"""

import math

import torch
from torch import Tensor

from bertviz_space import LayerAttention


def plain_scores(layer: LayerAttention) -> list[list[list[float]]]:
    """Scores ``[head][query][key]``, ``-inf`` where not allowed."""
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
    """Weights, float64 ``[head, query, key]``."""
    sinks = [-math.inf] * len(layer.query) if layer.sink is None else layer.sink.tolist()
    rows = [
        [_softmax(row, sink) for row in head]
        for head, sink in zip(plain_scores(layer), sinks, strict=True)
    ]
    return torch.tensor(rows, dtype=torch.float64)


def _score(layer: LayerAttention, head: int, q: int, k: int, key: list[float]) -> float:
    if layer.causal and k > q:
        return -math.inf
    if layer.allowed is not None and not _at(layer.allowed, head, q, k):
        return -math.inf
    query = layer.query[head, q].tolist()
    score = layer.scaling * sum(a * b for a, b in zip(query, key, strict=True))
    if layer.softcap is not None:
        score = layer.softcap * math.tanh(score / layer.softcap)
    if layer.bias is not None:
        score += _at(layer.bias, head, q, k)
    return score


def _at(term: Tensor, head: int, q: int, k: int) -> float:
    """A number of a term ``[head or 1, query, key]``."""
    return term[head if len(term) > 1 else 0, q, k].item()


def _softmax(scores: list[float], sink: float) -> list[float]:
    powers = [math.exp(score) for score in scores]
    total = sum(powers) + math.exp(sink)
    return [power / total if total else 0.0 for power in powers]
