"""Limits of positions, tables and start tokens are known before a forward pass and respected."""

import copy
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import (
    AutoModel,
    AutoModelForSeq2SeqLM,
    BertConfig,
    BertModel,
    EncoderDecoderConfig,
    EncoderDecoderModel,
    GPT2Config,
    T5Config,
    T5ForConditionalGeneration,
)

from architectures.builder import config_of
from bertviz_space import Trace, extract
from bertviz_space.errors import (
    AttentionUnavailable,
    SpaceError,
    TextTooLong,
    TokenUnknown,
)
from bertviz_space.limits import MAX_TOKENS
from bertviz_space.texts.languages import default_languages
from bertviz_space.texts.model_sides import Side
from bertviz_space.texts.table_sizes import num_positions, num_token_ids
from bertviz_space.texts.token_limit import TokenLimit, token_limit
from tests.unit import small_tokenizers as small
from tests.unit.tiny_models import KINDS, redraw

TEXT = "The dog on the ship ran to the store. "
BERT: dict[str, Any] = {
    "hidden_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 16,
}
POSITIONS = 40

# Types that differ in how they count positions, and in the setting that gives their number.
COUNTING = [
    ("bert", POSITIONS),
    ("roberta", POSITIONS - 2),  # positions are counted from the id after the padding's
    ("ibert", POSITIONS - 2),  # positions are counted in the same way, in a table of its own class
    ("opt", POSITIONS),  # the table has two rows more than positions
    ("gpt2", POSITIONS),
    ("ctrl", POSITIONS),  # a table of sines
    ("mpt", POSITIONS),  # ALiBi, for this number of distances
    ("dbrx", POSITIONS),
    ("codegen", POSITIONS),
    ("llama", POSITIONS),  # the setting does not limit the model
    ("bart", POSITIONS),
    ("fsmt", POSITIONS),  # its encoder and decoder have no configuration
    ("t5", None),
    ("xlnet", None),  # the setting is -1
    ("bloom", None),
]


def tokenizer_of_any_length() -> Any:
    tokenizer = copy.deepcopy(small.roberta_style())
    tokenizer.model_max_length = 10**30
    return tokenizer


def tiny(model_type: str, positions: int = POSITIONS, **more: Any) -> Any:
    names = ("max_position_embeddings", "n_positions", "n_ctx", "max_seq_len")
    vocabularies = ("vocab_size", "src_vocab_size", "tgt_vocab_size")
    num_ids = len(small.roberta_style())
    declared = type(config_of(model_type)).__dataclass_fields__
    sizes = dict.fromkeys(names, positions) | dict.fromkeys(vocabularies, num_ids)
    sizes = {name: size for name, size in sizes.items() if name in declared}
    config = config_of(model_type, **sizes | more)
    auto = AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModel
    return auto.from_config(config, attn_implementation="eager").eval()


def composite(encoder: Any, decoder: Any) -> Any:
    config = EncoderDecoderConfig.from_encoder_decoder_configs(encoder, decoder)
    config.decoder_start_token_id = 0
    return EncoderDecoderModel(config).eval()


def bert(positions: int, **more: Any) -> BertConfig:
    sizes: dict[str, Any] = {"vocab_size": len(small.roberta_style())} | BERT | more
    return BertConfig(max_position_embeddings=positions, **sizes)


@pytest.mark.parametrize(("model_type", "limit"), COUNTING, ids=[each[0] for each in COUNTING])
def test_a_text_of_any_length_is_truncated_to_the_positions_and_runs(model_type, limit):
    model, tokenizer = tiny(model_type), tokenizer_of_any_length()
    assert num_positions(model) == limit
    target_text = TEXT * 9 if model.config.is_encoder_decoder else None
    if target_text:
        assert num_positions(model, "target") == limit
        model.config.decoder_start_token_id = 0
    trace = extract(model, tokenizer, TEXT * 9, target_text=target_text)
    assert len(trace.source) == limit or limit is None
    assert len(trace.target or ()) in (0, limit) or limit is None
    assert any("its end was cut" in note or "the end was cut" in note for note in trace.notes) == (
        limit is not None
    )


