"""Read the tokens of a reader's file: a list of texts, in any form in which programs write it."""

from collections.abc import Sequence
from typing import Any

from ...errors import TensorsUnreadable
from ...limits import MAX_CHARACTERS, MAX_TOKENS
from ...texts.spelling import decode_bytes, part_numbers
from ...texts.spelling_conventions import text_of_spellings
from ...trace import Token
from .tensor_file import TensorFile, from_json

_MAX_CHARACTERS = 10 * MAX_CHARACTERS  # of all tokens of one text
# Metadata that every file of tensor_export.py and of assets/core/export/tensor_file.js has.
_OURS = ("revision", "heads")


def tokens_of_file(file: TensorFile, name: str) -> tuple[Token, ...] | None:
    """Return the tokens under a name, as pieces of the text.

    Tokens in the spelling of a vocabulary, such as ``Ġthe``, show their text and keep their
    spelling; ``text_of_spellings`` says which are. Tokens of a file that this Space wrote are
    pieces of a text already.

    Args:
        file: the file.
        name: ``tokens`` or ``target_tokens``.

    Returns:
        The tokens; ``None`` if the file has none of this name.

    Raises:
        TensorsUnreadable: if the value is no list of texts, or the texts are too many or too long.
    """
    value = file.value(name)
    if value is None:
        return None
    texts = _texts(value, name)
    if sum(map(len, texts)) > _MAX_CHARACTERS:
        raise TensorsUnreadable(
            f"The {name} have more than {_MAX_CHARACTERS:,} characters. Shorten them."
        )
    data = [text for text in texts if isinstance(text, bytes)]
    if data and not _are_texts(data):  # tokens that end within a character
        spellings = [each.decode("utf-8", "backslashreplace") for each in data]
        return _spelled(spellings, *decode_bytes(data))
    # Unpaired surrogates cannot be written to the page's files.
    spellings = [
        text.decode() if isinstance(text, bytes) else text.encode("utf-8", "replace").decode()
        for text in texts
    ]
    is_ours = all(file.value_or_none(each) is not None for each in _OURS)
    read = None if is_ours else text_of_spellings(spellings)
    return _ordinary(spellings) if read is None else _spelled(spellings, *read)


def _texts(value: Any, name: str) -> list[str] | list[bytes]:
    """Return a list of texts, without an outer list that counts one text."""
    if isinstance(value, str):
        value = from_json(value)
    if isinstance(value, list) and len(value) == 1:
        only = from_json(value[0]) if isinstance(value[0], str) else value[0]
        # A token such as [] or [1] is JSON too; a list of tokens is one of texts.
        is_token = isinstance(value[0], str) and not _is_of_texts(only)
        value = only if isinstance(only, list) and not is_token else value
    if not isinstance(value, list):
        raise TensorsUnreadable(
            f"{name} is a list of texts, one a position. Write json.dumps({name}) into the "
            f"metadata of a safetensors file, or np.array({name}) into an npz file."
        )
    if not value:
        raise TensorsUnreadable(
            f"{name} is a list of texts, one a position, and here it is empty. Write them."
        )
    if len(value) > MAX_TOKENS:
        raise TensorsUnreadable(
            f"There are {len(value):,} {name}, and at most {MAX_TOKENS:,} fit. Shorten the text."
        )
    if all(isinstance(each, list) for each in value):
        raise TensorsUnreadable(
            f"{name} is a list of texts, one a position, and here it is {len(value):,} lists. Keep "
            f"the tokens of one text: {name}[0]."
        )
    kind = bytes if isinstance(value[0], bytes) else str
    for place, each in enumerate(value):
        if not isinstance(each, kind):
            raise TensorsUnreadable(
                f"{name} is a list of texts, one a position, and number {place} is no text. Write "
                "texts for ids: tokenizer.convert_ids_to_tokens(ids)."
            )
    return value


def _is_of_texts(value: Any) -> bool:
    """Return whether a value is a list of one text or more."""
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
        Token(text[begin:end], spelling, -1, begin, end, "A", special=False, part=part)
        for spelling, (begin, end), part in zip(spellings, spans, part_numbers(spans), strict=True)
    )


def _ordinary(texts: Sequence[str]) -> tuple[Token, ...]:
    """Return tokens whose texts are shown as they are, with a blank between two tokens."""
    tokens, start = list[Token](), 0
    for text in texts:
        end = start + len(text)
        tokens.append(Token(text, text, -1, start, end, "A", special=False))
        start = end + 1
    return tuple(tokens)
