"""A causal model continues a text with the tokens that its own ``generate`` writes."""

import copy
import math
from typing import Any

import pytest
import torch
from tokenizers.processors import TemplateProcessing

from bertviz_space import extract
from bertviz_space.cancellation import Cancellation
from bertviz_space.errors import (
    ContinuationNotPossible,
    InvalidInput,
    RunStopped,
    SpaceError,
)
from bertviz_space.limits import MAX_CONTINUED_TOKENS
from bertviz_space.texts.continuation import Continuation
from bertviz_space.trace import Trace
from tests.unit.tiny_models import KINDS

TEXT = "The cat sat on the"


def gpt2() -> tuple[Any, Any]:
    return KINDS["gpt2"].build(), KINDS["gpt2"].tokenizer()


def written_ids(trace: Trace) -> list[int]:
    return [each.token_id for each in trace.source[trace.written_from :]]


def generated(model: Any, tokenizer: Any, num_tokens: int, **options: Any) -> list[int]:
    """Return what ``generate`` writes after the text, without an end token."""
    ids = torch.tensor([tokenizer(TEXT)["input_ids"]])
    options = {"do_sample": False, **options, "max_new_tokens": num_tokens}
    found = model.generate(ids, attention_mask=torch.ones_like(ids), **options)
    new = found[0, ids.shape[1] :].tolist()
    return new[:-1] if new[-1] == tokenizer.eos_token_id else new


def test_a_text_continues_as_generate_continues_it():
    model, tokenizer = gpt2()
    trace = extract(model, tokenizer, TEXT, continue_tokens=20)
    assert trace.written_from == len(extract(model, tokenizer, TEXT).source)
    assert written_ids(trace) == generated(model, tokenizer, 20)


@pytest.mark.parametrize("settings", [(1.0, 1.0, 0), (0.7, 0.9, 1), (3.0, 0.5, 2**32 - 1)])
def test_drawn_tokens_are_those_of_generate_with_the_same_seed(settings):
    temperature, top_p, seed = settings
    model, tokenizer = gpt2()
    options: Any = {"temperature": temperature, "top_p": top_p}
    before = torch.get_rng_state()
    trace = extract(model, tokenizer, TEXT, continue_tokens=12, seed=seed, **options)
    assert torch.equal(torch.get_rng_state(), before)  # other threads use these random numbers
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        expected = generated(model, tokenizer, 12, do_sample=True, top_k=0, **options)
    assert written_ids(trace) == expected


def test_one_pass_over_text_and_continuation_has_the_attention_of_the_whole_text():
    model, tokenizer = gpt2()
    trace = extract(model, tokenizer, TEXT, continue_tokens=6)
    with torch.no_grad():
        ids = torch.tensor([[each.token_id for each in trace.source]])
        model.set_attn_implementation("eager")
        expected = model(ids, output_attentions=True).attentions
    for layer, weights in zip(trace.layers["self"], expected, strict=True):
        torch.testing.assert_close(layer.weights(), weights[0], atol=1e-5, rtol=0)


def test_each_written_token_is_the_most_likely_one_of_the_row_before_it():
    model, tokenizer = gpt2()
    trace = extract(model, tokenizer, TEXT, continue_tokens=10)
    assert trace.written_from is not None
    predictions: Any = trace.predictions
    for position in range(trace.written_from, len(trace.source)):
        assert predictions.ranks[position - 1] == 1


def test_a_model_answers_a_chat_message():
    model, tokenizer = gpt2()
    tokenizer = copy.deepcopy(tokenizer)
    tokenizer.chat_template = (
        "{% for each in messages %}user: {{ each.content }} answer:{% endfor %}"
    )
    trace = extract(model, tokenizer, TEXT, chat=True, continue_tokens=5)
    position = len(extract(model, tokenizer, TEXT, chat=True).source)
    assert trace.written_from == position
    ids = torch.tensor([[each.token_id for each in trace.source[:position]]])
    options: Any = {"do_sample": False, "max_new_tokens": 5}
    found = model.generate(ids, attention_mask=torch.ones_like(ids), **options)
    assert written_ids(trace) == found[0, position:].tolist()
    # The reader's message and the answer are text, and the template around the message is not.
    assert {each.segment for each in trace.source[position:]} == {"A"}
    assert trace.source[0].segment is None


def with_added_end(tokenizer: Any) -> Any:
    """Return a copy of a tokenizer that adds its end token to every text."""
    tokenizer = copy.deepcopy(tokenizer)
    end = tokenizer.eos_token
    tokenizer._tokenizer.post_processor = TemplateProcessing(
        single=f"$A {end}", special_tokens=[(end, tokenizer.eos_token_id)]
    )
    return tokenizer


def test_a_model_continues_a_text_that_the_tokenizer_has_ended():
    model, tokenizer = gpt2()
    ending = with_added_end(tokenizer)
    assert extract(model, ending, TEXT).source[-1].token_id == tokenizer.eos_token_id
    continued = extract(model, ending, TEXT, continue_tokens=4)
    assert written_ids(continued) == written_ids(extract(model, tokenizer, TEXT, continue_tokens=4))


@pytest.mark.parametrize("chat", [False, True])
def test_an_end_token_of_the_reader_or_of_a_chat_template_stays(chat):
    model, tokenizer = gpt2()
    tokenizer = copy.deepcopy(tokenizer)
    end = tokenizer.eos_token
    tokenizer.chat_template = "user: {{ messages[0].content }}" + end
    text = TEXT if chat else TEXT + end
    trace = extract(model, tokenizer, text, chat=chat, continue_tokens=3)
    before = trace.source[: trace.written_from]
    assert before[-1].token_id == tokenizer.eos_token_id


