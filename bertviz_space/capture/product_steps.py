"""What functions of torch do to a product of query and key, from its making to its softmax.

Pure functions of the calls that a model makes: ``made_by`` for those that multiply, ``after`` for
those that models apply to scores.
"""

import math
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

MULTIPLYING = {"matmul", "__matmul__", "bmm", "baddbmm", "einsum"}
_SCALE_UP = {"mul", "mul_", "multiply", "__mul__", "__rmul__", "__imul__"}
_SCALE_DOWN = {"div", "div_", "divide", "true_divide", "__truediv__", "__itruediv__"}
_SUBTRACT = {"sub", "sub_", "subtract", "__sub__", "__isub__"}
# How their operands are called, in this order, where they are named.
_OPERANDS = ("input", "other", "mat2", "batch1", "batch2")
# Functions that keep a score where it is, and may add to it or forbid it.
_ELEMENTWISE = _SCALE_UP | _SCALE_DOWN | _SUBTRACT | {
    *("add", "add_", "__add__", "__radd__", "__iadd__", "masked_fill", "masked_fill_", "where"),
    *("max", "maximum", "clamp", "clamp_min", "dropout", "float", "half", "bfloat16", "double"),
    *("to", "type", "type_as", "contiguous", "clone"),
}  # fmt: skip
# Functions that may join or split the axes before those of query and key.
_SHAPE = {"view", "reshape", "flatten", "unflatten", "squeeze", "unsqueeze", "expand"}
_SWAP = {"transpose", "swapaxes", "swapdims"}
_BEND = {"tanh", "tanh_"}
_JOIN = {"cat", "concat", "concatenate"}
FOLLOWED = _ELEMENTWISE | _SHAPE | _SWAP | _BEND | _JOIN | {"permute"}


@dataclass(frozen=True, eq=False)
class Product:
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

    def swapped(self) -> "Product":
        """The same product, with query and key in each other's place."""
        return replace(
            self,
            query=self.key,
            key=self.query,
            query_axis=self.key_axis,
            key_axis=self.query_axis,
        )

    def axes_of(self, scores: Tensor) -> tuple[int, int]:
        """Numbers of queries and keys of scores that are laid out as the product is now."""
        return scores.shape[self.query_axis], scores.shape[self.key_axis]


def made_by(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Product | None:
    """The product that a function makes, ``None`` where it can be none of query and key."""
    if name == "einsum":
        return _einsum(*args)
    operands = [*args, *(kwargs[each] for each in _OPERANDS if each in kwargs)]
    left, right = operands[-2:]
    if min(left.ndim, right.ndim) < 3:  # a matrix of weights
        return None
    ndim = max(left.ndim, right.ndim)
    return Product(
        serial=0,
        query=left,
        key=right.transpose(-1, -2),
        query_axis=ndim - 2,
        key_axis=ndim - 1,
        scaling=float(kwargs.get("alpha", 1.0)),
    )


def _einsum(equation: Any, *operands: Any) -> Product | None:
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
    shared = [letter for letter in before if letter in right]
    keys_of = torch.einsum(f"{right}->{''.join(shared)}{key}{summed[0]}", operands[1])
    for place, letter in enumerate(before):
        if letter not in right:  # query heads that share a key head
            keys_of = keys_of.unsqueeze(place)
    return Product(
        serial=0,
        query=torch.einsum(f"{left}->{''.join(before)}{query}{summed[0]}", operands[0]),
        key=keys_of,
        query_axis=output.index(query),
        key_axis=output.index(key),
    )


def after(
    product: Product,
    name: str,
    source: Tensor,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    result: Tensor,
) -> Product | None:
    """The product after one more function, ``None`` if it is not to be followed further.

    Args:
        product: the product until now.
        name: the function's, one of ``FOLLOWED``.
        source: the scores among its arguments.
        args: its arguments.
        kwargs: likewise.
        result: what it returned.
    """
    if name in _SWAP or name == "permute":
        return _reordered(product, name, source, args, kwargs)
    if name in _SHAPE:
        return _reshaped(product, source, result)
    num_queries, num_keys = product.axes_of(source)
    behind = result.ndim - source.ndim
    product = replace(
        product, query_axis=product.query_axis + behind, key_axis=product.key_axis + behind
    )
    if name in _JOIN:  # a sink is one column more
        is_sink = product.axes_of(result) == (num_queries, num_keys + 1)
        return product if is_sink else None
    if product.axes_of(result) != (num_queries, num_keys):
        return None
    if name in _SCALE_UP | _SCALE_DOWN:
        return _scaled(product, name, source, args, kwargs)
    if name in _SUBTRACT and args[0] is not source:
        return None
    if name in _BEND:
        if product.inner_scaling is not None:
            return None
        return replace(product, inner_scaling=product.scaling, scaling=1.0)
    return product


def _scaled(
    product: Product, name: str, source: Tensor, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Product | None:
    """The product after a multiplication, or a division of it."""
    operands = [*args[:2], *(kwargs[each] for each in ("input", "other") if each in kwargs)]
    if (name in _SCALE_DOWN and operands[0] is not source) or kwargs.get("rounding_mode"):
        return None
    factor = operands[1] if operands[0] is source else operands[0]
    if isinstance(factor, Tensor):
        if factor.numel() != 1:
            return product  # a mask of ones and zeros (OpenAI-GPT); else it shows in the bias
        factor = factor.item()
    factor = float(factor)
    if not factor or not math.isfinite(factor):
        return None
    return replace(
        product, scaling=product.scaling * (1 / factor if name in _SCALE_DOWN else factor)
    )


def _reordered(
    product: Product, name: str, source: Tensor, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Product | None:
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


def _reshaped(product: Product, source: Tensor, result: Tensor) -> Product | None:
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
