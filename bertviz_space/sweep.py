"""Switches off one head after the other, and measures the effect of each on one prediction."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any, TypedDict

import torch
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from .capture import Capture, capture, capture_with
from .errors import InvalidInput, NoSuchPosition, PredictionsUnavailable, SweepTooLong
from .prepared_run import PreparedRun, masked_inputs, prepared_run
from .texts.predicted_tokens import predicted_tokens
from .trace import Component, LayerAttention, PredictedToken
from .trace.interventions import HeadOff, Intervention, in_order


class SweepRow(TypedDict):
    """The effect of one head: the log-probability without it, minus that with it."""

    component: str
    layer: int
    head: int
    change: float


@dataclass(frozen=True, eq=False)
class Sweep:
    """The effects of heads on one prediction.

    Attributes:
        position: the position at which the model predicts.
        token_id: the id of the predicted token.
        token: its text and its spelling.
        log_probability: the natural logarithm of its probability while all heads are on.
        changes: float32 ``[head]`` for each layer: how much it changes if the output of this head
            alone is zero.
    """

    position: int
    token_id: int
    token: PredictedToken
    log_probability: float
    changes: Mapping[tuple[Component, int], Tensor]

    def rows(self) -> list[SweepRow]:
        """Return the effect of each head, the largest effect first."""
        rows: list[SweepRow] = [
            {"component": component, "layer": layer, "head": head, "change": change}
            for (component, layer), changes in self.changes.items()
            for head, change in enumerate(changes.tolist())
        ]
        return sorted(rows, key=lambda row: -abs(row["change"]))


def sweep_heads(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    text: str,
    text_b: str | None = None,
    target_text: str | None = None,
    *,
    position: int | None = None,
    token_id: int | None = None,
    component: Component | None = None,
    layers: Sequence[int] | None = None,
    interventions: Sequence[Intervention] = (),
    max_seconds: float = math.inf,
    **text_options: Any,
) -> Sweep:
    """Run a model once for each head, with the output of this head replaced by zeros.

    Args:
        model: a text Transformer with a language-model head, see ``extract``.
        tokenizer: the model's tokenizer.
        text: see ``extract``.
        text_b: see ``extract``.
        target_text: see ``extract``.
        position: the position at which the model predicts, of the decoder if there is one;
            ``None`` for the last one.
        token_id: the token whose probability is measured; ``None`` for the token that the text
            contains there, or the most likely one if it contains none.
        component: the component whose heads are switched off; ``None`` for all.
        layers: the numbers of the layers whose heads are switched off; ``None`` for all.
        interventions: those of every run of the sweep.
        max_seconds: the time limit of the sweep in seconds.
        text_options: further arguments of ``extract``.

    Raises:
        PredictionsUnavailable: if the model makes no predictions.
        NoSuchPosition: a ``ValueError`` too: if there is no prediction at the position.
        InvalidInput: a ``ValueError`` too: if the vocabulary has no such token, or the model no
            such layer.
        SweepTooLong: if the sweep would take more than ``max_seconds``.
        SpaceError: any other error of ``extract``.
    """
    end = monotonic() + max_seconds
    options: dict[str, Any] = {**text_options, "num_traces": 2, "max_seconds": max_seconds}
    with prepared_run(model, tokenizer, text, text_b, target_text, **options) as run:
        ordered = in_order(interventions)
        _, inputs = masked_inputs(model, tokenizer, run, ordered)
        plain = capture(model, run.inputs)
        swept = _swept_layers(plain, component, layers)
        passes = _Passes(model, inputs, ordered, plain, _part(plain, position))
        start = monotonic()
        before = passes.log_probabilities()
        _check_time(swept, monotonic() - start, end - start)
        if token_id is None:
            token_id = _token_in_text(run, plain, passes.part.start)
        if token_id is None:
            token_id = int(before.argmax())
        if not 0 <= token_id < len(before):
            raise InvalidInput(
                f"The vocabulary has no token {token_id}: its ids are 0 to {len(before) - 1}."
            )
        changes: dict[tuple[Component, int], Tensor] = {
            (layer.component, layer.layer): torch.stack(
                [passes.without(layer, head, before)[token_id] for head in range(layer.num_heads)]
            )
            - before[token_id]
            for layer in swept
        }
    token = predicted_tokens(tokenizer, [token_id])[token_id]
    return Sweep(passes.part.start, token_id, token, before[token_id].item(), changes)


@dataclass(frozen=True, eq=False)
class _Passes:
    """The passes of a sweep, which differ in the head that is off."""

    model: PreTrainedModel
    inputs: Mapping[str, Tensor]
    interventions: tuple[Intervention, ...]
    plain: Capture
    part: slice

    def log_probabilities(self, *off: HeadOff) -> Tensor:
        """Return those of all tokens at the position: float32 ``[token]``."""
        interventions = (*self.interventions, *off)
        logits = capture_with(self.model, self.inputs, interventions, self.plain).logits
        if logits is None:  # the plain pass has checked that there are some
            raise AssertionError("a model has lost its language head")
        return logits.at(self.part).log_softmax(-1)[0].cpu()

    def without(self, layer: LayerAttention, head: int, before: Tensor) -> Tensor:
        """Return those of a pass without a head; ``before`` if the head is off already."""
        place = (layer.component, layer.layer, head)
        is_off = any(
            isinstance(each, HeadOff) and (each.component, each.layer, each.head) == place
            for each in self.interventions
        )
        if is_off:
            return before
        return self.log_probabilities(HeadOff(layer.layer, head, layer.component))


def _part(plain: Capture, position: int | None) -> slice:
    """Return the position at which the model predicts, as a slice."""
    if plain.logits is None:
        raise PredictionsUnavailable(
            "This model has no language-model head, so no prediction can change. Choose a model "
            "that predicts tokens, such as GPT-2."
        )
    last = plain.logits.num_positions - 1
    position = last if position is None else position
    if not 0 <= position <= last:
        raise NoSuchPosition(position, [(0, last)])
    return slice(position, position + 1)


def _token_in_text(run: PreparedRun, plain: Capture, position: int) -> int | None:
    """Return the token of the text that the model predicts at a position, ``None`` after it."""
    predicted = position + run.offset_in(plain)
    return int(run.predicted_ids[predicted]) if predicted < len(run.predicted_ids) else None


def _swept_layers(
    plain: Capture, component: Component | None, numbers: Sequence[int] | None
) -> list[LayerAttention]:
    """Return the layers whose heads are switched off."""
    components: list[Component] = list(plain.layers) if component is None else [component]
    swept = [
        layer
        for name in components
        for layer in plain.layers.get(name, ())
        if numbers is None or layer.layer in numbers
    ]
    missing = set(numbers or ()) - {layer.layer for layer in swept}
    if missing or not swept:
        what = f"layer {min(missing)}" if missing else f"{component} attention"
        raise InvalidInput(
            f"There is no {what} in this model. Choose another one, or leave it out for all heads."
        )
    return swept


def _check_time(swept: Sequence[LayerAttention], seconds_each: float, seconds_left: float) -> None:
    """Check that a pass for each head fits into the time limit."""
    num_heads = sum(layer.num_heads for layer in swept)
    seconds = num_heads * seconds_each
    if seconds > seconds_left:
        fitting = int(seconds_left / seconds_each / swept[0].num_heads)
        advice = (
            f"Choose at most {fitting} of its {len(swept)} layers, or shorten the text."
            if 0 < fitting < len(swept)
            else "Shorten the text."
        )
        raise SweepTooLong(
            f"Switching off each of {num_heads} heads would take about {math.ceil(seconds):,} "
            f"seconds, and a run may take {math.ceil(seconds_left):,} more. {advice}"
        )
