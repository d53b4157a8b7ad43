"""Rankings: the largest weights of a row or a column, the most peaked rows, and heads by a score.

``assets/core/state/weight_ranking.js`` ranks weights in the same way; both pass the cases of
``tests/fixtures/shared_cases/weight_rankings.json``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from .attention import LayerAttention
from .head_scores import HeadScoreRow, ScoreName
from .shown_weights import ShownWeights

# The share of a row's weights of which a ranking says how many of the largest weights hold it.
MOST = 0.9


@dataclass(frozen=True)
class RankedWeight:
    """One weight of a ranking.

    Attributes:
        index: its index in the row or the column.
        weight: the weight.
        running_sum: the sum of this weight and all that precede it in the ranking.
    """

    index: int
    weight: float
    running_sum: float


@dataclass(frozen=True)
class WeightRanking:
    """The largest weights of a row or a column.

    Attributes:
        largest: by descending weight; equal weights in the order of the text.
        total: the sum of all weights.
        num_most: how many of the largest weights hold nine tenths of the total; 0 if it is 0.
    """

    largest: tuple[RankedWeight, ...]
    total: float
    num_most: int


@dataclass(frozen=True)
class PeakedRow:
    """A query unit, and the key unit on which it has its largest weight."""

    query: int
    key: int
    weight: float


def rank_weights(weights: Tensor, max_listed: int) -> WeightRanking:
    """Rank the weights of a row or a column, float32 ``[unit]``."""
    ordered, order = weights.double().sort(descending=True, stable=True)
    sums = ordered.cumsum(0)
    total = sums[-1].item() if len(sums) else 0.0
    columns = (values[:max_listed].tolist() for values in (order, ordered, sums))
    largest = tuple(RankedWeight(*row) for row in zip(*columns, strict=True))
    # A weight counts if those before it hold less than the share.
    num_most = int((sums - ordered < MOST * total).sum()) if total else 0
    return WeightRanking(largest, total, num_most)


def peaked_rows(
    shown: ShownWeights,
    layer: LayerAttention,
    head: int,
    queries: tuple[int, int],
    keys: tuple[int, int],
    max_listed: int,
) -> list[PeakedRow]:
    """Return the query units of a head whose largest weight is the largest.

    Args:
        shown: what a filter shows.
        layer: a layer of its component.
        head: the head.
        queries: the first query unit, and one past the last.
        keys: the first key unit, and one past the last.
        max_listed: the number of rows to return, at most.

    Returns:
        the rows by descending weight, equal weights in the order of the text; rows without any
        weight are left out.
    """
    found: list[PeakedRow] = []
    for units in shown.chunks(*queries, layer):
        weights, indices = shown.rows(layer, units, [head])[0, :, slice(*keys)].max(-1)
        for row, (weight, index) in enumerate(zip(weights.tolist(), indices.tolist(), strict=True)):
            if weight > 0:
                found.append(PeakedRow(units.start + row, keys[0] + index, weight))
    return sorted(found, key=lambda row: (-row.weight, row.query))[:max_listed]


def rank_heads(rows: Sequence[HeadScoreRow], name: ScoreName) -> list[HeadScoreRow]:
    """Return the heads that have a score, the largest first, equal scores in their order."""
    return sorted(
        (row for row in rows if row[name] is not None), key=lambda row: -(row[name] or 0.0)
    )
