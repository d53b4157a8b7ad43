"""The cheapest way to turn the letters of decoded tokens into those of the reader's text.

A weighted edit distance (Wagner and Fischer 1974) between two strings, in which an unknown token
matches any letters, computed in windows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from .letters import ANY, Letters, is_faint

Kind = Literal["same", "changed", "only_decoded", "only_text"]

# Costs of one step of a path. Blanks and accents come and go in tokenizers, letters rarely do; a
# letter that became another one costs less than one that left beside one that came.
_SAME_FOLDED = 1  # the same letter, in another case or form
_BLANK = 1  # a blank on one side alone
_FAINT = 3  # an accent, or a control or format character, on one side alone
_ANY = 2  # a letter under an unknown token
_MORE_OF_ANY = 3  # one letter more under the same one
_BLANK_OF_ANY = 5  # blanks after such a letter, under the same token
_ONLY_BLANK = 8  # a blank that is the first of an unknown token
_LETTER = 10  # a letter on one side alone
_CHANGED = 12  # a letter that became another one
_NEVER = 2**24  # more than all of a table together

# letters of the decoded text in one table of costs, and of the reader's text for these: a table of
# 128 x 512 takes 3 ms. The larger width is for a long word under one unknown token.
_ROWS, _COLUMNS, _MOST_COLUMNS = 128, 512, 2**16
# rows of a table whose path is kept: further letters can still change the end of it.
_KEPT_ROWS = 96
# cost of a row on average, beyond which a table is made once more, with more of the text.
_BAD = 5


@dataclass(frozen=True)
class Step:
    """One step of a path.

    Attributes:
        kind: whether both texts have the letter, or a changed one, or one text alone.
        decoded: index of the decoded letter; of the next one where the step has none.
        text: index of the text's letter; of the next one where the step has none.
    """

    kind: Kind
    decoded: int
    text: int


def path(decoded: Letters, text: Letters) -> Iterator[Step]:
    """Yield the steps from the first letters of both to their last.

    Letters that are the same are taken as they come. Where they differ, a table of costs of the
    next letters finds the best way on; so the time is linear in the text.
    """
    at, place = 0, 0
    num_decoded, num_text = len(decoded.folded), len(text.folded)
    columns = _Columns(text)
    while at < num_decoded or place < num_text:
        step = _plain_step(decoded, text, at, place)
        if step is not None:
            yield step
            at += step.kind != "only_text"
            place += step.kind != "only_decoded"
            continue
        for step in _table_path(decoded, columns, at, place):
            yield step
            at = step.decoded + (step.kind != "only_text")
            place = step.text + (step.kind != "only_decoded")


def _plain_step(decoded: Letters, text: Letters, at: int, place: int) -> Step | None:
    """Return the step where there is no doubt about it."""
    have_more = at < len(decoded.folded), place < len(text.folded)
    if have_more == (True, True):
        ours, theirs = decoded.folded[at], text.folded[place]
        if ours == theirs:
            return Step("same", at, place)
        if ours.isspace():
            return Step("only_decoded", at, place)
        if theirs.isspace() and ours != ANY:
            return Step("only_text", at, place)
        return None
    if have_more[0]:
        return Step("only_decoded", at, place)
    return Step("only_text", at, place)


class _Columns:
    """The letters of the reader's text with their costs, as arrays of one entry a letter.

    Attributes:
        letters: the letters.
        folded, exact: int32 code points of the letters, without case and as they are.
        is_blank: bool.
        alone: int32 costs of a letter that no token made.
        under_any: int32 costs of a letter more under an unknown token.
    """

    def __init__(self, text: Letters) -> None:
        self.letters = text.folded
        self.folded = np.array([ord(each) for each in text.folded], np.int32)
        self.exact = np.array([ord(each) for each in text.exact], np.int32)
        self.is_blank = np.array([each.isspace() for each in text.folded], bool)
        self.alone = np.array([_cost_alone(each) for each in text.folded], np.int32)
        self.under_any = np.where(self.is_blank, _BLANK_OF_ANY, _MORE_OF_ANY).astype(np.int32)
        self.under_any[1:][self.is_blank[1:] & self.is_blank[:-1]] = 0


def _table_path(decoded: Letters, text: _Columns, at: int, place: int) -> Sequence[Step]:
    """Return the steps of the next rows of the decoded letters, at least one."""
    rows = min(_ROWS, len(decoded.folded) - at)
    is_last = at + rows == len(decoded.folded)
    left = len(text.letters) - place
    columns = min(left, _MOST_COLUMNS if is_last else _COLUMNS)
    while True:
        table = _Table(decoded, text, slice(at, at + rows), slice(place, place + columns))
        end = columns if is_last else table.best_end()
        is_bad = table.costs[end] > _BAD * rows and columns < min(left, _MOST_COLUMNS)
        if not is_bad:
            break
        columns = min(left, 8 * columns, _MOST_COLUMNS)
    steps = table.steps(end)
    if is_last:
        return steps
    return [step for step in steps if step.decoded < at + _KEPT_ROWS]


class _Table:
    """Least costs to come from the first letters to each pair, row by row of decoded letters.

    Args:
        decoded: letters, of which ``rows`` are compared.
        text: letters, of which ``columns`` are compared.
        rows: indices of decoded letters.
        columns: indices of the text's letters.
    """

    def __init__(self, decoded: Letters, text: _Columns, rows: slice, columns: slice) -> None:
        self._letters = decoded.folded, text.letters
        self._first = rows.start, columns.start
        folded, exact, blank = text.folded[columns], text.exact[columns], text.is_blank[columns]
        sums = {False: _running(text.alone[columns]), True: _running(text.under_any[columns])}
        # What the best step to each pair is: 0 both letters, 1 a decoded one, 2 one of the text.
        self._moves = np.empty((rows.stop - rows.start + 1, len(folded) + 1), np.uint8)
        self._moves[0] = 2
        self.costs = sums[False].copy()
        for row, index in enumerate(range(rows.start, rows.stop), 1):
            ours = decoded.folded[index]
            if ours == ANY:
                both = np.where(blank, _ONLY_BLANK, _ANY).astype(np.int32)
            else:
                both = np.where(blank | ours.isspace(), _NEVER, _CHANGED).astype(np.int32)
                both[folded == ord(ours)] = _SAME_FOLDED
                both[exact == ord(decoded.exact[index])] = 0
            with_both = np.concatenate([[_NEVER], self.costs[:-1] + both])
            with_ours = self.costs + _cost_alone(ours)
            best = np.minimum(with_both, with_ours)
            running = sums[ours == ANY]
            self.costs = np.minimum.accumulate(best - running) + running
            self._moves[row] = with_both > with_ours
            self._moves[row, self.costs < best] = 2

    def best_end(self) -> int:
        """Return the column that the rows end at with the least cost."""
        return int(self.costs.argmin())

    def steps(self, column: int) -> list[Step]:
        """Return the cheapest path that ends with the last row, at a column."""
        steps = []
        row = len(self._moves) - 1
        first_row, first_column = self._first
        decoded, text = self._letters
        while row or column:
            move = self._moves[row, column]
            row, column = row - int(move != 2), column - int(move != 1)
            kind: Kind = ("changed", "only_decoded", "only_text")[move]
            at, place = first_row + row, first_column + column
            if kind == "changed" and decoded[at] == text[place]:
                kind = "same"
            steps.append(Step(kind, at, place))
        return steps[::-1]


def _running(costs: np.ndarray) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(costs)]).astype(np.int32)


def _cost_alone(letter: str) -> int:
    if letter.isspace():
        return _BLANK
    return _FAINT if letter != ANY and is_faint(letter) else _LETTER
