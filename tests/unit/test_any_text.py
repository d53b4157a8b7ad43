"""For any text and any tokenizer, each letter is covered by its token and by no other token.

The law: the tokens are in the order of the text. Each letter belongs to one token, or to neighbors
that share it as parts. Only whitespace, and characters that the tokenizer removes, are covered by
no token.
"""

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from bertviz_space import Token
from bertviz_space.errors import EmptyText
from bertviz_space.texts.token_texts import decoded_tokens, located_tokens
from bertviz_space.texts.tokenization import encode, takes_pairs
from tests.unit import slow_tokenizers
from tests.unit import small_tokenizers as small

NO_LIMIT = 10**6  # tokens

# Whole words, letters in several forms and scripts, blanks, control and format characters, and the
# marks that tokenizers put on their pieces.
ATOMS = [
    *("the", "The", "cat", "sat", " ", "  ", "\n", "\n\t", "\u3000", ".", "-", "12,345", "can't"),
    *("é", "e\u0301", "Straße", "ﬁ", "İ", "½", "²", "…", "“", "”", "``", "''", "&amp;", "@user"),
    *(
        "😀",
        "👨\u200d👩\u200d👧",
        "🏳\ufe0f\u200d🌈",
        "中文",
        "日本語です",
        "مرحبا",
        "हिन्दी",
        "한국",
    ),
    *("\u1112\u1161\u11ab", "า้", "ﷺ", "\x01", "\x7f", "\u200b", "\u200d", "\u00ad", "\ufeff"),
    "\ufffd",
    *(
        "##",
        "##s",
        "@@",
        "</w>",
        "▁",
        "Ġ",
        "Ċ",
        "ĺ",
        "Ã©",
        "<0x0A>",
        "#",
        "Ω",
        "Ψ",
        "https://x.org",
    ),
]

NORMALIZERS = [
    None,
    normalizers.NFC(),
    normalizers.NFKC(),
    normalizers.Lowercase(),
    normalizers.Sequence([normalizers.NFD(), normalizers.StripAccents()]),
    normalizers.Sequence([normalizers.Replace("``", '"'), normalizers.NFKD()]),
    normalizers.BertNormalizer(),
]
PRE_TOKENIZERS = {
    "blanks": (pre_tokenizers.Whitespace(), None),
    "bert": (pre_tokenizers.BertPreTokenizer(), decoders.WordPiece()),
    "sentencepiece": (pre_tokenizers.Metaspace(), decoders.Metaspace()),
    "sentencepiece, first": (
        pre_tokenizers.Metaspace(prepend_scheme="first"),
        decoders.Metaspace(prepend_scheme="first"),
    ),
    "bytes": (pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()),
    "bytes after a blank": (pre_tokenizers.ByteLevel(add_prefix_space=True), decoders.ByteLevel()),
}
SPECIALS = ["<unk>", "<s>", "</s>", "<mask>"]
BYTES = [f"<0x{byte:02X}>" for byte in range(256)]


@cache
def fast_tokenizer(
    model: str, normalizer: Any, pre_tokenizer: str, falls_back: bool
) -> PreTrainedTokenizerFast:
    """Return a tokenizer of these parts, the same one at each call. Training takes milliseconds."""
    before, decoder = PRE_TOKENIZERS[pre_tokenizer]
    specials = SPECIALS + (BYTES if falls_back else [])
    alphabet = pre_tokenizers.ByteLevel.alphabet() if pre_tokenizer.startswith("bytes") else []
    common: dict[str, Any] = {
        "special_tokens": specials,
        "initial_alphabet": alphabet,
        "show_progress": False,
        "vocab_size": 600,
    }
    trainer: Any = None
    if model == "bpe":
        kind: Any = models.BPE(unk_token="<unk>", byte_fallback=falls_back, fuse_unk=falls_back)
        trainer = trainers.BpeTrainer(**common)
    elif model == "wordpiece":
        kind, trainer = models.WordPiece(unk_token="<unk>"), trainers.WordPieceTrainer(**common)
    else:
        # Not trained, because the Unigram trainer gives another vocabulary at each run.
        known = small.unigram([*specials, *sorted(alphabet)])
        kind = models.Unigram(list(dict(known).items()), 0, byte_fallback=falls_back)
    tokenizer = Tokenizer(kind)
    tokenizer.pre_tokenizer = before
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    if falls_back:
        decoder = decoders.Sequence([decoders.ByteFallback(), decoder or decoders.Fuse()])
    if decoder is not None:
        tokenizer.decoder = decoder
    if trainer is not None:
        tokenizer.train_from_iterator(small.SENTENCES, trainer)
    tokenizer.add_special_tokens(specials[: len(SPECIALS)])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="<unk>", bos_token="<s>", eos_token="</s>"
    )


FAST = st.builds(
    fast_tokenizer,
    st.sampled_from(["bpe", "wordpiece", "unigram"]),
    st.sampled_from(NORMALIZERS),
    st.sampled_from(sorted(PRE_TOKENIZERS)),
    st.booleans(),
)


def texts(specials: Sequence[str] = ()) -> st.SearchStrategy[str]:
    atoms = st.sampled_from([*ATOMS, *specials]) | st.characters(
        exclude_categories=["Cs"], exclude_characters="\0"
    )
    return st.lists(atoms, min_size=1, max_size=12).map("".join).filter(str.strip)


