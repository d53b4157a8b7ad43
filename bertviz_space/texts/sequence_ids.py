"""Find which text each id of an input comes from, for tokenizers that do not report it."""

from collections.abc import Sequence
from typing import Any

from transformers import PreTrainedTokenizerBase

from ..errors import SecondTextNotSupported

# A text of one letter, tokenized to count the tokens that the tokenizer puts before any text.
_PROBE = "a"


def ids_without_special_tokens(
    tokenizer: PreTrainedTokenizerBase, text: str, *, as_target: bool
) -> list[int]:
    """Return a text's ids without the special tokens that the tokenizer adds.

    Args:
        tokenizer: any tokenizer of transformers.
        text: the text.
        as_target: True to tokenize as text in the target language.
    """
    return _ids(tokenizer, text, as_target, add_special_tokens=False)


def sequence_ids(
    tokenizer: PreTrainedTokenizerBase,
    token_ids: Sequence[int],
    texts: Sequence[str],
    *,
    as_target: bool,
) -> list[int | None]:
    """Return for each id the index of its text, or ``None`` for a token that the tokenizer added.

    A single id does not show whether the tokenizer added it, because a reader can type a special
    token. The ids of each whole text are searched for in ``token_ids`` instead, after the tokens
    that the tokenizer puts before any text.

    Args:
        tokenizer: the tokenizer that returned the ids.
        token_ids: the ids of one text or of a pair, with or without added special tokens.
        texts: one text, or two.
        as_target: True if the texts were tokenized as text in the target language.

    Raises:
        SecondTextNotSupported: if the ids of a pair do not contain the ids of both texts.
    """
    ids_of_texts = [
        ids_without_special_tokens(tokenizer, text, as_target=as_target) for text in texts
    ]
    reached = 0
    if list(token_ids) != ids_of_texts[0]:
        probe = ids_without_special_tokens(tokenizer, _PROBE, as_target=as_target)
        reached = _find_all(_ids(tokenizer, _PROBE, as_target), probe)[0]
    sequences: list[int | None] = [None] * len(token_ids)
    for index, ids in enumerate(ids_of_texts):
        starts = [start for start in _find_all(token_ids, ids) if start >= reached]
        if not starts:
            if len(texts) == 1:  # the tokenizer changes ids at the ends of a text
                return [0] * len(token_ids)
            raise SecondTextNotSupported(
                "This model's tokenizer gives a text other ids in a pair than alone, so the texts "
                "cannot be told apart. Leave the second text empty."
            )
        start = starts[0] if index == 0 else starts[-1]
        sequences[start : start + len(ids)] = [index] * len(ids)
        reached = start + len(ids)
    return sequences


def _ids(
    tokenizer: PreTrainedTokenizerBase, text: str, as_target: bool, **options: Any
) -> list[int]:
    argument = {"text_target" if as_target else "text": text}
    return list(tokenizer(**argument, **options)["input_ids"])


def _find_all(token_ids: Sequence[int], wanted: list[int]) -> list[int]:
    """Return all positions where a sequence of ids begins within another sequence."""
    last = len(token_ids) - len(wanted)
    if not wanted:
        return list(range(last + 1))
    return [
        position
        for position in range(last + 1)
        if token_ids[position] == wanted[0]
        and list(token_ids[position : position + len(wanted)]) == wanted
    ]
