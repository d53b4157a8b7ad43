"""Labels of tokens, as in ``assets/core/text/label.js``; both pass the same cases.

The cases are in ``tests/fixtures/shared_cases/token_labels.json``.
"""

from collections.abc import Sequence

import regex

from ...trace import Token

# Letters of a label before it is cut, and letters of a label of several tokens.
_MAX_LETTERS, _MAX_POOLED_LETTERS = 16, 9

# Code points of a letter on average, more than any emoji has: a letter can carry 10,000 accents.
_POINTS_PER_LETTER = 16

# The characters with Unicode's property White_Space. Without an argument str.strip() also removes
# the control characters U+001C to U+001F.
BLANKS = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)

# regex follows Unicode more closely than Python's own tables: Python 3.12 does not know the letters
# and emoji of Unicode 16.
_VISIBLE = regex.compile(r"[^\p{C}\p{Z}]")
_LETTER = regex.compile(r"\X")


def label_of(token: Token) -> str:
    """Return the label of a token: its text without the blanks around it, cut if it is long."""
    part, parts = token.part
    return cut(_visible(token.text), _MAX_LETTERS) + (f" {part}/{parts}" if parts > 1 else "")


def label_of_row(tokens: Sequence[Token], begin: int, end: int) -> str:
    """Return the label of a row.

    Args:
        tokens: the tokens of the whole axis.
        begin: the position of the row's first token.
        end: one past the position of its last token.
    """
    if end - begin == 1:
        return label_of(tokens[begin])
    return f"#{begin} {cut(_visible(tokens[begin].text), _MAX_POOLED_LETTERS)} …"


def _visible(text: str) -> str:
    """Return the text without blanks around it, or symbols for a text that cannot be seen."""
    stripped = text.strip(BLANKS)
    if _VISIBLE.search(stripped):
        return stripped
    if "\n" in text:
        return "⏎"
    if not stripped:
        return "␣"
    return " ".join(f"U+{ord(letter):04X}" for letter in text)


def cut(text: str, most: int) -> str:
    """Return at most ``most`` letters of a text, ``…`` included.

    Letters are counted as readers count them (grapheme clusters): a family emoji is one letter,
    however many characters it has.
    """
    beginning = text[: most * _POINTS_PER_LETTER]
    letters = _LETTER.findall(beginning)
    if len(letters) <= most and len(beginning) == len(text):
        return text
    return f"{''.join(letters[: min(most, len(letters)) - 1])}…"
