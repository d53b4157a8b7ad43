"""What is refused of a pass: attention that was not all seen, or that no formula reproduces."""

from collections.abc import Mapping
from dataclasses import replace

import torch
from transformers import PreTrainedModel

from ..errors import AttentionUnavailable, a_model
from ..trace import Component, LayerAttention
from .recorder import Recording
from .threads import in_one_thread

# How far the formula may be from the model's own weights. Beyond it a term was missed, and nothing
# is shown: a wrong term moves weights by tenths. In float32 rounding reaches 1e-4 where scores are
# in the hundreds; in half precision the model itself rounds its scores by more than a tenth.
MAX_DIFFERENCE = 1e-3
MAX_DIFFERENCE_IN_HALF = 0.5

# How far the weights of one query, added up, may be from the model's own where they are made with
# the normalizers of the pass: it is also the part of itself by which every one of them may be off.
MAX_DIFFERENCE_OF_A_QUERY = 1e-3

CHOOSE = "Choose another model."


def check_complete(model: PreTrainedModel, recording: Recording, has_encoder: bool) -> None:
    """Refuse a model of which less than every component was seen.

    Raises:
        AttentionUnavailable: naming the component.
    """
    name = a_model(model.config.model_type)
    if not recording.layers:
        how = "in a way that is not one of every token to every token"
        if not recording.unfit:
            how = "in a way that cannot be seen"
        raise AttentionUnavailable(f"{name} computes its attention {how}. {CHOOSE}")
    if has_encoder:
        places: dict[Component, str] = {
            "encoder": "in its encoder",
            "decoder": "in its decoder",
            "cross": "from its decoder to its encoder",
        }
        for component, place in places.items():
            if component not in recording.layers:
                raise AttentionUnavailable(
                    f"{name} has no attention of every token to every token {place} that can be "
                    f"shown. {CHOOSE}"
                )


def checked_layers(
    model: PreTrainedModel, recording: Recording
) -> Mapping[Component, tuple[LayerAttention, ...]]:
    """The layers of a recording, held against what the model itself computed.

    Raises:
        AttentionUnavailable: if the formula does not reproduce it, or if queries or keys are no
            numbers, naming component and layer.
    """
    with in_one_thread():
        return {
            component: tuple(_checked(model, layer) for layer in layers)
            for component, layers in recording.layers.items()
        }


def _checked(model: PreTrainedModel, layer: LayerAttention) -> LayerAttention:
    if not all(bool(each.isfinite().all()) for each in (layer.query, layer.key)):
        raise AttentionUnavailable(
            f"{a_model(model.config.model_type)} computes values that are no numbers (NaN or "
            f"infinity) for the {layer.component} attention of its layer {layer.layer}: its "
            f"weights are damaged, or too large. {CHOOSE}"
        )
    if _normalizers_agree(layer):
        return layer
    half = model.dtype in (torch.float16, torch.bfloat16)
    limit = MAX_DIFFERENCE_IN_HALF if half else MAX_DIFFERENCE
    difference = layer.largest_difference()
    if difference is not None and not difference <= limit:
        raise AttentionUnavailable(
            f"{a_model(model.config.model_type)} computes the {layer.component} attention of its "
            f"layer {layer.layer} from more than queries, keys and the terms that are known here. "
            f"{CHOOSE}"
        )
    return replace(layer, logsumexp=None)


def _normalizers_agree(layer: LayerAttention) -> bool:
    """True if the model's own weights follow from the formula with the normalizers of the pass.

    Then the law holds too: no weight differs by more than all of its query together.
    """
    own = layer.model_weights
    if layer.logsumexp is None or own is None:
        return False
    made = layer.scores(own.queries).sub_(layer.logsumexp[:, own.queries, None]).exp_()
    return bool(made.sub_(own.weights).abs_().sum(-1).max() <= MAX_DIFFERENCE_OF_A_QUERY)
