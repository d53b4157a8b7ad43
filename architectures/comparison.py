"""Compares the captured weights of one architecture with those that transformers reports."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor
from transformers import PreTrainedModel

from bertviz_space.capture import Capture, capture, for_inference, with_rotations
from bertviz_space.models.unsupported import unsupported_reason
from bertviz_space.trace import Component, LayerAttention

from .builder import build, inputs_for, peak_of
from .interventions import Exactness, exactness
from .settings import LEFT_OUT, REPORTS_SCORES
from .stock import stock_copy, stock_weights
from .types import Architecture

# The largest allowed difference of a weight, by the law of bertviz_space/trace/attention.py.
TOLERANCE = 1e-5
# Logits are computed for this many positions at a time. It does not divide the number of positions,
# so the last part is smaller.
POSITIONS_AT_ONCE = 4


@dataclass(frozen=True)
class LeftOut:
    """An architecture that is not a text model, with the other input it needs."""

    architecture: Architecture
    reason: str


@dataclass(frozen=True)
class Unavailable:
    """An architecture without attention from every token to every token.

    Attributes:
        message: the message on the page.
    """

    architecture: Architecture
    message: str


@dataclass(frozen=True)
class Failed:
    """An architecture that could not be built, run or compared, with the error."""

    architecture: Architecture
    reason: str


@dataclass(frozen=True)
class Compared:
    """An architecture whose weights were compared: all layers, heads, queries and keys.

    Attributes:
        architecture: the type and the class.
        num_layers: for each component, the number of layers that were compared.
        routes: the routes by which the layers were observed.
        terms: the terms of the formula in addition to query and key.
        peak: see ``peak_of``. Uniform attention would hide errors.
        difference: the largest difference between a weight and what transformers reports.
        own_difference: the largest difference between a weight and the rows that the model computed
            during the capture.
        logits_difference: the largest difference between a logit of a few positions at a time and
            the model's own, relative to the largest logit.
        interventions: which interventions are exact.
        notes: the notes that the page shows.
    """

    architecture: Architecture
    num_layers: Mapping[Component, int]
    routes: frozenset[str]
    terms: tuple[str, ...]
    peak: float
    difference: float
    own_difference: float
    logits_difference: float
    interventions: Exactness
    notes: tuple[str, ...] = field(default=())

    @property
    def is_right(self) -> bool:
        """Whether the formula reproduces the weights, and the language head the logits."""
        differences = self.difference, self.own_difference, self.logits_difference
        return max(differences) < TOLERANCE


Result = LeftOut | Unavailable | Failed | Compared


def compare(architecture: Architecture) -> Result:
    """Build, capture and compare an architecture. An error becomes its result."""
    model_type = architecture.model_type
    if model_type in LEFT_OUT:
        return LeftOut(architecture, LEFT_OUT[model_type])
    reason = unsupported_reason(model_type)
    if reason is not None:
        return Unavailable(architecture, reason)
    try:
        model = build(architecture)
        inputs = inputs_for(model)
        captured = capture(model, inputs)
        logits_difference = _logits_difference(model, inputs, captured)
        interventions = exactness(model, inputs, captured)
        captured = replace(captured, layers=with_rotations(model, captured.layers))
        expected = stock_weights(model, inputs)
        return _compared(architecture, captured, expected, logits_difference, interventions)
    except Exception as error:  # any modeling code, with a configuration that it was not made for
        reason = f"{type(error).__name__}: {' '.join(str(error).split())}"
        return Failed(architecture, reason[:200])


def _logits_difference(
    model: PreTrainedModel, inputs: Mapping[str, Tensor], captured: Capture
) -> float:
    """Compare the logits of a few positions at a time with those of the model's own pass."""
    logits = captured.logits
    if logits is None:
        raise ValueError("its language head was not found")
    with for_inference(model):
        expected = stock_copy(model)(**inputs).logits[0]
        starts = range(0, logits.num_positions, POSITIONS_AT_ONCE)
        found = torch.cat([logits.at(slice(at, at + POSITIONS_AT_ONCE)) for at in starts])
    return ((found - expected).abs().max() / expected.abs().max()).item()


