"""Check that the numbers of a layer can be weights after the softmax."""

import math

import torch
from torch import Tensor

from ...errors import TensorsUnreadable

# By how much the sum of 4,096 float16 weights may exceed 1.
_TOLERANCE = 1e-2
# A sum of a query's weights that dropout, which at most doubles the sum, does not explain.
_LARGE_SUM = 2.5
# The largest ratio of two sums that differ only by rounding.
_SAME_SUMS = 1.1

_SOFTMAX = "If these are scores before the softmax, write scores.softmax(-1)."


def checked_weights(name: str, stored: Tensor, rounding: float) -> Tensor:
    """Return the weights of a layer as a float32 copy ``[head, query, key]``.

    Args:
        name: the layer's name, for error messages.
        stored: the weights ``[head, query, key]``, of any floating-point type.
        rounding: by how much the sum of a row can be above 1 because its numbers were rounded.

    Raises:
        TensorsUnreadable: if a number is not finite or below 0, or the weights of a query sum to
            more than 1. The message names the likely cause and what to do.
    """
    weights = stored.to(torch.float32, copy=True, memory_format=torch.contiguous_format)
    smallest, largest = map(float, weights.aminmax())
    if not (math.isfinite(smallest) and math.isfinite(largest)):
        raise TensorsUnreadable(f"{name} contains {_not_finite(weights)}")
    tolerance = max(_TOLERANCE, rounding)
    largest_sum = float(weights.sum(-1).max())
    if smallest < 0 or largest_sum > 1 + tolerance:
        raise TensorsUnreadable(
            f"{name} does not contain weights after the softmax: weights are at least 0 and sum to "
            f"at most 1 for each query, but here the smallest number is {smallest:.3g} and the "
            f"largest sum {largest_sum:.3g}. {_likely_cause(weights, smallest, tolerance)}"
        )
    # Rounding can make a weight larger than 1, for which overviews have no color.
    return weights.clamp_(max=1.0)


def _not_finite(weights: Tensor) -> str:
    """Return which numbers are not finite, the likely reason, and what to do."""
    # One head at a time: a mask of all heads would double the memory.
    nan_rows = torch.stack([head.isnan().any(-1) for head in weights])
    if nan_rows.any():
        head, query = map(int, nan_rows.nonzero()[0])
        count = int(nan_rows.sum())
        queries = "query" if count == 1 else "queries"
        return (
            f"NaN for {count:,} {queries}; the first is query {query} of head {head}. The softmax "
            "gives NaN for a query that sees no key, such as padding: write "
            "weights.nan_to_num(0), or leave out the padding."
        )
    if float(weights.min()) == -math.inf:
        return f"-inf, as masked scores do before the softmax. {_SOFTMAX}"
    return "infinity, as float16 does for numbers above 65,504. Compute the weights in float32."


def _likely_cause(weights: Tensor, smallest: float, tolerance: float) -> str:
    """Return the likely reason why the numbers are not weights, and what to do."""
    if smallest < 0:
        return _SOFTMAX
    if bool(((weights.sum(-2) - 1).abs() <= tolerance).all()):
        return (
            "The columns sum to 1, so the axes of queries and keys are swapped: write "
            "weights.transpose(-1, -2)."
        )
    sums = weights.sum(-1)
    sums = sums[sums > 0]
    if sums.min() > _LARGE_SUM and sums.max() <= _SAME_SUMS * sums.min():
        return (
            f"The numbers of every query sum to about {sums.median():.3g}, as percentages and "
            "numbers of a quantized type do: divide the weights by this sum."
        )
    return (
        "Dropout in training mode makes sums above 1: call model.eval() before you run the model. "
        f"{_SOFTMAX}"
    )