@pytest.mark.parametrize(
    ("encoder", "decoder", "limits"),
    [
        (bert(40), bert(24), (40, 24)),
        (bert(24), bert(40), (24, 40)),
        (
            bert(40),
            GPT2Config(
                n_positions=20,
                n_embd=16,
                n_layer=1,
                n_head=2,
                vocab_size=len(small.roberta_style()),
            ),
            (40, 20),
        ),
    ],
    ids=["long encoder", "long decoder", "another type"],
)
def test_each_side_of_a_composite_has_its_own_limit(encoder, decoder, limits):
    model, tokenizer = composite(encoder, decoder), tokenizer_of_any_length()
    assert token_limit(model, tokenizer) == TokenLimit(limits[0], is_of_model=True)
    assert token_limit(model, tokenizer, "target") == TokenLimit(limits[1], is_of_model=True)
    trace = extract(model, tokenizer, TEXT * 9, target_text=TEXT * 9)
    assert (len(trace.source), len(trace.target or ())) == limits
    for limit, note in zip(limits, trace.notes, strict=True):
        assert f"the model takes {limit}" in note
    written = extract(model, tokenizer, TEXT * 9)
    assert len(written.target or ()) <= limits[1]


def test_a_setting_that_no_code_reads_sets_no_limit():
    # The configuration of t5-small sets n_positions to 512, but the model has no positions.
    model = tiny("t5")
    model.config.n_positions = 16
    model.encoder.config.n_positions = 16
    assert num_positions(model) is None


@pytest.mark.parametrize("length", [None, "512", "long", -1, 0, True, float("nan"), [512]])
def test_an_invalid_length_of_the_tokenizer_sets_no_limit(length):
    tokenizer = tokenizer_of_any_length()
    tokenizer.model_max_length = length
    model = tiny("t5")
    assert token_limit(model, tokenizer) == TokenLimit(MAX_TOKENS, is_of_model=False)


@pytest.mark.parametrize("length", [float("inf"), 1e30, 10**30, 4096.5])
def test_a_huge_length_of_the_tokenizer_is_replaced_by_this_spaces_limit(length):
    tokenizer = tokenizer_of_any_length()
    tokenizer.model_max_length = length
    assert token_limit(tiny("t5"), tokenizer).num_tokens == MAX_TOKENS


def with_a_token_more() -> Any:
    """Return a tokenizer with a token that has no row in the model's embedding."""
    tokenizer = tokenizer_of_any_length()
    tokenizer.add_tokens(["<extra>"])
    return tokenizer


@pytest.mark.parametrize("model_type", ["bert", "gpt2", "ibert", "xlnet", "mpt", "bart", "fsmt"])
def test_a_token_beyond_the_embedding_is_refused_by_name_before_the_pass(model_type):
    model, tokenizer = tiny(model_type), with_a_token_more()
    is_run = []
    model.register_forward_pre_hook(lambda *_: is_run.append(True))
    model.base_model.register_forward_pre_hook(lambda *_: is_run.append(True))
    texts: dict[str, Any] = {"text": "The <extra> cat"}
    if model.config.is_encoder_decoder:
        texts["target_text"] = "The cat"
    num_ids = len(small.roberta_style())
    named = f"the token <extra> the id {num_ids}, .* has only the ids 0 to {num_ids - 1}"
    with pytest.raises(TokenUnknown, match=named):
        extract(model, tokenizer, **texts)
    if model.config.is_encoder_decoder:
        with pytest.raises(TokenUnknown, match="Remove it from the text, or choose another model"):
            extract(model, tokenizer, "The cat", target_text="The <extra> cat")
    assert not is_run


def test_a_special_token_beyond_the_embedding_is_refused_by_name():
    tokenizer = copy.deepcopy(small.gpt2_style())
    tokenizer.add_special_tokens({"bos_token": "<start>"})
    with pytest.raises(TokenUnknown, match="the token <start> the id"):
        extract(KINDS["gpt2"].build(), tokenizer, "The cat", start_token=True)


def test_a_token_that_is_truncated_is_not_refused():
    trace = extract(tiny("bert"), with_a_token_more(), TEXT * 9 + "<extra>")
    assert len(trace.source) == POSITIONS


