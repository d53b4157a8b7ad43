"""Pieces are found in the text that they were made from, however the tokenizer changed it."""

import pytest

from bertviz_space.texts.alignment import align


def shown(pieces: list[str], text: str) -> list[str]:
    return [text[start:end] for start, end in align(pieces, text)]


def test_pieces_are_found_one_after_the_other():
    assert align(["▁the", "▁cat", "s"], "the cats") == [(0, 3), (4, 7), (7, 8)]


def test_the_same_piece_twice_is_found_twice():
    assert align(["▁the", "▁the"], "the the") == [(0, 3), (4, 7)]


@pytest.mark.parametrize(
    ("pieces", "text", "expected"),
    [
        (["straw", "##berry"], "strawberry", ["straw", "berry"]),  # WordPiece
        (["straw@@", "berry"], "strawberry", ["straw", "berry"]),  # BPE of translation models
        (["straw", "berry</w>"], "strawberry", ["straw", "berry"]),  # BPE with ends of words
        (["the", "cat"], "The CAT", ["The", "CAT"]),  # lower case
        (["ecole"], "École", ["École"]),  # no accents
        (["école"], "e\u0301cole", ["e\u0301cole"]),  # composed
        (["strasse", "ist"], "Straße ist", ["Straße", "ist"]),  # one letter made two
        (["f", "ield"], "ﬁeld", ["ﬁ", "ﬁeld"]),  # two pieces share a ligature
        (["...", "yes"], "… yes", ["…", "yes"]),
        (["i", "stanbul"], "İstanbul", ["İ", "stanbul"]),
    ],
)
def test_what_a_tokenizer_changes_is_found_as_the_reader_wrote_it(pieces, text, expected):
    assert shown(pieces, text) == expected


@pytest.mark.parametrize(
    ("pieces", "text", "expected"),
    [
        (["<unk>", "▁the"], "Ω the", ["Ω", "the"]),
        (["the", "<unk>"], "the Ω ", ["the", "Ω"]),
        (["the", "<unk>", "cat"], "the Ω cat", ["the", "Ω", "cat"]),
        (["▁", "<unk>", "▁", "<unk>"], "Ω Ψ", ["", "Ω", "", "Ψ"]),
        (["<unk>", "<unk>", "▁the"], "ΩΨ the", ["ΩΨ", "ΩΨ", "the"]),
        (["<unk>"], "Ω", ["Ω"]),
    ],
)
def test_an_unknown_piece_covers_what_nothing_else_does(pieces, text, expected):
    assert shown(pieces, text) == expected


def test_a_piece_is_not_found_beyond_letters_that_nothing_covers():
    # The b is not the one of the text's end: between them would stay a gap that nothing explains.
    assert shown(["a", "z", "b"], "a xyz b") == ["a", "xyz", "b"]


def test_a_blank_piece_covers_nothing():
    assert align(["▁", "▁the", "▁"], "the ") == [(0, 0), (0, 3), (3, 3)]


@pytest.mark.parametrize("text", ["", "  "])
def test_pieces_of_no_text_cover_nothing(text):
    assert shown(["▁", "a"], text) == ["", ""]
