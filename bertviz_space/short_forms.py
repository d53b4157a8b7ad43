"""Masks and biases in their shortest form, so that nothing quadratic travels where it need not.

A mask is mostly a reach: all keys up to the query, or those in a sliding window. A bias is mostly
one number a key (ALiBi) or one number a distance (T5).
"""

from typing import TypedDict

import torch
from torch import Tensor

from .attention import LayerAttention

# A bias that was found as the difference of two float32 scores is off by some of their last bits,
# relative to the largest that the scores can be.
_LAST_BITS = 4 * torch.finfo(torch.float32).eps


class Reach(TypedDict):
    """How far a query sees: keys from ``query - before`` to ``query + after``, None for no end."""

    before: int | None
    after: int | None


def short_mask(layer: LayerAttention) -> tuple[Reach | None, Tensor | None]:
    """Who may be seen: as a reach, and bool ``[head or 1, query, key]`` where that is not all."""
    if layer.causal:
        return Reach(before=None, after=0), None
    allowed = layer.allowed
    if allowed is None or allowed.all():
        return None, None
    steps = _steps(layer)
    seen = steps.expand_as(allowed)[allowed]
    if layer.num_queries != layer.num_keys or len(seen) == 0:
        return None, allowed
    before, after = -int(seen.min()), int(seen.max())
    if torch.equal(allowed, ((steps >= -before) & (steps <= after)).expand_as(allowed)):
        last = layer.num_keys - 1
        return Reach(
            before=before if before < last else None, after=after if after < last else None
        ), None
    return (Reach(before=None, after=0) if after <= 0 else None), allowed


def short_bias(layer: LayerAttention) -> tuple[str, Tensor]:
    """The bias in its shortest form, under the name of that form.

    * ``bias_by_key`` ``[head or 1, key]``: one number a key (ALiBi of BLOOM and MPT).
    * ``bias_by_distance`` ``[head or 1, num_queries + num_keys - 1]``: one number for each
      ``key - query``, from ``1 - num_queries`` up (T5).
    * ``bias`` ``[head or 1, query, key]``: anything else (DeBERTa, XLNet).
    """
    bias = layer.bias
    assert bias is not None
    keys = torch.arange(layer.num_keys).expand(layer.num_queries, -1)
    steps = _steps(layer) + layer.num_queries - 1
    forms = (
        ("bias_by_key", keys, layer.num_keys),
        ("bias_by_distance", steps, layer.num_queries + layer.num_keys - 1),
    )
    visible = _visible(layer)
    rounding = _rounding(layer)[visible]
    heads = torch.arange(len(bias))[:, None, None].expand_as(bias)[visible]
    for name, columns, num_columns in forms:
        places = (heads, columns.expand_as(bias)[visible])
        # The mean in float64 of equal numbers is that number, to the bit.
        sums = torch.zeros(len(bias), num_columns, dtype=torch.float64)
        counts = torch.zeros_like(sums)
        sums.index_put_(places, bias[visible].double(), accumulate=True)
        counts.index_put_(places, torch.ones(len(heads), dtype=torch.float64), accumulate=True)
        short = (sums / counts.clamp(min=1)).float()
        if ((short[places] - bias[visible]).abs() <= rounding).all():
            return name, short
    return "bias", bias


def _rounding(layer: LayerAttention) -> Tensor:
    """How far off a bias may be that was found as a difference of scores, in its own shape."""
    bias = layer.bias
    assert bias is not None
    shared = layer.num_heads // layer.num_key_value_heads
    keys = layer.key.norm(dim=-1).repeat_interleave(shared, dim=0)
    products = layer.scaling * layer.query.norm(dim=-1)[:, :, None] * keys[:, None, :]
    if len(bias) == 1:
        products = products.amax(dim=0, keepdim=True)
    return _LAST_BITS * (products + bias.abs())


def _visible(layer: LayerAttention) -> Tensor:
    """Where some query may see the key: bool, in the shape of the bias."""
    bias = layer.bias
    assert bias is not None
    visible = torch.ones_like(bias, dtype=torch.bool)
    if layer.causal:
        return visible.tril()
    if layer.allowed is None:
        return visible
    allowed = layer.allowed if len(bias) > 1 else layer.allowed.any(dim=0, keepdim=True)
    return allowed.expand_as(bias)


def _steps(layer: LayerAttention) -> Tensor:
    """``key - query``, int64 ``[query, key]``."""
    return torch.arange(layer.num_keys)[None, :] - torch.arange(layer.num_queries)[:, None]
