"""The steps between a request and its files, as the page and programs take them."""

import json
import resource
from dataclasses import replace

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from bertviz_space.errors import (
    EmptyText,
    ResultNotWritten,
    SecondTextNotSupported,
    TensorsUnreadable,
    TextTooLong,
)
from bertviz_space.jobs.handler import Handler, Request
from bertviz_space.jobs.store import Store
from bertviz_space.models.cache import ModelCache
from bertviz_space.models.options import ModelOptions
from tests.conftest import MINILM, MINILM_REVISION

NO_SUCH_MODEL = "someone/model"


@pytest.fixture(scope="module")
def handler(tmp_path_factory) -> Handler:
    return Handler(ModelCache(), Store(tmp_path_factory.mktemp("results")))


def test_a_request_becomes_a_manifest_with_its_files(handler):
    request = Request(MINILM, "The cat sat", "on the mat")
    loaded = handler.load(request)
    trace = handler.run(request, loaded)
    path = handler.publish(request, trace, loaded.checkpoint).manifest
    manifest = json.loads(path.read_text(encoding="utf-8"))
    assert manifest["model"] == {"model_id": MINILM, "revision": MINILM_REVISION}
    assert [token["text"] for token in manifest["source"]] == [
        "[CLS]", "The", "cat", "sat", "[SEP]", "on", "the", "mat", "[SEP]",
    ]  # fmt: skip
    assert (path.parent / manifest["components"][0]["layers"][5]["file"]).is_file()


def test_every_result_has_a_folder_of_its_own(handler):
    request = Request(MINILM, "The cat sat")
    loaded = handler.load(request)
    trace = handler.run(request, loaded)
    results = [handler.publish(request, trace, loaded.checkpoint) for _ in range(2)]
    paths = [result.manifest for result in results]
    paths.append(handler.publish_weights(trace, loaded.checkpoint))
    assert len({path.parent for path in paths}) == 3


def test_what_was_published_is_kept_by_model_commit_text_and_options(handler):
    request = Request("tiny-gpt2", "The cat sat on the mat")
    loaded = handler.load(request)
    assert handler.kept(request, loaded) is None
    trace = handler.run(request, loaded)
    result = handler.publish(request, trace, loaded.checkpoint)
    assert handler.kept(request, loaded) is result
    same = replace(request, model_id=" tiny-gpt2\n", text_b=" ", target_text="\n")
    assert handler.kept(same, loaded) is result
    for other in (
        replace(request, text="The cat sat on the mat "),
        replace(request, text_b="b"),
        replace(request, start_token=True),
        replace(request, chat=True),
        replace(request, source_language="de"),
    ):
        assert handler.kept(other, loaded) is None
    other_commit = replace(loaded, checkpoint=replace(loaded.checkpoint, revision="1" * 40))
    assert handler.kept(request, other_commit) is None
    assert handler.kept(request, handler.load(Request("tiny-bert", "a"))) is None


def test_a_program_is_answered_from_a_kept_trace_without_a_second_pass(handler, monkeypatch):
    request = Request("tiny-bert", "The cat sat", "on the mat")
    loaded = handler.load(request)
    first = handler.trace(request, loaded)
    assert handler.trace(request, loaded) is not first
    handler.publish(request, first, loaded.checkpoint)
    monkeypatch.setattr("bertviz_space.jobs.handler.extract", None)
    assert handler.trace(request, loaded) is first


def test_a_program_gets_one_file_of_weights(handler):
    request = Request(MINILM, "The cat sat")
    loaded = handler.load(request)
    path = handler.publish_weights(handler.run(request, loaded), loaded.checkpoint)
    with safe_open(path, "pt") as file:
        assert file.get_tensor("self").shape == (6, 12, 5, 5)


@pytest.mark.parametrize(
    ("text", "error"), [("", EmptyText), (" \n", EmptyText), ("a" * 20_001, TextTooLong)]
)
def test_a_text_that_is_none_is_refused_before_a_model_is_fetched(handler, text, error):
    with pytest.raises(error):
        handler.load(Request(NO_SUCH_MODEL, text))


def test_second_texts_of_blanks_are_none(handler):
    request = Request(MINILM, "The cat sat", text_b=" ", target_text="\n")
    trace = handler.run(request, handler.load(request))
    assert {token.segment for token in trace.source} == {None, "A"}


def test_a_target_text_for_a_model_without_decoder_is_refused(handler):
    request = Request(MINILM, "The cat sat", target_text="Die Katze")
    with pytest.raises(SecondTextNotSupported):
        handler.run(request, handler.load(request))


def test_blanks_around_a_model_id_do_not_count(handler):
    text = "The cat sat"
    assert handler.load(Request(f" {MINILM}\n", text)) is handler.load(Request(MINILM, text))


@pytest.mark.parametrize(
    ("takes", "expected"),
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
def test_a_field_that_does_not_fit_the_model_takes_no_part(takes, expected):
    assert Request("id", "a", "b", "c", "en", "de", True, True).fitting(takes) == expected


def test_a_file_whose_result_cannot_be_written_leaves_nothing(tmp_path):
    save_file({"self": torch.eye(9)[None, None]}, tmp_path / "own", {"tokens": '["a"]'})
    own = tmp_path / "own"
    handler = Handler(ModelCache(), Store(tmp_path / "results"))
    with pytest.raises(TensorsUnreadable):  # 9 positions and one token
        handler.publish_file(own)
    save_file({"self": torch.eye(9)[None, None]}, own, {"tokens": json.dumps(["a"] * 9)})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))  # as on a disk that is full
    try:
        with pytest.raises(ResultNotWritten):
            handler.publish_file(own)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list((tmp_path / "results").rglob("*")) == []
    folder = handler.publish_file(own).manifest.parent
    assert {path.suffix for path in folder.iterdir()} == {".json", ".safetensors"}


def test_what_a_model_takes_is_known_before_it_is_loaded(handler):
    assert handler.inputs(f" {MINILM} ") == ModelOptions("pair")
    assert handler.inputs("tiny-gpt2") == ModelOptions(None, start_token="<|endoftext|>")
    assert handler.load(Request(MINILM, "The cat")).options == handler.inputs(MINILM)
