"""Every token shows the piece of the reader's text that it covers, for any vocabulary."""

import copy
import random
import unicodedata
from collections.abc import Iterable
from itertools import chain, pairwise

import pytest
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from transformers import (
    BertConfig,
    BertModel,
    PreTrainedTokenizerFast,
    RobertaConfig,
    RobertaModel,
)

from bertviz_space import Token
from bertviz_space.errors import EmptyText, SecondTextNotSupported, TextTooLong, UnreadableText
from bertviz_space.limits import MAX_CHARACTERS, MAX_TOKENS
from bertviz_space.texts.encoding import SEGMENTS
from bertviz_space.texts.token_limit import TokenLimit, token_limit
from bertviz_space.texts.token_texts import decoded_tokens
from bertviz_space.texts.tokenization import encode, encode_target, takes_pairs
from tests.unit import slow_tokenizers
from tests.unit import small_tokenizers as small
from tests.unit.tiny_models import KINDS

NO_LIMIT = 10_000  # tokens

TEXTS = (
    "The cat sat on the mat.",
    "The café 😀 ends",
    "A 🏳️‍🌈 flag",
    "中文字 is old",
    "مرحبا the cat",
    "Die Straße ist lang, und müde.",
    "The ﬁeld is here",
    "e\u0301te\u0301 the",
    "THE CAT ﬁnds ẞ",
    "line\nbreak\ttab",
    "# Title ## the@@ cat",
)

BYTE_LEVEL = {
    "gpt2": small.gpt2_style,
    "roberta": small.roberta_style,
    "llama3": small.llama3_style,
    "llama2": small.llama2_style,
}
FAST = BYTE_LEVEL | {"t5": small.t5_style, "wordpiece": small.wordpiece}


@pytest.fixture(params=[*FAST, "marian"])
def tokenizer(request, marian):
    """A tokenizer of each kind, fast and slow."""
    return marian if request.param == "marian" else FAST[request.param]()


def tokens_of(tokenizer, text: str, text_b: str | None = None) -> tuple[Token, ...]:
    return encode(tokenizer, text, text_b, NO_LIMIT).tokens


def texts_of(tokens: Iterable[Token]) -> list[str]:
    return [token.text for token in tokens]


def own(tokens: tuple[Token, ...]) -> list[Token]:
    """Return the tokens that are not special."""
    return [token for token in tokens if not token.special]


def test_each_token_shows_the_text_between_its_start_and_end(tokenizer):
    for text in TEXTS:
        for token in own(tokens_of(tokenizer, text)):
            assert token.text == text[token.start : token.end]


def test_only_whitespace_is_covered_by_no_token(tokenizer):
    for text in TEXTS:
        spans = [range(token.start, token.end) for token in tokens_of(tokenizer, text)]
        covered = set(chain.from_iterable(spans))
        left_out = [letter for place, letter in enumerate(text) if place not in covered]
        assert all(letter.isspace() for letter in left_out)


def test_tokens_are_in_the_order_of_the_text_and_overlap_only_as_parts(tokenizer):
    for text in TEXTS:
        for before, token in pairwise(own(tokens_of(tokenizer, text))):
            assert before.start <= token.start
            if token.start < before.end:
                assert token.part == (before.part[0] + 1, before.part[1])
            else:
                assert token.part[0] == 1
                assert before.part[0] == before.part[1]


def test_the_ids_are_those_of_the_tokenizer(tokenizer):
    for text in TEXTS:
        encoding = encode(tokenizer, text, None, NO_LIMIT)
        assert list(encoding.token_ids) == tokenizer(text)["input_ids"]
        assert [token.token_id for token in encoding.tokens] == list(encoding.token_ids)
        spellings = tokenizer.convert_ids_to_tokens(list(encoding.token_ids))
        assert [token.vocabulary for token in encoding.tokens] == spellings


