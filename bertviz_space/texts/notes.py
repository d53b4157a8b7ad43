"""Sentences that tell the reader what was done with the texts of a request."""

from collections.abc import Sequence

from ..trace import Token
from .encoding import Encoding
from .token_limit import TokenLimit

NOTE_ON_GENERATION = (
    "The model writes the target text itself: its tokens are known once the model has run."
)


def notes_on_source(
    encoding: Encoding, limit: TokenLimit, *, chat: bool, start_token: bool
) -> tuple[str, ...]:
    """Return notes on the chat template, the start token and the truncation of the source.

    Args:
        encoding: the tokenized text or pair, truncated.
        limit: how many tokens fit.
        chat: True if the text is wrapped in the chat template.
        start_token: True if the reader asked for the start token.
    """
    notes = []
    if chat:
        notes.append("The text is wrapped in the model's chat template, as a user's message.")
    if start_token:
        notes.append(f"The text begins with the start token {encoding.tokens[0].text}.")
    if encoding.cut:
        if not any(token.segment == "B" for token in encoding.tokens):
            what = "the end was cut"
        elif len(encoding.cut) == 2:
            what = "the ends of both texts were cut"
        else:
            what = f"the end of the {'first' if encoding.cut == ('A',) else 'second'} text was cut"
        notes.append(f"{encoding.full_length:,} tokens; {limit}, so {what}.")
    return tuple(notes)


def notes_on_target(
    encoding: Encoding, limit: TokenLimit, num_start_tokens: int
) -> tuple[str, ...]:
    """Return a note if the reader's target text was truncated.

    Args:
        encoding: the target text without the decoder's start tokens, truncated.
        limit: how many tokens the decoder takes, including its start tokens.
        num_start_tokens: the number of the decoder's start tokens.
    """
    if not encoding.cut:
        return ()
    num_tokens = encoding.full_length + num_start_tokens
    return (f"The target text has {num_tokens:,} tokens; {limit}, so its end was cut.",)


def notes_on_repeated_start(added: Sequence[Token], encoding: Encoding) -> tuple[str, ...]:
    """Return a note if the reader's text begins with a token that is added before it as well.

    Args:
        added: the decoder's start tokens; empty for the source text.
        encoding: the tokenized text, including the tokens that the tokenizer adds.
    """
    first = next((at for at, token in enumerate(encoding.tokens) if token.segment), None)
    if first is None or not encoding.tokens[first].special:
        return ()
    typed = encoding.tokens[first]
    added_ids = {token.token_id for token in (*added, *encoding.tokens[:first])}
    if typed.token_id not in added_ids:
        return ()
    return (
        f"The text begins with {typed.vocabulary}, which is added to every text: the model reads "
        "it twice. Remove it from the text to avoid this.",
    )


def note_on_generated_target(encoding: Encoding) -> str:
    """Return a note that the model generated the target text, and how long the text is."""
    num_tokens = len(encoding.tokens)
    tokens = f"{num_tokens:,} token{'' if num_tokens == 1 else 's'}"
    extent = f"stopped after {tokens}" if encoding.cut else tokens
    return f"The model wrote the target text (greedy, {extent})."
