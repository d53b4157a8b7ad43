"""One layer of a reader's file: its weights are checked, and the vectors that should make them."""

import math
from typing import Any

import torch
from torch import Tensor

from ...errors import TensorsUnreadable
from ...trace import Component, LayerAttention, ModelWeights, query_chunks
from .tensor_file import ArrayHeader, TensorFile, Watch
from .weights import StoredVectors

# How far a sum of 4,096 weights of float16 may be above 1.
_TOLERANCE = 1e-2
# How far the formula may be from weights of float32.
_MOST_DIFFERENCE = 2e-3
# How far it may be at most, from weights of any type: as of a model in half precision
# (capture/checks.py).
_MOST_DIFFERENCE_IN_HALF = 0.5
# Queries of which the page has the weights of the file itself, to hold its own against them.
_CHECKED_QUERIES = 64

# Sum of the weights of a query that dropout does not explain, which doubles them at most.
_LARGE_SUM = 2.5
# How much larger than the least sum the largest is where rounding alone makes them differ.
_SAME_SUMS = 1.1

_SOFTMAX = "Scores before the softmax become weights by scores.softmax(-1)."


def layer_of_weights(
    component: Component, number: int, stored: Tensor, header: ArrayHeader
) -> LayerAttention:
    """Return a layer of weights alone, as a bias that no vectors are added to.

    Args:
        component: which attention it is.
        number: the layer's number.
        stored: the weights ``[head, query, key]`` of any floating-point type.
        header: of the tensor that they are in.

    Raises:
        TensorsUnreadable: if they are no weights after the softmax.
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
    """Return a layer of query and key vectors that make the weights in the file.

    Args:
        component: which attention it is.
        number: the layer's number.
        stored: the weights ``[head, query, key]`` of any floating-point type.
        header: of the tensor that they are in.
        vectors: where query and key lie.
        scaling: what the file says of it.
        file: the file.
        watch: asked between two steps.

    Raises:
        TensorsUnreadable: if the weights are none, or the vectors do not make them.
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
        # Weights that were rounded to fewer bits are not what the formula makes to the last bit,
        # by which the page tells whether it agrees with the model.
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
    """Return finite numbers as float32, in memory of their own: the file is gone later."""
    values = stored.to(torch.float32, copy=True, memory_format=torch.contiguous_format)
    if not all(math.isfinite(each) for each in map(float, values.aminmax())):
        raise TensorsUnreadable(
            f"{name} holds numbers that are not finite, such as NaN. Write the vectors as they are "
            "multiplied, in float32."
        )
    return values


def _checked(name: str, stored: Tensor, header: ArrayHeader) -> Tensor:
    """Return weights as float32 of their own memory.

    Raises:
        TensorsUnreadable: if a number is not finite or below 0, or the weights of a query sum to
            more than 1; the sentence names the likely cause and what to do.
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
            f"{sums.max():.3g}. {_cause(weights, least, tolerance)}"
        )
    return weights.clamp_(max=1.0)  # above 1 by rounding; overviews have no color for it


def _not_finite(name: str, weights: Tensor) -> str:
    says = f"{name} holds numbers that are not finite"
    # Head by head: a mask of all of them would double the memory.
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


def _cause(weights: Tensor, least: float, tolerance: float) -> str:
    """Say why weights may be none, and what to do."""
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
    """Return how far the formula is from the weights, some queries at a time."""
    largest = 0.0
    for some in query_chunks(0, layer.num_queries, layer.num_heads * layer.num_keys):
        watch.check()
        made = layer.weights(torch.arange(some.start, some.stop))
        difference = made.sub_(weights[:, some]).abs_().max().item()
        if not difference <= largest:  # also a NaN, which is larger than nothing
            largest = difference
    return largest


def _allowed_difference(layer: LayerAttention, header: ArrayHeader, epsilon: float) -> float:
    """Return how far the formula may be from weights of the file.

    Numbers of few bits move a score by their epsilon times the lengths of its vectors, and a weight
    by up to half of that; a weight is rounded too.
    """
    lengths = [float(each.norm(dim=-1).max()) for each in (layer.query, layer.key)]
    of_scores = epsilon * abs(layer.scaling) * math.prod(lengths)
    of_weights = (header.epsilon or 0.0) + header.smallest
    return min(_MOST_DIFFERENCE + of_weights + of_scores, _MOST_DIFFERENCE_IN_HALF)


def _scaling(said: Any, name: str, head_dim: int) -> float:
    """Return the factor of the dot products of a layer."""
    value = said.get(name) if isinstance(said, dict) else said
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
