"""Find the piece of text that each token covers, in the reader's text or in a generated text."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from transformers import PreTrainedTokenizerBase

from ..trace import Token
from .alignment import Span, align, fill_gaps
from .decoding import decode_with_spans
from .encoding import SEGMENTS
from .languages import language_ids
from .letters import SENTENCEPIECE_BLANK
from .sequence_ids import ids_without_special_tokens
from .spelling import part_numbers

# Spellings of a token that is only a blank, in SentencePiece and in byte-level vocabularies.
_BLANKS = (SENTENCEPIECE_BLANK, "\u0120")


def special_token(tokenizer: PreTrainedTokenizerBase, token_id: int) -> Token:
    """Return a special token that covers no text and belongs to no segment."""
    spelling = vocabulary_entry(tokenizer, token_id) or f"<id {token_id}>"
    return Token(spelling, spelling, token_id, start=0, end=0, segment=None, special=True)


def located_tokens(
    tokenizer: PreTrainedTokenizerBase,
    token_ids: Sequence[int],
    spans: Sequence[Span] | None,
    sequences: Sequence[int | None],
    texts: Sequence[str],
    *,
    as_target: bool = False,
) -> tuple[Token, ...]:
    """Return the tokens of the reader's texts, each with the piece of text that it covers.

    Args:
        tokenizer: the tokenizer that returned the ids.
        token_ids: the ids of one text or of a pair.
        spans: for each token the first character in its text and one past the last, as the
            tokenizer reports them; ``None`` if the tokenizer reports no spans.
        sequences: for each token the index of its text, ``None`` for a token outside the texts.
        texts: one text, or two.
        as_target: True if the texts were tokenized as text in the target language.
    """
    special_ids = ids_of_special_tokens(tokenizer)
    tokens = [special_token(tokenizer, token_id) for token_id in token_ids]

    def is_removed(character: str) -> bool:
        return not ids_without_special_tokens(tokenizer, character, as_target=as_target)

    for index, text in enumerate(texts):
        positions = [position for position, each in enumerate(sequences) if each == index]
        ids = [token_ids[position] for position in positions]
        if spans is None:
            found = _aligned_spans(tokenizer, ids, text)
        else:
            reported = [spans[position] for position in positions]
            found = _corrected_spans(tokenizer, ids, reported, text)
        filled = fill_gaps(found, text, is_removed)
        for position, (start, end) in zip(positions, filled, strict=True):
            token = tokens[position]
            is_unknown = (
                token.token_id == tokenizer.unk_token_id and text[start:end] != token.vocabulary
            )
            tokens[position] = replace(
                token,
                text=text[start:end],
                start=start,
                end=end,
                segment=SEGMENTS[index],
                special=token.token_id in special_ids and not is_unknown,
            )
    return _with_part_numbers(tokens)


def decoded_tokens(
    tokenizer: PreTrainedTokenizerBase, token_ids: Sequence[int]
) -> tuple[Token, ...]:
    """Return the tokens of a generated text, each with the piece of the decoded text that it makes.

    ``start`` and ``end`` count characters of the text that all ids decode to, without special
    tokens. An unknown token, ``<unk>``, is part of that text. An id without an entry in the
    vocabulary becomes a special token that shows the number of the id.
    """
    special_ids = ids_of_special_tokens(tokenizer)
    has_entry = [vocabulary_entry(tokenizer, token_id) is not None for token_id in token_ids]
    decoded = decode_with_spans(
        tokenizer, [token_id for token_id, known in zip(token_ids, has_entry, strict=True) if known]
    )
    spans = iter(decoded.spans)
    tokens = list[Token]()
    num_special = 0  # characters of special tokens in the decoded text so far
    reached = 0  # characters of the decoded text so far
    for token_id, known in zip(token_ids, has_entry, strict=True):
        token = special_token(tokenizer, token_id)
        if known:
            start, end = next(spans)
            if token_id in special_ids:
                num_special += max(0, end - max(start, reached))
            else:
                token = _with_piece(token, decoded.text, (start, end), num_special)
                end = token.end + num_special
            reached = max(reached, end)
        tokens.append(token)
    return _with_part_numbers(tokens)


def _with_piece(token: Token, decoded_text: str, span: Span, num_special: int) -> Token:
    """Return a token with its piece of the decoded text, without whitespace around letters.

    Args:
        token: the token.
        decoded_text: the text that all ids decode to, including special tokens.
        span: the token's first character in ``decoded_text`` and one past its last.
        num_special: the number of characters of special tokens before the token.
    """
    start, end = span
    piece = decoded_text[start:end]
    if piece.strip():
        start += len(piece) - len(piece.lstrip())
        end -= len(piece) - len(piece.rstrip())
    return replace(
        token,
        text=decoded_text[start:end],
        start=start - num_special,
        end=end - num_special,
        segment=SEGMENTS[0],
        special=False,
    )


def _aligned_spans(
    tokenizer: PreTrainedTokenizerBase, token_ids: list[int], text: str
) -> list[Span]:
    """Return the span of each token in a text, for a tokenizer that reports no spans."""
    decoded = decode_with_spans(tokenizer, token_ids)
    unknown = {
        position
        for position, token_id in enumerate(token_ids)
        if token_id == tokenizer.unk_token_id
    }
    return align(decoded.text, decoded.spans, text, unknown)


def _corrected_spans(
    tokenizer: PreTrainedTokenizerBase, token_ids: list[int], reported: list[Span], text: str
) -> list[Span]:
    """Return the spans that a fast tokenizer reports, with two kinds of spans corrected."""
    spans = _with_empty_blanks(tokenizer, token_ids, reported, text)
    return _with_separate_letters(tokenizer, token_ids, spans, text)


def _with_empty_blanks(
    tokenizer: PreTrainedTokenizerBase, token_ids: list[int], spans: list[Span], text: str
) -> list[Span]:
    """Return the spans, with empty spans for blanks that the tokenizer inserted before words.

    The reported span of an inserted blank (T5, Llama, byte-level with ``add_prefix_space``) covers
    the letter after the blank, which belongs to the next token.
    """

    def is_inserted(spelling: str | None, covered: str) -> bool:
        # A text can contain the character that spells a blank, and a vocabulary can know it.
        if spelling not in _BLANKS or spelling == covered:
            return False
        return spelling == SENTENCEPIECE_BLANK or not covered.isspace()

    spellings = tokenizer.convert_ids_to_tokens(token_ids)
    return [
        (start, start) if is_inserted(spelling, text[start:end]) else (start, end)
        for spelling, (start, end) in zip(spellings, spans, strict=True)
    ]


def _with_separate_letters(
    tokenizer: PreTrainedTokenizerBase, token_ids: list[int], spans: list[Span], text: str
) -> list[Span]:
    """Return the spans, with a span for each letter where several tokens report a common span.

    A Unigram tokenizer with byte fallback reports the span of a whole run of unknown letters for
    each byte in the run (tokenizers 0.23).
    """
    separate, first = list(spans), 0
    for (start, end), group in groupby(spans):
        num_tokens = len(list(group))
        if min(num_tokens, end - start) > 1:
            decoded = decode_with_spans(tokenizer, token_ids[first : first + num_tokens])
            if decoded.text == text[start:end]:
                separate[first : first + num_tokens] = [
                    (start + own_start, start + own_end) for own_start, own_end in decoded.spans
                ]
        first += num_tokens
    return separate


def _with_part_numbers(tokens: list[Token]) -> tuple[Token, ...]:
    """Return the tokens with ``part`` set where tokens share characters (the bytes of an emoji)."""
    numbered: list[Token] = []
    for _, group in groupby(tokens, lambda token: token.segment):
        run = list(group)
        parts = part_numbers([(token.start, token.end) for token in run])
        numbered += [replace(token, part=part) for token, part in zip(run, parts, strict=True)]
    return tuple(numbered)


def vocabulary_entry(tokenizer: PreTrainedTokenizerBase, token_id: int) -> str | None:
    """Return the spelling of an id in the vocabulary, ``None`` if the vocabulary has no such id.

    A model can have more ids than its tokenizer's vocabulary.
    """
    try:
        entry = tokenizer.convert_ids_to_tokens(token_id)
    except (IndexError, KeyError, ValueError):  # Marian and others do not handle a missing id
        return None
    return None if entry is None else str(entry)


def ids_of_special_tokens(tokenizer: PreTrainedTokenizerBase) -> set[int]:
    """Return the ids of special tokens, without the unknown token, which covers text.

    GPT-2's end token is also its unknown token. It counts as special, because GPT-2 knows every
    byte.
    """
    others = [
        spelling for name, spelling in tokenizer.special_tokens_map.items() if name != "unk_token"
    ]
    # M2M100 (transformers 5.23) does not list its language tokens as special tokens.
    every = {*tokenizer.all_special_ids, *language_ids(tokenizer).values()}
    if tokenizer.unk_token in others:
        return every
    return {token_id for token_id in every if token_id != tokenizer.unk_token_id}
