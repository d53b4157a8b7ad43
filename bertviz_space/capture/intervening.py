"""Runs a model again with interventions, after a pass without any."""

from collections.abc import Iterable, Mapping
from typing import Any

from transformers import PreTrainedModel

from ..errors import AttentionUnavailable, a_model
from ..trace.interventions import Intervention
from .changes import LayerChange, LayerKey, changes_of
from .forward import Capture, capture
from .recording import Place


def capture_with(
    model: PreTrainedModel,
    inputs: Mapping[str, Any],
    interventions: Iterable[Intervention],
    plain: Capture,
) -> Capture:
    """Run a model with interventions and record its attention.

    The recorded weights of a head that is off are those that it computes; only what follows from
    them differs.

    Args:
        model: the model, see ``capture``.
        inputs: the inputs of the pass, see ``capture``, in which tokens may be masked already.
        interventions: the interventions.
        plain: a pass over as many tokens without interventions.

    Raises:
        InterventionNotPossible: if an intervention does not fit the pass.
        AttentionUnavailable: if the model computes other attentions than in the other pass.
    """
    changes = changes_of(interventions, plain.layers)
    captured = capture(model, inputs, places_of(changes, plain))
    if captured.places != plain.places:
        raise AttentionUnavailable(
            f"{a_model(model.config.model_type)} computes other attentions after an intervention, "
            "so they cannot be assigned to its layers. Undo the intervention."
        )
    return captured


def places_of(
    changes: Mapping[LayerKey, LayerChange], plain: Capture
) -> Mapping[Place, LayerChange]:
    """Return the changes of layers by the places where the layers are observed."""
    return {place: change for key, change in changes.items() for place in plain.places[key]}
