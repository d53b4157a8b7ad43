"""One architecture: built, extracted, and held against what transformers reports of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from bertviz_space.capture import Capture, capture, with_rotations
from bertviz_space.models.unsupported import unsupported_reason
from bertviz_space.trace import Component, LayerAttention

from .builder import build, inputs_for, peak_of
from .settings import LEFT_OUT, REPORTS_SCORES
from .stock import stock_weights
from .types import Architecture

# The law of bertviz_space/trace/attention.py.
TOLERANCE = 1e-5


@dataclass(frozen=True)
class LeftOut:
    """An architecture that is no text model."""

    architecture: Architecture
    reason: str


@dataclass(frozen=True)
class Unavailable:
    """An architecture without an attention of every token to every token.

    Attributes:
        sentence: what the page says.
    """

    architecture: Architecture
    sentence: str


@dataclass(frozen=True)
class Failed:
    """An architecture that could not be built, run or compared."""

    architecture: Architecture
    reason: str


@dataclass(frozen=True)
class Compared:
    """An architecture whose weights were compared, all layers, heads, queries and keys.

    Attributes:
        num_layers: for each component how many layers were compared.
        routes: by which routes they were seen.
        terms: what the formula carries beside query and key.
        peak: how much of one query's attention one key has in the later half of the queries, where
            it is largest; the least of all layers. Uniform attention would hide any mistake.
        difference: largest difference of a weight from what transformers reports.
        own_difference: largest difference that the page would show, from the model's own rows.
        notes: what the page says beside it.
    """

    architecture: Architecture
    num_layers: Mapping[Component, int]
    routes: frozenset[str]
    terms: tuple[str, ...]
    peak: float
    difference: float
    own_difference: float
    notes: tuple[str, ...] = field(default=())

    @property
    def is_right(self) -> bool:
        """True if the law holds."""
        return max(self.difference, self.own_difference) < TOLERANCE


Result = LeftOut | Unavailable | Failed | Compared


def compare(architecture: Architecture) -> Result:
    """Build, extract and compare; whatever goes wrong is this architecture's result alone."""
    model_type = architecture.model_type
    if model_type in LEFT_OUT:
        return LeftOut(architecture, LEFT_OUT[model_type])
    sentence = unsupported_reason(model_type)
    if sentence is not None:
        return Unavailable(architecture, sentence)
    try:
        model = build(architecture)
        inputs = inputs_for(model)
        captured = capture(model, inputs)
        captured = replace(captured, layers=with_rotations(model, captured.layers))
        expected = stock_weights(model, inputs)
        return _compared(architecture, captured, expected)
    except Exception as error:  # anyone's modelling code, on a configuration that it never saw
        reason = f"{type(error).__name__}: {' '.join(str(error).split())}"
        return Failed(architecture, reason[:200])


def _compared(
    architecture: Architecture, captured: Capture, expected: Mapping[Component, list[Tensor]]
) -> Compared:
    if missing := set(expected) - set(captured.layers):
        raise ValueError(f"{sorted(missing)} is reported, and not shown")
    difference = own_difference = 0.0
    for component, layers in captured.layers.items():
        reported = expected.get(component, [])
        for place, layer in enumerate(layers):
            # Of mixed types some report their attention layers alone, and some all layers.
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
        notes=captured.notes,
    )


def terms_of(layer: LayerAttention) -> list[str]:
    """What a layer's formula carries beside query and key, in words."""
    terms = []
    if layer.causal:
        terms.append("causal")
    if layer.allowed is not None:
        terms.append(_kind_of_mask(layer.allowed))
    if layer.num_key_value_heads < layer.num_heads:
        terms.append(f"{layer.num_heads // layer.num_key_value_heads} query heads a key head")
    if layer.bias is not None:
        terms.append(_kind_of_bias(layer))
    terms += [name for name in ("softcap", "sink") if getattr(layer, name) is not None]
    if layer.rotation is not None:
        pairs = "neighbours" if layer.rotation.interleaved else "halves"
        terms.append(f"rotary ({layer.rotation.size} of {layer.head_dim}, {pairs})")
    return terms


def _kind_of_mask(allowed: Tensor) -> str:
    """A window if every query sees one run of keys around its own, the same for all heads."""
    steps = allowed.int().diff(dim=-1).abs().sum(-1)
    sees_itself = allowed.diagonal(dim1=-2, dim2=-1).all()
    return "window" if len(allowed) == 1 and steps.max() <= 2 and sees_itself else "mask"


def _kind_of_bias(layer: LayerAttention) -> str:
    """Whether a bias is one number a key, one a distance, or one a pair of tokens."""
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
    """One thread: the tensors are tiny, and sums stay in one order."""
    torch.set_num_threads(1)
