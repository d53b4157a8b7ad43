"""Build one layer of a reader's file, with its weights and vectors checked."""

import math
from typing import Any

import torch
from torch import Tensor

from ...errors import TensorsUnreadable
from ...trace import Component, LayerAttention, ModelWeights, query_chunks
from .stored_arrays import StoredVectors
from .tensor_file import ArrayHeader, TensorFile, Watch

# By how much the sum of 4,096 float16 weights may exceed 1.
_TOLERANCE = 1e-2
# The largest difference between float32 weights and the formula.
_MOST_DIFFERENCE = 2e-3
# The largest difference between weights of any type and the formula, as for a model in half
# precision (capture/checks.py).
_MOST_DIFFERENCE_IN_HALF = 0.5
# Queries for which the page gets the weights in the file, to compare its own weights with them.
_CHECKED_QUERIES = 64

# A sum of a query's weights that dropout, which at most doubles the sum, does not explain.
_LARGE_SUM = 2.5
# The largest ratio of two sums that differ only by rounding.
_SAME_SUMS = 1.1

_SOFTMAX = "Scores before the softmax become weights by scores.softmax(-1)."


def layer_of_weights(
    component: Component, number: int, stored: Tensor, header: ArrayHeader
) -> LayerAttention:
    """Return a layer that has only weights: its bias is their logarithm, and it has no vectors.

    Args:
        component: the layer's component.
        number: the layer's true number.
        stored: the weights ``[head, query, key]``, of any floating-point type.
        header: the header of the array of weights.

    Raises:
        TensorsUnreadable: if the numbers cannot be weights after the softmax.
    """
    weights = _checked(f"{component}.{number}", stored, header)
    heads, num_queries, num_keys = weights.shape
    allowed = weights > 0
    # In place: the weights of a layer can be half of the memory that a file may take.
    bias = weights.masked_fill_(allowed.logical_not(), 1.0).log_()
    return LayerAttention(
        component,
        number,
        weights.new_zeros(heads, num_queries, 0),
        weights.new_zeros(heads, num_keys, 0),
        scaling=1.0,
        allowed=None if bool(allowed.all()) else allowed,
        bias=bias,
        logsumexp=weights.new_zeros(heads, num_queries),
    )


def layer_of_vectors(
    component: Component,
    number: int,
    stored: Tensor,
    header: ArrayHeader,
    vectors: tuple[StoredVectors, StoredVectors],
    scaling: Any,
    file: TensorFile,
    watch: Watch,
) -> LayerAttention:
    """Return a layer of query and key vectors, whose formula gives the weights in the file.

    Args:
        component: the layer's component.
        number: the layer's true number.
        stored: the weights ``[head, query, key]``, of any floating-point type.
        header: the header of the array of weights.
        vectors: the arrays of query and of key vectors.
        scaling: the value ``scaling`` of the file.
        file: the file.
        watch: asked between two steps.

    Raises:
        TensorsUnreadable: if the numbers cannot be weights, or the vectors do not give them.
    """
    name = f"{component}.{number}"
    weights = _checked(name, stored, header)
    heads, num_queries, num_keys = weights.shape
    query, key = vectors
    key_heads = key.shape[0]
    if (
        query.shape[:2] != (heads, num_queries)
        or heads % key_heads
        or key.shape != (key_heads, num_keys, query.shape[2])
    ):
        raise TensorsUnreadable(
            f"{query.name} {query.header.axes} and {key.name} {key.header.axes} should be heads, "
            f"positions, numbers: {heads} heads, {num_queries} and {num_keys} positions."
        )
    allowed = weights > 0
    rows = torch.linspace(0, num_queries - 1, min(num_queries, _CHECKED_QUERIES)).long()
    epsilon = max(each.epsilon or 0.0 for each in (header, query.header, key.header))
    is_float32 = epsilon <= torch.finfo(torch.float32).eps
    layer = LayerAttention(
        component,
        number,
        _floats(query.name, query.of(file.tensor(query.name))),
        _floats(key.name, key.of(file.tensor(key.name))),
        scaling=_scaling(scaling, name, query.shape[2]),
        allowed=None if bool(allowed.all()) else allowed,
        # The page compares these weights with the formula to float32 precision. Weights that were
        # rounded to fewer bits differ from the formula even if the vectors are right.
        model_weights=ModelWeights(rows, weights[:, rows]) if is_float32 else None,
    )
    difference = _largest_difference(layer, weights, watch)
    if not difference <= _allowed_difference(layer, header, epsilon):
        raise TensorsUnreadable(
            f"The weights {name} are not the softmax of scaling × query · key: they differ by up "
            f"to {difference:.2g}. Say the right scaling, or leave query and key out."
        )
    return layer


def _floats(name: str, stored: Tensor) -> Tensor:
    """Return numbers as a float32 copy, because the file is closed later.

    Raises:
        TensorsUnreadable: if a number is not finite.
    """
    values = stored.to(torch.float32, copy=True, memory_format=torch.contiguous_format)
    if not all(math.isfinite(each) for each in map(float, values.aminmax())):
        raise TensorsUnreadable(
            f"{name} holds numbers that are not finite, such as NaN. Write the vectors as they are "
            "multiplied, in float32."
        )
    return values


