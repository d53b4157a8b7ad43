"""From a text to token ids, and to pieces of the reader's own text to show for them."""

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
from .chat import as_message
from .encoding import Encoding
from .languages import language_ids
from .pieces import pieces_of, special_token
from .sequences import sequences_of


def takes_pairs(tokenizer: PreTrainedTokenizerBase) -> bool:
    """True if the tokenizer joins two texts with a separator, as BERT's does.

    Llama's adds a second start token and T5's a second end: that is no pair to a model.
    """
    added = tokenizer.num_special_tokens_to_add
    return tokenizer.sep_token is not None and added(pair=True) > added(pair=False)


def lacks_its_start_token(tokenizer: PreTrainedTokenizerBase) -> bool:
    """True if there is a start token that the tokenizer does not put first by itself (GPT-2)."""
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
    """Tokenize a text, or a pair of texts; what does not fit is cut off at the end.

    Args:
        tokenizer: any tokenizer of transformers, fast or slow.
        text: the text.
        text_b: the second text of a pair, or ``None``.
        limit: tokens that fit, special tokens included.
        chat: wrap the text as a user's message in the tokenizer's chat template.
        start_token: put the start token first, for tokenizers that do not by themselves.

    Raises:
        EmptyText: a text of blanks only, or of nothing that the tokenizer keeps.
        UnreadableText: a NUL or half a character in a text.
        SecondTextNotSupported: a pair for a model that takes none, or for a chat.
        OptionNotSupported: a chat for a model without a template, a start token for one without.
        TextTooLong: more characters than fit, or no room beside the special tokens.
        ModelFailed: the tokenizer's own code raises an error.
    """
    texts = [text] if text_b is None else [text, text_b]
    for each in texts:
        check_text(each)
    if text_b is not None and (chat or not takes_pairs(tokenizer)):
        taker = "A message of a chat" if chat else "This model"
        raise SecondTextNotSupported(f"{taker} takes one text. Leave the second text empty.")
    encoding = _encode_chat(tokenizer, text) if chat else _encode(tokenizer, texts)
    if start_token:
        if not lacks_its_start_token(tokenizer):
            raise OptionNotSupported(
                "This model has no start token, or its tokenizer puts it first by itself: "
                "leave it out."
            )
        start_id: Any = tokenizer.bos_token_id
        if encoding.token_ids[0] != start_id:  # a chat template may hold it
            encoding = encoding.after(special_token(tokenizer, start_id))
    return encoding.cut_to(limit)


def encode_target(tokenizer: PreTrainedTokenizerBase, text: str, limit: int) -> Encoding:
    """Tokenize the text on the decoder's side, without the end token that closes it.

    The language's token is left out too: whether it is the decoder's first or second is the
    model's to say.

    Raises:
        EmptyText, UnreadableText, TextTooLong: as ``encode``.
    """
    check_text(text)
    whole = _encode(tokenizer, [text], as_target=True)
    languages = set(language_ids(tokenizer).values())
    # What the reader typed stays, also where it is such a token.
    added = [token.token_id if token.segment is None else None for token in whole.tokens]
    begin, end = 0, len(added)
    if added[0] in languages:
        begin += 1
    if end > begin and added[end - 1] in languages:
        end -= 1
    if end > begin and added[end - 1] is not None and added[end - 1] == tokenizer.eos_token_id:
        end -= 1
    return whole.take(range(begin, end)).cut_to(limit)


def check_text(text: str) -> None:
    """Refuse what no tokenizer should see.

    Raises:
        EmptyText, UnreadableText, TextTooLong: see ``encode``.
    """
    if not text.strip():
        raise EmptyText
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise UnreadableText
    if len(text) > MAX_CHARACTERS:
        raise TextTooLong(
            f"The text has {len(text):,} characters; up to {MAX_CHARACTERS:,} can be shown. "
            "Shorten it and run again."
        )


def _encode(
    tokenizer: PreTrainedTokenizerBase,
    texts: Sequence[str],
    *,
    as_target: bool = False,
    special_tokens: bool = True,
) -> Encoding:
    """Tokenize one text or a pair, whole; ``as_target`` as the target's language is."""
    names = ("text_target", "text_pair_target") if as_target else ("text", "text_pair")
    with explain_tokenizer_errors():
        encoded = tokenizer(
            **dict(zip(names, texts, strict=False)),
            add_special_tokens=special_tokens,
            return_offsets_mapping=bool(tokenizer.is_fast),
        )
        token_ids = tuple(encoded["input_ids"])
        if not token_ids:  # letters that the tokenizer drops, such as a joiner of no width
            raise EmptyText
        if tokenizer.is_fast:
            spans = encoded["offset_mapping"]
            sequences = encoded.sequence_ids(0)
        else:
            spans = None
            sequences = sequences_of(tokenizer, token_ids, texts, as_target=as_target)
        tokens = pieces_of(tokenizer, token_ids, spans, sequences, texts, as_target=as_target)
    types = encoded.get("token_type_ids")
    return Encoding(token_ids, None if types is None else tuple(types), tokens, len(token_ids))


def _encode_chat(tokenizer: PreTrainedTokenizerBase, text: str) -> Encoding:
    """Tokenize a text within its template; the template's own tokens belong to no segment."""
    message = as_message(tokenizer, text)
    whole = _encode(tokenizer, [message.text], special_tokens=False)

    def of_the_reader(token: Token) -> Token:
        begin, end = max(token.start, message.start), min(token.end, message.end)
        outside = token.end <= message.start or token.start >= message.end
        if token.segment is None or outside:
            return replace(token, start=0, end=0, segment=None)
        shift = message.offset - message.start
        begin, end = begin + shift, end + shift
        return replace(token, text=text[begin:end], start=begin, end=end)

    return replace(whole, tokens=tuple(of_the_reader(token) for token in whole.tokens))
