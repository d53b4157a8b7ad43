"""The updates after a press of Run, with real models but without an open page."""

from threading import Event

import gradio as gr
import pytest
from starlette.requests import Request as HttpRequest

from bertviz_space import machine
from bertviz_space.jobs.handler import Handler
from bertviz_space.jobs.job import ActiveJobs, Job
from bertviz_space.jobs.queue import JobQueue
from bertviz_space.jobs.store import Store
from bertviz_space.jobs.uploads import Uploads
from bertviz_space.models.cache import ModelCache
from bertviz_space.page.run_button import RunButton

OPTIONS = ("", "", None, None, False, False)


@pytest.fixture
def run_button(tmp_path) -> RunButton:
    handler = Handler(ModelCache(), Store(tmp_path))
    return RunButton(handler, Uploads(tmp_path, excluded=tmp_path), ActiveJobs(), JobQueue())


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
    assert lines[-1][0] == "status"
    assert not is_unchanged(results[-1])


def test_an_uploaded_file_is_released_if_the_queue_is_full(tmp_path):
    queue, may_end = JobQueue(num_workers=1, max_waiting=0), Event()
    queue.add(Job(), may_end.wait, on_waiting=lambda _: None)
    handler = Handler(ModelCache(), Store(tmp_path / "results"))
    uploads = Uploads(tmp_path, excluded=tmp_path / "results")
    run_button = RunButton(handler, uploads, ActiveJobs(), queue)
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
