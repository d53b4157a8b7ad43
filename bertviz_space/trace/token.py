"""A token, and the piece of the reader's text that it covers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Token:
    """One token, shown as the piece of the reader's text that it covers.

    Attributes:
        text: the piece of the text; for a special token, its spelling in the vocabulary.
        vocabulary: the spelling in the vocabulary, such as ``Ġthe`` or ``##ing``.
        token_id: the id that the model received, -1 if the tokens did not come from a model.
        start: index of the first covered character, counted in the text of the token's segment.
        end: index after the last covered character.
        segment: ``A`` or ``B`` of a sentence pair, ``None`` for special tokens.
        special: True for tokens that the tokenizer added, such as ``[CLS]``.
        part: ``(k, n)`` if this is the k-th of n tokens that share the same characters, such as
            the bytes of an emoji; ``(1, 1)`` otherwise.
    """

    text: str
    vocabulary: str
    token_id: int
    start: int
    end: int
    segment: Literal["A", "B"] | None
    special: bool
    part: tuple[int, int] = (1, 1)


def segment_b_start(tokens: Sequence[Token]) -> int | None:
    """Return the index of the first token of segment B, ``None`` if no token is in segment B."""
    return next((at for at, token in enumerate(tokens) if token.segment == "B"), None)
