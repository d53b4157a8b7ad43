"""The rows of a column of tokens: a token each, or some neighbours where they are too many.

The page's zoom takes tokens together in the same way (``assets/core/geometry/rows.js``).
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import regex
import torch
from torch import Tensor

from ...trace import LayerAttention, Token, query_chunks, segment_b_start

# Letters of a label before it is cut, and of one that stands for several tokens.
_MAX_LETTERS, _MAX_POOLED_LETTERS = 16, 9


@dataclass(frozen=True)
class Rows:
    """Row ``i`` holds the tokens from ``edges[i]`` to before ``edges[i + 1]``.

    Attributes:
        tokens: of the whole axis.
        edges: positions in the whole axis, in order.
        size: tokens of a row; the last one of a segment may have fewer.
    """

    tokens: tuple[Token, ...]
    edges: tuple[int, ...]
    size: int

    def __len__(self) -> int:
        return len(self.edges) - 1

    @property
    def num_tokens(self) -> int:
        """Tokens of all rows."""
        return self.edges[-1] - self.edges[0]

    def middles(self, token_height: float) -> list[float]:
        """The middle of each row, from the top of the first, in pixels."""
        begin = self.edges[0]
        return [((a + b) / 2 - begin) * token_height for a, b in pairwise(self.edges)]

    def labels(self) -> list[str]:
        """What stands in the column for each row."""
        return [_label(self.tokens, begin, end) for begin, end in pairwise(self.edges)]

    def are_special(self) -> list[bool]:
        """Whether a row is one special token, which stands in italics."""
        return [b - a == 1 and self.tokens[a].special for a, b in pairwise(self.edges)]

    def row_of_token(self) -> Tensor:
        """The row of each token: int64 ``[token]``, from the first row's first token on."""
        return torch.arange(len(self)).repeat_interleave(torch.tensor(self.edges).diff())


def rows_of(tokens: tuple[Token, ...], span: tuple[int, int], size: int) -> Rows:
    """Rows of ``size`` tokens; none reaches over the border between two segments."""
    first, end = span
    border = segment_b_start(tokens)
    stop = border if border is not None and first < border < end else end
    return Rows(tokens, (*range(first, stop, size), *range(stop, end, size), end), size)


def pooled_weights(
    layer: LayerAttention, heads: Sequence[int], queries: Rows, keys: Rows
) -> Tensor:
    """The largest weight between the tokens of two rows: float32 ``[head, query row, key row]``."""
    first, end = queries.edges[0], queries.edges[-1]
    row_of_query, row_of_key = queries.row_of_token(), keys.row_of_token()
    pooled = torch.zeros(len(heads), len(queries), len(keys))
    for part in query_chunks(first, end, layer.num_heads * layer.num_keys):
        weights = layer.weights(torch.arange(part.start, part.stop))[list(heads)]
        weights = weights[..., keys.edges[0] : keys.edges[-1]]
        by_key = weights.new_zeros(*weights.shape[:2], len(keys))
        by_key.scatter_reduce_(2, row_of_key.expand_as(weights), weights, "amax")
        rows = row_of_query[part.start - first : part.stop - first, None]
        pooled.scatter_reduce_(1, rows.expand_as(by_key), by_key, "amax")
    return pooled


def _label(tokens: Sequence[Token], begin: int, end: int) -> str:
    token = tokens[begin]
    if end - begin > 1:
        return f"#{begin} {_cut(_visible(token.text), _MAX_POOLED_LETTERS)} …"
    part, parts = token.part
    return _cut(_visible(token.text), _MAX_LETTERS) + (f" {part}/{parts}" if parts > 1 else "")


def _visible(text: str) -> str:
    """The text, or signs that stand for what cannot be seen."""
    if any(unicodedata.category(letter)[0] not in "CZ" for letter in text):
        return text.strip()
    if "\n" in text:
        return "⏎"
    if not text.strip():
        return "␣"
    return " ".join(f"U+{ord(letter):04X}" for letter in text)


def _cut(text: str, most: int) -> str:
    # Letters as readers count them: an emoji family is one, however many characters it has.
    letters = regex.findall(r"\X", text)
    return text if len(letters) <= most else f"{''.join(letters[: most - 1])}…"
