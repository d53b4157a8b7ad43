"""The rows of a column of tokens: one token each, or several neighbors if there are too many.

The page groups tokens in the same way when the reader zooms out (``rowsOf`` in
``assets/core/geometry/rows.js``); both pass the cases of ``tests/fixtures/shared_cases/rows.json``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from ...trace import LayerAttention, Token, Trace, segment_b_start
from ...trace.filter import Filter
from ...trace.shown_weights import ShownWeights, Units
from ..view_request import AttentionPart
from .label import label_of_row


@dataclass(frozen=True)
class Rows:
    """Rows of tokens: row ``i`` has the tokens from ``edges[i]`` to before ``edges[i + 1]``.

    Attributes:
        tokens: the tokens of the whole axis.
        edges: positions in the whole axis, in ascending order.
        size: tokens in a row; the last row of a segment may have fewer.
        written_from: the position of the first token that the model wrote, ``None`` for none.
    """

    tokens: tuple[Token, ...]
    edges: tuple[int, ...]
    size: int
    written_from: int | None = None

    def __len__(self) -> int:
        return len(self.edges) - 1

    @property
    def num_tokens(self) -> int:
        """The number of tokens in all rows."""
        return self.edges[-1] - self.edges[0]

    def middles(self, token_height: float) -> list[float]:
        """Return the middle of each row, from the top of the first row, in pixels."""
        begin = self.edges[0]
        return [((a + b) / 2 - begin) * token_height for a, b in pairwise(self.edges)]

    def labels(self) -> list[str]:
        """Return the label of each row."""
        return [label_of_row(self.tokens, begin, end) for begin, end in pairwise(self.edges)]

    def are_special(self) -> list[bool]:
        """Return, for each row, whether it is one special token, which is drawn in italics."""
        return [b - a == 1 and self.tokens[a].special for a, b in pairwise(self.edges)]

    def are_written(self) -> list[bool]:
        """Return, for each row, whether the model wrote its first token."""
        written_from = self.written_from
        return [written_from is not None and begin >= written_from for begin in self.edges[:-1]]

    def written_border(self, token_height: float) -> float | None:
        """Return where the first row begins that the model wrote, from the top, in pixels.

        ``None`` if the model wrote no row, or every row.
        """
        written = self.are_written()
        if not any(written) or written[0]:
            return None
        return (self.edges[written.index(True)] - self.edges[0]) * token_height

    def row_of_token(self) -> Tensor:
        """Return the row of each token, from the first row's first token on: int64 ``[token]``."""
        return torch.arange(len(self)).repeat_interleave(torch.tensor(self.edges).diff())


def rows_of(
    tokens: tuple[Token, ...], span: tuple[int, int], size: int, written_from: int | None = None
) -> Rows:
    """Return rows of ``size`` tokens, none of which crosses the border between two segments.

    Args:
        tokens: the tokens of the whole axis.
        span: the position of the first token, and one past the last.
        size: tokens in a row.
        written_from: the position of the first token that the model wrote, ``None`` for none.
    """
    first, end = span
    border = segment_b_start(tokens)
    stop = border if border is not None and first < border < end else end
    edges = (*range(first, stop, size), *range(stop, end, size), end)
    return Rows(tokens, edges, size, written_from)


@dataclass(frozen=True)
class ShownRows:
    """The rows of a picture, of tokens or of words, and what its filter shows.

    Attributes:
        shown: the weights that the filter shows.
        queries: the rows that attend.
        keys: the rows that are attended to.
        unaligned: bool ``[unit]`` for the queries and for the keys, True where another run has no
            aligned unit; ``None`` for a picture of one run.
    """

    shown: ShownWeights
    queries: Rows
    keys: Rows
    unaligned: tuple[Tensor, Tensor] | None = None

    @classmethod
    def of(cls, trace: Trace, part: AttentionPart, size: int, filter_: Filter) -> "ShownRows":
        """Return the rows of an attention part, of ``size`` tokens or words each.

        Raises:
            InvalidFilter: if the filter does not fit the text.
        """
        shown = ShownWeights(trace, part.component, filter_)
        own, other = trace.query_tokens(part.component), trace.key_tokens(part.component)
        queries = _written_unit(shown.queries, own, trace)
        keys = _written_unit(shown.keys, other, trace)
        return cls(
            shown,
            rows_of(shown.queries.tokens, shown.queries.span(*part.queries), size, queries),
            rows_of(shown.keys.tokens, shown.keys.span(*part.keys), size, keys),
        )

    def are_hidden_keys(self) -> list[bool]:
        """Return, for each row of keys, whether the filter hides all its tokens."""
        return _are_all(self.shown.hidden, self.keys)

    def are_unaligned(self) -> tuple[list[bool], list[bool]]:
        """Return, for each row of queries and of keys, whether another run has none of its units.

        Both lists are empty for a picture of one run.
        """
        if self.unaligned is None:
            return [], []
        of_queries, of_keys = self.unaligned
        return _are_all(of_queries, self.queries), _are_all(of_keys, self.keys)

    def pooled_weights(
        self, layer: LayerAttention, heads: Sequence[int], mean: bool = False
    ) -> Tensor:
        """Return the largest shown weight between two rows: float32 ``[head, query row, key row]``.

        If ``mean`` is true, the first axis has size 1, for the largest mean weight over the heads.
        """
        queries, keys = self.queries, self.keys
        first, end = queries.edges[0], queries.edges[-1]
        row_of_query, row_of_key = queries.row_of_token(), keys.row_of_token()
        pooled = torch.zeros(1 if mean else len(heads), len(queries), len(keys))
        for units in self.shown.chunks(first, end, layer):
            weights = self.shown.rows(layer, units, heads, mean)
            weights = weights[..., keys.edges[0] : keys.edges[-1]]
            by_key = weights.new_zeros(*weights.shape[:2], len(keys))
            by_key.scatter_reduce_(2, row_of_key.expand_as(weights), weights, "amax")
            rows = row_of_query[units.start - first : units.stop - first, None]
            pooled.scatter_reduce_(1, rows.expand_as(by_key), by_key, "amax")
        return pooled


def _are_all(flags: Tensor, rows: Rows) -> list[bool]:
    """Return, for each row, whether all its units have a flag, bool ``[unit]`` of the axis."""
    return [bool(flags[a:b].all()) for a, b in pairwise(rows.edges)]


def _written_unit(units: Units, tokens: Sequence[Token], trace: Trace) -> int | None:
    """Return the first unit that the model wrote, ``None`` if it wrote none.

    Args:
        units: the units of an axis.
        tokens: the tokens of the axis.
        trace: the trace.
    """
    if trace.written_from is None or tokens is not trace.source:
        return None
    return int((units.starts < trace.written_from).sum())
