"""Decode byte-level spellings of tokens: from the characters that represent bytes to text.

Byte-level BPE (Radford et al. 2019, GPT-2) spells each of the 256 bytes as one visible character: a
byte that is a printable character in Latin-1 as that character, and every other byte as a character
from U+0100 up. ``Ġthe`` spells the bytes of " the", and ``Ã©`` spells those of "é". A token can
begin or end within a character of the text, so its bytes are decoded together with the bytes of its
neighbors. This module needs no tokenizer.
"""

import codecs
from collections.abc import Sequence

_PRINTABLE = (*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100))
_OTHERS = sorted(set(range(0x100)) - set(_PRINTABLE))

# The byte that each of the 256 characters represents.
BYTE_OF_CHARACTER = {chr(byte): byte for byte in _PRINTABLE} | {
    chr(0x100 + index): byte for index, byte in enumerate(_OTHERS)
}


def bytes_of(spelling: str) -> bytes | None:
    """Return the bytes that a byte-level spelling represents.

    Args:
        spelling: a token as the vocabulary spells it, such as ``Ġthe``.

    Returns:
        The bytes; ``None`` if a character of the spelling represents no byte.
    """
    try:
        return bytes(BYTE_OF_CHARACTER[character] for character in spelling)
    except KeyError:
        return None


def decode_bytes(pieces: Sequence[bytes]) -> tuple[str, list[tuple[int, int]]]:
    """Return the UTF-8 text of pieces of bytes, and the characters that each piece covers.

    Args:
        pieces: bytes in the order of the text. A piece can begin or end within a character.

    Returns:
        The text, in which U+FFFD replaces bytes that are not UTF-8, and for each piece the first
        character that it covers and one past the last. A piece that has some bytes of a character
        covers the whole character, so the spans of pieces that share a character overlap. The span
        of a piece without bytes is empty.
    """
    text, character_of_byte = _decode(b"".join(pieces))
    spans, begin = list[tuple[int, int]](), 0
    for piece in pieces:
        end = begin + len(piece)
        first = character_of_byte[begin] if begin < len(character_of_byte) else len(text)
        spans.append((first, character_of_byte[end - 1] + 1 if piece else first))
        begin = end
    return text, spans


def _decode(data: bytes) -> tuple[str, list[int]]:
    """Return the text of bytes, and for each byte the position of its character in the text."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    text, positions = list[str](), list[int]()
    for index in range(len(data)):
        characters = decoder.decode(data[index : index + 1])
        num_pending = len(decoder.getstate()[0])
        if len(characters) == 2:  # U+FFFD for earlier bytes, and the character of this byte
            positions += [len(text)] * (index - len(positions))
            text.append(characters[0])
            characters = characters[1]
        if characters:
            positions += [len(text)] * (index + 1 - num_pending - len(positions))
            text.append(characters)
    if last := decoder.decode(b"", final=True):
        positions += [len(text)] * (len(data) - len(positions))
        text.append(last)
    return "".join(text), positions


def part_numbers(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return ``Token.part`` for each of some tokens.

    Args:
        spans: first character and one past the last of each token, in the order of the text.

    Returns:
        ``(k, n)`` for the k-th of n neighbors that share characters: each of them begins within the
        one before it. ``(1, 1)`` for a token that shares no character.
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
