"""Byte-level spellings are decoded to text, with the characters that each token covers."""

from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import pre_tokenizers

from bertviz_space.texts.spelling import BYTE_OF_CHARACTER, bytes_of, decode_bytes
from tests.unit.test_house import loaded_by

CHARACTER_OF_BYTE = {byte: character for character, byte in BYTE_OF_CHARACTER.items()}


def spelling_of(data: bytes) -> str:
    return "".join(CHARACTER_OF_BYTE[byte] for byte in data)


def split(data: bytes, cuts: list[int]) -> list[bytes]:
    positions = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    return [data[begin:end] for begin, end in pairwise(positions)]


def test_the_alphabet_is_that_of_the_tokenizers_library():
    assert set(BYTE_OF_CHARACTER) == set(pre_tokenizers.ByteLevel.alphabet())
    assert sorted(BYTE_OF_CHARACTER.values()) == list(range(256))


@given(st.text())
def test_bytes_of_inverts_the_byte_level_pre_tokenizer(text):
    spellings = pre_tokenizers.ByteLevel(add_prefix_space=False).pre_tokenize_str(text)
    assert b"".join(bytes_of(spelling) or b"" for spelling, _ in spellings) == text.encode()


@pytest.mark.parametrize("spelling", ["a b", "中", "▁the", "<｜end｜>", "\n", "\u00ad"])
def test_a_spelling_with_a_character_outside_the_alphabet_has_no_bytes(spelling):
    assert bytes_of(spelling) is None


@given(st.text(), st.lists(st.integers(0, 40)))
def test_a_piece_of_a_text_covers_the_characters_whose_bytes_it_holds(text, cuts):
    pieces = split(text.encode(), cuts)
    decoded, spans = decode_bytes(pieces)
    assert decoded == text
    ends = list(accumulate(map(len, pieces)))
    for piece, end, (first, last) in zip(pieces, ends, spans, strict=True):
        before = text.encode()[: end - len(piece)].decode("utf-8", "ignore")
        assert first == len(before)
        after = text.encode()[:end].decode("utf-8", "replace")
        assert last == (len(after) if piece else first)
    assert [bytes_of(spelling_of(piece)) for piece in pieces] == pieces


@given(st.lists(st.binary(max_size=8)))
def test_any_bytes_decode_as_in_python_and_every_character_is_covered(pieces):
    text, spans = decode_bytes(pieces)
    assert text == b"".join(pieces).decode("utf-8", "replace")
    covered = {position for begin, end in spans for position in range(begin, end)}
    assert covered == set(range(len(text)))
    assert all(begin <= other for (begin, _), (other, _) in pairwise(spans))
    assert [begin == end for begin, end in spans] == [not piece for piece in pieces]


def test_each_token_that_shares_a_character_covers_the_whole_character():
    spellings = ["ĠA", "ðŁ", "ĺ", "Ģ", "!"]
    text, spans = decode_bytes([bytes_of(spelling) or b"" for spelling in spellings])
    assert text == " A😀!"
    assert spans == [(0, 2), (2, 3), (2, 3), (2, 3), (3, 4)]


@pytest.mark.parametrize("module", ["spelling", "spelling_conventions"])
def test_spellings_are_read_without_loading_transformers(module):
    loaded = loaded_by(f"import bertviz_space.texts.{module}")
    assert f"bertviz_space.texts.{module}" in loaded
    assert not loaded & {"transformers", "torch"}