def _checked(name: str, stored: Tensor, header: ArrayHeader) -> Tensor:
    """Return weights as a float32 copy.

    Raises:
        TensorsUnreadable: if a number is not finite or below 0, or the weights of a query sum to
            more than 1; the message names the likely cause and what to do.
    """
    weights = stored.to(torch.float32, copy=True, memory_format=torch.contiguous_format)
    least, largest = map(float, weights.aminmax())
    if not (math.isfinite(least) and math.isfinite(largest)):
        raise TensorsUnreadable(_not_finite(name, weights))
    sums = weights.sum(-1)
    tolerance = max(_TOLERANCE, header.rounding_of_sum(weights.shape[-1]))
    if least < 0 or sums.max() > 1 + tolerance:
        raise TensorsUnreadable(
            f"{name} holds no weights after the softmax: they are at least 0, and those of a query "
            f"sum to at most 1; here the least is {least:.3g} and the largest sum "
            f"{sums.max():.3g}. {_likely_cause(weights, least, tolerance)}"
        )
    # Rounding can make a weight larger than 1, for which overviews have no color.
    return weights.clamp_(max=1.0)


def _not_finite(name: str, weights: Tensor) -> str:
    says = f"{name} holds numbers that are not finite"
    # One head at a time: a mask of all heads would double the memory.
    nan_rows = torch.stack([head.isnan().any(-1) for head in weights])
    if nan_rows.any():
        head, query = map(int, nan_rows.nonzero()[0])
        count = int(nan_rows.sum())
        queries = "query" if count == 1 else "queries"
        return (
            f"{says}: NaN for {count:,} {queries}, the first is query {query} of head "
            f"{head}. A query that may see no key, such as padding, has NaN after the softmax: "
            "write weights.nan_to_num(0), or leave padding out."
        )
    if float(weights.min()) == -math.inf:
        return f"{says}: -inf, as masked scores are before the softmax. {_SOFTMAX}"
    return f"{says}: infinity, which float16 has beyond 65,504. Compute the weights in float32."


def _likely_cause(weights: Tensor, least: float, tolerance: float) -> str:
    """Return the likely reason why the numbers are no weights, and what to do."""
    if least < 0:
        return f"Numbers below 0 are no weights. {_SOFTMAX}"
    if bool(((weights.sum(-2) - 1).abs() <= tolerance).all()):
        return (
            "The columns sum to 1, so queries and keys are in each other's place: write "
            "weights.transpose(-1, -2)."
        )
    sums = weights.sum(-1)
    sums = sums[sums > 0]
    if sums.min() > _LARGE_SUM and sums.max() <= _SAME_SUMS * sums.min():
        return (
            f"Those of every query sum to about {sums.median():.3g}, as percentages and numbers of "
            "a quantized type do: divide the weights by this sum."
        )
    return (
        "Dropout in training mode makes sums above 1: call model.eval() before the model runs. "
        f"{_SOFTMAX}"
    )


def _largest_difference(layer: LayerAttention, weights: Tensor, watch: Watch) -> float:
    """Return the largest difference between the formula and the weights.

    It is computed for some queries at a time, to bound the memory.
    """
    largest = 0.0
    for some in query_chunks(0, layer.num_queries, layer.num_heads * layer.num_keys):
        watch.check()
        made = layer.weights(torch.arange(some.start, some.stop))
        difference = made.sub_(weights[:, some]).abs_().max().item()
        if not difference <= largest:  # true for NaN as well
            largest = difference
    return largest


def _allowed_difference(layer: LayerAttention, header: ArrayHeader, epsilon: float) -> float:
    """Return the largest difference between the formula and the weights that rounding explains.

    Rounding of the vectors moves a score by the type's epsilon times the lengths of its two
    vectors, and a weight by up to half of that. The weight itself is rounded as well.
    """
    lengths = [float(each.norm(dim=-1).max()) for each in (layer.query, layer.key)]
    of_scores = epsilon * abs(layer.scaling) * math.prod(lengths)
    of_weights = (header.epsilon or 0.0) + header.smallest
    return min(_MOST_DIFFERENCE + of_weights + of_scores, _MOST_DIFFERENCE_IN_HALF)


def _scaling(scaling: Any, name: str, head_dim: int) -> float:
    """Return the factor of the dot products of a layer.

    Raises:
        TensorsUnreadable: if ``scaling`` is not a number that float32 can hold.
    """
    value = scaling.get(name) if isinstance(scaling, dict) else scaling
    while isinstance(value, list) and len(value) == 1:  # an array of one number
        value = value[0]
    if value is None:
        return head_dim**-0.5
    try:
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            raise ValueError("no number")
        number = float(value)
    except (ValueError, OverflowError):
        number = math.nan
    if not abs(number) <= torch.finfo(torch.float32).max:
        raise TensorsUnreadable(
            "scaling is a number that float32 can hold, or such a number for each name such as "
            "self.3. Write json.dumps(head_dim ** -0.5), or leave scaling out."
        )
    return number
