"""Scores attention heads by how much weight goes to the keys that a pattern names."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import PreTrainedModel

# Attention weights of one text: [layer, head, query, key].
Weights = Tensor


@dataclass(frozen=True)
class Target:
    """The keys a pattern expects, ``[query, key]``, and the queries that have such a key."""

    keys: Tensor
    queries: Tensor


def attention_weights(model: PreTrainedModel, inputs: dict[str, Tensor]) -> Weights:
    """Returns the attention weights of a single text, ``[layer, head, query, key]``."""
    with torch.no_grad():
        attentions = model(**inputs, output_attentions=True).attentions
    return torch.cat(attentions)


def even_weights(num_tokens: int, causal: bool) -> Weights:
    """Returns the weights of a head that spreads evenly over the keys it can see."""
    visible = torch.ones(num_tokens, num_tokens)
    visible = visible.tril() if causal else visible
    return (visible / visible.sum(dim=-1, keepdim=True))[None, None]


def offset_target(num_tokens: int, offset: int) -> Target:
    """The key ``offset`` tokens after the query: -1 is the previous token, 1 the next."""
    keys = torch.diag_embed(torch.ones(num_tokens - abs(offset)), offset=offset)
    return Target(keys, keys.any(dim=-1))


def chosen_keys_target(chosen: Tensor, causal: bool) -> Target:
    """The same keys for every query, which must not come after it where the model is causal.

    A query that sees no key but itself is left out, for it has no choice.
    """
    keys = chosen.float().expand(len(chosen), -1)
    queries = torch.ones(len(chosen), dtype=torch.bool)
    if causal:
        keys = keys.tril()
        queries[0] = False
    return Target(keys, queries & keys.any(dim=-1))


def induction_target(block_length: int) -> Target:
    """The token after the query's earlier occurrence, for a block followed by its copy."""
    num_tokens = 2 * block_length
    keys = torch.zeros(num_tokens, num_tokens)
    queries = torch.arange(block_length, num_tokens)
    keys[queries, queries - block_length + 1] = 1
    return Target(keys, keys.any(dim=-1))


def copy_target(num_tokens: int, first: int, second: int, block_length: int) -> Target:
    """The query's twin in the other of two equal blocks, which start at ``first``, ``second``."""
    keys = torch.zeros(num_tokens, num_tokens)
    steps = torch.arange(block_length)
    keys[first + steps, second + steps] = 1
    keys[second + steps, first + steps] = 1
    return Target(keys, keys.any(dim=-1))


class Mean:
    """The mean of a pattern's score over the queries of many texts, for each head."""

    def __init__(self) -> None:
        """Starts without a query."""
        self._sum: Tensor = torch.zeros(1)
        self._even_sum = 0.0
        self._num_queries = 0

    def add(self, weights: Weights, even: Weights, target: Target) -> None:
        """Adds the scored queries of one text."""
        self._sum = self._sum + _scored(weights, target)
        self._even_sum += _scored(even, target).item()
        self._num_queries += int(target.queries.sum())

    @property
    def scores(self) -> Tensor:
        """The mean weight on the expected keys, ``[layer, head]``."""
        return self._sum / self._num_queries

    @property
    def chance(self) -> float:
        """The score of a head that spreads its weight evenly over the visible keys."""
        return self._even_sum / self._num_queries


def _scored(weights: Weights, target: Target) -> Tensor:
    """Returns the weight on the expected keys, summed over the queries, ``[layer, head]``."""
    return (weights * target.keys)[:, :, target.queries].sum(dim=(-2, -1))
