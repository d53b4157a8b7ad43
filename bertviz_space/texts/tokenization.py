"""Tokenize a text, a pair of texts, a chat message or a target text with any tokenizer."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from transformers import PreTrainedTokenizerBase

from ..errors import (
    EmptyText,
    OptionNotSupported,
    SecondTextNotSupported,
    TextTooLong,
    UnreadableText,
)
from ..limits import MAX_CHARACTERS
from ..model_errors import explain_tokenizer_errors
from ..trace import Token
from .chat_template import wrap_in_template
from .encoding import Encoding
from .languages import language_ids
from .sequence_ids import sequence_ids
from .token_texts import located_tokens, special_token


def takes_pairs(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Return whether the tokenizer joins two texts with a separator, as BERT's does.

    Llama's tokenizer adds a second start token and T5's adds a second end token. Those models were
    not trained on pairs.
    """
    num_added = tokenizer.num_special_tokens_to_add
    return tokenizer.sep_token is not None and num_added(pair=True) > num_added(pair=False)


def omits_start_token(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Return whether the tokenizer has a start token but does not add it to a text (GPT-2).

    Raises:
        ModelFailed: if the tokenizer's own code raises an error.
    """
    start_id = tokenizer.bos_token_id
    with explain_tokenizer_errors():
        return start_id is not None and tokenizer("a")["input_ids"][:1] != [start_id]


def encode(
    tokenizer: PreTrainedTokenizerBase,
    text: str,
    text_b: str | None,
    limit: int,
    *,
    chat: bool = False,
    start_token: bool = False,
) -> Encoding:
    """Tokenize a text or a pair of texts, and cut off the end that does not fit.

    Args:
        tokenizer: any tokenizer of transformers, fast or slow.
        text: the text.
        text_b: the second text of a pair, or ``None``.
        limit: tokens that fit, including special tokens.
        chat: True to wrap the text as a user's message in the tokenizer's chat template.
        start_token: True to put the start token first, if the tokenizer does not add it.

    Raises:
        EmptyText: if a text is only whitespace, or the tokenizer removes all of it.
        UnreadableText: if a text contains a NUL character or an unpaired surrogate.
        SecondTextNotSupported: if there is a second text but the tokenizer takes no pairs, or with
            ``chat``.
        OptionNotSupported: if there is no chat template, or no start token to add.
        TextTooLong: if a text has more than ``MAX_CHARACTERS`` characters, or if no token of it
            fits beside the special tokens.
        ModelFailed: if the tokenizer's own code raises an error.
    """
    texts = [text] if text_b is None else [text, text_b]
    for each in texts:
        check_text(each)
    if text_b is not None and (chat or not takes_pairs(tokenizer)):
        subject = "A chat message" if chat else "This model"
        raise SecondTextNotSupported(f"{subject} takes one text. Leave the second text empty.")
    encoding = _encode_message(tokenizer, text) if chat else _encode(tokenizer, texts)
    if start_token:
        encoding = _with_start_token(tokenizer, encoding)
    return encoding.truncate(limit)


def encode_target(tokenizer: PreTrainedTokenizerBase, text: str, limit: int) -> Encoding:
    """Tokenize the decoder's text, without the end token and the language token.

    The language token is left out because the model determines whether it comes first or second
    (``decoder_start.decoder_start_ids``). Tokens that the reader typed stay.

    Args:
        tokenizer: any tokenizer of transformers, fast or slow.
        text: the text.
        limit: tokens that fit after the decoder's start tokens.

    Raises:
        EmptyText: if the text is only whitespace, or the tokenizer removes all of it.
        UnreadableText: if the text contains a NUL character or an unpaired surrogate.
        TextTooLong: if the text has more than ``MAX_CHARACTERS`` characters, or no token fits.
        ModelFailed: if the tokenizer's own code raises an error.
    """
    check_text(text)
    encoding = _encode(tokenizer, [text], as_target=True)
    languages = set(language_ids(tokenizer).values())
    # The id of each token that the tokenizer added, None for a token of the text.
    added = [token.token_id if token.segment is None else None for token in encoding.tokens]
    begin, end = 0, len(added)
    if added[0] in languages:
        begin += 1
    if end > begin and added[end - 1] in languages:
        end -= 1
    if end > begin and added[end - 1] is not None and added[end - 1] == tokenizer.eos_token_id:
        end -= 1
    return encoding.select(range(begin, end)).truncate(limit)


def check_text(text: str) -> None:
    """Check that a text can be passed to a tokenizer.

    Raises:
        EmptyText: if the text is only whitespace.
        UnreadableText: if the text contains a NUL character or an unpaired surrogate.
        TextTooLong: if the text has more than ``MAX_CHARACTERS`` characters.
    """
    if not text.strip():
        raise EmptyText
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise UnreadableText
    if len(text) > MAX_CHARACTERS:
        raise TextTooLong(
            f"The text has {len(text):,} characters; up to {MAX_CHARACTERS:,} can be shown. "
            "Shorten it and run again."
        )


def _with_start_token(tokenizer: PreTrainedTokenizerBase, encoding: Encoding) -> Encoding:
    """Return an encoding that begins with the tokenizer's start token.

    Raises:
        OptionNotSupported: if the tokenizer has no start token, or adds it to every text.
    """
    if not omits_start_token(tokenizer):
        raise OptionNotSupported(
            "This model has no start token, or its tokenizer adds the start token to every text. "
            "Leave the start token option off."
        )
    start_id: Any = tokenizer.bos_token_id
    if encoding.token_ids[0] == start_id:  # added by the chat template
        return encoding
    return encoding.prepend(special_token(tokenizer, start_id))


def _encode(
    tokenizer: PreTrainedTokenizerBase,
    texts: Sequence[str],
    *,
    as_target: bool = False,
    special_tokens: bool = True,
) -> Encoding:
    """Tokenize one text or a pair, without truncation.

    Args:
        tokenizer: any tokenizer of transformers, fast or slow.
        texts: one text, or two.
        as_target: True to tokenize as text in the target language.
        special_tokens: True to add the tokenizer's special tokens.
    """
    arguments = ("text_target", "text_pair_target") if as_target else ("text", "text_pair")
    with explain_tokenizer_errors():
        encoded = tokenizer(
            **dict(zip(arguments, texts, strict=False)),
            add_special_tokens=special_tokens,
            return_offsets_mapping=bool(tokenizer.is_fast),
        )
        token_ids = tuple(encoded["input_ids"])
        if not token_ids:  # the tokenizer removes every character, such as a zero-width joiner
            raise EmptyText
        if tokenizer.is_fast:
            spans = encoded["offset_mapping"]
            sequences = encoded.sequence_ids(0)
        else:
            spans = None
            sequences = sequence_ids(tokenizer, token_ids, texts, as_target=as_target)
        tokens = located_tokens(tokenizer, token_ids, spans, sequences, texts, as_target=as_target)
    types = encoded.get("token_type_ids")
    return Encoding(token_ids, None if types is None else tuple(types), tokens, len(token_ids))


def _encode_message(tokenizer: PreTrainedTokenizerBase, text: str) -> Encoding:
    """Tokenize a text in its chat template. The template's tokens belong to no segment."""
    message = wrap_in_template(tokenizer, text)
    encoding = _encode(tokenizer, [message.text], special_tokens=False)

    def as_token_of_text(token: Token) -> Token:
        begin, end = max(token.start, message.start), min(token.end, message.end)
        is_outside = token.end <= message.start or token.start >= message.end
        if token.segment is None or is_outside:
            return replace(token, start=0, end=0, segment=None)
        shift = message.offset - message.start
        begin, end = begin + shift, end + shift
        return replace(token, text=text[begin:end], start=begin, end=end)

    return replace(encoding, tokens=tuple(as_token_of_text(token) for token in encoding.tokens))