@pytest.mark.parametrize("name", BYTE_LEVEL)
@pytest.mark.parametrize(("letter", "num_bytes"), [("😀", 4), ("中", 3), ("م", 2)])
def test_the_bytes_of_one_character_are_its_parts(name, letter, num_bytes):
    tokens = own(tokens_of(BYTE_LEVEL[name](), f"cat {letter} cat"))
    parts = [token for token in tokens if letter in token.text]
    assert [token.text.strip() for token in parts] == [letter] * num_bytes
    assert [token.part for token in parts] == [(k, num_bytes) for k in range(1, num_bytes + 1)]
    assert all(token.part == (1, 1) for token in tokens if token not in parts)


def test_a_byte_level_token_includes_the_blank_before_it():
    tokens = tokens_of(small.gpt2_style(), "The café is old")
    assert texts_of(tokens)[:2] == ["The", " café"]
    assert tokens[1].vocabulary == "ĠcafÃ©"


def test_a_roberta_token_excludes_the_blank_before_it():
    tokens = tokens_of(small.roberta_style(), "The café")
    assert texts_of(tokens) == ["<s>", "The", "café", "</s>"]
    assert [token.special for token in tokens] == [True, False, False, True]


@pytest.mark.parametrize("name", ["t5", "llama2"])
def test_a_blank_that_the_tokenizer_inserts_covers_nothing(name):
    tokens = [each for each in tokens_of(FAST[name](), "中 中") if each.vocabulary == "▁"]
    assert len(tokens) == 2
    assert texts_of(tokens) == ["", ""]


def test_wordpiece_tokens_are_shown_without_their_marks():
    tokens = tokens_of(small.wordpiece(), "Strawberries taste")
    assert texts_of(tokens) == ["[CLS]", "Straw", "berries", "taste", "[SEP]"]
    assert tokens[2].vocabulary == "##berries"


def test_an_accent_that_the_tokenizer_drops_belongs_to_the_token_of_its_letter():
    decomposed = unicodedata.normalize("NFD", "Thé cat")
    tokens = tokens_of(small.wordpiece(), decomposed)
    assert "".join(texts_of(own(tokens))) == decomposed.replace(" ", "")


def test_an_unknown_token_shows_the_text_that_it_covers():
    tokens = tokens_of(small.wordpiece(), "The 😀 cat")
    assert texts_of(tokens) == ["[CLS]", "The", "😀", "cat", "[SEP]"]
    assert tokens[2].vocabulary == "[UNK]"
    assert not tokens[2].special


def test_tokens_of_a_pair_have_segments_and_special_tokens_have_none():
    tokens = tokens_of(small.wordpiece(), "The cat", "A dog")
    assert [(token.text, token.segment, token.special) for token in tokens] == [
        ("[CLS]", None, True),
        ("The", "A", False),
        ("cat", "A", False),
        ("[SEP]", None, True),
        ("A", "B", False),
        ("dog", "B", False),
        ("[SEP]", None, True),
    ]


def test_start_and_end_count_characters_of_the_segment():
    tokens = tokens_of(small.wordpiece(), "The cat", "A dog")
    assert [(token.start, token.end) for token in own(tokens)] == [(0, 3), (4, 7), (0, 1), (2, 5)]


def test_tokens_of_equal_texts_in_a_pair_share_no_characters():
    # Both texts have a token from 0 to 3, in different segments.
    tokens = tokens_of(small.roberta_style(), "the", "the")
    assert [token.part for token in tokens] == [(1, 1)] * len(tokens)


def test_a_separator_that_the_reader_types_is_special_and_keeps_its_segment():
    tokens = tokens_of(small.wordpiece(), "the [SEP] store")
    assert [(token.text, token.segment, token.special) for token in tokens[1:4]] == [
        ("the", "A", False),
        ("[SEP]", "A", True),
        ("store", "A", False),
    ]


