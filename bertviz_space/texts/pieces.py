"""From token ids to pieces of the reader's own text, with or without offsets."""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from transformers import PreTrainedTokenizerBase

from ..attention import Token
from .alignment import SENTENCEPIECE_BLANK, align
from .encoding import SEGMENTS
from .languages import language_ids


def special_token(tokenizer: PreTrainedTokenizerBase, token_id: int) -> Token:
    """A token that stands for no text of the reader."""
    spelling = str(tokenizer.convert_ids_to_tokens(token_id))
    return Token(spelling, spelling, token_id, start=0, end=0, segment=None, special=True)


def tokens_of_ids(
    tokenizer: PreTrainedTokenizerBase, token_ids: Sequence[int], text: str
) -> tuple[Token, ...]:
    """Tokens of ids that the model wrote, or that stand for ``text``, aligned with it."""
    spans, sequences = align_ids(tokenizer, token_ids, [text])
    return pieces_of(tokenizer, token_ids, spans, sequences, [text])


def pieces_of(
    tokenizer: PreTrainedTokenizerBase,
    token_ids: Sequence[int],
    spans: Sequence[tuple[int, int]],
    sequences: Sequence[int | None],
    texts: Sequence[str],
) -> tuple[Token, ...]:
    """The pieces of the texts that ids stand for.

    Args:
        tokenizer: what made the ids.
        token_ids: one text's, or a pair's.
        spans: first character and one past the last of each token, in its text.
        sequences: 0 or 1 for the text of each token, ``None`` for one that stands for no text.
        texts: the text, or both.
    """
    special_ids = _special_ids(tokenizer)
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
                segment=None if sequence is None else SEGMENTS[sequence],
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


def align_ids(
    tokenizer: PreTrainedTokenizerBase, token_ids: Sequence[int], texts: Sequence[str]
) -> tuple[list[tuple[int, int]], list[int | None]]:
    """Span and text of each token, as ``pieces_of`` takes them, for tokenizers without offsets."""
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
    # M2M100 (transformers 5.23) does not count the tokens of its languages among its special ones.
    every = {*tokenizer.all_special_ids, *language_ids(tokenizer).values()}
    return {token_id for token_id in every if token_id != tokenizer.unk_token_id}
