"""Checks of a recording: all attention was observed, and the formula reproduces its weights."""

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import torch
from torch import Tensor
from transformers import PreTrainedModel

from ..errors import AttentionUnavailable, a_model
from ..trace import Component, LayerAttention
from .recording import Recording
from .single_thread import single_threaded

# The largest allowed difference between the weights of the formula and the model's own. A larger
# difference means that a term is missing, and nothing is shown: a wrong term changes weights by
# tenths. In float32, rounding reaches 1e-4 if scores are in the hundreds; in half precision, the
# model itself rounds its scores by more than a tenth.
MAX_DIFFERENCE = 1e-3
MAX_DIFFERENCE_IN_HALF = 0.5

# The largest allowed difference, summed over the weights of one query, if the weights are computed
# with the normalizers of the pass. It also bounds the relative error of each weight.
MAX_DIFFERENCE_OF_A_QUERY = 1e-3

CHOOSE = "Choose another model."


def check_complete(model: PreTrainedModel, recording: Recording, has_encoder: bool) -> None:
    """Check that every component of a model was observed.

    Raises:
        AttentionUnavailable: if a component was not, with the component's name.
    """
    name = a_model(model.config.model_type)
    if not recording.layers:
        reason = "none of it is from every token to every token"
        if not recording.not_full:
            reason = "its code computes attention in a way that this Space cannot observe"
        raise AttentionUnavailable(f"{name} has no attention that can be shown: {reason}. {CHOOSE}")
    if has_encoder:
        places: dict[Component, str] = {
            "encoder": "in its encoder",
            "decoder": "in its decoder",
            "cross": "from its decoder to its encoder",
        }
        for component, place in places.items():
            if component not in recording.layers:
                raise AttentionUnavailable(
                    f"{name} has no attention from every token to every token {place}. {CHOOSE}"
                )


def checked_layers(
    model: PreTrainedModel, recording: Recording
) -> Mapping[Component, tuple[LayerAttention, ...]]:
    """Return the layers of a recording after comparing them with the model's own weights.

    The checks run on the device of each layer. Their results are read together, so that the
    processor waits for a GPU a few times and not in each layer.

    Raises:
        AttentionUnavailable: if the formula does not reproduce these weights, or if queries or keys
            contain NaN or infinity, with the component and the layer.
    """
    with single_threaded():
        layers = [layer for its in recording.layers.values() for layer in its]
        _check_finite(model, layers)
        checked = iter(_checked_with_weights(model, layers))
        return {
            component: tuple(next(checked) for _ in its)
            for component, its in recording.layers.items()
        }


def _check_finite(model: PreTrainedModel, layers: Sequence[LayerAttention]) -> None:
    """Check that queries and keys contain neither NaN nor infinity.

    If a sum is finite, all its terms are. The sum of very large numbers may be infinite, so the
    terms of such a sum are checked one by one. A sum takes 1/30 of the time.
    """
    sums = _read([each.sum() for layer in layers for each in (layer.query, layer.key)])
    for layer, of_query, of_key in zip(layers, sums[::2], sums[1::2], strict=True):
        if not all(
            math.isfinite(total) or bool(each.isfinite().all())
            for total, each in ((of_query, layer.query), (of_key, layer.key))
        ):
            raise AttentionUnavailable(
                f"{a_model(model.config.model_type)} computes NaN or infinity instead of numbers "
                f"in the {layer.component} attention of its layer {layer.layer}: its weights are "
                f"damaged or too large. {CHOOSE}"
            )


def _checked_with_weights(
    model: PreTrainedModel, layers: Sequence[LayerAttention]
) -> list[LayerAttention]:
    """Return layers, without ``logsumexp`` where the model's own weights do not confirm it."""
    confirmed = [
        difference is not None and difference <= MAX_DIFFERENCE_OF_A_QUERY
        for difference in _differences(layers, _difference_of_a_query)
    ]
    others = [
        layer for layer, is_confirmed in zip(layers, confirmed, strict=True) if not is_confirmed
    ]
    half = model.dtype in (torch.float16, torch.bfloat16)
    limit = MAX_DIFFERENCE_IN_HALF if half else MAX_DIFFERENCE
    differences = _differences(others, _largest_difference)
    for layer, difference in zip(others, differences, strict=True):
        if difference is not None and not difference <= limit:
            raise AttentionUnavailable(
                f"{a_model(model.config.model_type)} computes the {layer.component} attention of "
                f"its layer {layer.layer} with a term that this Space does not know, so that its "
                f"weights would be wrong. {CHOOSE}"
            )
    return [
        layer if is_confirmed else replace(layer, logsumexp=None)
        for layer, is_confirmed in zip(layers, confirmed, strict=True)
    ]


def _difference_of_a_query(layer: LayerAttention) -> Tensor | None:
    """Return the largest difference of a query's weights, computed with ``logsumexp``: ``[]``.

    The difference is summed over all weights of the query, so none of them differs by more. Return
    ``None`` if the pass computed no normalizers or no weights.
    """
    own = layer.model_weights
    if layer.logsumexp is None or own is None:
        return None
    computed = layer.scores(own.queries).sub_(layer.logsumexp[:, own.queries, None]).exp_()
    return computed.sub_(own.weights).abs_().sum(-1).max()


def _largest_difference(layer: LayerAttention) -> Tensor | None:
    """Return the largest difference between weights: ``[]``, ``None`` without own weights."""
    differences = layer.differences()
    return None if differences is None else differences.max()


def _differences(
    layers: Sequence[LayerAttention], difference: Callable[[LayerAttention], Tensor | None]
) -> list[float | None]:
    """Return a difference of each layer as a number."""
    found = [difference(layer) for layer in layers]
    numbers = iter(_read([each for each in found if each is not None]))
    return [None if each is None else next(numbers) for each in found]


def _read(numbers: Sequence[Tensor]) -> list[float]:
    """Return the numbers ``[]`` in their order, with one read for each device."""
    by_device = defaultdict[torch.device, list[Tensor]](list)
    for number in numbers:
        by_device[number.device].append(number)
    read = {device: iter(torch.stack(its).tolist()) for device, its in by_device.items()}
    return [next(read[number.device]) for number in numbers]