def test_an_end_token_that_is_also_the_unknown_token_is_special():
    tokenizer = copy.deepcopy(small.gpt2_style())
    tokenizer.unk_token = tokenizer.eos_token  # as in GPT-2's own files
    tokens = tokens_of(tokenizer, "the <|endoftext|>cat")
    assert [token.text for token in tokens if token.special] == ["<|endoftext|>"]
    ids = [token.token_id for token in tokens]
    assert [token.special for token in decoded_tokens(tokenizer, ids)] == [
        token.special for token in tokens
    ]


def test_token_types_distinguish_the_texts_of_a_pair():
    encoding = encode(small.wordpiece(), "The cat", "A dog", NO_LIMIT)
    assert encoding.token_type_ids == (0, 0, 0, 0, 1, 1, 1)
    assert encode(small.gpt2_style(), "The cat", None, NO_LIMIT).token_type_ids is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("wordpiece", True),
        ("roberta", True),
        ("gpt2", False),  # no separator at all
        ("llama3", False),  # a second start token is no separator
        ("t5", False),  # a second end token is no separator
    ],
)
def test_only_tokenizers_with_a_separator_take_pairs(name, expected):
    assert takes_pairs(FAST[name]()) == expected


def test_tokens_of_a_slow_tokenizer_show_the_readers_letters(marian):
    assert not marian.is_fast
    tokens = tokens_of(marian, "The Straße 😀 ﬁts")
    shown = [(token.text, token.vocabulary) for token in tokens if token.text not in "The Strae"]
    assert ("ß", "ß") in shown
    assert ("😀", "<unk>") in shown
    assert shown[-1] == ("</s>", "</s>")


def test_text_after_an_unknown_letter_is_located(marian):
    tokens = own(tokens_of(marian, "Ω the cat 中文 the cat"))
    assert "".join(texts_of(tokens)) == "Ωthecat中文thecat"


def test_tokens_of_a_slow_tokenizer_have_the_segments_of_a_pair(tmp_path):
    tokenizer = small.prophetnet_style(tmp_path)
    assert not tokenizer.is_fast
    tokens = tokens_of(tokenizer, "The cats sat", "Ω on THE mat")
    assert [(token.text, token.segment, token.start) for token in tokens] == [
        ("The", "A", 0),
        ("cat", "A", 4),
        ("s", "A", 7),
        ("sat", "A", 9),
        ("[SEP]", None, 0),
        ("Ω", "B", 0),
        ("on", "B", 2),
        ("THE", "B", 5),
        ("mat", "B", 9),
        ("[SEP]", None, 0),
    ]


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("esm", "MKT<mask>VY", ["M", "K", "T", "<mask>", "V", "Y"]),
        ("bertweet", "Paris is <mask> of France", ["Paris", "is", "<mask>", "of", "France"]),
        ("bertweet", "Paris </s> is", ["Paris", "</s>", "is"]),
        ("marian", "<pad> the cat", ["<pad>", "the", "cat"]),
    ],
)
def test_a_special_token_that_the_reader_types_belongs_to_the_text(kind, text, expected, tmp_path):
    tokens = tokens_of(slow_tokenizers.KINDS[kind](tmp_path), text)
    own_texts = [token.text for token in tokens if token.segment == "A" and token.text]
    assert "".join(own_texts) == "".join(expected)
    typed = next(token for token in tokens if token.segment == "A" and token.special)
    assert text[typed.start : typed.end] == typed.text == typed.vocabulary


def test_a_typed_special_token_in_the_first_text_does_not_begin_the_second_text(tmp_path):
    tokens = tokens_of(small.prophetnet_style(tmp_path), "the [MASK] sat", "[SEP] the mat")
    assert [(token.text, token.segment, token.special) for token in tokens] == [
        ("the", "A", False),
        ("[MASK]", "A", True),
        ("sat", "A", False),
        ("[SEP]", None, True),
        ("[SEP]", "B", True),
        ("the", "B", False),
        ("mat", "B", False),
        ("[SEP]", None, True),
    ]


