"""How a head attends in a sequence of random tokens that is repeated once.

Such a sequence has no meaning and no grammar, so its scores do not depend on a reader's text. A
head that finds the earlier occurrence of a token, and attends to the token after it, is an
induction head (Olsson et al. 2022, "In-context Learning and Induction Heads", which calls this
score "prefix matching"). In such a model, an earlier head attends to the token before.
"""

from dataclasses import dataclass
from typing import TypedDict

import torch
from torch import Tensor

from .attention import LayerAttention


class ProbeRow(TypedDict):
    """The scores of one head on the probe's tokens (``repeated_token_scores``)."""

    layer: int
    head: int
    induction: float
    previous: float


@dataclass(frozen=True, eq=False)
class Probe:
    """The scores of all heads on random tokens that are repeated once.

    Attributes:
        num_random: the number of random tokens; the model reads them twice.
        layers: the scores of each layer by its number, float32 ``[head, 2]``: induction and
            previous token.
    """

    num_random: int
    layers: dict[int, Tensor]

    def rows(self) -> list[ProbeRow]:
        """Return the scores of each head, layer by layer."""
        return [
            {"layer": layer, "head": head, "induction": induction, "previous": previous}
            for layer, scores in self.layers.items()
            for head, (induction, previous) in enumerate(scores.tolist())
        ]


def attends_to_later_tokens(layer: LayerAttention) -> bool:
    """Return whether a head of the layer gives a weight to a token after the query."""
    return bool(layer.weights().triu(1).any())


def repeated_token_scores(layer: LayerAttention, num_random: int) -> Tensor:
    """Compute the scores of a layer whose last tokens are random tokens, repeated once.

    With ``n = num_random``, the earlier occurrence of a token in the second half is ``n`` positions
    before it, and the token after this occurrence ``n - 1`` positions before it:

    * induction: the mean of ``weights[query, query - (n - 1)]`` over the ``n`` queries of the
      second half. TransformerLens's examples average the same diagonal.
    * previous token: the mean of ``weights[query, query - 1]`` over all queries but the first.

    Args:
        layer: a layer of self-attention over at least ``2 * num_random`` tokens.
        num_random: the number of random tokens, at least 2.

    Returns:
        float32 ``[head, 2]``: induction and previous token.
    """
    weights = layer.weights()
    induction = weights.diagonal(1 - num_random, 1, 2)[:, -num_random:].mean(-1)
    previous = weights.diagonal(-1, 1, 2).mean(-1)
    return torch.stack([induction, previous], dim=1)
