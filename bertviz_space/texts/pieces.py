"""From token ids to pieces of a text: the reader's own, or one that the model wrote."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from transformers import PreTrainedTokenizerBase

from ..trace import Token
from .alignment import Span, align, settle
from .decoding import decoded
from .encoding import SEGMENTS
from .languages import language_ids
from .letters import SENTENCEPIECE_BLANK
from .sequences import ids_alone
from .spelling import parts

# How SentencePiece and byte-level vocabularies write a blank alone.
_BLANKS = (SENTENCEPIECE_BLANK, "\u0120")


def special_token(tokenizer: PreTrainedTokenizerBase, token_id: int) -> Token:
    """Return a token that stands for no text of the reader."""
    spelling = _spelling(tokenizer, token_id)
    return Token(spelling, spelling, token_id, start=0, end=0, segment=None, special=True)


def pieces_of(
    tokenizer: PreTrainedTokenizerBase,
    token_ids: Sequence[int],
    spans: Sequence[Span] | None,
    sequences: Sequence[int | None],
    texts: Sequence[str],
    *,
    as_target: bool = False,
) -> tuple[Token, ...]:
    """Return the pieces of the reader's texts that ids stand for.

    Args:
        tokenizer: what made the ids.
        token_ids: one text's, or a pair's.
        spans: first character and one past the last of each token in its text, as the tokenizer
            tells them; ``None`` if it does not.
        sequences: 0 or 1 for the text of each token, ``None`` for one that stands for no text.
        texts: the text, or both.
        as_target: True if the ids were made as the target's language is.
    """
    special_ids = _special_ids(tokenizer)
    tokens = [special_token(tokenizer, token_id) for token_id in token_ids]

    def is_removed(letter: str) -> bool:
        return not ids_alone(tokenizer, letter, as_target=as_target)

    def is_special(token: Token) -> bool:
        is_unknown = token.token_id == tokenizer.unk_token_id and token.text != token.vocabulary
        return token.token_id in special_ids and not is_unknown

    for number, text in enumerate(texts):
        places = [place for place, each in enumerate(sequences) if each == number]
        ids = [token_ids[place] for place in places]
        if spans is None:
            told = _aligned(tokenizer, ids, text)
        else:
            told = _without_blanks(tokenizer, ids, [spans[place] for place in places], text)
            told = _told_apart(tokenizer, ids, told, text)
        settled = settle(told, text, is_removed)
        for place, (start, end) in zip(places, settled, strict=True):
            token = replace(
                tokens[place],
                text=text[start:end],
                start=start,
                end=end,
                segment=SEGMENTS[number],
            )
            tokens[place] = replace(token, special=is_special(token))
    return _with_parts(tokens)


def written_pieces(
    tokenizer: PreTrainedTokenizerBase, token_ids: Sequence[int]
) -> tuple[Token, ...]:
    """Return the tokens of a text that the model wrote: each with what it decodes to in the whole.

    Positions count in what all ids decode to without the special tokens; a token that the
    vocabulary does not know, ``<unk>``, is a part of that text. An id without an entry is shown by
    its number, as a special token.
    """
    special_ids = _special_ids(tokenizer)
    spelled = [token_id for token_id in token_ids if _entry(tokenizer, token_id) is not None]
    whole = decoded(tokenizer, spelled)
    spans = iter(whole.spans)
    tokens, shift, reached = list[Token](), 0, 0
    for token_id in token_ids:
        token = special_token(tokenizer, token_id)
        if _entry(tokenizer, token_id) is None:
            tokens.append(token)
            continue
        start, end = next(spans)
        if token_id in special_ids:
            shift += max(0, end - max(start, reached))
        else:
            letters = whole.text[start:end]
            if letters.strip():
                start += len(letters) - len(letters.lstrip())
                end -= len(letters) - len(letters.rstrip())
            token = replace(
                token,
                text=whole.text[start:end],
                start=start - shift,
                end=end - shift,
                segment=SEGMENTS[0],
                special=False,
            )
        reached = max(reached, end)
        tokens.append(token)
    return _with_parts(tokens)


def _aligned(tokenizer: PreTrainedTokenizerBase, token_ids: list[int], text: str) -> list[Span]:
    """Return the spans of a text's ids, for a tokenizer that does not tell them."""
    whole = decoded(tokenizer, token_ids)
    unknown = {place for place, each in enumerate(token_ids) if each == tokenizer.unk_token_id}
    return align(whole.text, whole.spans, text, unknown)


