"""Following the product of query and key to its softmax, in models that write attention out.

transformers' attention interface does not reach every model: some multiply query and key in their
own code (BLOOM, GPT-J, DeBERTa, XLNet). A ``TorchFunctionMode`` sees each torch function that this
thread calls. It notes the operands of a product and follows the result through what models do with
scores, until a softmax closes it. What else went into the scores comes out as the bias::

    bias = (what the softmax was given) - scaling * query @ key.T      over the allowed keys
"""

import math
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils.weak import WeakIdKeyDictionary

from . import masks
from .attention import ModelWeights
from .recorder import Recorder, evenly_spaced

_PRODUCTS = {"matmul", "__matmul__", "bmm", "baddbmm", "einsum"}
_MULTIPLY = {"mul", "mul_", "multiply", "__mul__", "__rmul__", "__imul__"}
_DIVIDE = {"div", "div_", "divide", "true_divide", "__truediv__", "__itruediv__"}
_SUBTRACT = {"sub", "sub_", "subtract", "__sub__", "__isub__"}
# How their operands are called, in this order, where they are named.
_OPERANDS = ("input", "other", "mat2", "batch1", "batch2")
# Functions that keep a score where it is, and may add to it or forbid it.
_ELEMENTWISE = _MULTIPLY | _DIVIDE | _SUBTRACT | {
    *("add", "add_", "__add__", "__radd__", "__iadd__", "masked_fill", "masked_fill_", "where"),
    *("max", "maximum", "clamp", "clamp_min", "dropout", "float", "half", "bfloat16", "double"),
    *("to", "type", "type_as", "contiguous", "clone"),
}  # fmt: skip
# Functions that may join or split the axes before those of query and key.
_SHAPE = {"view", "reshape", "flatten", "unflatten", "squeeze", "unsqueeze", "expand"}
_SWAP = {"transpose", "swapaxes", "swapdims"}
_FOLLOWED = _ELEMENTWISE | _SHAPE | _SWAP | {"permute", "tanh", "tanh_", "cat", "concat"}

# What is left of the scores without scaling * query @ key.T is rounding, and no bias, up to so many
# units of precision of the largest score: of float32 for sums of head_dim products in another
# order, and of the model's dtype for its own roundings of product and sum.
_SUM_ROUNDING = 16.0
_MODEL_ROUNDING = 2.0


