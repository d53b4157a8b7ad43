"""Requests that cannot be run: a press of Run shows an error message, and the picture stays."""

import gradio as gr
import pytest
from starlette.requests import Request as HttpRequest

from bertviz_space.jobs.first_result import FirstResult
from bertviz_space.jobs.handler import Handler
from bertviz_space.jobs.job import ActiveJobs
from bertviz_space.jobs.queue import JobQueue
from bertviz_space.jobs.request import Request
from bertviz_space.jobs.store import Store
from bertviz_space.jobs.uploads import Uploads
from bertviz_space.models.cache import ModelCache
from bertviz_space.page.run_button import RunButton

NO_OPTIONS = ("", "", None, None, False, False, 0, "", 1, 0, "", "", None)


@pytest.fixture(scope="module")
def run_button(tmp_path_factory) -> RunButton:
    folder = tmp_path_factory.mktemp("results")
    handler = Handler(ModelCache(), Store(folder))
    uploads, queue = Uploads(folder, excluded=folder), JobQueue()
    first = FirstResult(Request("tiny-bert", "The cat"), handler, queue)
    return RunButton(handler, uploads, ActiveJobs(), queue, first)


@pytest.mark.parametrize(
    ("model_id", "text", "beginning"),
    [
        ("tiny-bert", "", "Enter some text"),
        ("tiny-bert", " \n\t ", "Enter some text"),
        ("tiny-bert", "a " * 15_000, "The text has 30,000 characters; up to 20,000 can be shown"),
        ("tiny-bert", "The cat\0sat", "The text contains a NUL character"),
        (
            "tiny-bert",
            "half a smile \ud83d",
            "The text contains a NUL character or half a character",
        ),
        ("nosuch/two", "The cat", "Hugging Face cannot be reached, and nosuch/two is not stored"),
        ("../../etc/passwd", "The cat", "This is not a model id"),
        ("/etc/passwd", "The cat", "This is not a model id"),
        ("https://huggingface.co/gpt2", "The cat", "This is not a model id"),
        ("tiny-bert/../tiny-gpt2", "The cat", "This is not a model id"),
        ("${1+1}", "The cat", "This is not a model id"),
        ("{{7*7}}", "The cat", "This is not a model id"),
    ],
)
def test_a_request_that_cannot_be_run_shows_an_error_and_the_picture_stays(
    run_button, model_id, text, beginning
):
    pressed = gr.Request(HttpRequest({"type": "http"}), session_hash="a page")
    fields = (model_id, text, *NO_OPTIONS)
    run_button.start(pressed, *fields)
    lines, results = zip(*run_button.run(pressed, None, *fields), strict=True)
    assert lines[-1].kind == "error"
    assert lines[-1].text.startswith(beginning)
    assert all(result == gr.skip() for result in results)
