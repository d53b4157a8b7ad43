"""From a text to token ids, and from token ids to pieces of the reader's own text."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Literal

from torch import nn
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from .alignment import SENTENCEPIECE_BLANK, align
from .attention import Token
from .errors import EmptyText, SecondTextNotTaken, TextTooLong, UnreadableText
from .limits import MAX_CHARACTERS, MAX_TOKENS


@dataclass(frozen=True)
class Encoding:
    """One text, or a pair, as the model takes it.

    Attributes:
        token_ids: the ids, special tokens included.
        token_type_ids: 0 for the first text, 1 for the second, ``None`` where the tokenizer has no
            such thing.
        tokens: one for each id.
    """

    token_ids: tuple[int, ...]
    token_type_ids: tuple[int, ...] | None
    tokens: tuple[Token, ...]


def takes_pairs(tokenizer: PreTrainedTokenizerBase) -> bool:
    """True if the tokenizer joins two texts with a separator, as BERT's does.

    Llama's adds a second start token and T5's a second end: that is no pair to a model.
    """
    added = tokenizer.num_special_tokens_to_add
    return tokenizer.sep_token is not None and added(pair=True) > added(pair=False)


def token_limit(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> int:
    """Tokens that the model and this Space take, special tokens included."""
    limit = min(MAX_TOKENS, int(tokenizer.model_max_length))
    for name in ("max_position_embeddings", "n_positions", "max_sequence_length", "n_ctx"):
        positions = getattr(model.config, name, None)
        if isinstance(positions, int) and positions > 0:
            limit = min(limit, positions)
    for name, module in model.named_modules():
        # RoBERTa counts positions from one past the padding's id: 514 of them hold 512 tokens.
        if not isinstance(module, nn.Embedding) or not name.endswith("position_embeddings"):
            continue
        if module.padding_idx is not None:
            limit = min(limit, module.num_embeddings - module.padding_idx - 1)
    return limit


def encode(
    tokenizer: PreTrainedTokenizerBase, text: str, text_b: str | None, limit: int
) -> Encoding:
    """Tokenize a text, or a pair of texts.

    Args:
        tokenizer: any tokenizer of transformers, fast or slow.
        text: the text.
        text_b: the second text of a pair, or ``None``.
        limit: tokens that fit, special tokens included.

    Raises:
        EmptyText: a text of blanks only, or of nothing that the tokenizer keeps.
        UnreadableText: a NUL or half a character in a text.
        SecondTextNotTaken: a pair for a model that takes none.
        TextTooLong: more characters or tokens than fit.
    """
    texts = [text] if text_b is None else [text, text_b]
    for each in texts:
        check_text(each)
    if text_b is not None and not takes_pairs(tokenizer):
        raise SecondTextNotTaken("This model takes one text. Leave the second text empty.")
    encoded = tokenizer(text, text_b, return_offsets_mapping=bool(tokenizer.is_fast))
    token_ids = tuple(encoded["input_ids"])
    if not token_ids:  # letters that the tokenizer drops, such as a joiner of no width
        raise EmptyText
    check_length(len(token_ids), limit)
    if tokenizer.is_fast:
        spans = encoded["offset_mapping"]
        sequences = encoded.sequence_ids(0)
    else:
        spans, sequences = _align(tokenizer, token_ids, texts)
    tokens = _tokens(tokenizer, token_ids, spans, sequences, texts)
    return Encoding(token_ids, _tuple_or_none(encoded.get("token_type_ids")), tokens)


def encode_target(tokenizer: PreTrainedTokenizerBase, text: str, limit: int) -> Encoding:
    """Tokenize the text on the decoder's side, without the end token that closes it.

    Raises:
        EmptyText, UnreadableText, TextTooLong: as ``encode``.
    """
    check_text(text)
    token_ids = list(tokenizer(text_target=text)["input_ids"])
    if token_ids and token_ids[-1] == tokenizer.eos_token_id:
        token_ids.pop()
    check_length(len(token_ids) + 1, limit)
    return Encoding(tuple(token_ids), None, tokens_of_ids(tokenizer, token_ids, text))


def tokens_of_ids(
    tokenizer: PreTrainedTokenizerBase, token_ids: Sequence[int], text: str
) -> tuple[Token, ...]:
    """Tokens of ids that the model wrote, or that stand for ``text``, aligned with it."""
    spans, sequences = _align(tokenizer, token_ids, [text])
    return _tokens(tokenizer, token_ids, spans, sequences, [text])


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


def check_length(num_tokens: int, limit: int) -> None:
    """Refuse a text with more tokens than fit.

    Raises:
        TextTooLong: with both numbers.
    """
    if num_tokens > limit:
        raise TextTooLong(
            f"The text is {num_tokens:,} tokens long; this model can be shown up to {limit:,}. "
            "Shorten it and run again."
        )


def _tokens(
    tokenizer: PreTrainedTokenizerBase,
    token_ids: Sequence[int],
    spans: Sequence[tuple[int, int]],
    sequences: Sequence[int | None],
    texts: Sequence[str],
) -> tuple[Token, ...]:
    special_ids = _special_ids(tokenizer)
    segments: tuple[Literal["A", "B"], ...] = ("A", "B")
    starts = {(sequence, start) for (start, _), sequence in zip(spans, sequences, strict=True)}
    tokens = []
    for token_id, (start, end), sequence in zip(token_ids, spans, sequences, strict=True):
        vocabulary = str(tokenizer.convert_ids_to_tokens(token_id))
        if vocabulary == SENTENCEPIECE_BLANK:
            # Offsets of a lone one (T5, Llama) cover the letter after it, which it does not hold.
            end = start
        elif sequence is not None and end > start and (sequence, end) not in starts:
            # An accent that the tokenizer dropped is still part of the reader's letter.
            end += len(list(takewhile(unicodedata.combining, texts[sequence][end:])))
        special = sequence is None or token_id in special_ids
        tokens.append(
            Token(
                text=vocabulary if sequence is None else texts[sequence][start:end],
                vocabulary=vocabulary,
                token_id=token_id,
                start=start,
                end=end,
                segment=None if sequence is None else segments[sequence],
                special=special,
            )
        )
    return _with_parts(tokens)


def _with_parts(tokens: list[Token]) -> tuple[Token, ...]:
    """Mark the tokens that share characters, such as the bytes of one emoji, as k of n."""
    groups: list[list[Token]] = []
    for token in tokens:
        before = groups[-1][-1] if groups else None
        shares = before is not None and before.segment == token.segment
        if shares and before is not None and before.start <= token.start < before.end:
            groups[-1].append(token)
        else:
            groups.append([token])
    return tuple(
        replace(token, part=(k, len(group))) for group in groups for k, token in enumerate(group, 1)
    )


def _align(
    tokenizer: PreTrainedTokenizerBase, token_ids: Sequence[int], texts: Sequence[str]
) -> tuple[list[tuple[int, int]], list[int | None]]:
    """Span and text of each token, for tokenizers without offsets."""
    special_ids = _special_ids(tokenizer)
    sequences: list[int | None] = []
    sequence = 0
    for token_id in token_ids:
        if token_id not in special_ids:
            sequences.append(sequence)
            continue
        # A separator after tokens of a text means that the next text begins.
        if sequence in sequences and sequence + 1 < len(texts):
            sequence += 1
        sequences.append(None)
    spans = [(0, 0)] * len(sequences)
    for number, text in enumerate(texts):
        positions = [position for position, each in enumerate(sequences) if each == number]
        pieces = [str(tokenizer.convert_ids_to_tokens(token_ids[each])) for each in positions]
        for position, span in zip(positions, align(pieces, text), strict=True):
            spans[position] = span
    return spans, sequences


def _special_ids(tokenizer: PreTrainedTokenizerBase) -> set[int]:
    """Ids that stand for no text; an unknown token stands for the text that it covers."""
    return {
        token_id for token_id in tokenizer.all_special_ids if token_id != tokenizer.unk_token_id
    }


def _tuple_or_none(ids: Sequence[int] | None) -> tuple[int, ...] | None:
    return None if ids is None else tuple(ids)
