"""A product of query and key, and how torch functions change it on its way to the softmax.

Pure functions of the calls that a model makes: ``product_of_call`` for functions that multiply,
``product_after_call`` for functions that models apply to scores.
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
# Names of keyword arguments that are operands, in the order of the operands.
_OPERANDS = ("input", "other", "mat2", "batch1", "batch2")
# Functions that leave each score in its place. They may add to it, or forbid its key.
_ELEMENTWISE = _SCALE_UP | _SCALE_DOWN | _SUBTRACT | {
    *("add", "add_", "__add__", "__radd__", "__iadd__", "masked_fill", "masked_fill_", "where"),
    *("max", "maximum", "clamp", "clamp_min", "dropout", "float", "half", "bfloat16", "double"),
    *("to", "type", "type_as", "contiguous", "clone"),
}  # fmt: skip
# Functions that may join or split the axes before those of query and key.
_RESHAPE = {"view", "reshape", "flatten", "unflatten", "squeeze", "unsqueeze", "expand"}
_SWAP = {"transpose", "swapaxes", "swapdims"}
_TANH = {"tanh", "tanh_"}
_CONCATENATE = {"cat", "concat", "concatenate"}
# All functions that ``product_after_call`` accepts.
TRACED = _ELEMENTWISE | _RESHAPE | _SWAP | _TANH | _CONCATENATE | {"permute"}


@dataclass(frozen=True, eq=False)
class Product:
    """A product of query and key on its way to a softmax.

    Attributes:
        serial: the position of the product among all products of a pass. If two products are
            added, the first one is the product of query and key.
        query: ``[..., query, head_dim]`` as multiplied.
        key: ``[..., key, head_dim]`` as multiplied.
        query_axis: the axis of the scores that is the query's, counted from 0.
        key_axis: the axis of the scores that is the key's, counted from 0.
        scaling: the factor that the product was multiplied by since it was made, or since the tanh.
        inner_scaling: the factor that the product was multiplied by before a tanh, ``None`` without
            a tanh.
    """

    serial: int
    query: Tensor
    key: Tensor
    query_axis: int
    key_axis: int
    scaling: float = 1.0
    inner_scaling: float | None = None

    def swapped(self) -> "Product":
        """Return the same product with query and key exchanged."""
        return replace(
            self,
            query=self.key,
            key=self.query,
            query_axis=self.key_axis,
            key_axis=self.query_axis,
        )

    def axes_of(self, scores: Tensor) -> tuple[int, int]:
        """Return the number of queries and of keys of scores with the axes of this product."""
        return scores.shape[self.query_axis], scores.shape[self.key_axis]


def product_of_call(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Product | None:
    """Return the product that a call makes, ``None`` if it cannot be one of query and key.

    Args:
        name: name of the function, one of ``MULTIPLYING``.
        args: positional arguments of the call.
        kwargs: keyword arguments of the call.
    """
    if name == "einsum":
        return _einsum(*args)
    operands = [*args, *(kwargs[each] for each in _OPERANDS if each in kwargs)]
    left, right = operands[-2:]
    if min(left.ndim, right.ndim) < 3:  # one operand is a weight matrix
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
    """Return a product that is written as a sum over one letter, such as ``ibnd,jbnd->bnij``."""
    if not isinstance(equation, str) or "->" not in equation or "." in equation:
        return None
    inputs, output = equation.replace(" ", "").split("->")
    if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = tuple(operands[0])
    if inputs.count(",") != 1 or len(operands) != 2:
        return None
    left, right = inputs.split(",")
    letters = _query_key_and_summed(left, right, output)
    if letters is None:
        return None
    query, key, summed = letters
    batch = [letter for letter in output if letter not in (query, key)]
    shared = [letter for letter in batch if letter in right]
    keys = torch.einsum(f"{right}->{''.join(shared)}{key}{summed}", operands[1])
    for axis, letter in enumerate(batch):
        if letter not in right:  # query heads that share a key head
            keys = keys.unsqueeze(axis)
    return Product(
        serial=0,
        query=torch.einsum(f"{left}->{''.join(batch)}{query}{summed}", operands[0]),
        key=keys,
        query_axis=output.index(query),
        key_axis=output.index(key),
    )


def _query_key_and_summed(left: str, right: str, output: str) -> tuple[str, str, str] | None:
    """Return the letters of query, key and ``head_dim`` in an einsum of two operands.

    Return ``None`` if the einsum cannot be a product of query and key.
    """
    summed = [letter for letter in left if letter in right and letter not in output]
    queries = [letter for letter in output if letter in left and letter not in right]
    keys = [letter for letter in output if letter in right and letter not in left]
    if len(summed) != 1 or not queries or len(keys) != 1:
        return None
    if set(left + right) != set(output + summed[0]):
        return None
    query, key = queries[-1], keys[0]
    if any(letter not in left for letter in output if letter not in (query, key)):
        return None
    return query, key, summed[0]


def product_after_call(
    product: Product,
    name: str,
    source: Tensor,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    result: Tensor,
) -> Product | None:
    """Return the product after one more call, ``None`` if it cannot be traced any further.

    Args:
        product: the product before the call.
        name: name of the function, one of ``TRACED``.
        source: the scores among the arguments of the call.
        args: positional arguments of the call.
        kwargs: keyword arguments of the call.
        result: what the call returned.
    """
    if name in _SWAP or name == "permute":
        return _reordered(product, name, source, args, kwargs)
    if name in _RESHAPE:
        return _reshaped(product, source, result)
    num_queries, num_keys = product.axes_of(source)
    new_axes = result.ndim - source.ndim
    product = replace(
        product, query_axis=product.query_axis + new_axes, key_axis=product.key_axis + new_axes
    )
    if name in _CONCATENATE:  # a sink is one more column
        has_sink = product.axes_of(result) == (num_queries, num_keys + 1)
        return product if has_sink else None
    if product.axes_of(result) != (num_queries, num_keys):
        return None
    if name in _SCALE_UP | _SCALE_DOWN:
        return _scaled(product, name, source, args, kwargs)
    if name in _SUBTRACT and args[0] is not source:
        return None
    if name in _TANH:
        if product.inner_scaling is not None:
            return None
        return replace(product, inner_scaling=product.scaling, scaling=1.0)
    return product


def _scaled(
    product: Product, name: str, source: Tensor, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Product | None:
    """Return the product after a multiplication or division."""
    operands = [*args[:2], *(kwargs[each] for each in ("input", "other") if each in kwargs)]
    if (name in _SCALE_DOWN and operands[0] is not source) or kwargs.get("rounding_mode"):
        return None
    factor = operands[1] if operands[0] is source else operands[0]
    if isinstance(factor, Tensor):
        if factor.numel() != 1:
            # A mask of ones and zeros (OpenAI-GPT). Any other tensor becomes part of the bias.
            return product
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
    """Return the product after its axes were reordered, ``None`` if the heads' order changed."""
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
    """Return the product after axes before those of query and key were joined or split.

    Return ``None`` if query and key are not the last two axes, or if these changed.
    """
    last = (source.ndim - 2, source.ndim - 1)
    axes = (product.query_axis, product.key_axis)
    if sorted(axes) != list(last) or result.ndim < 2 or result.numel() != source.numel():
        return None
    if result.shape[-2:] != source.shape[-2:]:
        return None
    new_axes = result.ndim - source.ndim
    return replace(
        product, query_axis=product.query_axis + new_axes, key_axis=product.key_axis + new_axes
    )
