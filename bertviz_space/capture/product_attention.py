"""The terms of the formula, from a product of query and key and the scores that it became.

All terms of the scores except the product form the bias::

    bias = (argument of the softmax) - scaling * query @ key.T      over the allowed keys
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ..trace import LayerAttention, ModelWeights
from .changes import LayerChange
from .copies import float32_copy
from .mask import FORBIDDEN_BELOW, Mask, simplest_mask
from .product import Product
from .sampling import sampled_queries

# The largest difference between the scores and scaling * query @ key.T that is rounding and not a
# bias, in units of the precision of the largest score: one bound for float32, because sums of
# head_dim products are added in another order, and one for the model's dtype, because the model
# rounds product and sum.
_SUM_ROUNDING = 16.0
_MODEL_ROUNDING = 2.0


@dataclass(frozen=True, eq=False)
class ProductAttention:
    """An attention whose scores are a product of query and key.

    Attributes:
        product: the product, whose ``key_axis`` is the axis of the softmax.
        query: float32 ``[head, query, head_dim]`` on the CPU.
        key: float32 ``[key_value_head, key, head_dim]`` on the CPU.
        has_sink: whether the last column of the scores is a sink.
    """

    product: Product
    query: Tensor
    key: Tensor
    has_sink: bool

    def with_cut_edges(self, scores: Tensor, change: LayerChange) -> Tensor:
        """Return the argument of the softmax with the scores of cut edges forbidden."""
        if change.cut is None:
            return scores
        cut = change.cut.expand(len(self.query), -1, -1)
        if self.has_sink:
            cut = torch.cat([cut, torch.zeros_like(cut[..., :1])], dim=-1)
        cut = self._as_scores(cut, scores).to(scores.device)
        return scores.masked_fill(cut, torch.finfo(scores.dtype).min)

    def with_heads_off(self, weights: Tensor, change: LayerChange) -> Tensor:
        """Return the result of the softmax with the rows of heads that are off replaced."""
        if not change.zero and not change.mean:
            return weights
        changed = change.of_output(self._by_head(weights), head_axis=0, query_axis=1)
        return self._as_scores(changed, weights).contiguous()

    def terms(self, scores: Tensor, weights: Tensor) -> dict[str, Any]:
        """Return the fields of ``LayerAttention``, except its component and number.

        Args:
            scores: the argument of the softmax.
            weights: its result.
        """
        scores, weights = (float32_copy(self._by_head(each)) for each in (scores, weights))
        logsumexp, sink = scores.logsumexp(-1), None
        if self.has_sink:
            sink = scores[:, 0, -1]
            scores, weights = scores[..., :-1], weights[..., :-1]
        bare = _without_other_terms(self.product, self.query, self.key)
        mask = _mask(bare, scores, self.product.query.dtype)
        rows = sampled_queries(bare.num_queries, bare.num_keys)
        return {
            "query": self.query,
            "key": self.key,
            "scaling": bare.scaling,
            "softcap": bare.softcap,
            "sink": sink,
            "causal": mask.causal,
            "allowed": mask.allowed,
            "bias": mask.bias,
            "logsumexp": mask.corrected_logsumexp(logsumexp) if sink is None else logsumexp,
            "model_weights": ModelWeights(rows, weights[:, rows]),
        }

    def _by_head(self, scores: Tensor) -> Tensor:
        """Return scores or weights as ``[head, query, key]``."""
        return _by_head(scores, self.product)

    def _as_scores(self, by_head: Tensor, scores: Tensor) -> Tensor:
        """Return ``[head, query, key]`` with the axes of scores."""
        axes = (self.product.query_axis, self.product.key_axis)
        return by_head.reshape(scores.movedim(axes, (-2, -1)).shape).movedim((-2, -1), axes)


def product_attention(product: Product, scores: Tensor, dim: int) -> ProductAttention | None:
    """Return the attention of a softmax, ``None`` if it is not one over the keys.

    Args:
        product: the product that became the scores.
        scores: the argument of the softmax.
        dim: the axis of the softmax.
    """
    if dim == product.query_axis:
        product = product.swapped()
    if dim != product.key_axis:
        return None
    query, key = _operands(product)
    by_head = _by_head(scores, product)
    if by_head.shape[:2] != query.shape[:2]:
        return None
    has_sink = by_head.shape[2] == key.shape[1] + 1
    if has_sink and not torch.equal(by_head[..., -1], by_head[:, :1, -1].expand(query.shape[:2])):
        return None
    return ProductAttention(product, query, key, has_sink)


def _by_head(scores: Tensor, product: Product) -> Tensor:
    """Return scores or weights as ``[head, query, key]``."""
    moved = scores.movedim((product.query_axis, product.key_axis), (-2, -1))
    return moved.reshape(-1, *moved.shape[-2:])


def _operands(product: Product) -> tuple[Tensor, Tensor]:
    """Return the operands of a product as float32 on the CPU.

    Returns:
        The query ``[head, query, head_dim]`` and the key ``[key_value_head, key, head_dim]``.
    """
    query, key = product.query, product.key
    batch = torch.broadcast_shapes(query.shape[:-2], key.shape[:-2])
    query = query.expand(*batch, *query.shape[-2:]).flatten(0, -3)
    key = key.expand(*batch, *key.shape[-2:]).flatten(0, -3)
    return float32_copy(query), without_copied_heads(float32_copy(key))


def without_copied_heads(key: Tensor) -> Tensor:
    """Remove the copies of key heads that a model made for query heads that share a key head.

    Args:
        key: float32 ``[head, key, head_dim]``.

    Returns:
        float32 ``[key_value_head, key, head_dim]``.
    """
    num_heads = len(key)
    for count in range(1, num_heads):
        if num_heads % count:
            continue
        groups = key.unflatten(0, (count, num_heads // count))
        # In most models the first two heads differ, and the others need not be compared.
        if torch.equal(key[0], key[1]) and torch.equal(groups, groups[:, :1].expand_as(groups)):
            return groups[:, 0].clone()
    return key


def _without_other_terms(product: Product, query: Tensor, key: Tensor) -> LayerAttention:
    """Return the layer that a product defines, without mask, bias and sink.

    Args:
        product: the product, which has the scaling and the softcap.
        query: float32 ``[head, query, head_dim]``.
        key: float32 ``[key_value_head, key, head_dim]``.
    """
    scaling, softcap = product.scaling, None
    if product.inner_scaling is not None:
        scaling, softcap = product.inner_scaling * product.scaling, product.scaling
    return LayerAttention("self", 0, query, key, scaling, softcap=softcap)


def _mask(bare: LayerAttention, scores: Tensor, dtype: torch.dtype) -> Mask:
    """Return the mask and the bias that were applied to a product.

    Args:
        bare: the layer without mask, bias and sink.
        scores: float32 ``[head, query, key]``, the argument of the softmax.
        dtype: the model's dtype.
    """
    allowed = scores > FORBIDDEN_BELOW
    bias = (scores - bare.scores()).masked_fill(~allowed, 0.0)
    largest = scores.masked_fill(~allowed, 0.0).abs().max().item()
    rounding = _SUM_ROUNDING * torch.finfo(torch.float32).eps
    rounding += _MODEL_ROUNDING * torch.finfo(dtype).eps
    if bias.abs().max().item() <= rounding * largest:
        return simplest_mask(allowed, None)
    return simplest_mask(allowed, bias)
