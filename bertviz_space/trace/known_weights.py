"""Build a layer of which only the weights are known, without query and key vectors."""

from torch import Tensor

from .attention import Component, LayerAttention


def layer_of_weights(component: Component, number: int, weights: Tensor) -> LayerAttention:
    """Return a layer whose bias is the logarithm of its weights, and whose vectors are empty.

    Args:
        component: the component of the layer.
        number: the layer's true number.
        weights: float32 ``[head, query, key]``, each from 0 to 1; overwritten.
    """
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
