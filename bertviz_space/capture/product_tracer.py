"""Route B: tracing the product of query and key to its softmax, in hand-written attention.

Some models do not call transformers' attention interface but multiply query and key in their own
code (BLOOM, GPT-J, DeBERTa, XLNet). A ``TorchFunctionMode`` receives each torch function that the
current thread calls. It stores the operands of a product and traces the result through the
functions that models apply to scores, up to a softmax. ``product_attention`` turns them into the
terms of the formula.
"""

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils.weak import WeakIdKeyDictionary

from .copies import float32_copy
from .mask import split_mask
from .product import MULTIPLYING, TRACED, Product, product_after_call, product_of_call
from .product_attention import ProductAttention, product_attention, without_copied_heads
from .recorder import Recorder


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
        """Call a torch function, trace the call, and return its result.

        The result is unchanged, except where an intervention of the pass changes an attention.
        """
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "")
        if self._recorder.in_interface:
            return func(*args, **kwargs)
        if name == "softmax":
            return self._softmax(func, args, kwargs)
        if name == "scaled_dot_product_attention":
            return self._fused(func, *args, **kwargs)
        result = func(*args, **kwargs)
        # An error in this method is a bug of this package, not of the model.
        if isinstance(result, Tensor):
            if name in MULTIPLYING:
                self._store(result, product_of_call(name, args, kwargs))
            elif name in TRACED:
                self._store(result, self._product_after_call(name, args, kwargs, result))
        return result

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

    def _softmax(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a softmax, and record its attention if its argument is a traced product."""
        scores = args[0] if args else kwargs["input"]
        attention = self._attention_of(scores, kwargs.get("dim", args[1] if args[1:] else None))
        if attention is None:
            return func(*args, **kwargs)
        change = self._recorder.change_of_next("products")
        if change is not None:
            scores = attention.with_cut_edges(scores, change)
        others = {name: each for name, each in kwargs.items() if name != "input"}
        weights = func(scores, *args[1:], **others)
        self._recorder.add("products", **attention.terms(scores, weights))
        return weights if change is None else attention.with_heads_off(weights, change)

    def _attention_of(self, scores: Tensor, dim: Any) -> ProductAttention | None:
        if scores not in self._traced or not isinstance(dim, int):
            return None
        return product_attention(self._traced[scores], scores, dim % scores.ndim)

    def _fused(
        self,
        func: Any,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        attn_mask: Tensor | None = None,
        dropout_p: float = 0.0,
        is_causal: bool = False,
        scale: float | None = None,
        enable_gqa: bool = False,
    ) -> Tensor:
        """Call torch's own attention function, which returns no weights, and record it."""
        options = {"dropout_p": dropout_p, "scale": scale, "enable_gqa": enable_gqa}
        if query.ndim != 4 or len(query) != 1:
            return func(query, key, value, attn_mask, is_causal=is_causal, **options)
        axes = (query.shape[2], key.shape[2])
        change = self._recorder.change_of_next("products")
        mask = attn_mask
        if is_causal:
            mask = torch.ones(1, 1, *axes, dtype=torch.bool, device=query.device).tril()
        elif mask is not None:
            mask = mask[(None,) * (4 - mask.ndim)]
        if change is not None and change.cut is not None:
            attn_mask, is_causal = change.of_mask(mask, query, axes), False
            mask = attn_mask
        output = func(query, key, value, attn_mask, is_causal=is_causal, **options)
        split = split_mask(mask, None, *axes)
        self._recorder.add(
            "products",
            query=float32_copy(query[0]),
            key=without_copied_heads(float32_copy(key[0])),
            scaling=query.shape[-1] ** -0.5 if scale is None else float(scale),
            causal=split.causal,
            allowed=split.allowed,
            bias=split.bias,
        )
        return output if change is None else change.of_output(output, head_axis=1, query_axis=2)
