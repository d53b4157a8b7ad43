"""What a picture shows of a trace: an attention part, filtered, in rows that fit."""

from dataclasses import dataclass
from math import inf

from ...trace import Trace
from ...trace.filter import Filter
from ..view_request import AttentionPart
from .caption import filter_in_words
from .rows import ShownRows


@dataclass(frozen=True)
class Shown:
    """What a view shows of a trace.

    Attributes:
        trace: the trace.
        part: the attention part.
        filter: what the view hides.
        max_lines: the largest number of lines of all heads together.
    """

    trace: Trace
    part: AttentionPart
    filter: Filter
    max_lines: int

    def rows(self, size: int) -> ShownRows:
        """Return rows of ``size`` tokens."""
        return ShownRows.of(self.trace, self.part, size, self.filter)

    def fitting_rows(self, num_heads: int, max_rows: float = inf) -> ShownRows:
        """Return rows with as few tokens per row as the limits allow."""
        size = 1
        while True:
            rows = self.rows(size)
            longer = max(rows.queries.num_tokens, rows.keys.num_tokens)
            num_lines = len(rows.queries) * len(rows.keys) * num_heads
            if num_lines <= self.max_lines and longer <= max_rows * size:
                return rows
            size *= 2

    def notes(self, line: str, size: int) -> list[str]:
        """Return the sentences about rows of several tokens and about what is hidden."""
        units = "words" if self.filter.words else "tokens"
        pooling = f"{line} is the largest weight of {size} × {size} {units}."
        return [*([pooling] if size > 1 else []), *filter_in_words(self.filter, self.trace)]
