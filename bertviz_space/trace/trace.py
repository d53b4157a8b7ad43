"""All attention of one forward pass, with the tokens on its axes."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from torch import Tensor

from .attention import Component, LayerAttention
from .comparison import Comparison
from .interventions import Intervened
from .predictions import NoPredictions, Predictions
from .token import Token

_NO_MODEL = NoPredictions(
    "There are no predictions, because this attention was opened without its model."
)


@dataclass(frozen=True, eq=False)
class Trace:
    """The attention that one forward pass computed. Contains no part of the model.

    Attributes:
        source: the tokens of the text; for an encoder-decoder model, those of the encoder.
        target: the tokens of the decoder, ``None`` for a model with one stack of layers.
        layers: the layers of each component, in ascending order of their numbers.
        notes: sentences for the reader about changes to the text, for example that its end was
            cut off or that the model wrote the target text.
        predictions: what the model predicts at each token of the text, or of the decoder if there
            is one; or why that is not known.
        written_from: the position of the first token that a causal model wrote to continue the
            text, ``None`` if it wrote none.
        intervened: the interventions of the pass, ``None`` for a pass without any.
        compared: the pass that this one is compared with, ``None`` for none. A pass with
            interventions is compared with the pass without them, unless another one is given.
        has_mask_token: True if the model has a mask token, so that a token can be masked.

    Raises:
        ValueError: at construction, if the length of an axis differs from the number of its
            tokens, or if there is no layer.
    """

    source: tuple[Token, ...]
    target: tuple[Token, ...] | None
    layers: Mapping[Component, tuple[LayerAttention, ...]]
    notes: tuple[str, ...] = ()
    predictions: Predictions | NoPredictions = _NO_MODEL
    written_from: int | None = None
    intervened: Intervened | None = None
    compared: Comparison | None = None
    has_mask_token: bool = False

    def __post_init__(self) -> None:
        """Compare every axis with its tokens."""
        if not any(self.layers.values()):
            raise ValueError("a trace needs at least one layer")
        for component, layers in self.layers.items():
            num_queries = len(self.query_tokens(component))
            num_keys = len(self.key_tokens(component))
            for layer in layers:
                if layer.query.device.type != "cpu":
                    raise ValueError(f"a layer is on the device {layer.query.device}, not the CPU")
                if (layer.num_queries, layer.num_keys) != (num_queries, num_keys):
                    raise ValueError(
                        f"{component} layer {layer.layer} attends from {layer.num_queries} to "
                        f"{layer.num_keys} positions, but has {num_queries} query tokens and "
                        f"{num_keys} key tokens"
                    )
        if isinstance(self.predictions, Predictions):
            num_positions = self.predictions.num_positions
            if num_positions != len(self.predicted_tokens):
                raise ValueError(
                    f"there are predictions at {num_positions} positions, but "
                    f"{len(self.predicted_tokens)} tokens"
                )
        if self.written_from is not None and not 0 < self.written_from < len(self.source):
            raise ValueError(f"no token that the model wrote is at {self.written_from}")
        if self.compared is not None:
            self._check_alignment(self.compared)

    def _check_alignment(self, compared: Comparison) -> None:
        """Check that each token has a position in the other pass, or ``-1``."""
        sides = (
            (self.source, compared.source, compared.trace.source),
            (self.target or (), compared.target or (), compared.trace.target or ()),
        )
        for tokens, aligned, others in sides:
            if len(aligned) != len(tokens):
                raise ValueError(f"{len(aligned)} positions are aligned with {len(tokens)} tokens")
            positions = [-1, *(other for other in aligned if other >= 0), len(others)]
            if any(one >= next_one for one, next_one in pairwise(positions)):
                raise ValueError("the aligned positions are not ascending positions of tokens")
        if compared.trace.compared is not None:
            raise ValueError("the other pass of a comparison cannot be compared with a third one")

    @property
    def predicted_tokens(self) -> tuple[Token, ...]:
        """The tokens at which the model predicts: those of the decoder if there is one."""
        return self.source if self.target is None else self.target

    @property
    def components(self) -> tuple[Component, ...]:
        """The components of this model: ``("self",)``, or encoder, decoder and cross."""
        return tuple(self.layers)

    def query_tokens(self, component: Component) -> tuple[Token, ...]:
        """Return the tokens that attend in a component.

        Raises:
            ValueError: if the component is in a decoder and the trace has no target tokens.
        """
        if component in ("decoder", "cross"):
            if self.target is None:
                raise ValueError(f"{component} attention needs target tokens")
            return self.target
        return self.source

    def key_tokens(self, component: Component) -> tuple[Token, ...]:
        """Return the tokens that are attended to in a component.

        Raises:
            ValueError: if the component is the decoder and the trace has no target tokens.
        """
        return self.source if component == "cross" else self.query_tokens(component)

    def layer(self, component: Component, layer: int) -> LayerAttention:
        """Return one layer, found by its number in the model.

        Raises:
            KeyError: if the trace has no attention of this component in this layer.
        """
        for candidate in self.layers.get(component, ()):
            if candidate.layer == layer:
                return candidate
        raise KeyError(f"no {component} attention in layer {layer}")

    def weights(self, component: Component, layer: int) -> Tensor:
        """Compute the weights of one layer: float32 ``[head, query, key]``."""
        return self.layer(component, layer).weights()
