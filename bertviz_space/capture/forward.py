"""One forward pass of a model, with its attention recorded.

Two routes observe the pass: ``interface`` records models that call transformers' attention
function, ``product_tracer`` models that multiply query and key in their own code. A model may do
both.
"""

import inspect
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

import torch
from transformers import PreTrainedModel

from ..errors import AttentionUnavailable, a_model
from ..model_errors import explain_model_errors
from ..models.unsupported import unsupported_reason
from ..trace import Component, LayerAttention
from .assumptions import Assumptions
from .changes import LayerChange, LayerKey
from .checks import CHOOSE, check_complete, checked_layers
from .interface import recording_interface, register_attention
from .language_head import Logits, find_language_head
from .model_state import for_inference, restored_attention_type, without_cache
from .product_tracer import ProductTracer
from .recorder import AttentionModules, Recorder
from .recording import AmbiguousAttention, Place, Recording, Route
from .transfer import layers_on_cpu

# The modules that call the attention interface, for each model whose attention was all observed
# there. A model's structure does not change while it is in memory, so that later passes track only
# these modules and trace no products. To observe everything takes 2 % more time for a pass of 512
# tokens. If the modules of a later pass are others, the pass runs again and observes everything.
_known: WeakKeyDictionary[PreTrainedModel, AttentionModules] = WeakKeyDictionary()

# The models for which an assumption was false. Their later passes assume nothing.
_careful: WeakSet[PreTrainedModel] = WeakSet()


@dataclass(frozen=True, eq=False)
class Capture:
    """The attention of one pass, checked against the model's own weights.

    Attributes:
        layers: the layers of each component, in ascending order of their numbers.
        routes: for each component, the routes by which its layers were observed.
        notes: sentences for the reader about layers that are not shown, and about a model in half
            precision.
        logits: computes the logits of the pass; ``None`` if the model has no language head.
        places: where each layer was observed, by its component and number.
    """

    layers: Mapping[Component, tuple[LayerAttention, ...]]
    routes: Mapping[Component, frozenset[Route]]
    notes: tuple[str, ...]
    logits: Logits | None
    places: Mapping[LayerKey, tuple[Place, ...]]


def capture(
    model: PreTrainedModel,
    inputs: Mapping[str, Any],
    changes: Mapping[Place, LayerChange] = MappingProxyType({}),
) -> Capture:
    """Run a model once and record the attention that it computes.

    Args:
        model: a text Transformer, on any device, in any float dtype. Its state is restored.
        inputs: keyword arguments of its ``forward``, a batch of one row without padding:
            ``input_ids`` int64 ``[1, position]``, and ``decoder_input_ids`` for an encoder-decoder
            model.
        changes: what the pass changes in its attentions, by the places where they are observed.

    Raises:
        AttentionUnavailable: if the attention cannot be shown, with the reason.
        ModelFailed: an ``AttentionUnavailable``, if the model's own code raises an error.
        MemoryExhausted: if the pass runs out of memory.
    """
    _check_types(model)
    register_attention()
    with for_inference(model), restored_attention_type(model) as attends_sparsely:
        recorder, logits = _observed_pass(model, inputs, changes)
        if attends_sparsely():
            raise AttentionUnavailable(
                f"{a_model(model.config.model_type)} attends within blocks to a text of this "
                "length. Shorten the text and run again."
            )
        modules = recorder.attention_modules()
        if modules is not None:
            _known[model] = modules
    has_encoder = "decoder_input_ids" in inputs
    num_target = inputs["decoder_input_ids"].shape[1] if has_encoder else None
    try:
        recording = recorder.recording(inputs["input_ids"].shape[1], num_target)
    except AmbiguousAttention as error:
        raise AttentionUnavailable(
            f"{a_model(model.config.model_type)} computes several attentions in one layer, and "
            f"none of them alone is the attention of the layer. {CHOOSE}"
        ) from error
    check_complete(model, recording, has_encoder)
    layers = layers_on_cpu(checked_layers(model, recording))
    return Capture(
        layers,
        recording.routes,
        _notes(recording) + _notes_on_precision(model.dtype),
        logits,
        recording.places,
    )


def _check_types(model: PreTrainedModel) -> None:
    """Check that no part of a model is of a type whose attention cannot be shown.

    Raises:
        AttentionUnavailable: with the reason.
    """
    for submodel in model.modules():
        if isinstance(submodel, PreTrainedModel):
            reason = unsupported_reason(submodel.config.model_type)
            if reason is not None:
                raise AttentionUnavailable(reason)


