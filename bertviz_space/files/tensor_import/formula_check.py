"""Check that the vectors of a layer give the weights in the file."""

import math

import torch
from torch import Tensor

from ...errors import TensorsUnreadable
from ...trace import LayerAttention, query_chunks
from .tensor_file import ArrayHeader, Watch

# The largest difference between float32 weights and the formula.
_MOST_DIFFERENCE = 2e-3
# The largest difference between weights of any type and the formula, as for a model in half
# precision (capture/checks.py).
_MOST_DIFFERENCE_IN_HALF = 0.5


def check_formula(
    layer: LayerAttention, weights: Tensor, header: ArrayHeader, epsilon: float, watch: Watch
) -> None:
    """Check that the softmax of the scaled products of query and key equals the weights.

    Args:
        layer: the layer, with the vectors in the file.
        weights: the weights in the file as float32 ``[head, query, key]``.
        header: the header of the array of weights.
        epsilon: the largest ``ArrayHeader.epsilon`` of the weights, queries and keys.
        watch: checked between two steps.

    Raises:
        TensorsUnreadable: if they differ by more than rounding explains.
        RunStopped: once the cancellation is requested.
    """
    difference = _largest_difference(layer, weights, watch)
    if not difference <= _allowed_difference(layer, header, epsilon):
        raise TensorsUnreadable(
            f"The weights {layer.component}.{layer.layer} differ by up to {difference:.2g} from "
            "the softmax of scaling × query · key. Write the scaling that the model uses, or leave "
            "out query and key."
        )


def _largest_difference(layer: LayerAttention, weights: Tensor, watch: Watch) -> float:
    """Return the largest difference between the formula and the weights, in bounded memory."""
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