@dataclass(frozen=True, eq=False)
class _Product:
    """A product of query and key on its way to a softmax.

    Attributes:
        serial: the first product of a sum is the one of query and key.
        query: ``[..., query, head_dim]`` as multiplied.
        key: ``[..., key, head_dim]``.
        query_axis: which axis of the scores is the query's, counted from 0.
        key_axis: likewise.
        scaling: what the product was multiplied with until now.
        inner_scaling: the scaling that the tanh saw.
    """

    serial: int
    query: Tensor
    key: Tensor
    query_axis: int
    key_axis: int
    scaling: float = 1.0
    inner_scaling: float | None = None


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
        """See one torch function; its result is left as it is."""
        kwargs = kwargs or {}
        result = func(*args, **kwargs)
        if self._recorder.interface_runs or not isinstance(result, Tensor):
            return result
        name = getattr(func, "__name__", "")
        if name in _PRODUCTS:
            self._note(result, _product(name, args, kwargs))
        elif name in _FOLLOWED:
            self._note(result, self._follow(name, args, kwargs, result))
        elif name == "softmax":
            dim = kwargs.get("dim", args[1] if len(args) > 1 else None)
            source = args[0] if args else kwargs["input"]
            if source in self._followed and isinstance(dim, int):
                self._close(self._followed[source], source, dim % source.ndim, result)
        elif name == "scaled_dot_product_attention":
            self._add_fused(*args, **kwargs)
        return result

    def _note(self, result: Tensor, product: _Product | None) -> None:
        if product is None:
            self._followed.pop(result, None)  # an operation in place that cannot be followed
            return
        if not product.serial:
            self._serial += 1
            product = replace(product, serial=self._serial)
        self._followed[result] = product

    def _follow(
        self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: Tensor
    ) -> _Product | None:
        """The product after one more function, ``None`` if it is not to be followed further."""
        if name in ("cat", "concat"):
            return self._with_sink(args, kwargs, result)
        tensors = [each for each in (*args[:3], *kwargs.values()) if isinstance(each, Tensor)]
        sources = [each for each in tensors if each in self._followed]
        if not sources:
            return None
        source = min(sources, key=lambda each: self._followed[each].serial)
        product: _Product = self._followed[source]
        if name in _SWAP or name == "permute":
            return _reordered(product, name, source, args, kwargs)
        if name in _SHAPE:
            return _reshaped(product, source, result)
        behind = result.ndim - source.ndim
        product = replace(
            product, query_axis=product.query_axis + behind, key_axis=product.key_axis + behind
        )
        if _axes(result, product) != _axes(source, self._followed[source]):
            return None
        if name in _MULTIPLY | _DIVIDE:
            return _scaled(product, name, source, args, kwargs)
        if name in _SUBTRACT and args[0] is not source:
            return None
        if name in ("tanh", "tanh_"):
            if product.inner_scaling is not None:
                return None
            return replace(product, inner_scaling=product.scaling, scaling=1.0)
        return product

    def _with_sink(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], result: Tensor
    ) -> _Product | None:
        """Scores with one column more, that of a sink."""
        source = args[0][0] if args else kwargs["tensors"][0]
        product: _Product | None = self._followed.get(source)
        if product is None:
            return None
        num_queries, num_keys = _axes(source, product)
        return product if _axes(result, product) == (num_queries, num_keys + 1) else None

    def _close(self, product: _Product, scores: Tensor, dim: int, weights: Tensor) -> None:
        """Note an attention: its scores were handed to a softmax over the axis ``dim``."""
        if dim == product.query_axis:  # the product was one of key and query
            product = replace(
                product,
                query=product.key,
                key=product.query,
                query_axis=product.key_axis,
                key_axis=product.query_axis,
            )
        if dim != product.key_axis:
            return
        heads = _by_head(product)
        if heads is None:
            return
        query, key = heads
        scores = _head_query_key(scores, product)
        weights = _head_query_key(weights, product)
        if scores.shape[:2] != query.shape[:2]:
            return
        num_keys = key.shape[1]
        sink = None
        if scores.shape[2] == num_keys + 1:
            sink = scores[:, 0, -1]
            if not torch.equal(scores[..., -1], sink[:, None].expand(-1, scores.shape[1])):
                return
            scores, weights = scores[..., :-1], weights[..., :-1]
        scaling, softcap = product.scaling, None
        if product.inner_scaling is not None:
            scaling, softcap = product.inner_scaling * product.scaling, product.scaling
        mask = _mask(query, key, scaling, softcap, scores, product.query.dtype)
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
            query=_own(query[0]),
            key=_shared(_own(key[0])),
            scaling=query.shape[-1] ** -0.5 if scale is None else float(scale),
            causal=mask.causal,
            allowed=mask.allowed,
            bias=mask.bias,
        )