def _compared(
    architecture: Architecture,
    captured: Capture,
    expected: Mapping[Component, list[Tensor]],
    logits_difference: float,
    interventions: Exactness,
) -> Compared:
    if missing := set(expected) - set(captured.layers):
        raise ValueError(f"{sorted(missing)} is reported but was not captured")
    difference = own_difference = 0.0
    for component, layers in captured.layers.items():
        reported = expected.get(component, [])
        for place, layer in enumerate(layers):
            # Types with other layers between attention layers report either all layers or only the
            # attention layers.
            number = place if len(reported) == len(layers) else layer.layer
            weights = reported[number]
            if architecture.model_type in REPORTS_SCORES:
                weights = weights.softmax(-1)
            ours = layer.weights()
            if ours.shape != weights.shape:
                raise ValueError(f"{component} {layer.layer}: {ours.shape} is not {weights.shape}")
            difference = max(difference, (ours - weights).abs().max().item())
            own = layer.largest_difference()
            if own is None:
                raise ValueError(f"{component} {layer.layer} has no weights of the model's own")
            own_difference = max(own_difference, own)
    every = [layer for layers in captured.layers.values() for layer in layers]
    return Compared(
        architecture=architecture,
        num_layers={component: len(layers) for component, layers in captured.layers.items()},
        routes=frozenset(route for routes in captured.routes.values() for route in routes),
        terms=tuple(dict.fromkeys(term for layer in every for term in terms_of(layer))),
        peak=peak_of(every),
        difference=difference,
        own_difference=own_difference,
        logits_difference=logits_difference,
        interventions=interventions,
        notes=captured.notes,
    )


def terms_of(layer: LayerAttention) -> list[str]:
    """Return the names of the terms of a layer's formula in addition to query and key."""
    terms = []
    if layer.causal:
        terms.append("causal")
    if layer.allowed is not None:
        terms.append(_kind_of_mask(layer.allowed))
    if layer.num_key_value_heads < layer.num_heads:
        terms.append(f"{layer.num_heads // layer.num_key_value_heads} query heads per key head")
    if layer.bias is not None:
        terms.append(_kind_of_bias(layer))
    terms += [name for name in ("softcap", "sink") if getattr(layer, name) is not None]
    if layer.rotation is not None:
        pairs = "neighbors" if layer.rotation.interleaved else "halves"
        terms.append(f"rotary ({layer.rotation.size} of {layer.head_dim}, {pairs})")
    return terms


def _kind_of_mask(allowed: Tensor) -> str:
    """Return ``window`` if each query may attend to adjacent keys around it, else ``mask``."""
    steps = allowed.int().diff(dim=-1).abs().sum(-1)
    sees_itself = allowed.diagonal(dim1=-2, dim2=-1).all()
    return "window" if len(allowed) == 1 and steps.max() <= 2 and sees_itself else "mask"


def _kind_of_bias(layer: LayerAttention) -> str:
    """Return whether a bias depends on the key only, on the distance, or on the pair of tokens."""
    assert layer.bias is not None
    bias = layer.bias
    seen = layer.scores().isfinite()

    def differs(one: Tensor, other: Tensor, both: Tensor) -> bool:
        return bool(((one - other).abs() * both).max() > 1e-4)

    by_key = differs(bias[:, 1:], bias[:, :-1], seen[:, 1:] & seen[:, :-1])
    if not by_key:
        return "bias of keys"
    by_distance = differs(bias[:, 1:, 1:], bias[:, :-1, :-1], seen[:, 1:, 1:] & seen[:, :-1, :-1])
    return "bias of pairs" if by_distance else "bias of distances"


def set_up() -> None:
    """Use one thread, because the tensors are tiny and sums must keep their order."""
    torch.set_num_threads(1)
