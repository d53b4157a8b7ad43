"""Build one layer from a reader's file, with its weights and vectors checked."""

import math
from typing import Any

import torch
from torch import Tensor

from ...errors import TensorsUnreadable
from ...trace import LayerAttention, ModelWeights
from .formula_check import check_formula
from .stored_arrays import StoredVectors, StoredWeights
from .tensor_file import TensorFile, Watch
from .weight_values import checked_weights

# Queries for which the page gets the weights in the file, to compare its own weights with them.
_CHECKED_QUERIES = 64


def weights_of_layer(stored: StoredWeights, number: int, values: Tensor) -> Tensor:
    """Return the weights of a layer as a float32 copy ``[head, query, key]``.

    Args:
        stored: the array of weights.
        number: the layer's true number.
        values: the weights of the layer ``[head, query, key]``, of any floating-point type.

    Raises:
        TensorsUnreadable: if the numbers cannot be weights after the softmax.
    """
    rounding = stored.header.rounding_of_sum(values.shape[-1])
    return checked_weights(f"{stored.component}.{number}", values, rounding)


def layer_of_vectors(
    stored: StoredWeights,
    number: int,
    values: Tensor,
    vectors: tuple[StoredVectors, StoredVectors],
    scaling: Any,
    file: TensorFile,
    watch: Watch,
) -> LayerAttention:
    """Return a layer that has query and key vectors, whose formula gives the weights in the file.

    Args:
        stored: the array of weights.
        number: the layer's true number.
        values: the weights of the layer ``[head, query, key]``, of any floating-point type.
        vectors: the arrays of query and of key vectors.
        scaling: the value ``scaling`` of the file.
        file: the file.
        watch: checked between two steps.

    Raises:
        TensorsUnreadable: if the numbers cannot be weights, or the vectors do not give them.
        RunStopped: once the cancellation is requested.
    """
    name = f"{stored.component}.{number}"
    weights = weights_of_layer(stored, number, values)
    query, key = vectors
    _check_shapes(name, weights, query, key)
    headers = (stored.header, query.header, key.header)
    epsilon = max(header.epsilon or 0.0 for header in headers)
    allowed = weights > 0
    layer = LayerAttention(
        stored.component,
        number,
        _checked_vectors(query.name, query.of(file.tensor(query.name))),
        _checked_vectors(key.name, key.of(file.tensor(key.name))),
        scaling=_scaling_of(name, scaling, query.shape[2]),
        allowed=None if bool(allowed.all()) else allowed,
        # The page compares these weights with the formula to float32 precision. Weights that were
        # rounded to fewer bits differ from the formula even if the vectors are right.
        model_weights=_some_rows(weights) if epsilon <= torch.finfo(torch.float32).eps else None,
    )
    check_formula(layer, weights, stored.header, epsilon, watch)
    return layer


def _check_shapes(name: str, weights: Tensor, query: StoredVectors, key: StoredVectors) -> None:
    """Check that query and key vectors have the heads and positions of the weights.

    Raises:
        TensorsUnreadable: if they do not.
    """
    heads, num_queries, num_keys = weights.shape
    key_heads, head_dim = key.shape[0], query.shape[2]
    if (
        query.shape[:2] != (heads, num_queries)
        or heads % key_heads
        or key.shape != (key_heads, num_keys, head_dim)
    ):
        raise TensorsUnreadable(
            f"{query.name} {query.header.axes} and {key.name} {key.header.axes} do not fit the "
            f"weights {name}. Write {query.name} as [{heads}, {num_queries}, head_dim], and "
            f"{key.name} as [key_heads, {num_keys}, head_dim], where key_heads divides {heads}."
        )


def _some_rows(weights: Tensor) -> ModelWeights:
    num_queries = weights.shape[1]
    rows = torch.linspace(0, num_queries - 1, min(num_queries, _CHECKED_QUERIES)).long()
    return ModelWeights(rows, weights[:, rows])


def _checked_vectors(name: str, values: Tensor) -> Tensor:
    """Return vectors as a float32 copy, because the file is closed later.

    Raises:
        TensorsUnreadable: if a number is not finite.
    """
    vectors = values.to(torch.float32, copy=True, memory_format=torch.contiguous_format)
    if not all(math.isfinite(each) for each in map(float, vectors.aminmax())):
        raise TensorsUnreadable(
            f"{name} contains NaN or infinity. Write the vectors as the model multiplies them, in "
            "float32."
        )
    return vectors


def _scaling_of(name: str, scaling: Any, head_dim: int) -> float:
    """Return the factor of the dot products of a layer.

    Args:
        name: the layer's name.
        scaling: the value ``scaling`` of the file.
        head_dim: the numbers in a vector, which give the default.

    Raises:
        TensorsUnreadable: if the factor is not a number that float32 can represent.
    """
    value = scaling.get(name) if isinstance(scaling, dict) else scaling
    while isinstance(value, list) and len(value) == 1:  # an array of one number
        value = value[0]
    if value is None:
        return head_dim**-0.5
    try:
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            raise ValueError("not a number")
        number = float(value)
    except (ValueError, OverflowError):
        number = math.nan
    if not abs(number) <= torch.finfo(torch.float32).max:
        raise TensorsUnreadable(
            f"scaling gives no number for {name} that float32 can represent. Write one number for "
            "all layers, such as json.dumps(head_dim ** -0.5), or an object with a number for each "
            "name such as self.3, or leave out scaling."
        )
    return number
