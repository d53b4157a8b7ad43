"""The rows of tables in the answers of endpoints."""

from collections.abc import Sequence
from typing import TypedDict

from ..trace import Token


class TokenRow(TypedDict):
    """One token of an answer; ``position`` counts the tokens of its side from 0."""

    side: str
    position: int
    text: str
    vocabulary: str
    token_id: int
    segment: str | None
    special: bool


class ModelRow(TypedDict):
    """One model of the page's list."""

    model: str
    about: str


def token_rows(source: Sequence[Token], target: Sequence[Token] | None) -> list[TokenRow]:
    """Return the tokens of the text, followed by those of the target text if there is one."""
    sides = (("source", source), ("target", target or ()))
    return [
        _token_row(side, position, token)
        for side, tokens in sides
        for position, token in enumerate(tokens)
    ]


def _token_row(side: str, position: int, token: Token) -> TokenRow:
    return {
        "side": side,
        "position": position,
        "text": token.text,
        "vocabulary": token.vocabulary,
        "token_id": token.token_id,
        "segment": token.segment,
        "special": token.special,
    }