def _observed_pass(
    model: PreTrainedModel, inputs: Mapping[str, Any], changes: Mapping[Place, LayerChange]
) -> tuple[Recorder, Logits | None]:
    """Run a model, and run it again if what was known or assumed about it is false."""
    known = _known.get(model)
    observed = _run_as_assumed(model, inputs, changes, known)
    if known is not None and observed[0].attention_modules() != known:
        return _run_as_assumed(model, inputs, changes, None)
    return observed


def _run_as_assumed(
    model: PreTrainedModel,
    inputs: Mapping[str, Any],
    changes: Mapping[Place, LayerChange],
    known: AttentionModules | None,
) -> tuple[Recorder, Logits | None]:
    """Run a model, and run it again without assumptions if one of them is false."""
    assumptions = _assumptions(model)
    observed = _run(model, inputs, changes, known, assumptions)
    if assumptions.hold():
        return observed
    _careful.add(model)
    return _run(model, inputs, changes, known, _assumptions(model))


def _assumptions(model: PreTrainedModel) -> Assumptions:
    return Assumptions(model, model.device, careful=model in _careful)


def _run(
    model: PreTrainedModel,
    inputs: Mapping[str, Any],
    changes: Mapping[Place, LayerChange],
    known: AttentionModules | None,
    assumptions: Assumptions,
) -> tuple[Recorder, Logits | None]:
    """Run one forward pass and record it.

    Args:
        model: the model, inside ``for_inference``.
        inputs: see ``capture``.
        changes: see ``capture``.
        known: the modules that call the attention interface; ``None`` to observe all modules by
            both routes.
        assumptions: what the pass assumes about the model.
    """
    head = find_language_head(model, without_cache(model, inputs))
    running = _trunk(model) if head is None else model
    inputs = without_cache(running, inputs)
    encoder = model.get_encoder() if "decoder_input_ids" in inputs else None
    recorder = Recorder(model, encoder, changes)
    with (
        recording_interface(recorder, assumptions),
        recorder.tracking_modules(None if known is None else known.running),
        ProductTracer(recorder) if known is None else nullcontext(),
        nullcontext([]) if head is None else head.idle(model) as outputs,
        explain_model_errors(model.config.model_type),
    ):
        running(**inputs)
    if head is None:
        return recorder, None
    num_positions = inputs.get("decoder_input_ids", inputs["input_ids"]).shape[1]
    return recorder, Logits(num_positions, model, head, inputs, outputs)


def _trunk(model: PreTrainedModel) -> PreTrainedModel:
    """Return the model without a task head, because attention does not need what it computes."""
    trunk = model.base_model
    # The base model of ProphetNet's decoder is a wrapper that does not name its arguments.
    has_named_inputs = "input_ids" in inspect.signature(trunk.forward).parameters
    return trunk if has_named_inputs else model  # type: ignore[return-value]


def _notes(recording: Recording) -> tuple[str, ...]:
    """Return sentences about layers that are not shown."""
    notes = []
    for component, numbers in recording.skipped.items():
        if numbers:
            layers = ("Layer" if len(numbers) == 1 else "Layers") + " " + _ranges(numbers)
            of = "" if component == "self" else f" of the {component} attention"
            verb = "has" if len(numbers) == 1 else "have"
            notes.append(f"{layers}{of} {verb} no attention from every token to every token.")
    if recording.not_full and not notes:  # blocks without layer numbers (Funnel)
        notes.append(
            f"{len(recording.not_full)} blocks, such as {recording.not_full[0]}, are not shown: "
            "they have no attention from every token to every token."
        )
    return tuple(notes)


def _notes_on_precision(dtype: torch.dtype) -> tuple[str, ...]:
    """Return a sentence about the data type of a model in half precision."""
    digits = {torch.bfloat16: 2, torch.float16: 3}.get(dtype)  # of the 8 and 11 bits of a number
    if digits is None:
        return ()
    name = str(dtype).removeprefix("torch.")
    return (f"This model computes in {name}, with {digits} digits instead of the 7 of float32.",)


def _ranges(numbers: tuple[int, ...]) -> str:
    """Return ascending numbers as text, such as ``0-2, 4``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
