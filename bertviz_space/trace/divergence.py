"""How much the rows of a layer's heads differ between two passes."""

import math

import torch
from torch import Tensor

from .attention import LayerAttention, query_chunks


def head_divergences(
    layer: LayerAttention, other: LayerAttention, queries: Tensor, keys: Tensor
) -> Tensor:
    """Return the mean Jensen-Shannon divergence of each head's rows between two passes.

    The divergence of a row is that of two distributions (Lin 1991): over the aligned keys, with one
    more outcome for all keys that are not aligned. Rows that do not sum to 1 are normalized first.

    Args:
        layer: the layer in one pass.
        other: the layer in the other pass. If it has fewer heads, the further heads of ``layer``
            have no counterpart.
        queries: int64 ``[pair, 2]``, the aligned queries in both passes.
        keys: int64 ``[pair, 2]``, the aligned keys in both passes.

    Returns:
        float32 ``[head]`` in bits, from 0 to 1: the mean over the aligned queries that attend to a
        key in both passes; NaN for a head without any such query, or without a counterpart.
    """
    num_heads = min(layer.num_heads, other.num_heads)
    sums, counts = torch.zeros(num_heads), torch.zeros(num_heads)
    weights_per_row = layer.num_heads * layer.num_keys + other.num_heads * other.num_keys
    outcomes = [_Outcomes(keys[:, at], each.num_keys) for at, each in enumerate((layer, other))]
    for part in query_chunks(0, len(queries), weights_per_row):
        rows = queries[part.start : part.stop]
        passes = [
            outcome.of(each.weights(rows[:, at])[:num_heads])
            for at, (each, outcome) in enumerate(zip((layer, other), outcomes, strict=True))
        ]
        is_defined = (passes[0].sum(-1) > 0) & (passes[1].sum(-1) > 0)
        sums += _divergences(passes[0], passes[1]).masked_fill(~is_defined, 0.0).sum(1)
        counts += is_defined.sum(1)
    without_counterpart = torch.full((layer.num_heads - num_heads,), torch.nan)
    return torch.cat([sums / counts, without_counterpart])


class _Outcomes:
    """The outcomes of a row of one pass: each aligned key, and all other keys together."""

    def __init__(self, aligned: Tensor, num_keys: int) -> None:
        self._aligned = aligned
        is_other = torch.ones(num_keys, dtype=torch.bool)
        is_other[aligned] = False
        self._others = is_other.nonzero()[:, 0]

    def of(self, weights: Tensor) -> Tensor:
        """Return the weights ``[head, row, outcome]`` of the weights ``[head, row, key]``."""
        others = weights[..., self._others].sum(-1, keepdim=True)
        return torch.cat([weights[..., self._aligned], others], dim=-1)


def _divergences(one: Tensor, other: Tensor) -> Tensor:
    """Return the divergences in bits, ``[head, row]``, of weights ``[head, row, outcome]``."""
    one, other = one / one.sum(-1, keepdim=True), other / other.sum(-1, keepdim=True)
    entropies = [torch.special.entr(each).sum(-1) for each in ((one + other) / 2, one, other)]
    divergences = (entropies[0] - (entropies[1] + entropies[2]) / 2) / math.log(2)
    # Rounding may result in a number beyond the bounds.
    return divergences.clamp(0.0, 1.0)
