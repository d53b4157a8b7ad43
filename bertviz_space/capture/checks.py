"""Checks of a recording: all attention was observed, and the formula reproduces its weights."""

from collections.abc import Mapping
from dataclasses import replace

import torch
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

    Raises:
        AttentionUnavailable: if the formula does not reproduce these weights, or if queries or keys
            contain NaN or infinity, with the component and the layer.
    """
    with single_threaded():
        return {
            component: tuple(_checked(model, layer) for layer in layers)
            for component, layers in recording.layers.items()
        }


def _checked(model: PreTrainedModel, layer: LayerAttention) -> LayerAttention:
    """Return a layer, without its ``logsumexp`` if the model's own weights do not confirm it."""
    name = a_model(model.config.model_type)
    if not all(bool(each.isfinite().all()) for each in (layer.query, layer.key)):
        raise AttentionUnavailable(
            f"{name} computes NaN or infinity instead of numbers in the {layer.component} "
            f"attention of its layer {layer.layer}: its weights are damaged or too large. {CHOOSE}"
        )
    if _confirms_logsumexp(layer):
        return layer
    half = model.dtype in (torch.float16, torch.bfloat16)
    limit = MAX_DIFFERENCE_IN_HALF if half else MAX_DIFFERENCE
    difference = layer.largest_difference()
    if difference is not None and not difference <= limit:
        raise AttentionUnavailable(
            f"{name} computes the {layer.component} attention of its layer {layer.layer} with a "
            f"term that this Space does not know, so that its weights would be wrong. {CHOOSE}"
        )
    return replace(layer, logsumexp=None)


def _confirms_logsumexp(layer: LayerAttention) -> bool:
    """Return whether the formula with ``logsumexp`` reproduces the model's own weights.

    If it does, the law holds too: no weight differs by more than all weights of its query together.
    """
    own = layer.model_weights
    if layer.logsumexp is None or own is None:
        return False
    computed = layer.scores(own.queries).sub_(layer.logsumexp[:, own.queries, None]).exp_()
    return bool(computed.sub_(own.weights).abs_().sum(-1).max() <= MAX_DIFFERENCE_OF_A_QUERY)
