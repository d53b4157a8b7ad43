"""What a press of Run says and shows, through the real runner and models; no page is open."""

from threading import Event

import gradio as gr
import pytest
from starlette.requests import Request as HttpRequest

from bertviz_space import machine
from bertviz_space.jobs.cancellation import Run, Runs
from bertviz_space.jobs.handler import Handler
from bertviz_space.jobs.queue import Turns
from bertviz_space.jobs.store import Store
from bertviz_space.jobs.uploads import Uploads
from bertviz_space.models.cache import ModelCache
from bertviz_space.page.run_button import Runner

OPTIONS = ("", "", None, None, False, False)


@pytest.fixture
def runner(tmp_path) -> Runner:
    handler = Handler(ModelCache(), Store(tmp_path))
    return Runner(handler, Uploads(tmp_path, but=tmp_path), Runs(), Turns())


def press_run(runner: Runner, model_id: str, text: str):
    """All that a press of Run hands to the page: lines, and values of the result."""
    pressed = gr.Request(HttpRequest({"type": "http"}), session_hash="a page")
    fields = (model_id, text, *OPTIONS)
    runner.start(pressed, *fields)
    lines, results = zip(*runner.run(pressed, None, *fields), strict=True)
    return [(line.kind, line.text) for line in lines], results


def is_left_alone(result) -> bool:
    return result == gr.skip()


def test_a_run_that_takes_too_long_says_what_to_do_and_leaves_the_picture(runner, monkeypatch):
    monkeypatch.setenv(machine.MAX_RUN_VARIABLE, "1e-9")
    lines, results = press_run(runner, "tiny-gpt2", "The dog on the ship ran")
    kind, sentence = lines[-1]
    assert kind == "error"
    assert sentence.startswith("The run was stopped after 1e-09 seconds")
    assert sentence.endswith("Shorten the text, or choose a smaller model, and run again.")
    assert all(is_left_alone(result) for result in results)
    monkeypatch.delenv(machine.MAX_RUN_VARIABLE)
    lines, results = press_run(runner, "tiny-gpt2", "The dog on the ship ran")
    assert lines[-1][0] == "status"
    assert not is_left_alone(results[-1])


def test_an_uploaded_file_that_finds_the_queue_full_is_let_go(tmp_path):
    turns, over = Turns(at_once=1, most_waiting=0), Event()
    turns.take(Run(), over.wait, on_waiting=lambda _: None)
    handler = Handler(ModelCache(), Store(tmp_path / "results"))
    runner = Runner(handler, Uploads(tmp_path, but=tmp_path / "results"), Runs(), turns)
    file = tmp_path / "an upload" / "own.safetensors"
    file.parent.mkdir()
    file.touch()
    pressed = gr.Request(HttpRequest({"type": "http"}), session_hash="a page")
    runner.start(pressed, file)
    [(line, result)] = runner.open_file(pressed, {"path": str(file)})
    over.set()
    assert line.kind == "error"
    assert line.text.endswith("runs are waiting. Wait a minute and try again.")
    assert is_left_alone(result)
    assert list(tmp_path.glob("taken-*")) == []
