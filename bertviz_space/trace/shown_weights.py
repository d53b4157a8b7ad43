"""What a filter shows of the weights of a component, for its tokens or for its words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from .attention import Component, LayerAttention, query_chunks
from .filter import Filter
from .token import Token
from .trace import Trace
from .words import word_starts, word_tokens


@dataclass(frozen=True, eq=False)
class Units:
    """What an axis shows: its tokens, or its words.

    Attributes:
        tokens: one token for each unit.
        starts: int64 ``[unit]``, the position of the first token of each unit.
        unit_of_token: int64 ``[position]``, the unit of each token.
    """

    tokens: tuple[Token, ...]
    starts: Tensor
    unit_of_token: Tensor

    @classmethod
    def of(cls, tokens: Sequence[Token], words: bool) -> "Units":
        """Return the words or the tokens of an axis."""
        if not words:
            positions = torch.arange(len(tokens))
            return cls(tuple(tokens), positions, positions)
        starts = torch.tensor(word_starts(tokens))
        counts = starts.diff(append=torch.tensor([len(tokens)]))
        return cls(word_tokens(tokens), starts, torch.arange(len(starts)).repeat_interleave(counts))

    def span(self, begin: int, end: int) -> tuple[int, int]:
        """Return the units of the tokens from ``begin`` to before ``end``."""
        first, last = torch.searchsorted(self.starts, torch.tensor([begin, end])).tolist()
        return first, last


class ShownWeights:
    """What a filter shows of the weights of a component.

    Args:
        trace: the trace.
        component: the component.
        filter_: the filter.

    Attributes:
        queries: the units that attend.
        keys: the units that are attended to.
        hidden: bool ``[unit]``, the keys of which the filter hides every token.

    Raises:
        InvalidFilter: if the filter does not fit the text.
    """

    def __init__(self, trace: Trace, component: Component, filter_: Filter) -> None:
        self._filter = filter_
        self._hidden_tokens = filter_.hidden_keys(trace, component)
        self.queries = Units.of(trace.query_tokens(component), filter_.words)
        self.keys = Units.of(trace.key_tokens(component), filter_.words)
        shown = (~self._hidden_tokens).long()
        counts = torch.zeros(len(self.keys.tokens), dtype=torch.long)
        self.hidden = counts.index_add(0, self.keys.unit_of_token, shown) == 0

    def chunks(
        self, begin: int, end: int, layer: LayerAttention, multiple_of: int = 1
    ) -> Iterator[slice]:
        """Yield slices of the query units, as ``query_chunks`` does for queries."""
        tokens_each = -(-layer.num_queries // len(self.queries.tokens))
        scores_each = layer.num_heads * layer.num_keys * tokens_each
        return query_chunks(begin, end, scores_each, multiple_of)

    def rows(
        self,
        layer: LayerAttention,
        units: slice,
        heads: Sequence[int] | None = None,
        mean: bool = False,
    ) -> Tensor:
        """Compute the shown weights of some query units on all key units.

        The weight of a word on another one is the mean over the tokens of the first, of the sum
        over the tokens of the second (Clark et al. 2019, section 4.1).

        Args:
            layer: a layer of the component.
            units: the query units.
            heads: the heads; ``None`` for all.
            mean: whether to return the mean over the heads instead of each head.

        Returns:
            float32 ``[head, query unit, key unit]``, 0 for hidden weights; one head for a mean.
        """
        weights, words = self._between_tokens(layer, units)
        if heads is not None:
            weights = weights[list(heads)]
        return self._shown(weights, words, units, mean)

    def rows_and_shown(self, layer: LayerAttention, units: slice) -> tuple[Tensor, Tensor]:
        """Compute the weights of some query units on all key units, and what is shown of them.

        Args:
            layer: a layer of the component.
            units: the query units.

        Returns:
            Twice float32 ``[head, query unit, key unit]``: without the filter, and what ``rows``
            returns.
        """
        weights, words = self._between_tokens(layer, units)
        whole = self._between_words(weights, words, units) if self._filter.words else weights
        return whole, self._shown(weights, words, units, mean=False)

    def _between_tokens(self, layer: LayerAttention, units: slice) -> tuple[Tensor, Tensor]:
        """Return all weights of the tokens of query units, and the unit of each token.

        Returns:
            float32 ``[head, row, key]``; int64 ``[row]``, counted from the first of ``units``.
        """
        of_query = self.queries.unit_of_token
        positions = ((of_query >= units.start) & (of_query < units.stop)).nonzero().squeeze(1)
        return layer.weights(positions), of_query[positions] - units.start

    def _shown(self, weights: Tensor, words: Tensor, units: slice, mean: bool) -> Tensor:
        """Return what the filter shows of weights between tokens; see ``rows``."""
        weights = self._filter.remaining(weights, self._hidden_tokens)
        if mean:
            weights = weights.mean(0, keepdim=True)
        if self._filter.words:
            weights = self._between_words(weights, words, units)
        return self._filter.above_thresholds(weights)

    def _between_words(self, weights: Tensor, words: Tensor, units: slice) -> Tensor:
        """Return weights between words.

        Args:
            weights: float32 ``[head, row, key]`` between tokens.
            words: int64 ``[row]``, the word of each row, counted from the first of ``units``.
            units: the query units of the rows.
        """
        num_heads, num_rows, _ = weights.shape
        sums = weights.new_zeros(num_heads, num_rows, len(self.keys.tokens))
        sums.index_add_(2, self.keys.unit_of_token, weights)
        num_words = units.stop - units.start
        means = weights.new_zeros(num_heads, num_words, sums.shape[2])
        means.index_add_(1, words, sums)
        return means / words.bincount(minlength=num_words)[:, None]
