"""Fold a text into letters, to compare texts that a tokenizer changed with the originals."""

import unicodedata
from dataclasses import dataclass

# Represents an unknown token among letters. It matches any letters.
ANY = "\0"

# SentencePiece spells a blank with this character, and reads the character in a text as a blank.
SENTENCEPIECE_BLANK = "\u2581"


@dataclass(frozen=True)
class Letters:
    """The letters of a text, in the order of the text.

    Attributes:
        folded: the letters, without case and in Unicode's compatibility form. One character of the
            text can become several letters: the ligature ``ﬁ`` becomes ``fi``.
        exact: for each letter the character of the text, or the letter itself if its character
            became several letters.
        places: for each letter the position of its character in the text; then the text's length.
    """

    folded: str
    exact: str
    places: tuple[int, ...]


def letters_of(text: str) -> Letters:
    """Return the letters of a text."""
    folded, exact, places = [], [], []
    for place, character in enumerate(text):
        letters = unicodedata.normalize("NFKD", character).casefold()
        if letters.isspace() or letters == SENTENCEPIECE_BLANK:
            letters = " "
        folded.append(letters)
        exact.append(character if len(letters) == 1 else letters)
        places += [place] * len(letters)
    return Letters("".join(folded), "".join(exact), (*places, len(text)))


def is_often_dropped(letter: str) -> bool:
    """Return whether a letter is an accent, or a control or format character.

    Tokenizers often drop these.
    """
    return unicodedata.category(letter) in ("Mn", "Me", "Cf", "Cc")
