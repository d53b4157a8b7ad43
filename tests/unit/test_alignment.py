"""Tokens are located in the text that they were made from, also if the tokenizer changed it."""

from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bertviz_space.texts.alignment import align, fill_gaps


def spans_of(pieces: list[str]) -> list[tuple[int, int]]:
    ends = list(accumulate(map(len, pieces)))
    return [(end - len(piece), end) for piece, end in zip(pieces, ends, strict=True)]


def shown(pieces: list[str], text: str) -> list[str]:
    """Return the text that each token covers; a question mark is an unknown token."""
    unknown = [at for at, piece in enumerate(pieces) if piece.strip() == "?"]
    spans = align("".join(pieces), spans_of(pieces), text, unknown)
    return [text[start:end] for start, end in spans]


def test_tokens_are_located_in_order():
    assert align("the cats", [(0, 3), (3, 7), (7, 8)], "the cats") == [(0, 3), (4, 7), (7, 8)]


def test_a_repeated_token_is_located_twice():
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
def test_a_token_of_changed_text_covers_the_readers_text(pieces, text, expected):
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
        # With as many unknown tokens as letters, each token covers one. Fewer tokens share them.
        (["?", "?", " the"], "ΩΨ the", ["Ω", "Ψ", "the"]),
        (["?", "?", " the"], "ΩΨΦ the", ["ΩΨΦ", "ΩΨΦ", "the"]),
        (["?", " ?", " the"], "ΩΨ Φ the", ["ΩΨ", "Φ", "the"]),
        # The folded é is an e as well. The token matches the letter that is equal.
        (["?", "e"], "ée", ["é", "e"]),
    ],
)
def test_an_unknown_token_covers_the_letters_that_no_other_token_matches(pieces, text, expected):
    assert shown(pieces, text) == expected


def test_a_blank_token_covers_blanks_or_nothing():
    assert shown([" ", "the", " "], "the ") == ["", "the", " "]


@pytest.mark.parametrize("text", ["", "  "])
def test_tokens_of_an_empty_text_cover_no_letter(text):
    assert not "".join(shown([" ", "a"], text)).strip()


@given(
    st.lists(st.sampled_from(["the", " cat", "s", " é", "ﬁ", " ", "\n", "中", "?", "a"])),
    st.text(st.sampled_from("thecasé ﬁ\n中aΩ"), max_size=60),
)
def test_filled_spans_of_any_tokens_are_in_order_and_cover_any_text(pieces, text):
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


def never_removed(letter: str) -> bool:
    return False


def test_an_uncovered_letter_is_added_to_the_token_before_it():
    assert fill_gaps([(0, 1), (3, 4)], "abcd", never_removed) == [(0, 3), (3, 4)]


def test_an_uncovered_letter_at_the_start_of_a_word_is_added_to_the_token_of_the_word():
    assert fill_gaps([(0, 1), (4, 5)], "a xyz b", never_removed) == [(0, 1), (2, 7)]
    assert fill_gaps([(0, 1), (4, 5), (6, 7)], "a xyz b", never_removed) == [(0, 1), (2, 5), (6, 7)]


def test_an_uncovered_letter_before_all_tokens_is_added_to_the_first_token():
    assert fill_gaps([(1, 2), (2, 3)], "abc", never_removed) == [(0, 2), (2, 3)]


def test_a_letter_that_the_tokenizer_removes_stays_uncovered():
    assert fill_gaps([(0, 1), (2, 3)], "a\u200bb", lambda letter: letter == "\u200b") == [
        (0, 1),
        (2, 3),
    ]


def test_an_accent_that_the_tokenizer_removes_is_added_to_the_token_of_its_letter():
    assert fill_gaps([(0, 1), (2, 3)], "e\u0301t", lambda letter: letter == "\u0301") == [
        (0, 2),
        (2, 3),
    ]


def test_each_byte_of_a_composed_letter_covers_the_whole_letter():
    # A Hangul syllable: three letters in the text, and one character of three bytes in the tokens.
    assert fill_gaps([(0, 1)] * 3, "\u1112\u1161\u11ab", never_removed) == [(0, 3)] * 3


def test_overlapping_spans_end_in_order():
    assert fill_gaps([(0, 4), (1, 2), (2, 4)], "abcd", never_removed) == [(0, 4), (1, 4), (2, 4)]


def test_an_empty_span_between_overlapping_spans_shares_their_letters():
    assert fill_gaps([(0, 3), (0, 0), (1, 3)], "abc", never_removed) == [(0, 3), (0, 3), (1, 3)]
