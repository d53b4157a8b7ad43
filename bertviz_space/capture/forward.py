"""One forward pass of a model, with everything that makes its attention seen.

Two routes watch the pass: ``interface`` sees the models that call transformers' attention function,
``products`` those that multiply query and key in their own code. A model may do both.
"""

import inspect
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import RLock
from typing import Any
from weakref import WeakKeyDictionary

import torch
from transformers import PreTrainedModel

from ..attention import Component, LayerAttention
from ..errors import AttentionUnavailable
from ..unavailable import attention_unavailable
from .interface import watching_interface
from .products import ProductFollower
from .recorder import Recorder, Recording, Route, SeveralMaps

# How far the formula may be from the model's own weights. Beyond it a term was missed, and nothing
# is shown: a wrong term moves weights by tenths. In float32 rounding reaches 1e-4 where scores are
# in the hundreds; in half precision the model itself rounds its scores by more than a tenth.
MAX_DIFFERENCE = 1e-3
MAX_DIFFERENCE_IN_HALF = 0.5

_CHOOSE = "Choose another model."


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
    """
    for submodel in model.modules():
        if isinstance(submodel, PreTrainedModel):
            sentence = attention_unavailable(submodel.config.model_type)
            if sentence is not None:
                raise AttentionUnavailable(sentence)
    trunk = _trunk(model)
    inputs = dict(inputs)
    if "use_cache" in inspect.signature(trunk.forward).parameters:
        # A cache is of no use to one pass, and the one of ProphetNet breaks it.
        inputs["use_cache"] = False
    has_encoder = "decoder_input_ids" in inputs
    recorder = Recorder(model, model.get_encoder() if has_encoder else None)
    with for_inference(model), _attention_type_kept(model) as attends_sparsely:
        with (
            watching_interface(recorder),
            recorder.watching_modules(),
            ProductFollower(recorder),
        ):
            try:
                trunk(**inputs)
            except (TypeError, ValueError) as error:  # as models ask for what was not given
                raise AttentionUnavailable(
                    f"A {model.config.model_type} model cannot be run on a text alone. {_CHOOSE}"
                ) from error
        if attends_sparsely():
            raise AttentionUnavailable(
                f"A {model.config.model_type} model attends within blocks to a text of this length."
                " Shorten the text and run again."
            )
    num_target = inputs["decoder_input_ids"].shape[1] if has_encoder else None
    try:
        recording = recorder.recording(inputs["input_ids"].shape[1], num_target)
    except SeveralMaps as error:
        raise AttentionUnavailable(
            f"A {model.config.model_type} model makes several attentions in one layer, of which no "
            f"single one can be shown. {_CHOOSE}"
        ) from error
    _check_complete(model, recording, has_encoder)
    _check_law(model, recording)
    return Capture(recording.layers, recording.routes, _notes(recording))


def _trunk(model: PreTrainedModel) -> PreTrainedModel:
    """The model without its task head: attention needs no logits."""
    trunk = model.base_model
    # ProphetNet's decoder alone is wrapped in a module that only hands arguments on.
    named = "input_ids" in inspect.signature(trunk.forward).parameters
    return trunk if named else model  # type: ignore[return-value]


def _check_complete(model: PreTrainedModel, recording: Recording, has_encoder: bool) -> None:
    """Refuse a model of which less than every component was seen.

    Raises:
        AttentionUnavailable: naming the component.
    """
    name = f"A {model.config.model_type} model"
    if not recording.layers:
        how = "in a way that is not one of every token to every token"
        if not recording.unfit:
            how = "in a way that cannot be seen"
        raise AttentionUnavailable(f"{name} computes its attention {how}. {_CHOOSE}")
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
                    f"shown. {_CHOOSE}"
                )


def _check_law(model: PreTrainedModel, recording: Recording) -> None:
    """Refuse to show what the formula does not reproduce.

    Raises:
        AttentionUnavailable: naming component and layer.
    """
    half = model.dtype in (torch.float16, torch.bfloat16)
    limit = MAX_DIFFERENCE_IN_HALF if half else MAX_DIFFERENCE
    for component, layers in recording.layers.items():
        for layer in layers:
            difference = layer.largest_difference()
            if difference is not None and not difference <= limit:
                raise AttentionUnavailable(
                    f"A {model.config.model_type} model computes the {component} attention of its "
                    f"layer {layer.layer} from more than queries, keys and the terms that are "
                    f"known here. {_CHOOSE}"
                )


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


# One pass of a model at a time: threads may share a model that has to be set for the pass and back.
_locks: WeakKeyDictionary[PreTrainedModel, Any] = WeakKeyDictionary()
_locks_guard = RLock()


@contextmanager
def for_inference(model: PreTrainedModel) -> Iterator[None]:
    """No gradients, no dropout, and the attention function that can be seen; undone at the end.

    The thread that is in may enter again.
    """
    with _locks_guard:
        lock = _locks.setdefault(model, RLock())
    with lock, torch.no_grad():
        training = [module for module in model.modules() if module.training]
        implementation = model.config._attn_implementation or "eager"
        model.eval()
        model.set_attn_implementation("eager")
        try:
            yield
        finally:
            for module in training:
                module.training = True
            model.set_attn_implementation(implementation)


@contextmanager
def _attention_type_kept(model: PreTrainedModel) -> Iterator[Any]:
    """Undo what BigBird does to itself: for a short text it exchanges its attention, for good.

    Yields:
        A function that says whether the model attends sparsely, as it does to a long text.
    """
    kept = [
        (module, module.attention_type, dict(module._modules))
        for module in model.modules()
        if getattr(module, "attention_type", None) == "block_sparse"
    ]

    def attends_sparsely() -> bool:
        return any(module.attention_type == "block_sparse" for module, _, _ in kept)

    try:
        yield attends_sparsely
    finally:
        for module, attention_type, submodules in kept:
            module.attention_type = attention_type
            module._modules.update(submodules)