@pytest.mark.parametrize("mark", ["##", "@@", "</w>", "Ġ", "Ċ"])
def test_a_mark_of_another_kind_of_tokenizer_is_ordinary_text(marian, mark):
    text = f"{mark} the cats {mark}"
    tokens = own(tokens_of(marian, text))
    assert "".join(token.text.strip() for token in tokens) == "".join(text.split())
    assert "s" in texts_of(tokens)


def test_the_target_text_is_tokenized_as_the_target_language(marian):
    assert "the" in texts_of(tokens_of(marian, "on the"))
    assert "".join(texts_of(encode_target(marian, "on the", NO_LIMIT).tokens)) == "onthe"
    assert "the" not in texts_of(encode_target(marian, "on the", NO_LIMIT).tokens)


def test_the_target_text_is_encoded_without_the_end_token(marian):
    text = "Die Straße ist müde."
    encoding = encode_target(marian, text, NO_LIMIT)
    with_end = marian(text_target=text)["input_ids"]
    assert [*encoding.token_ids, marian.eos_token_id] == with_end
    assert "".join(texts_of(encoding.tokens)) == "DieStraßeistmüde."
    assert not any(token.special for token in encoding.tokens)


def test_generated_ids_show_the_text_that_they_decode_to(marian):
    text = "der kleine Elefant"
    ids = marian(text_target=text)["input_ids"][:-1]
    tokens = decoded_tokens(marian, ids)
    assert "".join(texts_of(tokens)) == "derkleineElefant"


@pytest.mark.parametrize("text", ["He said 😀 and go", "x:\n\tcontinue", "ĠThe Ċ ## ▁"])
@pytest.mark.parametrize("name", ["gpt2", "roberta", "llama3"])
def test_generated_bytes_show_the_characters_that_they_decode_to(name, text):
    tokenizer = BYTE_LEVEL[name]()
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    tokens = decoded_tokens(tokenizer, ids)
    of_reader = tokens_of(tokenizer, text)
    assert [token.text.strip() for token in tokens] == texts_of_letters(own(of_reader))
    assert [token.token_id for token in tokens] == ids


def texts_of_letters(tokens: Iterable[Token]) -> list[str]:
    return [token.text.strip() for token in tokens]


def test_a_generated_unknown_token_shows_its_spelling():
    tokenizer = small.t5_style()
    ids = [tokenizer.unk_token_id, *tokenizer("the cat", add_special_tokens=False)["input_ids"]]
    tokens = decoded_tokens(tokenizer, ids)
    assert [token.text for token in tokens if token.text.strip()][:2] == ["<unk>", "the"]
    assert "".join(texts_of_letters(tokens)) == "<unk>thecat"


def test_a_generated_special_token_covers_no_text():
    tokenizer = small.t5_style()
    the, end = (tokenizer.get_vocab()[each] for each in ("▁the", "</s>"))
    first, between, second = decoded_tokens(tokenizer, [the, end, the])
    assert (between.text, between.segment, between.special) == ("</s>", None, True)
    assert (first.text, second.text) == ("the", "the")
    assert first.end <= second.start


def test_an_id_outside_the_vocabulary_is_shown_by_its_number():
    tokenizer = small.t5_style()
    token = decoded_tokens(tokenizer, [len(tokenizer) + 7])[0]
    assert token.vocabulary == f"<id {len(tokenizer) + 7}>"


def test_an_end_token_that_the_reader_types_in_the_target_text_stays(marian):
    tokens = encode_target(marian, "on the </s>", NO_LIMIT).tokens
    assert (tokens[-1].text, tokens[-1].segment) == ("</s>", "A")
    assert tokens == encode_target(marian, "on the </s>", NO_LIMIT).tokens[: len(tokens)]


def test_a_start_token_in_the_target_text_is_special():
    start = encode_target(small.roberta_style(), "the cat", NO_LIMIT).tokens[0]
    assert (start.text, start.special) == ("<s>", True)


@pytest.mark.parametrize("text", ["", " ", "\n\t\u3000 "])
def test_a_text_of_whitespace_is_rejected(tokenizer, text):
    with pytest.raises(EmptyText, match="Enter some text"):
        encode(tokenizer, text, None, NO_LIMIT)
    with pytest.raises(EmptyText):
        encode_target(tokenizer, text, NO_LIMIT)


