"""Any request is answered with a result or with a message for the reader."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

import gradio as gr
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file
from starlette.requests import Request as HttpRequest

from bertviz_space import Token
from bertviz_space.api.endpoints import add_endpoints
from bertviz_space.errors import NoSuchHead, SpaceError
from bertviz_space.files.tensor_export import (
    LayersAndHeads,
    weights_bytes,
    write_query_key,
    write_weights,
)
from bertviz_space.jobs.caller import Caller
from bertviz_space.jobs.handler import Handler
from bertviz_space.jobs.job import ActiveJobs
from bertviz_space.jobs.queue import JobQueue
from bertviz_space.jobs.request import Request
from bertviz_space.jobs.store import Store
from bertviz_space.limits import MAX_CHARACTERS, MAX_LINK_CHARACTERS, MAX_TOKENS
from bertviz_space.models.cache import ModelCache
from bertviz_space.models.hub.admission import Listing, Room, admit
from bertviz_space.models.type_check import check_model_type
from bertviz_space.page.links import query_of, request_of
from bertviz_space.texts.encoding import SEGMENTS
from bertviz_space.texts.tokenization import encode, takes_pairs
from tests.unit import small_tokenizers as small
from tests.unit.golden import golden_trace

# Any characters, with unpaired surrogates, control characters and those that tokenizers treat
# specially.
SPECIAL = ["\0", "\ud800", "\u200d", "\u0301", "\u2028", "\ufb01", "\u2581", "\u0120", "\ue000"]
LETTERS = st.characters() | st.sampled_from([*SPECIAL, *"\t\r\n 🐈ß#@"])
WORDS = st.sampled_from(
    ["the", " ", "cat", "[SEP]", "</s>", "<|endoftext|>", "__de__", "##s", "@@"]
)
SHORT = st.text(LETTERS, max_size=40) | st.lists(WORDS | LETTERS, max_size=12).map("".join)
# Words up to the length limit of a text, and one character more.
LONG = st.builds(
    lambda word, times: (word * times)[: MAX_CHARACTERS + 1],
    st.text(LETTERS, min_size=1, max_size=3),
    st.integers(1, MAX_CHARACTERS + 1),
)
TEXTS = st.one_of(SHORT, SHORT, SHORT, LONG)
LANGUAGES = st.one_of(st.just(""), st.sampled_from(["de_DE", "fr_XX", " de_DE\n"]), SHORT)
# Values of any type that a program may send for an argument.
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | SHORT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SHORT, inner, max_size=2),
    max_leaves=4,
)
TOKENIZERS = {
    "wordpiece": small.wordpiece(),
    "gpt2": small.gpt2_style(),
    "llama2": small.llama2_style(),
    "llama3": small.llama3_style(),
    "roberta": small.roberta_style(),
    "t5": small.t5_style(),
}
SOME_NUMBERS = st.lists(st.integers(-2, 5), max_size=4)


@pytest.fixture(scope="module")
def handler(tmp_path_factory) -> Handler:
    return Handler(ModelCache(), Store(tmp_path_factory.mktemp("results")))


@pytest.fixture(scope="module")
def endpoints(handler) -> dict[str, Callable[..., Any]]:
    """Return the functions of the endpoints, by name."""
    with gr.Blocks(analytics_enabled=False) as demo:
        add_endpoints(handler, (), ActiveJobs(), JobQueue())
    call = gr.Request(HttpRequest({"type": "http"}), session_hash="a program")
    functions = {str(each.api_name): each.fn for each in demo.fns.values() if each.fn}
    # The endpoints that run a model receive the HTTP request.
    return {
        name: partial(function, call) if asyncio.iscoroutinefunction(function) else function
        for name, function in functions.items()
    }


@pytest.fixture(scope="module")
def model_ids(t5, mbart50, talker) -> list[str]:
    return ["tiny-bert", "tiny-gpt2", t5, mbart50, talker]


def is_message(text: str) -> bool:
    return len(text) > 10 and text.endswith((".", "?")) and "Traceback" not in text


def requests(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Request]:
    """Return requests whose model id is any text, and so usually names no model."""
    return st.builds(
        Request,
        model_id=SHORT,
        text=texts,
        text_b=st.just("") | texts,
        target_text=st.just("") | texts,
        source_language=LANGUAGES,
        target_language=LANGUAGES,
        chat=st.booleans(),
        start_token=st.booleans(),
        continue_tokens=st.integers(0, 64),
        temperature=st.none() | st.floats(0.01, 100),
        top_p=st.floats(0.01, 1),
        seed=st.integers(0, 2**32 - 1),
    )


@given(text=TEXTS, text_b=st.none() | SHORT, limit=st.integers(0, 600))
@settings(max_examples=40)
@pytest.mark.parametrize("name", [*TOKENIZERS, "marian", "m2m100"])
def test_any_tokenizer_splits_any_text_into_pieces_of_the_text(request, name, text, text_b, limit):
    tokenizer = TOKENIZERS[name] if name in TOKENIZERS else request.getfixturevalue(name)
    if not takes_pairs(tokenizer):
        text_b = None
    try:
        encoding = encode(tokenizer, text, text_b, limit)
    except SpaceError as error:
        assert is_message(str(error))
    else:
        assert len(encoding.token_ids) == len(encoding.tokens) <= limit
        check_pieces(encoding.tokens, {"A": text, "B": text_b or ""})
        check_order(encoding.tokens)


def check_pieces(tokens: Sequence[Token], texts: Mapping[str, str]) -> None:
    """Check that each token shows the piece of the text that it covers."""
    for token in tokens:
        if token.segment is None:
            assert (token.start, token.end) == (0, 0)
        elif not token.special:
            assert token.text == texts[token.segment][token.start : token.end]


def check_order(tokens: Sequence[Token]) -> None:
    """Check that the tokens of each segment are in the order of its text."""
    for segment in SEGMENTS:
        places = [(each.start, each.end) for each in tokens if each.segment == segment]
        assert places == sorted(places)
        assert all(start <= end for start, end in places)


@given(data=st.data())
@settings(max_examples=100)
def test_any_text_is_tokenized_or_rejected_with_a_message(handler, model_ids, data):
    request = data.draw(requests(TEXTS))
    model_id = data.draw(st.sampled_from(model_ids))
    request = replace(request, model_id=model_id)
    if data.draw(st.booleans()):
        # Otherwise the model would reject most requests because of an unsupported option.
        request = request.supported_by(handler.options(model_id))
    try:
        read = handler.tokenize(request)
    except SpaceError as error:
        assert is_message(str(error))
        return
    assert 0 < len(read.source.tokens) <= MAX_TOKENS
    check_pieces(read.source.tokens, {"A": request.text, "B": request.text_b})
    check_pieces(read.target_tokens or (), {"A": request.target_text})
    assert all(is_message(note) for note in read.notes)


@given(request_=requests(SHORT))
def test_any_unknown_model_id_is_answered_with_a_message(handler, request_):
    with pytest.raises(SpaceError) as raised:
        handler.tokenize(request_)
    assert is_message(str(raised.value))


@given(data=st.data())
def test_any_run_has_the_same_tokens_as_tokenize(handler, model_ids, data):
    model_id = data.draw(st.sampled_from(model_ids))
    request = replace(data.draw(requests(SHORT)), model_id=model_id)
    request = request.supported_by(handler.options(model_id))
    try:
        trace = handler.answer(request, Caller(), lambda trace, *_: trace)
    except SpaceError as error:
        assert is_message(str(error))
        return
    read = handler.tokenize(request)
    assert trace.source[: trace.written_from] == read.source.tokens
    assert read.target_tokens in (None, trace.target)
    result = handler.answer(request, Caller())
    assert handler.answer(request, Caller()) is result
    manifest = json.loads(result.manifest.read_text(encoding="utf-8"))
    assert [token["text"] for token in manifest["source"]] == [each.text for each in trace.source]


MOSTLY_EXISTING = st.lists(st.integers(0, 3), max_size=3) | SOME_NUMBERS
NUMBERS = {"layers": MOSTLY_EXISTING, "heads": MOSTLY_EXISTING}
CONTINUATION = {
    "continue_tokens": st.integers(-1, 4),
    "temperature": st.none() | st.floats(-1, 5) | st.sampled_from([1, "0.5", "hot", 10**400]),
    "top_p": st.floats(-0.5, 1.5),
    "seed": st.integers(-1, 2**33),
}
INTERVENTIONS = {
    "interventions": st.sampled_from(["", "zero L1H3", "mean L0H0,cut *-1", "cut 1-0 L9", "mask 0"])
    | SHORT
}
OPTIONS = {
    "tokenize": {},
    "attention": NUMBERS | CONTINUATION | INTERVENTIONS,
    "sweep": INTERVENTIONS
    | {
        "position": st.none() | st.integers(-1, 5),
        "token_id": st.none() | st.integers(-1, 5000),
        "layers": MOSTLY_EXISTING,
    },
    "predictions": CONTINUATION
    | INTERVENTIONS
    | {"limit": st.integers(1, 10), "masked": st.none() | st.integers()},
    "query_key": NUMBERS,
    "describe_attention": {
        "layer": st.none() | st.integers(0, 4),
        "head": st.none() | st.integers(0, 4),
        "position": st.none() | st.integers(-1, 9),
        "score": st.sampled_from(["", "previous", "next", "entropy"]),
        "block": st.sampled_from(["", "All", "Sentence A -> Sentence B"]) | SHORT,
        "filter": st.sampled_from(["", "first", "words,min=0.1", "9"]) | SHORT,
        "limit": st.integers(1, 50),
    },
    "view": {
        "view": st.sampled_from(["head", "model", "neuron", "matrix"]),
        "layer": st.none() | st.integers(0, 4),
        "heads": MOSTLY_EXISTING,
        "block": st.sampled_from(["", "All", "Sentence A -> Sentence B"]) | SHORT,
        "expanded": st.booleans(),
        "format": st.sampled_from(["html", "svg"]),
    },
}


def calls(name: str) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    """Return calls of an endpoint, in which one argument may be of any type."""
    options = {"text_b": st.just(""), "start_token": st.booleans(), **OPTIONS[name]}
    valid = st.fixed_dictionaries({"text": SHORT}, optional=options)
    invalid = st.dictionaries(st.sampled_from(["text", *options]), VALUES, min_size=1, max_size=1)
    return st.builds(lambda values, other: (name, values | other), valid, st.just({}) | invalid)


@given(call=st.sampled_from(list(OPTIONS)).flatmap(calls))
@settings(max_examples=120)
@example(("query_key", {"text": "The cat", "heads": [1] * 10_000}))
def test_any_arguments_of_a_program_are_answered(endpoints, call):
    name, arguments = call
    try:
        answer = endpoints[name]("tiny-gpt2", **arguments)
        answered = asyncio.run(answer) if asyncio.iscoroutine(answer) else answer
    except gr.Error as error:
        assert is_message(error.message)
    else:
        assert answered


@given(layers=SOME_NUMBERS, heads=SOME_NUMBERS)
def test_any_layers_and_heads_are_in_the_file_or_rejected_with_a_message(
    tmp_path_factory, layers, heads
):
    trace = golden_trace()
    selection = LayersAndHeads(tuple(layers), tuple(heads))
    folder = tmp_path_factory.mktemp("answers")
    exist = set(layers) <= set(range(4)) and set(heads) <= set(range(4))
    if not exist:
        for write in (write_weights, write_query_key):
            with pytest.raises(NoSuchHead) as raised:
                write(trace, selection, "some/model", "0", folder / "none.safetensors")
            assert is_message(str(raised.value))
        return
    weights = load_file(
        write_weights(trace, selection, "some/model", "0", folder / "weights.safetensors")
    )
    assert sum(each.nbytes for each in weights.values()) == weights_bytes(trace, selection)
    chosen = list(dict.fromkeys(heads)) or list(range(4))
    for component, of_model in trace.layers.items():
        numbers = [each.layer for each in of_model if each.layer in (layers or range(4))]
        assert (component in weights) == bool(numbers)
        for each, number in enumerate(numbers):
            expected = trace.weights(component, number)[chosen]
            assert weights[component][each].equal(expected)


@given(request_=requests(TEXTS))
def test_any_request_is_restored_from_its_link(request_):
    assume(request_.text)
    query = query_of(request_)
    assert query.isascii()
    assert len(query) <= MAX_LINK_CHARACTERS
    if query:
        assert request_of(dict(parse_qsl(query, keep_blank_values=True))) == without_surrogates(
            request_
        )


def without_surrogates(request: Request) -> Request:
    """Return a request with a question mark for each half of a character, as in a link."""
    texts: dict[str, Any] = {
        name: value.encode(errors="replace").decode()
        for name, value in vars(request).items()
        if isinstance(value, str)
    }
    return replace(request, **texts)


LINK_NAMES = ["model", "text", "chat", "layer", "continue", "temperature", "top_p", "seed"]
LINK_VALUES = SHORT | st.sampled_from(["0", "-1", "0.5", "1e400", "nan", "9" * 400, " 7 "])


@given(query=st.dictionaries(st.sampled_from(LINK_NAMES) | SHORT, LINK_VALUES))
def test_any_link_is_a_request_or_none(query):
    request = request_of(query)
    if request is None:
        assert not query.get("text")
    else:
        assert request.text == query["text"]
        assert request_of(dict(parse_qsl(query_of(request)))) in (without_surrogates(request), None)


NAMES = st.sampled_from(
    [
        "config.json",
        "model.safetensors",
        "tokenizer.json",
        "model_index.json",
        "a.gguf",
        "vocab.txt",
    ]
)
CONFIGS = st.dictionaries(
    st.sampled_from(["model_type", "quantization_config", "auto_map", "architectures"]),
    st.sampled_from(["bert", "gpt2", "byt5", "fnet", "clip", "nosuch"]) | VALUES,
)


@given(
    commit=st.sampled_from(["1" * 40, None]),
    config=CONFIGS,
    files=st.dictionaries(NAMES | SHORT, st.integers(0, 2**40), max_size=5),
    num_parameters=st.integers(0, 2**36),
    is_disabled=st.booleans(),
    room=st.builds(Room, memory=st.integers(0, 2**40), disk=st.integers(-1, 2**41)),
)
@settings(max_examples=100)
@example(
    "1" * 40,
    {"model_type": ["bert"]},
    {"config.json": 1, "a.safetensors": 1},
    0,
    False,
    Room(9, 2**40),
)
def test_any_listing_of_the_hub_is_admitted_or_refused(
    commit, config, files, num_parameters, is_disabled, room
):
    listing = Listing("a/b", commit, config, files, num_parameters, is_disabled=is_disabled)
    try:
        admitted = admit(listing, room, check_model_type)
    except SpaceError as error:
        assert str(error).endswith((".", "Its page: https://huggingface.co/a/b"))
    else:
        assert admitted == commit
        assert admitted is not None
