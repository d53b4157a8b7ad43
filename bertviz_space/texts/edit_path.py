"""Find the cheapest edits that turn the letters of decoded tokens into those of the reader's text.

The edits form a path of least weighted edit distance (Wagner and Fischer 1974), in which an unknown
token matches any letters. The path is computed in windows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from .letters import ANY, Letters, is_often_dropped

Kind = Literal["same", "changed", "only_decoded", "only_text"]

# Costs of one step. Tokenizers often add and drop blanks and accents, but rarely letters. A changed
# letter costs less than one dropped letter and one added letter.
_SAME_FOLDED = 1  # the same letter in another case or form
_BLANK = 1  # a blank on one side only
_OFTEN_DROPPED = 3  # an accent, or a control or format character, on one side only
_ANY = 2  # the first letter that an unknown token matches
_NEXT_OF_ANY = 3  # each further letter that the same unknown token matches
_BLANKS_OF_ANY = 5  # a run of blanks that the same unknown token matches after a letter
_FIRST_BLANK_OF_ANY = 8  # a blank as the first character that an unknown token matches
_LETTER = 10  # a letter on one side only
_CHANGED = 12  # a letter that differs
_NEVER = 2**24  # more than the sum of all other costs in a table

# letters of the decoded text, and of the reader's text, in one table of costs: a table of 128 x 512
# takes 3 ms. A table has up to the third number of columns for a long word that is one unknown
# token.
_ROWS, _COLUMNS, _MAX_COLUMNS = 128, 512, 2**16
# rows of a table whose steps are kept: letters after the table can change the steps of later rows.
_KEPT_ROWS = 96
# mean cost of a row above which a table is computed again with more columns.
_MAX_MEAN_COST = 5


@dataclass(frozen=True)
class Step:
    """One step of a path.

    Attributes:
        kind: whether both texts have the letter (``same``), it differs (``changed``), or only one
            text has it.
        decoded: index of the letter in the decoded text; for ``only_text`` of the next letter.
        text: index of the letter in the reader's text; for ``only_decoded`` of the next letter.
    """

    kind: Kind
    decoded: int
    text: int


def edit_steps(decoded: Letters, text: Letters) -> Iterator[Step]:
    """Yield the steps of the path, from the first letters to the last.

    Equal letters are matched one after the other. Where letters differ, a table of costs for the
    next letters gives the steps. Therefore the time is linear in the length of the text.

    Args:
        decoded: the letters of the decoded tokens.
        text: the letters of the reader's text.
    """
    row, column = 0, 0  # the next letter of each text
    num_rows, num_columns = len(decoded.folded), len(text.folded)
    columns = _Columns(text)
    while row < num_rows or column < num_columns:
        step = _obvious_step(decoded, text, row, column)
        steps = _table_steps(decoded, columns, row, column) if step is None else [step]
        for step in steps:
            yield step
            row = step.decoded + (step.kind != "only_text")
            column = step.text + (step.kind != "only_decoded")


def _obvious_step(decoded: Letters, text: Letters, row: int, column: int) -> Step | None:
    """Return the next step if it needs no table of costs."""
    if column >= len(text.folded):
        return Step("only_decoded", row, column)
    if row >= len(decoded.folded):
        return Step("only_text", row, column)
    ours, theirs = decoded.folded[row], text.folded[column]
    if ours == theirs:
        return Step("same", row, column)
    if ours.isspace():
        return Step("only_decoded", row, column)
    if theirs.isspace() and ours != ANY:
        return Step("only_text", row, column)
    return None


class _Columns:
    """The letters of the reader's text and their costs, in arrays with one entry for each letter.

    Attributes:
        letters: the folded letters.
        folded: int32 code points of the folded letters.
        exact: int32 code points of the exact letters.
        is_blank: bool, True for a blank.
        alone: int32, the cost of a step ``only_text``.
        after_any: int32, the cost of a letter that an unknown token matches after its first letter.
    """

    def __init__(self, text: Letters) -> None:
        self.letters = text.folded
        self.folded = np.array([ord(letter) for letter in text.folded], np.int32)
        self.exact = np.array([ord(letter) for letter in text.exact], np.int32)
        self.is_blank = np.array([letter.isspace() for letter in text.folded], bool)
        self.alone = np.array([_cost_alone(letter) for letter in text.folded], np.int32)
        self.after_any = np.where(self.is_blank, _BLANKS_OF_ANY, _NEXT_OF_ANY).astype(np.int32)
        self.after_any[1:][self.is_blank[1:] & self.is_blank[:-1]] = 0


def _table_steps(decoded: Letters, text: _Columns, row: int, column: int) -> Sequence[Step]:
    """Return the steps for the next rows, at least one step."""
    num_rows = min(_ROWS, len(decoded.folded) - row)
    is_last = row + num_rows == len(decoded.folded)
    num_left = len(text.letters) - column
    num_columns = min(num_left, _MAX_COLUMNS if is_last else _COLUMNS)
    while True:
        table = _Table(
            decoded, text, slice(row, row + num_rows), slice(column, column + num_columns)
        )
        end = num_columns if is_last else table.best_end()
        is_costly = table.costs[end] > _MAX_MEAN_COST * num_rows
        if not is_costly or num_columns >= min(num_left, _MAX_COLUMNS):
            break
        num_columns = min(num_left, 8 * num_columns, _MAX_COLUMNS)
    steps = table.steps(end)
    if is_last:
        return steps
    return [step for step in steps if step.decoded < row + _KEPT_ROWS]


class _Table:
    """The least costs of a path from the first letters to each pair of letters.

    Args:
        decoded: the letters of the decoded tokens.
        text: the letters of the reader's text.
        rows: indices of the decoded letters in this table.
        columns: indices of the text's letters in this table.

    Attributes:
        costs: int32 ``[column]``, the least cost to come to the end of the last row.
    """

    def __init__(self, decoded: Letters, text: _Columns, rows: slice, columns: slice) -> None:
        self._letters = decoded.folded, text.letters
        self._first = rows.start, columns.start
        folded, exact, is_blank = text.folded[columns], text.exact[columns], text.is_blank[columns]
        sums_alone = _running_sums(text.alone[columns])
        sums_after_any = _running_sums(text.after_any[columns])
        # The last step of the best path to each pair: 0 takes a letter of both texts, 1 a decoded
        # letter only, 2 a letter of the reader's text only.
        self._moves = np.empty((rows.stop - rows.start + 1, len(folded) + 1), np.uint8)
        self._moves[0] = 2
        self.costs = sums_alone.copy()
        for row, index in enumerate(range(rows.start, rows.stop), 1):
            letter = decoded.folded[index]
            if letter == ANY:
                both = np.where(is_blank, _FIRST_BLANK_OF_ANY, _ANY).astype(np.int32)
            else:
                both = np.where(is_blank | letter.isspace(), _NEVER, _CHANGED).astype(np.int32)
                both[folded == ord(letter)] = _SAME_FOLDED
                both[exact == ord(decoded.exact[index])] = 0
            with_both = np.concatenate([[_NEVER], self.costs[:-1] + both])
            with_decoded = self.costs + _cost_alone(letter)
            best = np.minimum(with_both, with_decoded)
            text_costs = sums_after_any if letter == ANY else sums_alone
            self.costs = np.minimum.accumulate(best - text_costs) + text_costs
            self._moves[row] = with_both > with_decoded
            self._moves[row, self.costs < best] = 2

    def best_end(self) -> int:
        """Return the column at which the path to the last row costs least."""
        return int(self.costs.argmin())

    def steps(self, column: int) -> list[Step]:
        """Return the cheapest path that ends at the last row and at a column."""
        steps = []
        row = len(self._moves) - 1
        first_row, first_column = self._first
        decoded, text = self._letters
        while row or column:
            move = self._moves[row, column]
            row, column = row - int(move != 2), column - int(move != 1)
            kind: Kind = ("changed", "only_decoded", "only_text")[move]
            decoded_index, text_index = first_row + row, first_column + column
            if kind == "changed" and decoded[decoded_index] == text[text_index]:
                kind = "same"
            steps.append(Step(kind, decoded_index, text_index))
        return steps[::-1]


def _running_sums(costs: np.ndarray) -> np.ndarray:
    """Return int32 sums of the first 0, 1, ... all costs."""
    return np.concatenate([[0], np.cumsum(costs)]).astype(np.int32)


def _cost_alone(letter: str) -> int:
    """Return the cost of a letter that only one of the texts has."""
    if letter.isspace():
        return _BLANK
    return _OFTEN_DROPPED if letter != ANY and is_often_dropped(letter) else _LETTER
