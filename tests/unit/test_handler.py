"""Answers to requests of the page and of programs: results, exports, and the files of both."""

import json
import resource
from dataclasses import replace

import pytest
import torch
from safetensors.torch import save_file

from bertviz_space import Trace
from bertviz_space.cancellation import Cancellation
from bertviz_space.errors import (
    EmptyText,
    ResultNotWritten,
    RunStopped,
    SecondTextNotSupported,
    SpaceError,
    TensorsUnreadable,
    TextTooLong,
)
from bertviz_space.jobs.caller import Caller
from bertviz_space.jobs.handler import Handler
from bertviz_space.jobs.request import Request
from bertviz_space.jobs.store import Store
from bertviz_space.models.cache import ModelCache
from bertviz_space.models.options import ModelOptions
from tests.conftest import MINILM, MINILM_REVISION

NO_SUCH_MODEL = "someone/model"


@pytest.fixture(scope="module")
def handler(tmp_path_factory) -> Handler:
    return Handler(ModelCache(), Store(tmp_path_factory.mktemp("results")))


def trace_of(handler: Handler, request: Request) -> Trace:
    """Return the trace of a request, as the answer to a program."""
    return handler.answer(request, Caller(), lambda trace, *_: trace)


def test_the_result_of_a_request_is_a_manifest_with_its_files(handler):
    path = handler.answer(Request(MINILM, "The cat sat", "on the mat"), Caller()).manifest
    manifest = json.loads(path.read_text(encoding="utf-8"))
    assert manifest["model"] == {"model_id": MINILM, "revision": MINILM_REVISION}
    assert [token["text"] for token in manifest["source"]] == [
        "[CLS]", "The", "cat", "sat", "[SEP]", "on", "the", "mat", "[SEP]",
    ]  # fmt: skip
    assert (path.parent / manifest["components"][0]["layers"][5]["file"]).is_file()


def test_each_answer_has_its_own_folder(handler):
    texts = ("The cat sat", "The cat ran")
    folders = {handler.answer(Request(MINILM, text), Caller()).manifest.parent for text in texts}
    folders |= {
        handler.answer(Request(MINILM, text), Caller(), lambda _, __, folder: folder)
        for text in texts
    }
    assert len(folders) == 4


def test_equal_requests_have_one_result_and_others_have_their_own(handler):
    request = Request("tiny-gpt2", "The cat sat on the mat")
    result = handler.answer(request, Caller())
    assert handler.answer(request, Caller()) is result
    same = replace(request, model_id=" tiny-gpt2\n", text_b=" ", target_text="\n")
    assert handler.answer(same, Caller()) is result
    for other in (
        replace(request, text="The cat sat on the mat "),
        replace(request, start_token=True),
        replace(request, model_id="tiny-bert"),
    ):
        assert handler.answer(other, Caller()) is not result
    key = result.key
    assert key is not None
    for changes in ({"text_b": "b"}, {"chat": True}, {"source_language": "de"}):
        assert handler.results.get(key._replace(request=replace(key.request, **changes))) is None
    assert handler.results.get(key._replace(revision="1" * 40)) is None


def test_a_program_is_answered_from_a_kept_trace_without_a_second_pass(handler, monkeypatch):
    request = Request("tiny-bert", "The cat sat", "on the mat")
    first = trace_of(handler, request)
    assert trace_of(handler, request) is not first
    kept = handler.answer(request, Caller()).trace
    monkeypatch.setattr("bertviz_space.jobs.handler.extract", None)
    assert trace_of(handler, request) is kept


def test_each_step_is_reported_and_a_kept_result_has_fewer(handler):
    request = Request("tiny-bert", "The cat saw the dog")
    messages: list[str] = []
    caller = Caller(report=messages.append)
    handler.answer(request, caller)
    assert messages == [
        "Loading tiny-bert …", "Running tiny-bert on the text …", "Writing the result …",
    ]  # fmt: skip
    messages.clear()
    handler.answer(request, caller)
    assert messages == ["Loading tiny-bert …"]


def test_a_canceled_request_stops_before_the_first_layer(handler):
    caller = Caller()
    caller.cancellation.request()
    with pytest.raises(RunStopped):
        handler.answer(Request("tiny-gpt2", "The cat is canceled"), caller)


def test_an_export_that_fails_leaves_no_folder(tmp_path):
    handler = Handler(ModelCache(), Store(tmp_path / "results"))

    def fail(*_: object) -> None:
        raise SpaceError("A message.")

    with pytest.raises(SpaceError, match="A message"):
        handler.answer(Request("tiny-gpt2", "The cat"), Caller(), fail)
    assert list((tmp_path / "results").iterdir()) == []