def test_a_text_that_the_tokenizer_removes_completely_is_rejected():
    # Python does not count U+200B as whitespace. This tokenizer removes it and adds no special
    # tokens.
    backend = Tokenizer(models.WordLevel({"the": 0, "<unk>": 1}, unk_token="<unk>"))
    backend.normalizer = normalizers.Replace("\u200b", "")
    backend.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=backend)
    assert tokens_of(tokenizer, "the\u200b")
    with pytest.raises(EmptyText):
        encode(tokenizer, "\u200b", None, NO_LIMIT)


@pytest.mark.parametrize("letter", ["\0", "\ud800", "\udfff"], ids=["NUL", "D800", "DFFF"])
def test_a_text_with_nul_or_a_surrogate_is_rejected(tokenizer, letter):
    with pytest.raises(UnreadableText, match="NUL character or half a character"):
        encode(tokenizer, f"The {letter} cat", None, NO_LIMIT)


@pytest.mark.parametrize("text_b", ["", "\0", "\ud83d"])
def test_the_second_text_is_checked(text_b):
    with pytest.raises((EmptyText, UnreadableText)):
        encode(small.wordpiece(), "The cat", text_b, NO_LIMIT)


def test_a_text_with_too_many_characters_is_rejected_with_both_numbers(tokenizer):
    text = "a" * (MAX_CHARACTERS + 1)
    with pytest.raises(TextTooLong, match=r"20,001 characters; up to 20,000 can be shown"):
        encode(tokenizer, text, None, NO_LIMIT)


@pytest.mark.parametrize("num_kept", [1, 2, 7])
def test_a_long_text_is_truncated_as_by_transformers(tokenizer, num_kept):
    text = "The cat sat on the mat, and the Straße is long."
    whole = encode(tokenizer, text, None, NO_LIMIT)
    limit = tokenizer.num_special_tokens_to_add() + num_kept
    encoding = encode(tokenizer, text, None, limit)
    expected = tokenizer(text, truncation=True, max_length=limit)["input_ids"]
    assert list(encoding.token_ids) == expected
    assert (encoding.full_length, encoding.cut) == (whole.full_length, ("A",))
    assert own(encoding.tokens) == own(whole.tokens)[:num_kept]
    assert specials(encoding.tokens) == specials(whole.tokens)


@pytest.mark.parametrize("name", ["wordpiece", "roberta"])
@pytest.mark.parametrize("room", [2, 3, 5, 8, 11])
@pytest.mark.parametrize(
    "texts", [("the" + " the" * a, "cat" + " cat" * b) for a, b in ((8, 2), (2, 8), (5, 5))]
)
def test_a_long_pair_loses_the_end_of_its_longer_text_first(
    name: str, room: int, texts: tuple[str, str]
):
    tokenizer = FAST[name]()
    limit = tokenizer.num_special_tokens_to_add(pair=True) + room
    encoding = encode(tokenizer, texts[0], texts[1], limit)
    expected = tokenizer(*texts, truncation="longest_first", max_length=limit)
    assert list(encoding.token_ids) == expected["input_ids"]
    if encoding.token_type_ids is not None:
        assert list(encoding.token_type_ids) == expected["token_type_ids"]
    assert len(encoding.tokens) == limit
    segments = [token.segment for token in encoding.tokens]
    whole = [token.segment for token in encode(tokenizer, texts[0], texts[1], NO_LIMIT).tokens]
    assert encoding.cut == tuple(
        each for each in SEGMENTS if segments.count(each) < whole.count(each)
    )


def test_a_pair_of_a_slow_tokenizer_is_truncated_to_the_limit(tmp_path):
    tokenizer = small.prophetnet_style(tmp_path)
    encoding = encode(tokenizer, "the cat sat on the mat", "the mat", 7)
    assert texts_of(encoding.tokens) == ["the", "cat", "sat", "[SEP]", "the", "mat", "[SEP]"]
    assert encoding.cut == ("A",)


