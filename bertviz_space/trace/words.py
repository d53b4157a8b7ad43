"""The words of a text, as groups of neighboring tokens.

Blanks separate words: tokens whose characters touch each other are one word. Scripts without
blanks between words, such as Chinese, Japanese and Thai, keep their tokens; only the bytes of one
character are joined. Special tokens are words of their own. ``assets/core/data/units.js`` joins the
tokens of words in the same way; both pass the cases of ``tests/fixtures/shared_cases/words.json``.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from .token import Token

# Thai, Lao, Myanmar, Khmer; from Chinese radicals to Chinese letters, with Japanese letters and
# punctuation between them; compatibility and full-width forms; and the later planes of Chinese.
_WITHOUT_BLANKS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
    "\U00020000-\U0003ffff]"
)


def word_starts(tokens: Sequence[Token]) -> list[int]:
    """Return the position of the first token of each word, in ascending order."""
    starts = [0] if tokens else []
    for position, (before, token) in enumerate(pairwise(tokens), start=1):
        if _begins_word(before, token):
            starts.append(position)
    return starts


def word_tokens(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """Return one token for each word, with the text that the word's tokens cover."""
    edges = [*word_starts(tokens), len(tokens)]
    return tuple(_joined(tokens[begin:end]) for begin, end in pairwise(edges))


def _begins_word(before: Token, token: Token) -> bool:
    if before.special or token.special or before.segment != token.segment:
        return True
    if token.start < before.end:  # both are bytes of one character
        return False
    if _touches_script_without_blanks(before, token):
        return True
    if not before.text.strip():  # a blank belongs to the word after it
        return False
    is_apart = token.start > before.end or not token.text
    return is_apart or before.text[-1:].isspace() or token.text[:1].isspace()


def _touches_script_without_blanks(before: Token, token: Token) -> bool:
    return bool(
        _WITHOUT_BLANKS.match(before.text[-1:]) or _WITHOUT_BLANKS.match(token.text.lstrip()[:1])
    )


def _joined(tokens: Sequence[Token]) -> Token:
    """Return a token for a word: the token itself if the word has no other one."""
    first, last = tokens[0], tokens[-1]
    if len(tokens) == 1:
        return first
    text, reached = "", first.start
    for token in tokens:
        if token.end > reached:  # tokens that share characters have the same text
            text += token.text
            reached = token.end
    vocabulary = " ".join(token.vocabulary for token in tokens)
    return Token(text, vocabulary, -1, first.start, last.end, first.segment, special=False)
