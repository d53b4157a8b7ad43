"""Read the tokens of a reader's file: a list of texts, in any form in which programs write it."""

from collections.abc import Sequence
from typing import Any

from ...errors import TensorsUnreadable, replace_surrogates
from ...limits import MAX_CHARACTERS, MAX_TOKENS
from ...texts.spelling import decode_bytes, part_numbers
from ...texts.spelling_conventions import is_added_spelling, text_of_spellings
from ...trace import Token
from .tensor_file import TensorFile, from_json

_MAX_CHARACTERS = 10 * MAX_CHARACTERS  # of all tokens of one text
# Metadata of every file that tensor_export.py and assets/core/export/tensor_file.js write.
_OURS = ("revision", "heads")


def tokens_of_file(file: TensorFile, name: str) -> tuple[Token, ...] | None:
    """Return the tokens under a name, as pieces of the text.

    Tokens in the spelling of a vocabulary, such as ``Ġthe``, get their text and keep their
    spelling; ``text_of_spellings`` recognizes them. Tokens of a file that this Space wrote are
    already pieces of a text.

    Args:
        file: the file.
        name: ``tokens`` or ``target_tokens``.

    Returns:
        The tokens; ``None`` if the file has no value of this name.

    Raises:
        TensorsUnreadable: if the value is not a list of texts, or has too many texts or characters.
    """
    value = file.value(name)
    if value is None:
        return None
    texts = _texts(value, name)
    if sum(map(len, texts)) > _MAX_CHARACTERS:
        raise TensorsUnreadable(
            f"{name} has more than {_MAX_CHARACTERS:,} characters in total. Shorten the text."
        )
    data = [text for text in texts if isinstance(text, bytes)]
    if data and not _are_texts(data):  # some tokens end within a character
        spellings = [each.decode("utf-8", "backslashreplace") for each in data]
        return _spelled(spellings, *decode_bytes(data))
    spellings = [text.decode() if isinstance(text, bytes) else text for text in texts]
    is_ours = all(file.value_or_none(each) is not None for each in _OURS)
    return tokens_of_texts(spellings, are_pieces=is_ours)


def tokens_of_texts(texts: Sequence[str], are_pieces: bool) -> tuple[Token, ...]:
    """Return tokens in segment A, without ids.

    Tokens that tokenizers add, such as ``[CLS]``, are special.

    Args:
        texts: the token's texts, or their spellings in a vocabulary.
        are_pieces: whether they are shown as they are, even if they look like spellings.
    """
    # Unpaired surrogates cannot be written to the page's files.
    spellings = [replace_surrogates(text) for text in texts]
    read = None if are_pieces else text_of_spellings(spellings)
    return _ordinary(spellings) if read is None else _spelled(spellings, *read)


def _texts(value: Any, name: str) -> list[str] | list[bytes]:
    """Return the tokens in a value: a list of texts, JSON, or a list that contains one of these.

    Raises:
        TensorsUnreadable: if the value is not a list of texts, or has too many texts.
    """
    if isinstance(value, str):
        value = from_json(value)
    if isinstance(value, list) and len(value) == 1:
        only = from_json(value[0]) if isinstance(value[0], str) else value[0]
        # A single token such as [] or [1] is also JSON, but not a list of texts.
        is_token = isinstance(value[0], str) and not _is_of_texts(only)
        value = only if isinstance(only, list) and not is_token else value
    if not isinstance(value, list):
        raise TensorsUnreadable(
            f"{name} is not a list of texts, one for each position. Write json.dumps({name}) into "
            f"the metadata of a safetensors file, or np.array({name}) into an npz file."
        )
    if not value:
        raise TensorsUnreadable(
            f"{name} is an empty list. Write a list of texts, one for each position."
        )
    if len(value) > MAX_TOKENS:
        raise TensorsUnreadable(
            f"{name} has {len(value):,} entries, and at most {MAX_TOKENS:,} can be read. Shorten "
            "the text."
        )
    if all(isinstance(each, list) for each in value):
        raise TensorsUnreadable(
            f"{name} is not a list of texts but of {len(value):,} lists. Keep the tokens of one "
            f"text: {name}[0]."
        )
    kind = bytes if isinstance(value[0], bytes) else str
    for place, each in enumerate(value):
        if not isinstance(each, kind):
            raise TensorsUnreadable(
                f"{name} is not a list of texts: entry {place} is not a text. For ids of tokens, "
                "write tokenizer.convert_ids_to_tokens(ids)."
            )
    return value


def _is_of_texts(value: Any) -> bool:
    """Return whether a value is a list of at least one text, and of nothing else."""
    return isinstance(value, list) and bool(value) and all(isinstance(each, str) for each in value)


def _are_texts(data: Sequence[bytes]) -> bool:
    """Return whether each token is UTF-8 by itself."""
    try:
        for each in data:
            each.decode()
    except UnicodeDecodeError:
        return False
    return True


def _spelled(
    spellings: Sequence[str], text: str, spans: Sequence[tuple[int, int]]
) -> tuple[Token, ...]:
    return tuple(
        Token(text[begin:end], spelling, -1, begin, end, "A", is_added_spelling(spelling), part)
        for spelling, (begin, end), part in zip(spellings, spans, part_numbers(spans), strict=True)
    )


def _ordinary(texts: Sequence[str]) -> tuple[Token, ...]:
    """Return tokens whose texts are shown as they are, with a blank between two tokens."""
    tokens, start = list[Token](), 0
    for text in texts:
        end = start + len(text)
        tokens.append(Token(text, text, -1, start, end, "A", is_added_spelling(text)))
        start = end + 1
    return tuple(tokens)
