"""The texts that a model read (``assets/core/text/texts_read.js``)."""

from collections.abc import Sequence

from ...trace import Token, Trace
from .label import BLANKS


def texts_of(trace: Trace) -> list[tuple[str, str]]:
    """Return the texts that the model read, each after its name. A single text has no name."""
    first, second = _text_of(trace.source, "A"), _text_of(trace.source, "B")
    texts = [("A", first), ("B", second)] if second else [("", first)]
    if trace.target is None:
        return texts
    if not second:
        texts = [("Source", first)]
    return [*texts, ("Target", _text_of(trace.target, "A"))]


def _text_of(tokens: Sequence[Token], segment: str) -> str:
    """Return the part of the reader's text that the model read.

    A blank replaces whatever lies between two tokens and belongs to no token.
    """
    text, reached = "", 0
    for token in tokens:
        # Tokens that share characters have the same text.
        if token.segment != segment or token.special or token.end <= reached:
            continue
        text += f" {token.text}" if token.start > reached and text else token.text
        reached = token.end
    return text.strip(BLANKS)
