"""One result for all visitors: computed once, never evicted, and computed again if it is lost."""

import shutil
from collections.abc import Iterator
from threading import Event

import gradio as gr
import pytest

from bertviz_space.errors import ModelUnavailable
from bertviz_space.jobs import handler as handler_module
from bertviz_space.jobs import result_cache
from bertviz_space.jobs.caller import Caller
from bertviz_space.jobs.first_result import FirstResult
from bertviz_space.jobs.handler import Handler
from bertviz_space.jobs.queue import JobQueue
from bertviz_space.jobs.request import Request
from bertviz_space.jobs.store import Store
from bertviz_space.models.cache import ModelCache
from bertviz_space.page.components import HeadView
from bertviz_space.page.first_picture import show_when_computed
from bertviz_space.page.message_line import MessageLine

REQUEST = Request("tiny-bert", "The cat sat", "The dog ran")


@pytest.fixture
def handler(tmp_path) -> Iterator[Handler]:
    handler = Handler(ModelCache(), Store(tmp_path, max_bytes=1))
    yield handler
    handler.results.wait_until_idle()


@pytest.fixture
def first(handler) -> FirstResult:
    return FirstResult(REQUEST, handler, JobQueue(num_workers=1))


@pytest.fixture
def passes(monkeypatch) -> list[str]:
    """Return the texts of all forward passes."""
    texts: list[str] = []
    extract = handler_module.extract

    def extract_and_note(model, tokenizer, text, **options):
        texts.append(text)
        return extract(model, tokenizer, text, **options)

    monkeypatch.setattr(handler_module, "extract", extract_and_note)
    return texts


def test_visitors_who_come_during_the_computation_wait_for_the_same_result(first, passes):
    futures = [first.future() for _ in range(5)]
    assert len({id(future.result(30)) for future in futures}) == 1
    assert first.future().result(0) is futures[0].result(0)
    assert passes == [REQUEST.text]


def test_the_result_is_that_of_an_equal_run(first, handler, passes):
    result = first.future().result(30)
    assert handler.answer(REQUEST, Caller()) is result
    assert passes == [REQUEST.text]


def test_the_result_is_kept_whatever_other_readers_run(first, handler, passes, monkeypatch):
    monkeypatch.setattr(result_cache, "MAX_KNOWN_RESULTS", 1)
    result = first.future().result(30)
    # The store has room for one folder besides the protected one.
    others = [handler.answer(Request("tiny-gpt2", text), Caller()) for text in ("a", "b", "c")]
    handler.results.wait_until_idle()
    assert not others[0].manifest.exists()
    assert all((result.manifest.parent / name).exists() for name in result.names)
    assert first.future().result(0) is result
    assert handler.answer(REQUEST, Caller()) is result


def test_a_result_whose_files_are_lost_is_computed_again(first, passes):
    result = first.future().result(30)
    shutil.rmtree(result.manifest.parent)
    again = first.future().result(30)
    assert again is not result
    assert again.manifest.exists()
    assert passes == [REQUEST.text] * 2


def test_a_failed_computation_is_started_again_for_the_next_visitor(first, handler, monkeypatch):
    get, can_load = ModelCache.get, Event()

    def get_if_possible(self, *args):
        if not can_load.is_set():
            raise ModelUnavailable("The model cannot be loaded.")
        return get(self, *args)

    monkeypatch.setattr(ModelCache, "get", get_if_possible)
    failed = first.future()
    assert isinstance(failed.exception(30), ModelUnavailable)
    can_load.set()
    assert first.future().result(30).key.request.text == REQUEST.text


def test_pages_say_that_the_first_picture_is_being_computed_and_later_contain_it(handler, slow):
    first = FirstResult(Request("tiny-gpt2", "The cat"), handler, JobQueue(num_workers=1))
    with gr.Blocks() as demo:
        line, view = MessageLine(), HeadView()

    def value_of(component):
        [props] = [it["props"] for it in demo.config["components"] if it["id"] == component._id]
        return props["value"]

    show_when_computed(demo, first)
    computed = Event()
    first.future().add_done_callback(lambda _: computed.set())  # after that of the page
    assert value_of(line) == {"text": "Computing the first picture …", "kind": "step"}
    slow.let_go.set()
    computed.wait()
    assert value_of(line) is None
    assert value_of(view)["is_first"]
