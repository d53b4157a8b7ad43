"""Byte-level spellings: bytes and back, and which characters each token covers."""

from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import pre_tokenizers

from bertviz_space.texts.spelling import (
    BYTE_OF_LETTER,
    LETTER_OF_BYTE,
    bytes_of,
    decode_bytes,
    decode_spellings,
)


def spelled(data: bytes) -> str:
    return "".join(LETTER_OF_BYTE[byte] for byte in data)


def pieces_of(data: bytes, cuts: list[int]) -> list[bytes]:
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    return [data[begin:end] for begin, end in pairwise(places)]


def test_the_letters_are_those_of_the_tokenizers_library():
    assert set(BYTE_OF_LETTER) == set(pre_tokenizers.ByteLevel.alphabet())
    assert sorted(BYTE_OF_LETTER.values()) == list(range(256))


@given(st.text())
def test_a_spelling_stands_for_the_bytes_that_byte_level_bpe_writes(text):
    pieces = pre_tokenizers.ByteLevel(add_prefix_space=False).pre_tokenize_str(text)
    assert b"".join(bytes_of(piece) or b"" for piece, _ in pieces) == text.encode()


@pytest.mark.parametrize("spelling", ["a b", "中", "▁the", "<｜end｜>", "\n", "\u00ad"])
def test_a_letter_that_stands_for_no_byte_makes_no_bytes(spelling):
    assert bytes_of(spelling) is None


@given(st.text(), st.lists(st.integers(0, 40)))
def test_pieces_of_a_text_cover_the_characters_that_they_hold_bytes_of(text, cuts):
    pieces = pieces_of(text.encode(), cuts)
    decoded, spans = decode_bytes(pieces)
    assert decoded == text
    ends = list(accumulate(map(len, pieces)))
    for piece, end, (first, last) in zip(pieces, ends, spans, strict=True):
        before = text.encode()[: end - len(piece)].decode("utf-8", "ignore")
        assert first == len(before)
        after = text.encode()[:end].decode("utf-8", "replace")
        assert last == (len(after) if piece else first)
    assert decode_spellings([spelled(piece) for piece in pieces]) == (decoded, spans)


@given(st.lists(st.binary(max_size=8)))
def test_any_bytes_decode_as_python_decodes_them_and_leave_out_no_character(pieces):
    text, spans = decode_bytes(pieces)
    assert text == b"".join(pieces).decode("utf-8", "replace")
    covered = {place for begin, end in spans for place in range(begin, end)}
    assert covered == set(range(len(text)))
    assert all(begin <= other for (begin, _), (other, _) in pairwise(spans))
    assert [begin == end for begin, end in spans] == [not piece for piece in pieces]


def test_tokens_that_share_a_character_cover_all_of_it():
    text, spans = decode_spellings(["ĠA", "ðŁ", "ĺ", "Ģ", "!"])
    assert text == " A😀!"
    assert spans == [(0, 2), (2, 3), (2, 3), (2, 3), (3, 4)]


def test_a_token_with_a_letter_of_no_byte_stands_for_itself():
    text, spans = decode_spellings(["<｜begin▁of｜>", "Ġcaf", "Ã©", "Ċ"])
    assert text == "<｜begin▁of｜> café\n"
    assert [text[begin:end] for begin, end in spans] == ["<｜begin▁of｜>", " caf", "é", "\n"]
