"""One forward pass of a model, with everything that makes its attention seen.

Two routes watch the pass: ``interface`` sees the models that call transformers' attention function,
``products`` those that multiply query and key in their own code. A model may do both.
"""

import inspect
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from transformers import PreTrainedModel

from ..errors import AttentionUnavailable, a_model
from ..model_errors import explain_model_errors
from ..models.unsupported import unsupported_reason
from ..trace import Component, LayerAttention
from .checks import CHOOSE, check_complete, checked_layers
from .interface import watching_interface
from .products import ProductFollower
from .recorder import Places, Recorder, Recording, Route, SeveralMaps
from .setting import attention_type_kept, for_inference

# A model's structure does not change while it is in memory: once the interface showed all of its
# attention, later passes watch where it did and follow no product. To watch all costs a pass of 512
# tokens 2 % more of its time. A pass that shows other places than known is run again, with all.
_known: WeakKeyDictionary[PreTrainedModel, Places] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class Capture:
    """What was seen in one pass, checked.

    Attributes:
        layers: for each component its layers, in the order of their numbers.
        routes: for each component by which routes its layers were seen.
        notes: sentences for the reader on layers that are not shown.
    """

    layers: Mapping[Component, tuple[LayerAttention, ...]]
    routes: Mapping[Component, frozenset[Route]]
    notes: tuple[str, ...]


def capture(model: PreTrainedModel, inputs: Mapping[str, Any]) -> Capture:
    """Run the model once and note what made its attention.

    Args:
        model: a text Transformer, on any device, in any float dtype; left as it was found.
        inputs: keyword arguments of its forward, a batch of one row without padding:
            ``input_ids`` int64 ``[1, position]``, and ``decoder_input_ids`` for an encoder-decoder.

    Raises:
        AttentionUnavailable: with the reason, by name.
        ModelFailed: an ``AttentionUnavailable`` too, where the model's own code fails.
        MemoryExhausted: if the pass finds no memory.
    """
    for submodel in model.modules():
        if isinstance(submodel, PreTrainedModel):
            sentence = unsupported_reason(submodel.config.model_type)
            if sentence is not None:
                raise AttentionUnavailable(sentence)
    has_encoder = "decoder_input_ids" in inputs
    with for_inference(model), attention_type_kept(model) as attends_sparsely:
        known = _known.get(model)
        recorder = _run(model, inputs, known)
        if known is not None and recorder.places() != known:
            recorder = _run(model, inputs, None)
        if attends_sparsely():
            raise AttentionUnavailable(
                f"{a_model(model.config.model_type)} attends within blocks to a text of this "
                "length. Shorten the text and run again."
            )
        places = recorder.places()
        if places is not None:
            _known[model] = places
    num_target = inputs["decoder_input_ids"].shape[1] if has_encoder else None
    try:
        recording = recorder.recording(inputs["input_ids"].shape[1], num_target)
    except SeveralMaps as error:
        raise AttentionUnavailable(
            f"{a_model(model.config.model_type)} makes several attentions in one layer, of which "
            f"no single one can be shown. {CHOOSE}"
        ) from error
    check_complete(model, recording, has_encoder)
    layers = checked_layers(model, recording)
    return Capture(layers, recording.routes, _notes(recording))


def _run(model: PreTrainedModel, inputs: Mapping[str, Any], known: Places | None) -> Recorder:
    """One forward pass of a model that is set for it.

    Args:
        model: the model.
        inputs: see ``capture``.
        known: where its attention was seen before; ``None`` to watch all of it, by both routes.
    """
    trunk = _trunk(model)
    inputs = dict(inputs)
    if "use_cache" in inspect.signature(trunk.forward).parameters:
        # A cache is of no use to one pass, and the one of ProphetNet breaks it.
        inputs["use_cache"] = False
    recorder = Recorder(model, model.get_encoder() if "decoder_input_ids" in inputs else None)
    with (
        watching_interface(recorder),
        recorder.watching_modules(None if known is None else known.within),
        ProductFollower(recorder) if known is None else nullcontext(),
        explain_model_errors(model.config.model_type),
    ):
        trunk(**inputs)
    return recorder


def _trunk(model: PreTrainedModel) -> PreTrainedModel:
    """The model without its task head: attention needs no logits."""
    trunk = model.base_model
    # ProphetNet's decoder alone is wrapped in a module that only hands arguments on.
    named = "input_ids" in inspect.signature(trunk.forward).parameters
    return trunk if named else model  # type: ignore[return-value]


def _notes(recording: Recording) -> tuple[str, ...]:
    """Sentences on layers that are not shown."""
    notes = []
    for component, numbers in recording.skipped.items():
        if numbers:
            layers = ("Layer" if len(numbers) == 1 else "Layers") + " " + _ranges(numbers)
            of = "" if component == "self" else f" of the {component} attention"
            what = "has" if len(numbers) == 1 else "have"
            notes.append(f"{layers}{of} {what} no attention of every token to every token.")
    if recording.unfit and not notes:  # blocks without numbers of their own (Funnel)
        notes.append(
            f"{len(recording.unfit)} blocks, such as {recording.unfit[0]}, are not shown: "
            "they have no attention of every token to every token."
        )
    return tuple(notes)


def _ranges(numbers: tuple[int, ...]) -> str:
    """Numbers in words: ``0-2, 4``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
