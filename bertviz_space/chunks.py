"""What is quadratic in the text is made for some queries at a time."""

from collections.abc import Iterator

from . import attention


def chunks(begin: int, end: int, scores_each: int, multiple_of: int = 1) -> Iterator[slice]:
    """Queries from ``begin`` to ``end``, as many at a time as have ``SCORES_AT_ONCE`` scores.

    Args:
        begin: the first query.
        end: one past the last query.
        scores_each: scores of one query, of all heads together.
        multiple_of: queries that stay together, counted from ``begin``.
    """
    size = max(1, attention.SCORES_AT_ONCE // (scores_each * multiple_of)) * multiple_of
    for first in range(begin, end, size):
        yield slice(first, min(end, first + size))