@pytest.mark.parametrize(
    ("text", "error"), [("", EmptyText), (" \n", EmptyText), ("a" * 20_001, TextTooLong)]
)
def test_an_unreadable_text_is_rejected_before_a_model_is_fetched(handler, text, error):
    with pytest.raises(error):
        handler.answer(Request(NO_SUCH_MODEL, text), Caller())


def test_blank_second_texts_are_ignored(handler):
    trace = trace_of(handler, Request(MINILM, "The cat sat", text_b=" ", target_text="\n"))
    assert {token.segment for token in trace.source} == {None, "A"}


def test_an_unsupported_option_is_an_error_for_programs_and_ignored_for_the_page(handler):
    request = Request(MINILM, "The cat sat", target_text="Die Katze")
    with pytest.raises(SecondTextNotSupported):
        trace_of(handler, request)
    result = handler.answer(request, Caller(), ignore_unsupported=True)
    assert result is handler.answer(Request(MINILM, "The cat sat"), Caller())


def test_blanks_around_a_model_id_are_ignored(handler):
    result = handler.answer(Request(f" {MINILM}\n", "The cat sat"), Caller())
    assert result is handler.answer(Request(MINILM, "The cat sat"), Caller())


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (ModelOptions("pair"), Request("id", "a", text_b="b")),
        (ModelOptions("target"), Request("id", "a", target_text="c")),
        (ModelOptions(None), Request("id", "a")),
        (
            ModelOptions("target", languages=("de", "en")),
            Request("id", "a", target_text="c", source_language="en", target_language="de"),
        ),
        (ModelOptions(None, chat_template=True), Request("id", "a", chat=True)),
        (ModelOptions(None, start_token="<s>"), Request("id", "a", start_token=True)),
    ],
)
def test_options_that_a_model_does_not_support_are_removed(options, expected):
    assert Request("id", "a", "b", "c", "en", "de", True, True).supported_by(options) == expected


def test_a_result_that_cannot_be_written_leaves_no_files(tmp_path):
    save_file({"self": torch.eye(9)[None, None]}, tmp_path / "own", {"tokens": '["a"]'})
    own = tmp_path / "own"
    handler = Handler(ModelCache(), Store(tmp_path / "results"))
    with pytest.raises(TensorsUnreadable):  # 9 positions and one token
        handler.open_file(own, Caller())
    save_file({"self": torch.eye(9)[None, None]}, own, {"tokens": json.dumps(["a"] * 9)})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))  # fails as a full disk does
    try:
        with pytest.raises(ResultNotWritten):
            handler.open_file(own, Caller())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list((tmp_path / "results").rglob("*")) == []
    folder = handler.open_file(own, Caller()).manifest.parent
    assert {path.suffix for path in folder.iterdir()} == {".json", ".safetensors"}


def test_the_options_of_a_model_are_known_before_it_is_loaded(handler):
    assert handler.options(f" {MINILM} ") == ModelOptions("pair")
    assert handler.options("tiny-gpt2") == ModelOptions(
        None, start_token="<|endoftext|>", continues=True
    )
    assert ModelCache().get(MINILM).options == handler.options(MINILM)


def test_a_comparison_is_another_result_than_each_of_its_runs(handler):
    alone = Request("tiny-gpt2", "The cat sat")
    both = replace(alone, other_text="The dog sat")
    requests = [
        alone,
        replace(alone, text="The dog sat"),
        both,
        replace(both, interventions="zero L0H0"),
    ]
    results = [handler.answer(request, Caller()) for request in requests]
    assert len({result.folder_name for result in results}) == len(requests)
    assert handler.answer(both, Caller()) is results[2]
    differs = [result.trace.compared and result.trace.compared.differs for result in results]
    assert differs == [None, None, ("text",), ("interventions", "text")]


def test_what_equals_the_run_itself_is_no_comparison(handler):
    alone = Request("tiny-gpt2", "The cat sat")
    same = replace(alone, other_text="The cat sat", other_model=" tiny-gpt2 ")
    assert handler.answer(same, Caller()) is handler.answer(alone, Caller())


def test_the_other_run_is_written_as_long_as_the_first_one(handler):
    request = Request("tiny-gpt2", "The cat sat", other_text="The dog sat", continue_tokens=5)
    stop, reports = Cancellation(), []

    def stop_at_the_second_token(message):
        reports.append(message)
        if len(reports) == 2:
            stop.request()

    caller = Caller(report_written=stop_at_the_second_token, stop_writing=stop)
    trace = handler.answer(request, caller).trace
    assert trace is not None and trace.compared is not None
    num_written = len(trace.source) - trace.written_from
    other = trace.compared.trace
    assert len(other.source) - other.written_from == num_written == 2
