"""Scores attention heads by the weight that they give to the keys of a pattern."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import PreTrainedModel

# Attention weights of one text: [layer, head, query, key].
Weights = Tensor


@dataclass(frozen=True)
class Target:
    """The keys that a pattern names.

    Attributes:
        keys: float32 ``[query, key]``, 1 for the keys that the pattern names and 0 elsewhere.
        queries: bool ``[query]``, True for the queries with such a key.
    """

    keys: Tensor
    queries: Tensor


def attention_weights(model: PreTrainedModel, inputs: dict[str, Tensor]) -> Weights:
    """Return the attention weights of one text, float32 ``[layer, head, query, key]``."""
    with torch.no_grad():
        attentions = model(**inputs, output_attentions=True).attentions
    return torch.cat(attentions)


def even_weights(num_tokens: int, causal: bool) -> Weights:
    """Return the weights of a head that gives every visible key the same weight.

    The result is float32 ``[1, 1, query, key]``.
    """
    visible = torch.ones(num_tokens, num_tokens)
    visible = visible.tril() if causal else visible
    return (visible / visible.sum(dim=-1, keepdim=True))[None, None]


def offset_target(num_tokens: int, offset: int) -> Target:
    """Return the target at the key ``offset`` tokens after the query: -1 is the previous token."""
    keys = torch.diag_embed(torch.ones(num_tokens - abs(offset)), offset=offset)
    return Target(keys, keys.any(dim=-1))


def chosen_keys_target(chosen: Tensor, causal: bool) -> Target:
    """Return a target with the same keys for every query.

    If the model is causal, keys after the query are left out, and so is the first query, which sees
    only itself.

    Args:
        chosen: bool ``[key]``.
        causal: whether a query sees only the keys up to itself.
    """
    keys = chosen.float().expand(len(chosen), -1)
    queries = torch.ones(len(chosen), dtype=torch.bool)
    if causal:
        keys = keys.tril()
        queries[0] = False
    return Target(keys, queries & keys.any(dim=-1))


def induction_target(block_length: int) -> Target:
    """Return the target at the key after the query's copy; a block is followed by its copy."""
    num_tokens = 2 * block_length
    keys = torch.zeros(num_tokens, num_tokens)
    queries = torch.arange(block_length, num_tokens)
    keys[queries, queries - block_length + 1] = 1
    return Target(keys, keys.any(dim=-1))


def copy_target(num_tokens: int, first: int, second: int, block_length: int) -> Target:
    """Return the target at the query's copy; equal blocks start at ``first`` and ``second``."""
    keys = torch.zeros(num_tokens, num_tokens)
    steps = torch.arange(block_length)
    keys[first + steps, second + steps] = 1
    keys[second + steps, first + steps] = 1
    return Target(keys, keys.any(dim=-1))


class Mean:
    """The mean score of a pattern over the queries of many texts, for each head."""

    def __init__(self) -> None:
        """Start without any query."""
        self._sum: Tensor = torch.zeros(1)
        self._even_sum = 0.0
        self._num_queries = 0

    def add(self, weights: Weights, even: Weights, target: Target) -> None:
        """Add the queries of one text."""
        self._sum = self._sum + _scored(weights, target)
        self._even_sum += _scored(even, target).item()
        self._num_queries += int(target.queries.sum())

    @property
    def scores(self) -> Tensor:
        """The mean weight on the keys of the pattern, float32 ``[layer, head]``."""
        return self._sum / self._num_queries

    @property
    def chance(self) -> float:
        """The score of a head that gives every visible key the same weight."""
        return self._even_sum / self._num_queries


def _scored(weights: Weights, target: Target) -> Tensor:
    """Return the weight on the keys of the pattern, summed over the queries, ``[layer, head]``."""
    return (weights * target.keys)[:, :, target.queries].sum(dim=(-2, -1))
