"""Where the pieces of a tokenizer without offsets stand in the text; no tokenizer in it."""

import unicodedata
from collections.abc import Sequence

# What tokenizers write in a piece beside the letters of the text: the blank before a word
# (sentencepiece, byte-level BPE), a piece that goes on (WordPiece), the end of a word (BPE).
SENTENCEPIECE_BLANK = "\u2581"
_BLANKS = (SENTENCEPIECE_BLANK, "\u0120")
_MARKS = (*_BLANKS, "##", "@@", "</w>")


def align(pieces: Sequence[str], text: str) -> list[tuple[int, int]]:
    """Find each piece in the text, greedily from a cursor.

    A piece that is not found is unknown to the vocabulary: it covers, together with such pieces
    beside it, what lies before the next piece that is found, or before the next blank.

    Args:
        pieces: spellings of the vocabulary, in the order of the text.
        text: what they were made from.

    Returns:
        First character and one past the last, for each piece.
    """
    folded, places = _folded(text)
    spans: list[tuple[int, int]] = []
    unfound = 0  # pieces just before that still wait for their span
    cursor = 0  # the first letter of folded that no piece covers yet

    def cover_unfound(end: int) -> None:
        nonlocal cursor, unfound
        if unfound:
            begin = _after_blanks(folded, cursor, end)
            stop = begin + len(folded[begin:end].rstrip())
            spans[-unfound:] = [(places[begin], places[stop])] * unfound
            cursor, unfound = end, 0

    for piece in pieces:
        if piece.startswith(_BLANKS):
            cover_unfound(_end_of_word(folded, cursor))
        letters = _folded(_without_marks(piece))[0]
        start = folded.find(letters, cursor)
        if start < 0 or (folded[cursor:start].strip() and not unfound):
            unfound += 1
            spans.append((places[cursor], places[cursor]))
            continue
        if letters:
            cover_unfound(start)
        cursor = start + len(letters)
        # Two pieces can share a character: the f and the i of a ligature.
        end = max(places[cursor], places[cursor - 1] + 1) if letters else places[start]
        spans.append((places[start], end))
    cover_unfound(len(folded))
    return spans


def _folded(text: str) -> tuple[str, list[int]]:
    """A text as pieces are compared with it, and where in the text each of its letters comes from.

    Tokenizers without offsets change the text: lower case, no accents, ``fi`` for the ligature. The
    list of places has one more entry, the text's end.
    """
    letters = [
        (part, place)
        for place, letter in enumerate(text)
        for part in unicodedata.normalize("NFKD", letter).casefold()
        if not unicodedata.combining(part)
    ]
    return "".join(part for part, _ in letters), [*(place for _, place in letters), len(text)]


def _without_marks(piece: str) -> str:
    for mark in _MARKS:
        piece = piece.replace(mark, "")
    return piece


def _after_blanks(text: str, begin: int, end: int) -> int:
    """The first place from ``begin`` that holds no blank, or ``end``."""
    return end - len(text[begin:end].lstrip())


def _end_of_word(text: str, begin: int) -> int:
    """The first blank after the word that begins at ``begin`` or after blanks there."""
    place = _after_blanks(text, begin, len(text))
    while place < len(text) and not text[place].isspace():
        place += 1
    return place
