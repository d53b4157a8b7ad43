"""Tokens that a chat template or a start token adds do not belong to the reader's text."""

import pytest
from transformers import GPT2Config, GPT2Model

from bertviz_space import extract
from bertviz_space.errors import OptionNotSupported, SecondTextNotSupported, TextTooLong
from bertviz_space.models.options import ModelOptions, model_options
from bertviz_space.texts.tokenization import encode, omits_start_token
from tests.unit import small_tokenizers as small
from tests.unit.tiny_models import KINDS

NO_LIMIT = 10_000  # tokens

# Removes whitespace around the text, like the templates of Llama and Gemma.
TRIMMING = (
    "{{ bos_token }}{% for message in messages %}<|im_start|>{{ message.content | trim }}"
    "<|im_end|>{% endfor %}"
)

TEXTS = ("The cat sat", "user", "  The café 😀 ends\n", "assistant\nuser", "<|im_end|> the")


def with_template(make=small.gpt2_style, template=small.CHAT_TEMPLATE):
    """Return a tokenizer with a chat template."""
    return small.with_chat(make(), template)


@pytest.fixture(params=["gpt2", "llama2", "t5", "m2m100"])
def tokenizer(request, m2m100):
    if request.param == "m2m100":
        slow = with_template(lambda: m2m100)
        assert not slow.is_fast
        return slow
    return with_template(getattr(small, f"{request.param}_style"))


def pieces(tokens):
    return [token for token in tokens if token.segment is not None]


@pytest.mark.parametrize("template", [small.CHAT_TEMPLATE, TRIMMING])
@pytest.mark.parametrize("text", TEXTS)
def test_the_ids_are_those_of_the_rendered_template(tokenizer, template, text):
    tokenizer.chat_template = template
    encoding = encode(tokenizer, text, None, NO_LIMIT, chat=True)
    expected = tokenizer.apply_chat_template(
        [{"role": "user", "content": text}], add_generation_prompt=True, return_dict=True
    )
    assert list(encoding.token_ids) == expected["input_ids"]


@pytest.mark.parametrize("template", [small.CHAT_TEMPLATE, TRIMMING])
@pytest.mark.parametrize("text", TEXTS)
def test_tokens_of_the_text_cover_the_readers_text(tokenizer, template, text):
    tokenizer.chat_template = template
    tokens = encode(tokenizer, text, None, NO_LIMIT, chat=True).tokens
    covered = set()
    for token in pieces(tokens):
        assert token.text == text[token.start : token.end]
        covered |= set(range(token.start, token.end))
    left_out = "".join(letter for place, letter in enumerate(text) if place not in covered)
    # A slow tokenizer's special tokens belong to no text.
    assert left_out.replace("<|im_end|>", "").strip() == ""


def test_tokens_of_the_template_are_shown_and_belong_to_no_segment():
    tokens = encode(with_template(), "The cat", None, NO_LIMIT, chat=True).tokens
    texts = [token.text for token in tokens]
    assert "".join(texts) == "<|im_start|>user\nThe cat<|im_end|>\n<|im_start|>assistant\n"
    assert "".join(token.text for token in pieces(tokens)) == "The cat"
    special = [token.text for token in tokens if token.special]
    assert special == ["<|im_start|>", "<|im_end|>", "<|im_start|>"]


def test_a_long_message_loses_the_end_of_its_text_and_keeps_the_template():
    tokenizer = with_template()
    whole = encode(tokenizer, "the cat " * 50, None, NO_LIMIT, chat=True)
    cut = encode(tokenizer, "the cat " * 50, None, 40, chat=True)
    assert len(cut.tokens) == 40
    assert (cut.full_length, cut.cut) == (whole.full_length, ("A",))

    def around(encoding):
        return [token for token in encoding.tokens if token.segment is None]

    assert around(cut) == around(whole)
    assert pieces(cut.tokens) == pieces(whole.tokens)[: len(pieces(cut.tokens))]
    with pytest.raises(TextTooLong, match="leave no room for the text"):
        encode(tokenizer, "the cat", None, len(around(whole)), chat=True)


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        (None, "has no chat template"),
        ("{{ messages[0].content | upper }}", "changes the text"),
        ("nothing of it", "changes the text"),
        ("{{ raise_exception('no') }}", "does not take one message"),
        ("{% if %}", "does not take one message"),
    ],
)
def test_a_template_that_does_not_contain_the_text_is_rejected(template, sentence):
    with pytest.raises(OptionNotSupported, match=sentence):
        encode(with_template(template=template), "The cat", None, NO_LIMIT, chat=True)