def _product(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> _Product | None:
    """The product that a function makes, ``None`` where it can be none of query and key."""
    if name == "einsum":
        return _einsum(*args)
    operands = [*args, *(kwargs[each] for each in _OPERANDS if each in kwargs)]
    left, right = operands[-2:]
    if min(left.ndim, right.ndim) < 3:  # a matrix of weights
        return None
    ndim = max(left.ndim, right.ndim)
    return _Product(
        serial=0,
        query=left,
        key=right.transpose(-1, -2),
        query_axis=ndim - 2,
        key_axis=ndim - 1,
        scaling=float(kwargs.get("alpha", 1.0)),
    )


def _einsum(equation: Any, *operands: Any) -> _Product | None:
    """A product written as a sum over one letter, such as ``ibnd,jbnd->bnij``."""
    if not isinstance(equation, str) or "->" not in equation or "." in equation:
        return None
    inputs, output = equation.replace(" ", "").split("->")
    if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = tuple(operands[0])
    if inputs.count(",") != 1 or len(operands) != 2:
        return None
    left, right = inputs.split(",")
    summed = [letter for letter in left if letter in right and letter not in output]
    queries = [letter for letter in output if letter in left and letter not in right]
    keys = [letter for letter in output if letter in right and letter not in left]
    if len(summed) != 1 or not queries or len(keys) != 1:
        return None
    if set(left + right) != set(output + summed[0]):
        return None
    query, key = queries[-1], keys[0]
    before = [letter for letter in output if letter not in (query, key)]
    if any(letter not in left for letter in before):
        return None
    shared = "".join(letter for letter in before if letter in right)
    return _Product(
        serial=0,
        query=torch.einsum(f"{left}->{''.join(before)}{query}{summed[0]}", operands[0]),
        key=torch.einsum(f"{right}->{shared}{key}{summed[0]}", operands[1]),
        query_axis=output.index(query),
        key_axis=output.index(key),
    )


def _scaled(
    product: _Product, name: str, source: Tensor, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> _Product | None:
    """The product after a multiplication, or a division of it."""
    operands = [*args[:2], *(kwargs[each] for each in ("input", "other") if each in kwargs)]
    if name in _DIVIDE and operands[0] is not source:
        return None
    factor = operands[1] if operands[0] is source else operands[0]
    if isinstance(factor, Tensor):
        if factor.numel() != 1:
            return product  # a mask of ones and zeros (OpenAI-GPT); else it shows in the bias
        factor = factor.item()
    factor = float(factor)
    if not factor or not math.isfinite(factor):
        return None
    return replace(product, scaling=product.scaling * (1 / factor if name in _DIVIDE else factor))


def _reordered(
    product: _Product, name: str, source: Tensor, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> _Product | None:
    """The product after its axes were exchanged; the heads' own axes must keep their order."""
    axes = args[1:] if len(args) > 1 else tuple(kwargs.values())
    if axes and isinstance(axes[0], (list, tuple)):
        axes = tuple(axes[0])
    order = [axis % source.ndim for axis in axes]
    if name in _SWAP:
        first, second = order
        order = list(range(source.ndim))
        order[first], order[second] = second, first
    own = (product.query_axis, product.key_axis)
    heads = [axis for axis in order if axis not in own and source.shape[axis] > 1]
    if heads != sorted(heads):
        return None
    return replace(
        product,
        query_axis=order.index(product.query_axis),
        key_axis=order.index(product.key_axis),
    )


def _reshaped(product: _Product, source: Tensor, result: Tensor) -> _Product | None:
    """The product after the axes before the last two, query and key, were joined or split."""
    last = (source.ndim - 2, source.ndim - 1)
    axes = (product.query_axis, product.key_axis)
    if sorted(axes) != list(last) or result.ndim < 2 or result.numel() != source.numel():
        return None
    if result.shape[-2:] != source.shape[-2:]:
        return None
    moved = result.ndim - source.ndim
    return replace(
        product, query_axis=product.query_axis + moved, key_axis=product.key_axis + moved
    )


def _axes(scores: Tensor, product: _Product) -> tuple[int, int]:
    return scores.shape[product.query_axis], scores.shape[product.key_axis]


def _head_query_key(scores: Tensor, product: _Product) -> Tensor:
    """Scores or weights as float32 ``[head, query, key]`` on the CPU."""
    moved = scores.movedim((product.query_axis, product.key_axis), (-2, -1))
    return _own(moved.reshape(-1, *moved.shape[-2:]))


def _by_head(product: _Product) -> tuple[Tensor, Tensor] | None:
    """Query ``[head, query, head_dim]`` and key ``[key_value_head, key, head_dim]``, float32.

    ``None`` where the batch holds more than one text's heads and none says which is whose.
    """
    query, key = product.query, product.key
    batch = torch.broadcast_shapes(query.shape[:-2], key.shape[:-2])
    query = query.expand(*batch, *query.shape[-2:]).flatten(0, -3)
    key = key.expand(*batch, *key.shape[-2:]).flatten(0, -3)
    return _own(query), _shared(_own(key))


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


def _own(vectors: Tensor) -> Tensor:
    """Float32 on the CPU, and never a view: of a fused query-key-value tensor it would keep all."""
    return vectors.to("cpu", torch.float32, copy=True, memory_format=torch.contiguous_format)


def _mask(
    query: Tensor,
    key: Tensor,
    scaling: float,
    softcap: float | None,
    scores: Tensor,
    dtype: torch.dtype,
) -> masks.Mask:
    """What was added to the product on its way, and who was forbidden."""
    shared = len(query) // len(key)
    grouped = query.unflatten(0, (len(key), shared))
    product = (grouped @ key.unsqueeze(1).transpose(-1, -2)).flatten(0, 1) * scaling
    if softcap is not None:
        product = torch.tanh(product / softcap) * softcap
    allowed = scores > masks.FORBIDDEN
    bias = (scores - product).masked_fill(~allowed, 0.0)
    largest = scores.masked_fill(~allowed, 0.0).abs().max().item()
    rounding = _SUM_ROUNDING * torch.finfo(torch.float32).eps
    rounding += _MODEL_ROUNDING * torch.finfo(dtype).eps
    if bias.abs().max().item() <= rounding * largest:
        return masks.of(allowed, None)
    return masks.of(allowed, bias)