def _without_blanks(
    tokenizer: PreTrainedTokenizerBase, token_ids: list[int], spans: list[Span], text: str
) -> list[Span]:
    """Return the tokenizer's spans, with empty ones for blanks that it put before a word.

    Offsets of such a token (T5, Llama, a byte-level one with ``add_prefix_space``) cover the letter
    after it, which the token does not hold.
    """

    def is_blank(spelling: str | None, covered: str) -> bool:
        # A vocabulary can have the sign itself, for texts that hold it.
        if spelling not in _BLANKS or spelling == covered:
            return False
        return spelling == SENTENCEPIECE_BLANK or not covered.isspace()

    spellings = tokenizer.convert_ids_to_tokens(token_ids)
    return [
        (start, start) if is_blank(spelling, text[start:end]) else (start, end)
        for spelling, (start, end) in zip(spellings, spans, strict=True)
    ]


def _told_apart(
    tokenizer: PreTrainedTokenizerBase, token_ids: list[int], spans: list[Span], text: str
) -> list[Span]:
    """Return the tokenizer's spans, where several tokens cover several letters each its own.

    A Unigram tokenizer that falls back to bytes gives all bytes of unknown letters in a row the
    span of the row (tokenizers 0.23).
    """
    apart, first = list(spans), 0
    for span, group in groupby(spans):
        num_tokens, (start, end) = len(list(group)), span
        if min(num_tokens, end - start) > 1:
            whole = decoded(tokenizer, token_ids[first : first + num_tokens])
            if whole.text == text[start:end]:
                apart[first : first + num_tokens] = [
                    (start + own_start, start + own_end) for own_start, own_end in whole.spans
                ]
        first += num_tokens
    return apart


def _with_parts(tokens: list[Token]) -> tuple[Token, ...]:
    """Mark the tokens that share characters, such as the bytes of one emoji, as k of n."""
    marked: list[Token] = []
    for _, group in groupby(tokens, lambda token: token.segment):
        run = list(group)
        shares = parts([(token.start, token.end) for token in run])
        marked += [replace(token, part=part) for token, part in zip(run, shares, strict=True)]
    return tuple(marked)


def _spelling(tokenizer: PreTrainedTokenizerBase, token_id: int) -> str:
    """Return a token's spelling in the vocabulary, or its number where it has none."""
    return _entry(tokenizer, token_id) or f"<id {token_id}>"


def _entry(tokenizer: PreTrainedTokenizerBase, token_id: int) -> str | None:
    """Return the entry of an id in the vocabulary; models can have more ids than it has entries."""
    try:
        entry = tokenizer.convert_ids_to_tokens(token_id)
    except (IndexError, KeyError, ValueError):  # Marian and others that look it up without a test
        return None
    return None if entry is None else str(entry)


def _special_ids(tokenizer: PreTrainedTokenizerBase) -> set[int]:
    """Return ids that stand for no text; an unknown token stands for the text that it covers.

    GPT-2 names its end token as the unknown one too, and knows every byte: it is the end token.
    """
    others = [
        spelling for name, spelling in tokenizer.special_tokens_map.items() if name != "unk_token"
    ]
    # M2M100 (transformers 5.23) does not count the tokens of its languages among its special ones.
    every = {*tokenizer.all_special_ids, *language_ids(tokenizer).values()}
    if tokenizer.unk_token in others:
        return every
    return {token_id for token_id in every if token_id != tokenizer.unk_token_id}