TEXTS = texts(SPECIALS)


def typed_specials(tokenizer: Any) -> list[str]:
    """Return the special tokens that a reader can type: not the NUL character, CANINE's padding."""
    return [str(each) for each in tokenizer.all_special_tokens if "\0" not in str(each)]


@pytest.fixture(scope="module", params=[*slow_tokenizers.KINDS])
def slow_tokenizer(request, tmp_path_factory):
    """A slow tokenizer of each kind, which reports no spans."""
    tokenizer = slow_tokenizers.KINDS[request.param](tmp_path_factory.mktemp("tokenizer"))
    assert not tokenizer.is_fast
    return tokenizer


def check_law(tokenizer: Any, tokens: Sequence[Token], text: str, segment: str = "A") -> None:
    own = [token for token in tokens if token.segment == segment]
    for token in own:
        assert token.text == text[token.start : token.end]
    for before, token in pairwise(own):
        assert before.start <= token.start
        if token.start < before.end:
            assert token.part == (before.part[0] + 1, before.part[1])
        else:
            assert token.part[0] == 1
            assert before.part[0] == before.part[1]
    covered = {place for token in own for place in range(token.start, token.end)}
    for place, letter in enumerate(text):
        if place not in covered and not letter.isspace():
            assert not tokenizer(letter, add_special_tokens=False)["input_ids"]


def check_ids(tokenizer: Any, text: str) -> None:
    try:
        encoding = encode(tokenizer, text, None, NO_LIMIT)
    except EmptyText:
        return
    assert list(encoding.token_ids) == list(tokenizer(text)["input_ids"])
    check_law(tokenizer, encoding.tokens, text)


@given(FAST, st.lists(TEXTS, min_size=1, max_size=8))
def test_each_letter_is_covered_once_by_any_fast_tokenizer(tokenizer, several):
    for text in several:
        check_ids(tokenizer, text)


@given(data=st.data())
@settings(max_examples=80)
def test_each_letter_is_covered_once_by_a_slow_tokenizer(slow_tokenizer, data):
    check_ids(slow_tokenizer, data.draw(texts(typed_specials(slow_tokenizer))))


@given(data=st.data())
@settings(max_examples=40)
def test_each_letter_of_both_texts_of_a_pair_is_covered_once_by_a_slow_tokenizer(
    slow_tokenizer, data
):
    if not takes_pairs(slow_tokenizer):
        return
    any_text = texts(typed_specials(slow_tokenizer))
    first, second = data.draw(any_text), data.draw(any_text)
    try:
        encoding = encode(slow_tokenizer, first, second, NO_LIMIT)
    except EmptyText:
        return
    assert list(encoding.token_ids) == list(slow_tokenizer(first, second)["input_ids"])
    check_law(slow_tokenizer, encoding.tokens, first, "A")
    check_law(slow_tokenizer, encoding.tokens, second, "B")


@given(TEXTS)
@example("\ufffd")
@example("中\ufffd\ufffda\ufffd")
def test_spans_by_decoding_equal_the_spans_that_the_tokenizer_reports(text):
    # A byte-level tokenizer knows and keeps every letter, so its spans are the expected ones.
    tokenizer = small.gpt2_style()
    encoded = tokenizer(text, return_offsets_mapping=True)
    ids, sequences = encoded["input_ids"], [0] * len(encoded["input_ids"])
    expected = located_tokens(tokenizer, ids, encoded["offset_mapping"], sequences, [text])
    found = located_tokens(tokenizer, ids, None, sequences, [text])
    assert [token.text.strip() for token in found] == [token.text.strip() for token in expected]


def check_generated(tokenizer: Any, token_ids: Sequence[int]) -> None:
    tokens = decoded_tokens(tokenizer, token_ids)
    assert [token.token_id for token in tokens] == list(token_ids)
    whole = tokenizer.decode(
        list(token_ids), skip_special_tokens=False, clean_up_tokenization_spaces=False
    )
    letters, reached = "", 0
    for token in tokens:
        if token.special:
            letters += token.vocabulary
            continue
        letters += token.text[max(token.start, reached) - token.start :]
        reached = max(reached, token.end)
    assert "".join(letters.split()) == "".join(whole.split())


@given(FAST, st.lists(TEXTS, min_size=1, max_size=4), st.data())
def test_generated_tokens_show_what_their_ids_decode_to(tokenizer, several, data):
    for text in several:
        check_generated(tokenizer, tokenizer(text)["input_ids"])
    ids = st.integers(0, len(tokenizer) - 1)
    check_generated(tokenizer, data.draw(st.lists(ids, min_size=1, max_size=64)))


def test_a_byte_that_hides_a_character_is_not_part_of_the_character_that_follows(tmp_path):
    # Without one of the first four bytes, the others make a character; with it, they make none.
    tokenizer = slow_tokenizers.KINDS["byt5"](tmp_path)
    check_generated(tokenizer, [227, 163, 227, 131, 0])


@given(data=st.data())
def test_generated_tokens_of_a_slow_tokenizer_show_what_their_ids_decode_to(slow_tokenizer, data):
    ids = st.integers(0, len(slow_tokenizer) - 1)
    check_generated(slow_tokenizer, data.draw(st.lists(ids, min_size=1, max_size=64)))