def test_a_chat_message_with_a_second_text_is_rejected():
    tokenizer = with_template(small.wordpiece)
    with pytest.raises(SecondTextNotSupported, match="A chat message takes one text"):
        encode(tokenizer, "The cat", "A dog", NO_LIMIT, chat=True)


@pytest.mark.parametrize(
    ("make", "lacks"),
    [
        (small.gpt2_style, True),
        (small.llama3_style, False),  # adds its start token
        (small.roberta_style, False),
        (small.wordpiece, False),  # has none
        (small.t5_style, False),
    ],
)
def test_a_start_token_is_offered_only_if_the_tokenizer_omits_it(make, lacks):
    assert omits_start_token(make()) == lacks
    if lacks:
        return
    with pytest.raises(OptionNotSupported, match="no start token, or its tokenizer"):
        encode(make(), "The cat", None, NO_LIMIT, start_token=True)


def test_the_start_token_comes_first_and_counts_toward_the_limit():
    tokenizer = small.gpt2_style()
    plain = encode(tokenizer, "The cat", None, NO_LIMIT)
    after = encode(tokenizer, "The cat", None, NO_LIMIT, start_token=True)
    assert after.token_ids == (tokenizer.bos_token_id, *plain.token_ids)
    assert after.tokens[1:] == plain.tokens
    assert (after.tokens[0].text, after.tokens[0].special) == ("<|endoftext|>", True)
    assert after.full_length == plain.full_length + 1
    assert len(encode(tokenizer, "the cat " * 9, None, 8, start_token=True).tokens) == 8


def test_no_second_start_token_is_added_to_a_template_that_begins_with_one():
    tokenizer = with_template(template=TRIMMING)
    once = encode(tokenizer, "The cat", None, NO_LIMIT, chat=True)
    twice = encode(tokenizer, "The cat", None, NO_LIMIT, chat=True, start_token=True)
    assert once == twice


def test_the_options_of_a_model_and_the_notes_of_a_trace_name_template_and_start_token():
    tokenizer = with_template()
    config = GPT2Config(vocab_size=len(tokenizer), n_embd=8, n_layer=1, n_head=2, n_positions=64)
    assert model_options(config, tokenizer, None) == ModelOptions(
        second_text=None, chat_template=True, start_token="<|endoftext|>"
    )
    trace = extract(GPT2Model(config), tokenizer, "the cat " * 60, chat=True, start_token=True)
    assert len(trace.source) == 64
    whole = encode(tokenizer, "the cat " * 60, None, NO_LIMIT, chat=True).full_length + 1
    assert trace.notes == (
        "The text is wrapped in the model's chat template, as a user's message.",
        "The text begins with the start token <|endoftext|>.",
        f"{whole} tokens; the model takes 64, so the end was cut.",
    )


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("bert", ModelOptions("pair")),
        ("gpt2", ModelOptions(None, start_token="<|endoftext|>")),
        ("llama", ModelOptions(None)),
        ("t5", ModelOptions("target")),
        ("bart", ModelOptions("target")),
    ],
)
def test_the_options_of_every_kind_of_model(kind, expected):
    tokenizer = KINDS[kind].tokenizer()
    assert model_options(KINDS[kind].config(len(tokenizer)), tokenizer, None) == expected


def test_a_start_token_is_rejected_for_an_encoder_decoder_model():
    with pytest.raises(OptionNotSupported, match="has no start token"):
        extract(KINDS["bart"].build(), small.roberta_style(), "The cat", start_token=True)
