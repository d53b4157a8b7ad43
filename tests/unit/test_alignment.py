"""Tokens are found in the text that they were made from, however the tokenizer changed it."""

from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bertviz_space.texts.alignment import align, fill_gaps


def spans_of(pieces: list[str]) -> list[tuple[int, int]]:
    ends = list(accumulate(map(len, pieces)))
    return [(end - len(piece), end) for piece, end in zip(pieces, ends, strict=True)]


def shown(pieces: list[str], text: str) -> list[str]:
    """The text of tokens that decode to pieces; a question mark is unknown."""
    unknown = [at for at, piece in enumerate(pieces) if piece.strip() == "?"]
    spans = align("".join(pieces), spans_of(pieces), text, unknown)
    return [text[start:end] for start, end in spans]


def test_tokens_are_found_one_after_the_other():
    assert align("the cats", [(0, 3), (3, 7), (7, 8)], "the cats") == [(0, 3), (4, 7), (7, 8)]


def test_the_same_token_twice_is_found_twice():
    assert align("the the", [(0, 3), (3, 7)], "the the") == [(0, 3), (4, 7)]


@pytest.mark.parametrize(
    ("pieces", "text", "expected"),
    [
        (["straw", "berry"], "strawberry", ["straw", "berry"]),
        (["the", " cat"], "The CAT", ["The", "CAT"]),  # lower case
        (["ecole"], "École", ["École"]),  # no accents
        (["école"], "e\u0301cole", ["e\u0301cole"]),  # composed
        (["strasse", " ist"], "Straße ist", ["Straße", "ist"]),  # one letter made two
        (["f", "ield"], "ﬁeld", ["ﬁ", "ﬁeld"]),  # two tokens share a ligature
        (["...", " yes"], "… yes", ["…", "yes"]),
        (["i", "stanbul"], "İstanbul", ["İ", "stanbul"]),
        (["M", " K", " T"], "MKT", ["M", "K", "T"]),  # a decoder writes blanks between letters
        (['"', "so", '"'], "“so”", ["“", "so", "”"]),  # other quotation marks
        (["can", " not"], "cannot", ["can", "not"]),
        ([":smil", "ing:", " the"], "😀 the", ["😀", "😀", "the"]),  # an emoji spelled out
    ],
)
def test_what_a_tokenizer_changes_is_found_as_the_reader_wrote_it(pieces, text, expected):
    assert shown(pieces, text) == expected


@pytest.mark.parametrize(
    ("pieces", "text", "expected"),
    [
        (["?", " the"], "Ω the", ["Ω", "the"]),
        (["the", "?"], "the Ω ", ["the", "Ω"]),
        (["the", "?", " cat"], "the Ω cat", ["the", "Ω", "cat"]),
        (["?"], "Ω", ["Ω"]),
        (["?"], "Ω" * 2000, ["Ω" * 2000]),
        (["?", " the"], "-      the", ["-", "the"]),
        # As many unknown tokens as letters: one each. Fewer: nobody knows which, so they share.
        (["?", "?", " the"], "ΩΨ the", ["Ω", "Ψ", "the"]),
        (["?", "?", " the"], "ΩΨΦ the", ["ΩΨΦ", "ΩΨΦ", "the"]),
        (["?", " ?", " the"], "ΩΨ Φ the", ["ΩΨ", "Φ", "the"]),
        # Folded, é is an e too; the token is the letter that is the same.
        (["?", "e"], "ée", ["é", "e"]),
    ],
)
def test_an_unknown_token_covers_what_nothing_else_does(pieces, text, expected):
    assert shown(pieces, text) == expected


def test_a_blank_token_covers_blanks_or_nothing():
    assert shown([" ", "the", " "], "the ") == ["", "the", " "]


@pytest.mark.parametrize("text", ["", "  "])
def test_tokens_of_no_text_cover_no_letter(text):
    assert not "".join(shown([" ", "a"], text)).strip()


@given(
    st.lists(st.sampled_from(["the", " cat", "s", " é", "ﬁ", " ", "\n", "中", "?", "a"])),
    st.text(st.sampled_from("thecasé ﬁ\n中aΩ"), max_size=60),
)
def test_any_tokens_are_found_in_the_order_of_any_text(pieces, text):
    unknown = {at for at, piece in enumerate(pieces) if piece == "?"}
    spans = align("".join(pieces), spans_of(pieces), text, unknown)
    settled = fill_gaps(spans, text, lambda letter: letter == "Ω")
    assert len(settled) == len(pieces)
    for (start, end), (next_start, next_end) in pairwise(settled):
        assert 0 <= start <= end <= len(text)
        assert start <= next_start
        assert next_start >= end or next_end >= end
    if any(start < end for start, end in settled):
        covered = {place for span in settled for place in range(*span)}
        left = {letter for place, letter in enumerate(text) if place not in covered}
        assert all(letter.isspace() or letter == "Ω" for letter in left)


def keep(letter: str) -> bool:
    return False


def test_a_letter_that_no_token_covers_belongs_to_the_token_before_it():
    assert fill_gaps([(0, 1), (3, 4)], "abcd", keep) == [(0, 3), (3, 4)]


def test_a_letter_that_begins_a_word_belongs_to_the_token_that_goes_on():
    assert fill_gaps([(0, 1), (4, 5)], "a xyz b", keep) == [(0, 1), (2, 7)]
    assert fill_gaps([(0, 1), (4, 5), (6, 7)], "a xyz b", keep) == [(0, 1), (2, 5), (6, 7)]


def test_a_letter_before_all_tokens_belongs_to_the_first():
    assert fill_gaps([(1, 2), (2, 3)], "abc", keep) == [(0, 2), (2, 3)]


def test_a_letter_that_the_tokenizer_removes_belongs_to_none():
    assert fill_gaps([(0, 1), (2, 3)], "a\u200bb", lambda letter: letter == "\u200b") == [
        (0, 1),
        (2, 3),
    ]


def test_an_accent_that_the_tokenizer_removes_stays_on_its_letter():
    assert fill_gaps([(0, 1), (2, 3)], "e\u0301t", lambda letter: letter == "\u0301") == [
        (0, 2),
        (2, 3),
    ]


def test_the_bytes_of_a_composed_letter_all_cover_all_of_it():
    # Hangul that the reader wrote in three letters, the tokenizer as one of three bytes.
    assert fill_gaps([(0, 1)] * 3, "\u1112\u1161\u11ab", keep) == [(0, 3)] * 3


def test_tokens_that_overlap_end_in_their_order():
    assert fill_gaps([(0, 4), (1, 2), (2, 4)], "abcd", keep) == [(0, 4), (1, 4), (2, 4)]


def test_a_token_of_nothing_between_tokens_that_share_letters_shares_them():
    assert fill_gaps([(0, 3), (0, 0), (1, 3)], "abc", keep) == [(0, 3), (0, 3), (1, 3)]