@pytest.mark.parametrize("temperature", [1, 2.0])
def test_a_temperature_may_be_a_whole_number(temperature):
    model, tokenizer = gpt2()
    assert extract(model, tokenizer, TEXT, continue_tokens=2, temperature=temperature).written_from


@pytest.mark.parametrize(
    "settings",
    [
        {"forced_eos_token_id": [1, 10**6]},
        {"eos_token_id": None, "pad_token_id": None},
        {"eos_token_id": [], "pad_token_id": -5},
        {"eos_token_id": 10**6},
        {"return_dict_in_generate": True, "output_scores": True},
        {"num_return_sequences": 3},
        {"num_beams": 4, "do_sample": True, "temperature": 9.0},
        {"max_length": 1, "min_length": 10**6},
        {"stop_strings": ["a"]},
        {"bad_words_ids": [[10**6]]},
        {"use_cache": False},
    ],
    ids=str,
)
def test_any_generation_config_gives_a_text_or_an_error_for_the_reader(settings):
    model, tokenizer = gpt2()
    for name, value in settings.items():
        setattr(model.generation_config, name, value)
    try:
        trace = extract(model, tokenizer, TEXT, continue_tokens=4)
        assert len(trace.source) >= len(tokenizer(TEXT)["input_ids"])
    except SpaceError as error:
        assert "A gpt2 model" in str(error)
        assert str(error).endswith(".")


@pytest.mark.parametrize("as_list", [False, True])
def test_an_end_token_ends_the_text_and_is_left_out(as_list):
    model, tokenizer = gpt2()
    second = written_ids(extract(model, tokenizer, TEXT, continue_tokens=3))[1]
    model.generation_config.eos_token_id = [0, second] if as_list else second
    trace = extract(model, tokenizer, TEXT, continue_tokens=9)
    assert len(written_ids(trace)) == 1
    assert trace.notes[-1] == "The model continued the text by 1 token and ended it (greedy)."


def test_a_model_that_ends_the_text_at_once_writes_nothing():
    model, tokenizer = gpt2()
    first = written_ids(extract(model, tokenizer, TEXT, continue_tokens=1))[0]
    model.generation_config.eos_token_id = first
    trace = extract(model, tokenizer, TEXT, continue_tokens=9)
    assert trace.written_from is None
    assert "ended the text at once" in trace.notes[-1]


def test_the_characters_of_written_tokens_follow_those_of_the_text():
    model, tokenizer = gpt2()
    trace = extract(model, tokenizer, TEXT, continue_tokens=8)
    assert trace.written_from is not None
    whole = tokenizer.decode([each.token_id for each in trace.source])
    for token in trace.source[trace.written_from :]:
        assert token.segment == "A"
        assert whole[token.start : token.end].strip() == token.text.strip()


def test_the_reader_sees_the_text_grow_and_can_stop_it():
    model, tokenizer = gpt2()
    seen = list[str]()

    def stop_at_the_third(text: str) -> bool:
        seen.append(text)
        return len(seen) < 3

    trace = extract(model, tokenizer, TEXT, continue_tokens=9, on_written=stop_at_the_third)
    assert written_ids(trace) == generated(model, tokenizer, 3)
    assert seen == sorted(seen, key=len)
    assert len(seen) == 3


def test_a_canceled_run_stops_while_the_model_writes():
    model, tokenizer = gpt2()
    cancellation = Cancellation()

    def cancel(_: str) -> bool:
        cancellation.request()
        return True

    with pytest.raises(RunStopped):
        extract(
            model, tokenizer, TEXT, continue_tokens=9, on_written=cancel, cancellation=cancellation
        )


@pytest.mark.parametrize("name", ["bert", "t5", "llama"])
def test_a_model_that_writes_no_text_says_what_to_do(name):
    model = KINDS[name].build()  # the tiny Llama has no language head
    with pytest.raises(ContinuationNotPossible, match="do not continue the text"):
        extract(model, KINDS[name].tokenizer(), TEXT, continue_tokens=2)


def test_a_continuation_beyond_the_positions_of_the_model_says_how_many_tokens_fit():
    model, tokenizer = gpt2()
    num_text = len(extract(model, tokenizer, TEXT).source)
    model.config.n_positions = num_text + 3
    with pytest.raises(ContinuationNotPossible, match=r"Continue it by at most 3 tokens"):
        extract(model, tokenizer, TEXT, continue_tokens=4)
    assert len(extract(model, tokenizer, TEXT, continue_tokens=3).source) == num_text + 3
    model.config.n_positions = num_text
    with pytest.raises(ContinuationNotPossible, match=r"\. Shorten the text\."):
        extract(model, tokenizer, TEXT, continue_tokens=1)


@pytest.mark.parametrize(
    "numbers",
    [
        (-1, None, 1.0, 0),
        (MAX_CONTINUED_TOKENS + 1, None, 1.0, 0),
        (5, 0.0, 1.0, 0),
        (5, -2.0, 1.0, 0),
        (5, math.nan, 1.0, 0),
        (5, math.inf, 1.0, 0),
        (5, 1e-300, 1.0, 0),
        (5, 10**400, 1.0, 0),
        (5, 1.0, 10**400, 0),
        (5, 1.0, 0.0, 0),
        (5, 1.0, 1.5, 0),
        (5, 1.0, 1.0, -1),
        (5, 1.0, 1.0, 2**32),
    ],
)
def test_a_number_out_of_its_range_is_refused(numbers):
    with pytest.raises(InvalidInput, match=r"\. (Choose|Leave)"):
        Continuation(*numbers)
