"""Route B: tracing the product of query and key to its softmax, in hand-written attention.

Some models do not call transformers' attention interface but multiply query and key in their own
code (BLOOM, GPT-J, DeBERTa, XLNet). A ``TorchFunctionMode`` receives each torch function that the
current thread calls. It stores the operands of a product and traces the result through the
functions that models apply to scores, up to a softmax. ``product_attention`` turns them into the
terms of the formula.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
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

# The arguments of a call, and what turns its result into the one that the model receives.
_Prepared = tuple[tuple[Any, ...], dict[str, Any], Callable[[Any], Any]]

# The positional parameters of torch's attention function.
_OF_FUSED = ("query", "key", "value", "attn_mask", "dropout_p", "is_causal")


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
        # An error of this call is the model's. Errors in the other methods are this package's.
        args, kwargs, finish = self._prepared(getattr(func, "__name__", ""), args, kwargs or {})
        return finish(func(*args, **kwargs))

    def _prepared(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> _Prepared:
        """Return the arguments of a call, and what turns its result into the one for the model."""
        if self._recorder.in_interface:
            return args, kwargs, _same
        if name == "softmax":
            return self._prepared_softmax(args, kwargs)
        if name == "scaled_dot_product_attention":
            return self._prepared_fused(**dict(zip(_OF_FUSED, args, strict=False)), **kwargs)
        if name in MULTIPLYING or name in TRACED:
            return args, kwargs, partial(self._trace, name, args, kwargs)
        return args, kwargs, _same

    def _trace(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> Any:
        """Trace one call, and return its result."""
        if isinstance(result, Tensor) and name in MULTIPLYING:
            self._store(result, product_of_call(name, args, kwargs))
        elif isinstance(result, Tensor):
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

    def _prepared_softmax(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> _Prepared:
        """Prepare a softmax, to record its attention if its argument is a traced product."""
        scores = args[0] if args else kwargs["input"]
        attention = self._attention_of(scores, kwargs.get("dim", args[1] if args[1:] else None))
        if attention is None:
            return args, kwargs, _same
        change = self._recorder.change_of_next("products")
        if change is not None:
            scores = attention.with_cut_edges(scores, change)

        def finish(weights: Tensor) -> Tensor:
            self._recorder.add("products", **attention.terms(scores, weights))
            return weights if change is None else attention.with_heads_off(weights, change)

        others = {name: each for name, each in kwargs.items() if name != "input"}
        return (scores, *args[1:]), others, finish

    def _attention_of(self, scores: Tensor, dim: Any) -> ProductAttention | None:
        if scores not in self._traced or not isinstance(dim, int):
            return None
        return product_attention(self._traced[scores], scores, dim % scores.ndim)

    def _prepared_fused(
        self,
        query: Tensor,
        key: Tensor,
        attn_mask: Tensor | None = None,
        is_causal: bool = False,
        scale: float | None = None,
        **others: Any,
    ) -> _Prepared:
        """Prepare a call of torch's own attention function, which returns no weights."""
        options = {"query": query, "key": key, "scale": scale, **others}
        if query.ndim != 4 or len(query) != 1:
            return (), {**options, "attn_mask": attn_mask, "is_causal": is_causal}, _same
        axes = (query.shape[2], key.shape[2])
        change = self._recorder.change_of_next("products")
        mask = attn_mask
        if is_causal:
            mask = torch.ones(1, 1, *axes, dtype=torch.bool, device=query.device).tril()
        elif mask is not None:
            mask = mask[(None,) * (4 - mask.ndim)]
        if change is not None and change.cut is not None:
            attn_mask = mask = change.of_mask(mask, query, axes)
            is_causal = False

        def finish(output: Tensor) -> Tensor:
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
            return output if change is None else change.of_output(output, 1, 2)

        return (), {**options, "attn_mask": attn_mask, "is_causal": is_causal}, finish


def _same(result: Any) -> Any:
    """Return the result of a call that is not traced."""
    return result
