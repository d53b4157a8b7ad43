"""If a program cancels its job, the server stops the run between two layers."""

from threading import Event

import pytest
from gradio_client import Client
from gradio_client.utils import Status

from bertviz_space.cancellation import Cancellation
from tests.api.jobs import wait_until

# No other test uses this text: a kept result would need no run.
TEXT = "The nurse canceled the question"


@pytest.fixture
def canceled(monkeypatch):
    """Return an event that is set once the server has canceled a job."""
    canceled, request = Event(), Cancellation.request

    def request_and_note(cancellation):
        was_requested = cancellation.is_requested  # by an earlier test
        request(cancellation)
        if not was_requested:
            canceled.set()

    monkeypatch.setattr(Cancellation, "request", request_and_note)
    return canceled


def test_a_canceled_job_stops_between_two_layers(url, slow, canceled):
    client = Client(url, verbose=False)
    job = client.submit("tiny-gpt2", TEXT, api_name="/attention")
    assert slow.entered.wait(30)
    # gradio_client 2.7 cancels a job only once it has received the job's id from the server.
    wait_until(job, lambda status: status.code is Status.PROCESSING)
    job.cancel()
    # The server receives the request after the call has returned; a tiny model could end before.
    assert canceled.wait(30)
    slow.let_go.set()
    assert slow.ended.wait(30)
    assert slow.stopped.get(timeout=30) == TEXT
    assert slow.num_layers == 1
    # The model and the queue are free for the next job.
    tokens, _ = client.predict("tiny-gpt2", TEXT, api_name="/attention")
    assert "".join(token["text"] for token in tokens) == TEXT


def test_the_job_of_another_program_continues(url, slow):
    one, other = Client(url, verbose=False), Client(url, verbose=False)
    kept = one.submit("tiny-gpt2", TEXT + " again", api_name="/attention")
    assert slow.entered.wait(30)
    dropped = other.submit("tiny-gpt2", TEXT + " twice", api_name="/attention")
    dropped.cancel()
    slow.let_go.set()
    tokens, _ = kept.result(30)
    assert "".join(token["text"] for token in tokens) == TEXT + " again"


def test_two_programs_run_at_the_same_time(url, slow):
    clients = [Client(url, verbose=False) for _ in range(2)]
    paused = clients[0].submit("tiny-gpt2", TEXT + " now", api_name="/attention")
    assert slow.entered.wait(30)
    tokens, _ = clients[1].submit("tiny-bert", TEXT, api_name="/attention").result(30)
    assert len(tokens) > 2
    slow.let_go.set()
    paused.result(30)
