"""What was done with the reader's texts, said in sentences."""

from collections.abc import Sequence

from ..trace import Token
from .encoding import Encoding, TokenLimit

NOTE_ON_UNWRITTEN = (
    "The model writes the target text itself: its tokens are known once the model has run."
)


def notes_on_text(
    encoding: Encoding, limit: TokenLimit, *, chat: bool, start_token: bool
) -> tuple[str, ...]:
    """What happened to the text, or to the pair, on its way into the model.

    Args:
        encoding: the text as the model takes it.
        limit: the bound that it was cut to.
        chat: True if it was wrapped in the chat template.
        start_token: True if the start token was put first.
    """
    notes = []
    if chat:
        notes.append("The text stands in the model's chat template, as a user's message.")
    if start_token:
        notes.append(f"The text begins with the start token {encoding.tokens[0].text}.")
    if encoding.cut:
        if not any(token.segment == "B" for token in encoding.tokens):
            what = "the end was cut"
        elif len(encoding.cut) == 2:
            what = "the ends of both texts were cut"
        else:
            what = f"the end of the {'first' if encoding.cut == ('A',) else 'second'} text was cut"
        notes.append(f"{encoding.num_tokens:,} tokens; {limit}, so {what}.")
    return tuple(notes)


def notes_on_target(
    encoding: Encoding, limit: TokenLimit, num_start_tokens: int
) -> tuple[str, ...]:
    """Whether the reader's target text is whole.

    Args:
        encoding: the target text after the decoder's start.
        limit: the bound that it was cut to, the start included.
        num_start_tokens: tokens of the decoder's start.
    """
    if not encoding.cut:
        return ()
    num_tokens = encoding.num_tokens + num_start_tokens
    return (f"The target text has {num_tokens:,} tokens; {limit}, so its end was cut.",)


def notes_on_start(before: Sequence[Token], encoding: Encoding) -> tuple[str, ...]:
    """Return a note where the reader's text begins with a token that stands before it anyway.

    Args:
        before: tokens that the decoder starts with; none for the source text.
        encoding: the text as the model takes it.
    """
    first = next((at for at, token in enumerate(encoding.tokens) if token.segment), None)
    if first is None or not encoding.tokens[first].special:
        return ()
    pasted = encoding.tokens[first]
    added = {token.token_id for token in (*before, *encoding.tokens[:first])}
    if pasted.token_id not in added:
        return ()
    return (
        f"The text begins with {pasted.vocabulary}, which is added to every text: the model reads "
        "it twice. Remove it from the text to avoid this.",
    )


def note_on_written(encoding: Encoding) -> str:
    """That the model wrote the target text, and how far."""
    num_tokens = len(encoding.tokens)
    tokens = f"{num_tokens:,} token{'' if num_tokens == 1 else 's'}"
    how = f"stopped after {tokens}" if encoding.cut else tokens
    return f"The model wrote the target text (greedy, {how})."
