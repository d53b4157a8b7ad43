"""Which ids of a whole input come from which text, for tokenizers that do not tell."""

from collections.abc import Sequence
from typing import Any

from transformers import PreTrainedTokenizerBase

from ..errors import SecondTextNotSupported

# A text of one letter shows what a tokenizer puts before any text.
_PROBE = "a"


def ids_alone(tokenizer: PreTrainedTokenizerBase, text: str, *, as_target: bool) -> list[int]:
    """Return a text's ids without the special tokens that the tokenizer adds."""
    return _ids(tokenizer, text, as_target, add_special_tokens=False)


def sequences_of(
    tokenizer: PreTrainedTokenizerBase,
    token_ids: Sequence[int],
    texts: Sequence[str],
    *,
    as_target: bool,
) -> list[int | None]:
    """Return the text of each id: 0 or 1, or ``None`` for a token that the tokenizer added.

    A special token that the reader typed is a part of its text, so an id alone does not tell. Each
    text's ids are found as a whole, the first text's behind what stands before any text.

    Args:
        tokenizer: what made the ids.
        token_ids: of one text or of a pair, special tokens included or left out.
        texts: the text, or both.
        as_target: True if they were made as the target's language is.

    Raises:
        SecondTextNotSupported: if the ids of a pair do not hold the ids of both texts.
    """
    alone = [ids_alone(tokenizer, text, as_target=as_target) for text in texts]
    before = 0
    if list(token_ids) != alone[0]:
        probe = ids_alone(tokenizer, _PROBE, as_target=as_target)
        before = _places(_ids(tokenizer, _PROBE, as_target), probe)[0]
    sequences: list[int | None] = [None] * len(token_ids)
    for number, ids in enumerate(alone):
        places = [each for each in _places(token_ids, ids) if each >= before]
        if not places:
            if len(texts) == 1:  # the tokenizer changes ids at the ends of its text
                return [0] * len(token_ids)
            raise SecondTextNotSupported(
                "This model's tokenizer reads a text otherwise where it stands in a pair. "
                "Leave the second text empty."
            )
        start = places[0] if number == 0 else places[-1]
        sequences[start : start + len(ids)] = [number] * len(ids)
        before = start + len(ids)
    return sequences


def _ids(
    tokenizer: PreTrainedTokenizerBase, text: str, as_target: bool, **options: Any
) -> list[int]:
    named = {"text_target" if as_target else "text": text}
    return list(tokenizer(**named, **options)["input_ids"])


def _places(token_ids: Sequence[int], wanted: list[int]) -> list[int]:
    """Return the places where a sequence of ids begins within another one."""
    last = len(token_ids) - len(wanted)
    if not wanted:
        return list(range(last + 1))
    return [
        at
        for at in range(last + 1)
        if token_ids[at] == wanted[0] and list(token_ids[at : at + len(wanted)]) == wanted
    ]
