"""What is written over and under a picture: what it shows, of which model, on which texts."""

import re
from collections.abc import Sequence
from itertools import pairwise

from ...trace import Token, Trace

# A commit: its first characters tell it from all others.
_COMMIT = re.compile("[0-9a-f]{40}")


def caption_of(trace: Trace, model_id: str, revision: str) -> list[str]:
    """A line on the model, and one a text."""
    has_commit = _COMMIT.fullmatch(revision)
    first, second = _text_of(trace.source, "A"), _text_of(trace.source, "B")
    texts = [f"A: {first}", f"B: {second}"] if second else [first]
    if trace.target is not None:
        texts = [f"Source: {first}", f"Target: {_text_of(trace.target, 'A')}"]
    return [f"{model_id}, commit {revision[:12]}" if has_commit else model_id, *texts]


def _text_of(tokens: Sequence[Token], segment: str) -> str:
    """The reader's own text, as far as the model read it; what no token covers is blank."""
    text, reached = "", 0
    for token in tokens:
        # Tokens that share characters have the same piece.
        if token.segment != segment or token.special or token.end <= reached:
            continue
        text += f" {token.text}" if token.start > reached and text else token.text
        reached = token.end
    return text.strip()


def spans_of(noun: str, numbers: Sequence[int]) -> str:
    """Numbers in words, neighbours as a span, such as "heads 0 to 3 and 7".

    Args:
        noun: of one.
        numbers: at least one.
    """
    ordered = sorted(numbers)
    breaks = [at + 1 for at, (one, next_) in enumerate(pairwise(ordered)) if next_ != one + 1]
    words: list[str] = []
    for begin, end in pairwise([0, *breaks, len(ordered)]):
        span = ordered[begin:end]
        words += [f"{span[0]} to {span[-1]}"] if len(span) > 2 else map(str, span)
    listed = " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
    return f"{noun}{'s' if len(ordered) > 1 else ''} {listed}"