def test_the_parts_of_a_truncated_character_keep_their_total():
    tokens = encode(small.gpt2_style(), "😀", None, 2).tokens
    assert [(token.text, token.part) for token in tokens] == [("😀", (1, 4)), ("😀", (2, 4))]


def test_a_text_without_room_beside_the_special_tokens_is_rejected():
    with pytest.raises(TextTooLong, match=r"\(2\) leave no room for the text: 2 tokens fit"):
        encode(small.wordpiece(), "the cat", None, 2)


def specials(tokens: tuple[Token, ...]) -> list[Token]:
    return [token for token in tokens if token.special]


def test_a_long_target_text_is_truncated(marian):
    whole = encode_target(marian, "the cat", NO_LIMIT)
    assert encode_target(marian, "the cat", whole.full_length).cut == ()
    encoding = encode_target(marian, "the cat", 3)
    assert encoding.tokens == whole.tokens[:3]
    assert (encoding.full_length, encoding.cut) == (whole.full_length, ("A",))


@pytest.mark.parametrize("name", ["gpt2", "llama2", "llama3", "t5"])
def test_a_pair_is_rejected_if_the_model_takes_one_text(name):
    with pytest.raises(SecondTextNotSupported, match="takes one text"):
        encode(FAST[name](), "The cat", "A dog", NO_LIMIT)


def test_the_limit_of_roberta_is_two_below_its_number_of_positions():
    config = RobertaConfig(
        vocab_size=400,
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=8,
        max_position_embeddings=514,
        pad_token_id=1,
    )
    assert token_limit(RobertaModel(config), small.roberta_style()).num_tokens == 512
    config.max_position_embeddings = 130
    assert token_limit(RobertaModel(config), small.roberta_style()).num_tokens == 128


def test_the_lowest_limit_of_model_tokenizer_and_space_counts():
    def bert(positions: int) -> BertModel:
        return BertModel(
            BertConfig(
                vocab_size=400,
                hidden_size=8,
                num_hidden_layers=1,
                num_attention_heads=2,
                intermediate_size=8,
                max_position_embeddings=positions,
            )
        )

    assert token_limit(bert(100), small.wordpiece()) == TokenLimit(100, is_of_model=True)
    assert token_limit(bert(4096), small.gpt2_style()) == TokenLimit(512, is_of_model=True)
    assert token_limit(KINDS["gpt2"].build(), small.gpt2_style()) == TokenLimit(
        64, is_of_model=True
    )
    unbounded = copy.deepcopy(small.gpt2_style())
    unbounded.model_max_length = 10**30
    assert token_limit(bert(2 * MAX_TOKENS), unbounded) == TokenLimit(MAX_TOKENS, is_of_model=False)


def test_a_roberta_runs_at_its_limit():
    model = KINDS["roberta"].build()
    assert token_limit(model, small.roberta_style()).num_tokens == 64
    with torch.no_grad():
        assert model(torch.full((1, 64), 5)).last_hidden_state.shape[1] == 64
        with pytest.raises((IndexError, RuntimeError), match="out of"):
            model(torch.full((1, 65), 5))


def test_a_word_of_ten_thousand_letters_is_one_unknown_wordpiece_token():
    word = "".join(random.Random(0).choices("abcdefghij", k=10_000))
    tokens = tokens_of(small.wordpiece(), word)
    assert texts_of(tokens) == ["[CLS]", word, "[SEP]"]


def test_a_word_of_ten_thousand_letters_is_covered_completely_or_truncated(tokenizer):
    word = "".join(random.Random(0).choices("abcdefghij", k=10_000))
    whole = own(tokens_of(tokenizer, word))
    assert "".join(texts_of(whole)) == word
    tokens = own(encode(tokenizer, word, None, MAX_TOKENS).tokens)
    assert tokens == whole[: len(tokens)]
