"""A comparison of a pass with another one, on another text, of another model, or without changes.

The tokens of both passes are aligned: those of one pass that have a counterpart in the other one.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch
from torch import Tensor

from .attention import Component

if TYPE_CHECKING:
    from .trace import Trace

# What differs between the passes of a comparison.
Difference = Literal["interventions", "text", "model"]


@dataclass(frozen=True, eq=False)
class PredictionChanges:
    """How the predictions of a pass differ from those of another one.

    Attributes:
        divergences: float32 ``[position]``, the Kullback-Leibler divergence in nats from the
            prediction of the other pass to that of this pass (Kullback and Leibler 1951,
            ``sum(p * log(p / q))`` with ``p`` of the other pass).
        likeliest_log_probabilities: float32 ``[position]``, the natural logarithm of the
            probability, in this pass, of the token that is the most likely one in the other pass.

    Both are NaN at a position without an aligned token.
    """

    divergences: Tensor
    likeliest_log_probabilities: Tensor


@dataclass(frozen=True, eq=False)
class Comparison:
    """Another pass that a pass is compared with.

    Attributes:
        trace: the other pass, which is compared with none.
        differs: what differs between both passes; not empty.
        source: for each source token of this pass, the position of the aligned source token of the
            other pass, ``-1`` for none. The positions that are not ``-1`` are ascending.
        target: the target tokens' positions; ``None`` for a model with one stack of layers.
        model: the id and the commit of the other model, ``None`` for the same model.
        changes: how the predictions differ, ``None`` if that is not known.
    """

    trace: "Trace"
    differs: tuple[Difference, ...]
    source: tuple[int, ...]
    target: tuple[int, ...] | None
    model: tuple[str, str] | None = None
    changes: PredictionChanges | None = None

    def aligned_queries(self, component: Component) -> Tensor:
        """Return the pairs of aligned queries: int64 ``[pair, 2]``, in this pass and the other."""
        return _pairs(self.target if component in ("decoder", "cross") else self.source)

    def aligned_keys(self, component: Component) -> Tensor:
        """Return the pairs of aligned keys: int64 ``[pair, 2]``, in this pass and the other."""
        return _pairs(self.target if component == "decoder" else self.source)


def _pairs(aligned: tuple[int, ...] | None) -> Tensor:
    pairs = [(at, other) for at, other in enumerate(aligned or ()) if other >= 0]
    return torch.tensor(pairs, dtype=torch.int64).reshape(-1, 2)
