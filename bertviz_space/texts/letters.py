"""Letters as two spellings of one text are compared: without case, accents taken apart."""

import unicodedata
from dataclasses import dataclass

# Stands for the letters of an unknown token, which may be any.
ANY = "\0"

# How SentencePiece writes a blank. It reads one in a text as a blank, too.
SENTENCEPIECE_BLANK = "\u2581"


@dataclass(frozen=True)
class Letters:
    """The letters of a text, in the order in which they stand there.

    Attributes:
        folded: letters without case and in compatibility form; one character of the text can be
            several letters, such as ``fi`` for the ligature.
        exact: for each of them the character of the text, or the letter itself where a character
            is several letters.
        places: for each of them the position of its character in the text, and the text's end.
    """

    folded: str
    exact: str
    places: tuple[int, ...]


def letters_of(text: str) -> Letters:
    """Take a text apart into letters."""
    folded, exact, places = [], [], []
    for place, character in enumerate(text):
        parts = unicodedata.normalize("NFKD", character).casefold()
        if parts.isspace() or parts == SENTENCEPIECE_BLANK:
            parts = " "
        folded.append(parts)
        exact.append(character if len(parts) == 1 else parts)
        places += [place] * len(parts)
    return Letters("".join(folded), "".join(exact), (*places, len(text)))


def is_faint(letter: str) -> bool:
    """Return whether tokenizers often drop a letter: an accent, a control or format character."""
    return unicodedata.category(letter) in ("Mn", "Me", "Cf", "Cc")
