"""Route B: tracing the product of query and key to its softmax, in hand-written attention.

Some models do not call transformers' attention interface but multiply query and key in their own
code (BLOOM, GPT-J, DeBERTa, XLNet). A ``TorchFunctionMode`` receives each torch function that the
current thread calls. It stores the operands of a product and traces the result through the
functions that models apply to scores, up to a softmax. All other terms of the scores form the
bias::

    bias = (argument of the softmax) - scaling * query @ key.T      over the allowed keys
"""

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils.weak import WeakIdKeyDictionary

from ..trace import LayerAttention, ModelWeights
from .copies import float32_copy
from .mask import FORBIDDEN_BELOW, Mask, simplest_mask, split_mask
from .product import MULTIPLYING, TRACED, Product, product_after_call, product_of_call
from .recorder import Recorder
from .sampling import sampled_queries

# The largest difference between the scores and scaling * query @ key.T that is rounding and not a
# bias, in units of the precision of the largest score: one bound for float32, because sums of
# head_dim products are added in another order, and one for the model's dtype, because the model
# rounds product and sum.
_SUM_ROUNDING = 16.0
_MODEL_ROUNDING = 2.0


class ProductTracer(TorchFunctionMode):
    """Inside a ``with`` block, records each softmax of a product of query and key in this thread.

    The tracer has only weak references to the tensors that it traces: it does not extend their
    lives, and no later tensor can be mistaken for one of them.
    """

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()
        self._recorder = recorder
        self._traced = WeakIdKeyDictionary()
        self._num_products = 0

    def __torch_function__(
        self,
        func: Any,
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Call a torch function, trace the call, and return its result unchanged."""
        kwargs = kwargs or {}
        result = func(*args, **kwargs)
        if not self._recorder.in_interface and isinstance(result, Tensor):
            self._trace(getattr(func, "__name__", ""), args, kwargs, result)
        return result

    def _trace(
        self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: Tensor
    ) -> None:
        """Trace one call. An error in this method is a bug of this package, not of the model."""
        if name in MULTIPLYING:
            self._store(result, product_of_call(name, args, kwargs))
        elif name in TRACED:
            self._store(result, self._product_after_call(name, args, kwargs, result))
        elif name == "softmax":
            dim = kwargs.get("dim", args[1] if len(args) > 1 else None)
            scores = args[0] if args else kwargs["input"]
            if scores in self._traced and isinstance(dim, int):
                self._record_softmax(self._traced[scores], scores, dim % scores.ndim, result)
        elif name == "scaled_dot_product_attention":
            self._record_fused(*args, **kwargs)

    def _store(self, result: Tensor, product: Product | None) -> None:
        if product is None:
            # The tensor may have been traced before, if this was an in-place operation.
            self._traced.pop(result, None)
            return
        if not product.serial:
            self._num_products += 1
            product = replace(product, serial=self._num_products)
        self._traced[result] = product

    def _product_after_call(
        self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: Tensor
    ) -> Product | None:
        """Return the product that a call results in, ``None`` if no argument is traced.

        If several arguments are traced, the product that was made first is the one of query and
        key.
        """
        first = args[0] if args and isinstance(args[0], (list, tuple)) else args[:3]
        tensors = [each for each in (*first, *kwargs.values()) if isinstance(each, Tensor)]
        sources = [each for each in tensors if each in self._traced]
        if not sources:
            return None
        source = min(sources, key=lambda each: self._traced[each].serial)
        return product_after_call(self._traced[source], name, source, args, kwargs, result)

    def _record_softmax(self, product: Product, scores: Tensor, dim: int, weights: Tensor) -> None:
        """Record an attention whose scores were passed to a softmax over the axis ``dim``."""
        if dim == product.query_axis:
            product = product.swapped()
        if dim != product.key_axis:
            return
        query, key = _by_head(product)
        scores = _head_query_key(scores, product)
        weights = _head_query_key(weights, product)
        if scores.shape[:2] != query.shape[:2]:
            return
        num_keys = key.shape[1]
        sink, logsumexp = None, scores.logsumexp(-1)
        if scores.shape[2] == num_keys + 1:
            sink = scores[:, 0, -1]
            if not torch.equal(scores[..., -1], sink[:, None].expand(-1, scores.shape[1])):
                return
            scores, weights = scores[..., :-1], weights[..., :-1]
        bare = _without_other_terms(product, query, key)
        mask = _mask(bare, scores, product.query.dtype)
        rows = sampled_queries(query.shape[1], num_keys)
        self._recorder.add(
            "products",
            query=query,
            key=key,
            scaling=bare.scaling,
            softcap=bare.softcap,
            sink=sink,
            causal=mask.causal,
            allowed=mask.allowed,
            bias=mask.bias,
            logsumexp=mask.corrected_logsumexp(logsumexp) if sink is None else logsumexp,
            model_weights=ModelWeights(rows, weights[:, rows]),
        )

    def _record_fused(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        attn_mask: Tensor | None = None,
        dropout_p: float = 0.0,
        is_causal: bool = False,
        scale: float | None = None,
        enable_gqa: bool = False,
    ) -> None:
        """Record a call of torch's own attention function, which returns no weights."""
        del value, dropout_p, enable_gqa
        if query.ndim != 4 or len(query) != 1:
            return
        num_queries, num_keys = query.shape[2], key.shape[2]
        if is_causal:
            attn_mask = torch.ones(1, 1, num_queries, num_keys, dtype=torch.bool).tril()
        elif attn_mask is not None:
            attn_mask = attn_mask[(None,) * (4 - attn_mask.ndim)]
        mask = split_mask(attn_mask, None, num_queries, num_keys)
        self._recorder.add(
            "products",
            query=float32_copy(query[0]),
            key=_without_copied_heads(float32_copy(key[0])),
            scaling=query.shape[-1] ** -0.5 if scale is None else float(scale),
            causal=mask.causal,
            allowed=mask.allowed,
            bias=mask.bias,
        )


def _head_query_key(scores: Tensor, product: Product) -> Tensor:
    """Return scores or weights as float32 ``[head, query, key]`` on the CPU."""
    moved = scores.movedim((product.query_axis, product.key_axis), (-2, -1))
    return float32_copy(moved.reshape(-1, *moved.shape[-2:]))


def _by_head(product: Product) -> tuple[Tensor, Tensor]:
    """Return the operands of a product as float32 on the CPU.

    Returns:
        The query ``[head, query, head_dim]`` and the key ``[key_value_head, key, head_dim]``.
    """
    query, key = product.query, product.key
    batch = torch.broadcast_shapes(query.shape[:-2], key.shape[:-2])
    query = query.expand(*batch, *query.shape[-2:]).flatten(0, -3)
    key = key.expand(*batch, *key.shape[-2:]).flatten(0, -3)
    return float32_copy(query), _without_copied_heads(float32_copy(key))


def _without_copied_heads(key: Tensor) -> Tensor:
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
