"""What the page receives when it opens and after a press of Run, with real models."""

import asyncio
from dataclasses import astuple
from threading import Event

import gradio as gr
import pytest
from starlette.requests import Request as HttpRequest

from bertviz_space import machine
from bertviz_space.errors import INTERNAL_ERROR
from bertviz_space.jobs.first_result import FirstResult
from bertviz_space.jobs.handler import Handler
from bertviz_space.jobs.job import ActiveJobs, Job
from bertviz_space.jobs.queue import JobQueue
from bertviz_space.jobs.request import Request
from bertviz_space.jobs.store import Store
from bertviz_space.jobs.uploads import Uploads
from bertviz_space.models.cache import ModelCache
from bertviz_space.page.run_button import RunButton

OPTIONS = ("", "", None, None, False, False, 0, "", 1, 0, "", "", None)
FIRST = Request("tiny-bert", "The cat sat", "The dog ran")


@pytest.fixture
def run_button(tmp_path) -> RunButton:
    handler = Handler(ModelCache(), Store(tmp_path))
    uploads, queue = Uploads(tmp_path, excluded=tmp_path), JobQueue()
    return RunButton(handler, uploads, ActiveJobs(), queue, FirstResult(FIRST, handler, queue))


def press_run(run_button: RunButton, model_id: str, text: str):
    """Return the messages and the result values that a press of Run sends to the page."""
    pressed = gr.Request(HttpRequest({"type": "http"}), session_hash="a page")
    fields = (model_id, text, *OPTIONS)
    run_button.start(pressed, *fields)
    lines, results = zip(*run_button.run(pressed, None, *fields), strict=True)
    return [(line.kind, line.text) for line in lines], results


def is_unchanged(result) -> bool:
    return result == gr.skip()


def test_a_run_that_takes_too_long_shows_an_error_and_keeps_the_picture(run_button, monkeypatch):
    monkeypatch.setenv(machine.MAX_RUN_VARIABLE, "1e-9")
    lines, results = press_run(run_button, "tiny-gpt2", "The dog on the ship ran")
    kind, message = lines[-1]
    assert kind == "error"
    assert message.startswith("The run was stopped after 1e-09 seconds")
    assert message.endswith("Shorten the text, or choose a smaller model, and run again.")
    assert all(is_unchanged(result) for result in results)
    monkeypatch.delenv(machine.MAX_RUN_VARIABLE)
    lines, results = press_run(run_button, "tiny-gpt2", "The dog on the ship ran")
    assert [kind for kind, _ in lines] == ["step"] * (len(lines) - 1) + ["status"]
    assert not is_unchanged(results[-1])


def test_an_uploaded_file_is_released_if_the_queue_is_full(tmp_path):
    queue, may_end = JobQueue(num_workers=1, max_waiting=0), Event()
    queue.add(Job(), may_end.wait, on_waiting=lambda _: None)
    handler = Handler(ModelCache(), Store(tmp_path / "results"))
    uploads = Uploads(tmp_path, excluded=tmp_path / "results")
    first = FirstResult(FIRST, handler, queue)
    run_button = RunButton(handler, uploads, ActiveJobs(), queue, first)
    file = tmp_path / "an upload" / "own.safetensors"
    file.parent.mkdir()
    file.touch()
    pressed = gr.Request(HttpRequest({"type": "http"}), session_hash="a page")
    run_button.start(pressed, file)
    [(line, result)] = run_button.open_file(pressed, {"path": str(file)})
    may_end.set()
    assert line.kind == "error"
    assert line.text.endswith("runs are waiting. Wait a minute and try again.")
    assert is_unchanged(result)
    assert list(tmp_path.glob("private-*")) == []


def opened(query: str = "", session: str = "a page") -> gr.Request:
    scope = {"type": "http", "query_string": query.encode()}
    return gr.Request(HttpRequest(scope), session_hash=session)


def test_a_page_without_a_link_opens_with_the_first_result(run_button):
    line, value = asyncio.run(run_button.open_page(opened("__theme=dark")))
    assert (line.kind, line.text) == (
        "status",
        "tiny-bert (built in) · 4 layers × 4 heads · 9 tokens",
    )
    assert value.request == "model=tiny-bert&text=The+cat+sat&text_b=The+dog+ran"
    assert value.fields == list(astuple(FIRST))
    again = asyncio.run(run_button.open_page(opened(session="another page")))
    assert again == (line, value)


def test_a_page_with_a_link_to_a_text_waits_for_the_run_of_the_link(run_button):
    line, value = asyncio.run(run_button.open_page(opened("text=The+cat")))
    assert (line.kind, line.text) == ("resolved", "")  # changes no text
    assert is_unchanged(value)


def test_a_reader_who_runs_before_the_first_result_exists_does_not_see_it(run_button, monkeypatch):
    load, loading, may_load = ModelCache.get, Event(), Event()

    def load_later(self, model_id, *args):
        if model_id == FIRST.model_id:
            loading.set()
            assert may_load.wait(30)
        return load(self, model_id, *args)

    monkeypatch.setattr(ModelCache, "get", load_later)

    async def open_and_run():
        page = asyncio.create_task(run_button.open_page(opened()))
        await asyncio.to_thread(loading.wait)
        pressed = await asyncio.to_thread(press_run, run_button, "tiny-gpt2", "The dog ran")
        may_load.set()
        return await page, pressed

    first, (lines, results) = asyncio.run(open_and_run())
    assert all(map(is_unchanged, first))
    assert lines[-1][0] == "status"
    assert not is_unchanged(results[-1])


def test_a_page_that_closes_does_not_cancel_the_first_result_for_others(run_button, monkeypatch):
    load, loading, may_load = ModelCache.get, Event(), Event()

    def load_later(self, *args):
        loading.set()
        assert may_load.wait(30)
        return load(self, *args)

    monkeypatch.setattr(ModelCache, "get", load_later)

    async def close_one_of_two():
        closed = asyncio.create_task(run_button.open_page(opened(session="closed")))
        other = asyncio.create_task(run_button.open_page(opened(session="other")))
        await asyncio.to_thread(loading.wait)
        closed.cancel()
        may_load.set()
        return await other

    line, value = asyncio.run(close_one_of_two())
    assert line.kind == "status"
    assert not is_unchanged(value)


def test_the_page_says_why_there_is_no_first_result(run_button, monkeypatch, caplog):
    def fail(*_args):
        raise ZeroDivisionError

    monkeypatch.setattr(ModelCache, "get", fail)
    line, value = asyncio.run(run_button.open_page(opened()))
    assert (line.kind, line.text) == ("error", INTERNAL_ERROR)
    assert is_unchanged(value)
    assert "ZeroDivisionError" in caplog.text