def test_a_token_type_beyond_the_table_is_refused():
    config = BertConfig(vocab_size=30522, type_vocab_size=1, **BERT)
    model = BertModel(config).eval()
    assert isinstance(extract(model, small.wordpiece(), "The cat"), Trace)
    with pytest.raises(TokenUnknown, match="Leave the second text empty, or choose another model"):
        extract(model, small.wordpiece(), "The cat", text_b="The dog")


def test_a_language_beyond_the_embedding_is_refused_by_its_code():
    tokenizer = small.mbart50_style()
    codes: dict[str, Any] = tokenizer.lang_code_to_id
    model = tiny("mbart", vocab_size=codes["en_XX"] + 1)
    options: dict[str, Any] = {"source_language": "en_XX", "target_language": "fr_XX"}
    with pytest.raises(TokenUnknown, match=r"the language fr_XX; .*another target language"):
        extract(model, tokenizer, "The dog ran.", target_text="Le chien", **options)


def t5(**settings: Any) -> Any:
    """Return a T5 whose only settings of special tokens are ``settings``."""
    config = T5Config(
        vocab_size=len(small.t5_style()),
        d_model=16,
        d_kv=8,
        d_ff=16,
        num_layers=1,
        num_heads=2,
        pad_token_id=None,
        eos_token_id=None,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = T5ForConditionalGeneration(config).eval()
    for name, value in settings.items():
        setattr(model.generation_config, name, value)
    return model


@pytest.mark.parametrize(
    ("settings", "start_id"),
    [
        ({"decoder_start_token_id": 3}, 3),
        ({"decoder_start_token_id": [3]}, 3),
        ({"bos_token_id": 4}, 4),  # as transformers' generate does
        ({"bos_token_id": 4, "decoder_start_token_id": 3}, 3),
    ],
)
def test_a_decoder_starts_with_the_token_that_generate_uses(settings, start_id):
    model = t5(**settings)
    for target_text in (None, "Der Hund"):
        trace = extract(model, small.t5_style(), "The dog", target_text=target_text)
        assert trace.target is not None
        assert trace.target[0].token_id == start_id


@pytest.mark.parametrize(
    ("settings", "error", "sentence"),
    [
        ({}, AttentionUnavailable, "does not say which token its decoder starts with"),
        ({"decoder_start_token_id": [3, 4]}, AttentionUnavailable, r"\[3, 4\], which is not one"),
        ({"decoder_start_token_id": []}, AttentionUnavailable, r"\[\], which is not one token"),
        ({"decoder_start_token_id": -1}, AttentionUnavailable, "-1, which is not one token"),
        ({"decoder_start_token_id": "<s>"}, AttentionUnavailable, "<s>, which is not one token"),
        ({"decoder_start_token_id": 10**20}, TokenUnknown, "starts with token id 100,000,"),
    ],
)
def test_an_invalid_start_token_of_the_decoder_is_refused_before_the_pass(
    settings, error, sentence
):
    model = t5(**settings)
    model.register_forward_pre_hook(lambda *_: pytest.fail("it ran"))
    for target_text in (None, "Der Hund"):
        with pytest.raises(error, match=sentence):
            extract(model, small.t5_style(), "The dog", target_text=target_text)


def test_each_of_several_end_tokens_is_removed_from_the_generated_text():
    model = t5(decoder_start_token_id=0)
    plain = extract(model, small.t5_style(), "The dog")
    assert plain.target is not None
    third = plain.target[3].token_id
    model.generation_config.eos_token_id = [7, third]
    ended = extract(model, small.t5_style(), "The dog")
    assert ended.target is not None
    ids = [token.token_id for token in ended.target]
    assert third not in ids
    assert ids == [token.token_id for token in plain.target][: len(ids)]
    assert "stopped after" not in ended.notes[-1]
    assert "stopped after" in plain.notes[-1]


@pytest.mark.parametrize(
    "settings",
    [
        {"forced_bos_token_id": 5},
        {"forced_bos_token_id": [5]},
        {"forced_eos_token_id": [1, 2]},
        {"eos_token_id": None, "pad_token_id": None},
        {"eos_token_id": [], "pad_token_id": 0},
        {"return_dict_in_generate": True, "output_scores": True},
        {"num_return_sequences": 3},
        {"max_length": 1},
        {"stop_strings": ["a"]},
        {"bad_words_ids": [[10**6]]},
    ],
    ids=str,
)
def test_any_generation_config_gives_a_text_or_an_error_for_the_reader(settings):
    model = t5(decoder_start_token_id=0, **settings)
    try:
        assert extract(model, small.t5_style(), "The dog").target
    except SpaceError as error:
        assert "A t5 model" in str(error)
        assert str(error).endswith(".")


@pytest.mark.parametrize("name", ["forced_bos_token_id", "forced_eos_token_id"])
@pytest.mark.parametrize("ids", [10**6, [1, 10**6], [-1]])
def test_a_forced_token_beyond_the_embedding_is_refused_before_the_pass(name, ids):
    model = t5(decoder_start_token_id=0, **{name: ids})
    with pytest.raises(TokenUnknown, match=r"Enter a target text, or choose another model"):
        extract(model, small.t5_style(), "The dog")
    assert extract(model, small.t5_style(), "The dog", target_text="Der Hund").target


def test_an_id_that_the_tokenizer_does_not_know_is_shown_as_its_number(tmp_path):
    tokenizer = small.marian_style(tmp_path)
    sizes: dict[str, Any] = {"d_model": 16, "d_kv": 8, "d_ff": 16, "num_layers": 1, "num_heads": 2}
    model = T5ForConditionalGeneration(T5Config(vocab_size=4 * len(tokenizer), **sizes)).eval()
    redraw(model, 3, 0.4)
    model.generation_config.decoder_start_token_id = 0
    trace = extract(model, tokenizer, "The dog")
    source = torch.tensor([[token.token_id for token in trace.source]])
    generator: Any = model
    own = generator.generate(source, max_new_tokens=64, do_sample=False, num_beams=1)[0].tolist()
    written = [token.token_id for token in trace.target or ()]
    assert written == own[: len(written)]
    assert max(written) >= len(tokenizer)
    for token in trace.target or ():
        if token.token_id >= len(tokenizer):
            assert token.text == f"<id {token.token_id}>"


def test_a_decoder_without_room_after_its_start_is_refused():
    model = composite(bert(40), bert(1))
    with pytest.raises(TextTooLong, match="no room"):
        extract(model, tokenizer_of_any_length(), "The cat")
    with pytest.raises(TextTooLong, match="no room"):
        extract(model, tokenizer_of_any_length(), "The cat", target_text="The cat")


def test_a_list_of_start_tokens_is_not_a_language():
    tokenizer = small.mbart50_style()
    model = tiny("mbart", vocab_size=len(tokenizer))
    german = tokenizer.lang_code_to_id["de_DE"]
    model.generation_config.forced_bos_token_id = [german]
    found = default_languages(tokenizer, model.config, model.generation_config)
    assert found == ("en_XX", "de_DE")


@given(data=st.data())
@settings(max_examples=12, deadline=None)
def test_any_sides_of_a_composite_end_in_a_trace_or_an_error(data):
    positions = [data.draw(st.integers(1, 30)) for _ in range(2)]
    num_ids = [data.draw(st.integers(3, len(small.roberta_style()))) for _ in range(2)]
    encoder, decoder = (
        bert(each, vocab_size=ids, pad_token_id=0)
        for each, ids in zip(positions, num_ids, strict=True)
    )
    model = composite(encoder, decoder)
    sides: tuple[Side, ...] = ("source", "target")
    assert [num_positions(model, side) for side in sides] == positions
    assert [num_token_ids(model, side) for side in sides] == num_ids
    text, target_text = (data.draw(st.sampled_from(["a", TEXT, TEXT * 4])) for _ in range(2))
    try:
        trace = extract(
            model,
            tokenizer_of_any_length(),
            text,
            target_text=data.draw(st.sampled_from([target_text, None])),
        )
    except SpaceError as error:
        assert str(error).endswith(".")
    else:
        assert len(trace.source) <= positions[0]
        assert len(trace.target or ()) <= positions[1]
