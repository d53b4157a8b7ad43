"""Spellings of a vocabulary are read as text, and ordinary words are left unchanged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import pre_tokenizers

from bertviz_space.texts.spelling_conventions import text_of_spellings
from tests.unit import small_tokenizers as small

TEXT = "The café 😀 and 中文字\nsat  on\tthe mat."


def pieces(tokens: list[str]) -> list[str] | None:
    read = text_of_spellings(tokens)
    return None if read is None else [read[0][begin:end] for begin, end in read[1]]


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        (["ĠThe", "Ġcat", "Ċ", "sat"], [" The", " cat", "\n", "sat"]),
        (["The", "Ġcat"], ["The", " cat"]),
        (["caf", "Ã©"], ["caf", "é"]),
        (["Hello", "Ċ", "World"], ["Hello", "\n", "World"]),
        (["a", "č", "Ċ", "ĉif", "Ġb"], ["a", "\r", "\n", "\tif", " b"]),
        (["a", "ĉ", "b", "Ġ", "Ġc"], ["a", "\t", "b", " ", " c"]),
        (["ä¸Ń", "æĸĩ"], ["中", "文"]),
        (["ä¸", "Ń"], ["中", "中"]),
        (["<|endoftext|>", "A", "Ġcat", "</s>"], ["<|endoftext|>", "A", " cat", "</s>"]),
        (["<｜begin▁of▁sentence｜>", "A", "Ġcat"], ["<｜begin▁of▁sentence｜>", "A", " cat"]),
        (["    ", "if", "Ġx", ":", "ĊĠĠĠ"], ["    ", "if", " x", ":", "\n   "]),
        (["<｜begin▁of｜>", "Ġcaf", "Ã©", "Ċ"], ["<｜begin▁of｜>", " caf", "é", "\n"]),
        (["Ń", "Ġof", "Ġä¸"], ["�", " of", " �"]),  # a part of a text
        (["<s>", "▁The", "▁c", "at", "</s>"], ["<s>", " The", " c", "at", "</s>"]),
        (["▁", "今天", "天气"], [" ", "今天", "天气"]),
        (["▁a", "<0xF0>", "<0x9F>", "<0x98>", "<0x80>"], [" a", "😀", "😀", "😀", "😀"]),
        (["Hello", "<0x0A>", "World"], ["Hello", "\n", "World"]),
        (["[CLS]", "cat", "##s", ".", "[SEP]"], ["[CLS]", "cat", "s", ".", "[SEP]"]),
        (["i", "##P", "##hon", "##e"], ["i", "P", "hon", "e"]),
        (["##s", "and", "dog", "##s"], ["s", "and", "dog", "s"]),
        (["東", "##京"], ["東", "京"]),
        (["<|startoftext|>", "the</w>", "c", "at</w>"], ["<|startoftext|>", "the", "c", "at"]),
        (["the</w>", "caf", "Ã©</w>", "ðŁĺ", "Ģ</w>"], ["the", "caf", "é", "😀", "😀"]),
        (["<s>", "caf", "é</w>", "中</w>", "</s>"], ["<s>", "caf", "é", "中", "</s>"]),
        (["<|startoftext|>", "éĸ</w>", "à</w>"], ["<|startoftext|>", "éĸ", "à"]),
        (["[CLS]", "CO", "##VI", "##D", "[SEP]"], ["[CLS]", "CO", "VI", "D", "[SEP]"]),
        (["[CLS]", "ス", "##・", "##ウ", "[SEP]"], ["[CLS]", "ス", "・", "ウ", "[SEP]"]),
        (["Ġ*/Ċ/", "Ġx"], [" */\n/", " x"]),
        (["th@@", "e", "c@@", "a@@", "t"], ["th", "e", "c", "a", "t"]),
        (["a", "\xf0", "\x9f", "\x98", "\x80", " "], ["a", "😀", "😀", "😀", "😀", " "]),
    ],
)  # fmt: skip
def test_spellings_are_read_as_the_text_that_they_represent(tokens, expected):
    assert pieces(tokens) == expected


@pytest.mark.parametrize(
    "tokens",
    [
        ["The", "cat", "sat"],
        ["été", "à", "Noël"],
        ["«", "CAFÉ", "»", "½", "°", "£5"],
        ["São", "NÃO", "über", "Ñandú"],
        ["中文", "字"],
        ["مرحبا", "мир", "😀"],
        ["Ġ"],
        ["Ċ"],
        ["the", "letter", "Ġ", "is", "Maltese"],
        ["Ġorġ", "ra", "lil", "Ġanni"],
        ["Fil-", "Ġunju", "ħarġet"],
        ["Ċipru", "u", "Malta"],
        ["Ġermanja", "u", "Ċipru"],
        ["reč", "pač", "člen"],
        ["ĉu", "vi", "ĉi", "tie"],
        ["ĠThe", "中文"],
        ["a ĠThe", "Ġcat"],
        ["##", "Title"],
        ["##Title", "text"],
        ["Intro", "##Heading"],
        ["[CLS]", "##", "[SEP]"],
        ["[CLS]", "##Title", "a ##b", "[SEP]"],
        ["#", "##s", "cat"],
        ["cat", "##"],
        ["a", "##", "b", "##s"],
        ["C##", "code"],
        ["done", ".", "##next"],
        ["@@"],
        ["@@", "-1,3", "+1,4", "@@"],
        ["user@@host", "mail"],
        ["ends", "with@@"],
        ["</w>"],
        ["<w>", "word", "</w>"],
        ["<w>word</w>", "next"],
        ["▁"],
        ["▁▂▃▄▅▆▇█", "bars"],
        ["a", "▁", "b"],
        ["a sentence with ▁blanks", "▁here"],
        ["a", "é", "b"],
        [""],
        [" "],
        [],
        ["<s>", "</s>"],
    ],
)  # fmt: skip
def test_ordinary_text_is_recognized(tokens):
    assert text_of_spellings(tokens) is None


# Letters and punctuation of ordinary text. Letters and quotation marks of Latin-1 are rarely in an
# order in which they are the bytes of one character.
words = st.text("abcdefghijkéèàçßñüÉÀÇ'-.,!?中文字かな한국мирπĠČ", min_size=1, max_size=9)


@given(st.lists(words.filter(lambda word: not word.startswith("Ġ") or len(word) == 1), max_size=12))
def test_words_of_common_letters_are_ordinary_text(words):
    assert text_of_spellings(words) is None


@given(st.text(min_size=1))
def test_any_text_is_recovered_from_its_byte_level_spellings(text):
    split = pre_tokenizers.ByteLevel(add_prefix_space=True).pre_tokenize_str(f"the cat {text}")
    letters = [letter for token, _ in split for letter in (token[:3], token[3:]) if letter]
    read = text_of_spellings(letters)
    controls = set(map(chr, [*range(32), *range(127, 160)])) - set("\t\n\r")
    if controls & set(text):
        return
    assert read is not None
    assert read[0] == f" the cat {text}"


@pytest.mark.parametrize(
    "name", ["gpt2_style", "roberta_style", "llama3_style", "llama2_style", "t5_style"]
)
def test_spellings_of_real_tokenizers_show_every_letter_of_the_text(name):
    tokenizer = getattr(small, name)()
    tokens = tokenizer.convert_ids_to_tokens(tokenizer(TEXT)["input_ids"])
    read = text_of_spellings(tokens)
    assert read is not None
    text, spans = read
    for letter in set(TEXT) - set(" \n\t"):
        assert letter in text or "<unk>" in text
    for token, (begin, end) in zip(tokens, spans, strict=True):
        assert not {"Ġ", "▁", "Ã"} & set(text[begin:end]), token
