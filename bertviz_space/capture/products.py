"""Following the product of query and key to its softmax, in models that write attention out.

transformers' attention interface does not reach every model: some multiply query and key in their
own code (BLOOM, GPT-J, DeBERTa, XLNet). A ``TorchFunctionMode`` sees each torch function that this
thread calls. It notes the operands of a product and follows the result through what models do with
scores, until a softmax closes it. What else went into the scores comes out as the bias::

    bias = (what the softmax was given) - scaling * query @ key.T      over the allowed keys
"""

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils.weak import WeakIdKeyDictionary

from ..trace import LayerAttention, ModelWeights
from . import masks
from .kept import evenly_spaced, own_copy
from .product_steps import FOLLOWED, MULTIPLYING, Product, after, made_by
from .recorder import Recorder

# What is left of the scores without scaling * query @ key.T is rounding, and no bias, up to so many
# units of precision of the largest score: of float32 for sums of head_dim products in another
# order, and of the model's dtype for its own roundings of product and sum.
_SUM_ROUNDING = 16.0
_MODEL_ROUNDING = 2.0


class ProductFollower(TorchFunctionMode):
    """While it is entered, notes every softmax of a product of query and key in this thread.

    A tensor that is followed is known by a weak reference: it lives no longer than the model lets
    it, and no later tensor can be taken for it.
    """

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()
        self._recorder = recorder
        self._followed = WeakIdKeyDictionary()
        self._serial = 0

    def __torch_function__(
        self,
        func: Any,
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Call one torch function for the model, and see it; its result is left as it is."""
        kwargs = kwargs or {}
        result = func(*args, **kwargs)
        if not self._recorder.interface_runs and isinstance(result, Tensor):
            self._see(getattr(func, "__name__", ""), args, kwargs, result)
        return result

    def _see(
        self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: Tensor
    ) -> None:
        """Follow one torch function; an error here is this package's, and not the model's."""
        if name in MULTIPLYING:
            self._note(result, made_by(name, args, kwargs))
        elif name in FOLLOWED:
            self._note(result, self._after(name, args, kwargs, result))
        elif name == "softmax":
            dim = kwargs.get("dim", args[1] if len(args) > 1 else None)
            scores = args[0] if args else kwargs["input"]
            if scores in self._followed and isinstance(dim, int):
                self._close(self._followed[scores], scores, dim % scores.ndim, result)
        elif name == "scaled_dot_product_attention":
            self._add_fused(*args, **kwargs)

    def _note(self, result: Tensor, product: Product | None) -> None:
        if product is None:
            self._followed.pop(result, None)  # an operation in place that cannot be followed
            return
        if not product.serial:
            self._serial += 1
            product = replace(product, serial=self._serial)
        self._followed[result] = product

    def _after(
        self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: Tensor
    ) -> Product | None:
        """The product that comes out of a function, if scores went in.

        Of several the one of query and key: models multiply these first.
        """
        first = args[0] if args and isinstance(args[0], (list, tuple)) else args[:3]
        tensors = [each for each in (*first, *kwargs.values()) if isinstance(each, Tensor)]
        sources = [each for each in tensors if each in self._followed]
        if not sources:
            return None
        source = min(sources, key=lambda each: self._followed[each].serial)
        return after(self._followed[source], name, source, args, kwargs, result)

    def _close(self, product: Product, scores: Tensor, dim: int, weights: Tensor) -> None:
        """Note an attention: its scores were handed to a softmax over the axis ``dim``."""
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
        scaling, softcap = product.scaling, None
        if product.inner_scaling is not None:
            scaling, softcap = product.inner_scaling * product.scaling, product.scaling
        mask = _mask(query, key, scaling, softcap, scores, product.query.dtype)
        if sink is None:
            logsumexp = mask.normalizers(logsumexp)
        rows = evenly_spaced(query.shape[1], num_keys)
        self._recorder.add(
            "products",
            query=query,
            key=key,
            scaling=scaling,
            softcap=softcap,
            sink=sink,
            causal=mask.causal,
            allowed=mask.allowed,
            bias=mask.bias,
            logsumexp=logsumexp,
            model_weights=ModelWeights(rows, weights[:, rows]),
        )

    def _add_fused(
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
        """Note a call of torch's own attention function; it shows no weights."""
        del value, dropout_p, enable_gqa
        if query.ndim != 4 or len(query) != 1:
            return
        num_queries, num_keys = query.shape[2], key.shape[2]
        if is_causal:
            attn_mask = torch.ones(1, 1, num_queries, num_keys, dtype=torch.bool).tril()
        elif attn_mask is not None:
            attn_mask = attn_mask[(None,) * (4 - attn_mask.ndim)]
        mask = masks.split(attn_mask, None, num_queries, num_keys)
        self._recorder.add(
            "products",
            query=own_copy(query[0]),
            key=_shared(own_copy(key[0])),
            scaling=query.shape[-1] ** -0.5 if scale is None else float(scale),
            causal=mask.causal,
            allowed=mask.allowed,
            bias=mask.bias,
        )


def _head_query_key(scores: Tensor, product: Product) -> Tensor:
    """Scores or weights as float32 ``[head, query, key]`` on the CPU."""
    moved = scores.movedim((product.query_axis, product.key_axis), (-2, -1))
    return own_copy(moved.reshape(-1, *moved.shape[-2:]))


def _by_head(product: Product) -> tuple[Tensor, Tensor]:
    """Query ``[head, query, head_dim]`` and key ``[key_value_head, key, head_dim]``, float32."""
    query, key = product.query, product.key
    batch = torch.broadcast_shapes(query.shape[:-2], key.shape[:-2])
    query = query.expand(*batch, *query.shape[-2:]).flatten(0, -3)
    key = key.expand(*batch, *key.shape[-2:]).flatten(0, -3)
    return own_copy(query), _shared(own_copy(key))


def _shared(key: Tensor) -> Tensor:
    """Key heads without the copies that a model made for the query heads that share one."""
    num_heads = len(key)
    for count in range(1, num_heads):
        if num_heads % count:
            continue
        groups = key.unflatten(0, (count, num_heads // count))
        # The first two heads tell most models apart, without reading all.
        if torch.equal(key[0], key[1]) and torch.equal(groups, groups[:, :1].expand_as(groups)):
            return groups[:, 0].clone()
    return key


def _mask(
    query: Tensor,
    key: Tensor,
    scaling: float,
    softcap: float | None,
    scores: Tensor,
    dtype: torch.dtype,
) -> masks.Mask:
    """What was added to the product on its way, and who was forbidden."""
    bare = LayerAttention("self", 0, query, key, scaling, softcap=softcap)
    allowed = scores > masks.FORBIDDEN
    bias = (scores - bare.scores()).masked_fill(~allowed, 0.0)
    largest = scores.masked_fill(~allowed, 0.0).abs().max().item()
    rounding = _SUM_ROUNDING * torch.finfo(torch.float32).eps
    rounding += _MODEL_ROUNDING * torch.finfo(dtype).eps
    if bias.abs().max().item() <= rounding * largest:
        return masks.of(allowed, None)
    return masks.of(allowed, bias)
