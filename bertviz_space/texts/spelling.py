"""Byte-level spellings of a vocabulary: from the letters that stand for bytes to the text itself.

Byte-level BPE (Radford et al. 2019, GPT-2) writes each of the 256 bytes as one visible letter: a
byte that Latin-1 prints as itself, and every other byte as a letter from U+0100 up. ``Ġthe`` spells
the bytes of " the", and ``Ã©`` those of "é". A token can end within a character: its bytes make
sense only together with those of the tokens beside it. This module needs no tokenizer.
"""

import codecs
from collections.abc import Sequence

_PRINTED = (*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100))
_OTHERS = sorted(set(range(0x100)) - set(_PRINTED))

# The byte that each of the 256 letters stands for.
BYTE_OF_LETTER = {chr(byte): byte for byte in _PRINTED} | {
    chr(0x100 + place): byte for place, byte in enumerate(_OTHERS)
}
LETTER_OF_BYTE = {byte: letter for letter, byte in BYTE_OF_LETTER.items()}


def bytes_of(spelling: str) -> bytes | None:
    """Return the bytes that a byte-level spelling stands for.

    Args:
        spelling: a token as it stands in the vocabulary, such as ``Ġthe``.

    Returns:
        The bytes; ``None`` if a letter of the spelling stands for no byte.
    """
    try:
        return bytes(BYTE_OF_LETTER[letter] for letter in spelling)
    except KeyError:
        return None


def decode_spellings(spellings: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """Return the text that byte-level spellings stand for, and what each of them covers of it.

    A spelling with a letter that stands for no byte, such as the added token ``<｜end｜>``, stands
    for its own letters.

    Args:
        spellings: tokens as they stand in the vocabulary, in the order of the text.

    Returns:
        As ``decode_bytes`` returns them.
    """
    known = [(bytes_of(spelling), spelling) for spelling in spellings]
    return decode_bytes(
        [own.encode("utf-8", "replace") if data is None else data for data, own in known]
    )


def decode_bytes(pieces: Sequence[bytes]) -> tuple[str, list[tuple[int, int]]]:
    """Return the UTF-8 text of pieces of bytes, and the characters that each piece covers.

    Args:
        pieces: bytes in the order of the text. A piece may begin or end within a character.

    Returns:
        The text, in which U+FFFD replaces what is not UTF-8, and for each piece the first character
        that it covers and one past the last. A piece that holds some bytes of a character covers
        all of the character, so that the spans of pieces that share it overlap. A piece without
        bytes covers nothing.
    """
    text, character_of_byte = _decoded(b"".join(pieces))
    spans, begin = list[tuple[int, int]](), 0
    for piece in pieces:
        end = begin + len(piece)
        first = character_of_byte[begin] if begin < len(character_of_byte) else len(text)
        spans.append((first, character_of_byte[end - 1] + 1 if piece else first))
        begin = end
    return text, spans


def _decoded(data: bytes) -> tuple[str, list[int]]:
    """Return the text of bytes, and for each byte the position of its character in the text."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    text, positions = list[str](), list[int]()
    for place in range(len(data)):
        letters = decoder.decode(data[place : place + 1])
        pending = len(decoder.getstate()[0])
        if len(letters) == 2:  # earlier bytes that are no character, and this byte
            positions += [len(text)] * (place - len(positions))
            text.append(letters[0])
            letters = letters[1]
        if letters:
            positions += [len(text)] * (place + 1 - pending - len(positions))
            text.append(letters)
    if last := decoder.decode(b"", final=True):
        positions += [len(text)] * (len(data) - len(positions))
        text.append(last)
    return "".join(text), positions


def parts(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return for each of some tokens the ``part`` that it is of those that share its characters.

    Args:
        spans: first character and one past the last of each token, in the order of the text.

    Returns:
        ``(k, n)`` for the k-th of n neighbors of which each begins within the one before;
        ``(1, 1)`` for a token that shares no character.
    """
    sizes = list[int]()  # of each group of tokens that share characters
    before = (0, 0)
    for span in spans:
        if sizes and before[0] <= span[0] < before[1]:
            sizes[-1] += 1
        else:
            sizes.append(1)
        before = span
    return [(k, size) for size in sizes for k in range(1, size + 1)]
