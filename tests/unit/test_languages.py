"""Translation models read and generate text in the chosen languages, and stay unchanged.

The expected ids come from transformers: from the tokenizer with its languages set, and from
``generate`` with ``forced_bos_token_id``, as in the documentation of the models.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import torch
from transformers import (
    M2M100Config,
    M2M100ForConditionalGeneration,
    MBartConfig,
    MBartForConditionalGeneration,
)

from bertviz_space import Token, Trace, extract
from bertviz_space.errors import LanguageUnknown
from bertviz_space.models.options import model_options
from bertviz_space.texts.languages import check_language, language_ids, using_languages
from tests.unit import small_tokenizers as small
from tests.unit.tiny_models import redraw

TEXT, TARGET_TEXT = "The dog ran to the store.", "Die Straße ist lang"

# For each style of model the codes of the source and the target language, and the first tokens of
# the decoder.
STYLES = {
    "mbart": ("en_XX", "de_DE", ["de_DE"]),
    "mbart50": ("en_XX", "de_DE", ["</s>", "de_DE"]),
    "m2m100": ("en", "de", ["</s>", "__de__"]),
    "nllb": ("eng_Latn", "deu_Latn", ["</s>", "deu_Latn"]),
}


@pytest.fixture(params=STYLES)
def style(request):
    return request.param


@pytest.fixture
def tokenizer(style, m2m100):
    """The tokenizer of each style. A test must not change its state."""
    made = {
        "mbart": small.mbart_style,
        "mbart50": small.mbart50_style,
        "m2m100": lambda: m2m100,
        "nllb": small.nllb_style,
    }[style]()
    before = state_of(made)
    yield made
    assert state_of(made) == before


def state_of(tokenizer):
    return tokenizer.src_lang, tokenizer.tgt_lang, tokenizer("The cat")["input_ids"]


@pytest.fixture
def model(style, tokenizer):
    sizes: dict[str, Any] = {
        "vocab_size": 1 + max(len(tokenizer), *language_ids(tokenizer).values()),
        "d_model": 16,
        "encoder_layers": 1,
        "decoder_layers": 2,
        "encoder_attention_heads": 2,
        "decoder_attention_heads": 2,
        "encoder_ffn_dim": 16,
        "decoder_ffn_dim": 16,
        "max_position_embeddings": 64,
        "pad_token_id": 1,
        "eos_token_id": 2,
    }
    if style in ("m2m100", "nllb"):
        model = M2M100ForConditionalGeneration(M2M100Config(decoder_start_token_id=2, **sizes))
    else:
        # mbart-large-en-ro starts with the language of its translations.
        start = tokenizer.convert_tokens_to_ids("ro_RO") if style == "mbart" else 2
        model = MBartForConditionalGeneration(MBartConfig(decoder_start_token_id=start, **sizes))
    redraw(model, 3, 0.4)
    return model.eval()


def target_of(trace: Trace) -> tuple[Token, ...]:
    assert trace.target is not None
    return trace.target


def spellings(tokens):
    return [token.vocabulary for token in tokens]


def test_the_source_text_has_the_token_of_its_language(style, tokenizer, model):
    source, target, _ = STYLES[style]
    for code in (source, target):
        trace = extract(model, tokenizer, TEXT, target_text=TARGET_TEXT, source_language=code)
        before, tokenizer.src_lang = tokenizer.src_lang, code
        expected = tokenizer(TEXT)["input_ids"]
        tokenizer.src_lang = before
        assert [token.token_id for token in trace.source] == expected
        assert language_ids(tokenizer)[code] in expected
        assert "".join(token.text for token in trace.source if not token.special).replace(
            " ", ""
        ) == TEXT.replace(" ", "")


def test_the_decoder_starts_with_the_tokens_that_the_model_was_trained_with(
    style, tokenizer, model
):
    _, target, start = STYLES[style]
    trace = extract(model, tokenizer, TEXT, target_text=TARGET_TEXT, target_language=target)
    assert spellings(target_of(trace)[: len(start)]) == start
    assert all(token.special for token in target_of(trace)[: len(start)])
    rest = target_of(trace)[len(start) :]
    assert not any(token.special for token in rest)
    assert "".join(token.text for token in rest).replace(" ", "") == TARGET_TEXT.replace(" ", "")


def test_the_generated_target_text_equals_that_of_generate(style, tokenizer, model):
    source, target, start = STYLES[style]
    trace = extract(model, tokenizer, TEXT, source_language=source, target_language=target)
    before, tokenizer.src_lang = tokenizer.src_lang, source
    input_ids = torch.tensor([tokenizer(TEXT)["input_ids"]])
    tokenizer.src_lang = before
    language = language_ids(tokenizer)[target]
    how = {"forced_bos_token_id": language}
    if len(start) == 1:
        how = {"decoder_start_token_id": language}
    written = model.generate(input_ids, max_length=64, num_beams=1, do_sample=False, **how)
    expected = written[0].tolist()
    if expected[-1] == tokenizer.eos_token_id:
        expected.pop()
    assert [token.token_id for token in target_of(trace)] == expected
    assert trace.notes[0].startswith("The model wrote the target text (greedy, ")


def test_the_default_languages_are_used_without_a_choice(style, tokenizer, model):
    takes = model_options(model.config, tokenizer, model.generation_config)
    source, _, start = STYLES[style]
    assert takes.source_language == source
    assert takes.target_language == ("ro_RO" if style == "mbart" else source)
    trace = extract(model, tokenizer, TEXT, target_text=TARGET_TEXT)
    language = target_of(trace)[len(start) - 1].token_id
    assert takes.target_language is not None
    assert language == language_ids(tokenizer)[takes.target_language]


def test_an_unknown_language_is_rejected_with_examples_of_known_codes(tokenizer, model):
    sentence = r"no language 'dutch'. Choose one of its \d+"
    with pytest.raises(LanguageUnknown, match=sentence):
        extract(model, tokenizer, TEXT, source_language="dutch")
    with pytest.raises(LanguageUnknown, match=sentence):
        extract(model, tokenizer, TEXT, target_language="dutch")


def test_the_error_lists_similar_codes_first():
    with pytest.raises(LanguageUnknown, match=r"such as deu_Latn, "):
        check_language(small.nllb_style(), "de")
    with pytest.raises(LanguageUnknown, match="no languages to choose from"):
        check_language(small.wordpiece(), "de")


def test_the_number_of_languages_of_each_tokenizer(m2m100, marian):
    assert len(language_ids(small.mbart_style())) == 25
    assert len(language_ids(small.mbart50_style())) == 52
    assert len(language_ids(small.nllb_style())) == 202
    assert len(language_ids(m2m100)) == 100
    for without in (marian, small.wordpiece(), small.t5_style()):
        assert language_ids(without) == {}


def test_an_error_in_the_block_restores_the_languages(tokenizer, style):
    source, target, _ = STYLES[style]
    with (
        pytest.raises(RuntimeError, match="in between"),
        using_languages(tokenizer, target, source),
    ):
        raise RuntimeError("in between")


def test_threads_that_share_a_tokenizer_do_not_mix_their_languages(tokenizer, model, style):
    source, target, _ = STYLES[style]
    ready = threading.Barrier(4)

    def one(number):
        ready.wait()
        codes = (source, target) if number % 2 else (target, source)
        for _ in range(5):
            trace = extract(
                model,
                tokenizer,
                TEXT,
                target_text=TARGET_TEXT,
                source_language=codes[0],
                target_language=codes[1],
            )
            ids = language_ids(tokenizer)
            yield ids[codes[0]] in [token.token_id for token in trace.source]
            yield ids[codes[1]] in [token.token_id for token in target_of(trace)]

    with ThreadPoolExecutor(4) as pool:
        right = pool.map(lambda number: list(one(number)), range(4))
        assert all(all(each) for each in right)
