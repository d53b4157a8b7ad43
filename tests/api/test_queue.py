"""Jobs of programs wait in the queue, and one too many receives an error message."""

from concurrent.futures import as_completed

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from bertviz_space.limits import MAX_WAITING_RUNS, RUNS_AT_ONCE
from tests.api.jobs import wait_until

TEXT = "The sailor waited for the nurse"


@pytest.fixture
def client(url):
    return Client(url, verbose=False)


def submit(client, text=TEXT):
    return client.submit("tiny-gpt2", text, api_name="/attention")


def waiting_message(job):
    """Return the message that a waiting job receives."""
    return wait_until(job, lambda status: status.progress_data).progress_data[0].desc


def test_jobs_beyond_the_limit_receive_an_error_and_the_others_are_answered(client, slow):
    room, too_many = RUNS_AT_ONCE + MAX_WAITING_RUNS, 3
    ended = as_completed([submit(client).future for _ in range(room + too_many)], timeout=60)
    for _ in range(too_many):
        with pytest.raises(AppError) as caught:
            next(ended).result()
        assert str(caught.value) == (
            f"The queue is full: {MAX_WAITING_RUNS} runs are waiting. Wait a minute and try again."
        )
    slow.let_go.set()
    answers = [future.result() for future in ended]
    assert len(answers) == room
    assert all(len(tokens) == len(TEXT.split()) for tokens, _ in answers)


def test_a_waiting_job_receives_its_position_and_can_be_canceled(url, client, slow):
    running = [submit(client) for _ in range(RUNS_AT_ONCE)]
    assert [slow.begun.get(timeout=30) for _ in running] == [TEXT] * RUNS_AT_ONCE
    # A separate client, because Gradio 6.31 cancels all jobs of a client at an endpoint.
    leaves = submit(Client(url, verbose=False), "Never to be run")
    assert waiting_message(leaves) == f"Waiting: {RUNS_AT_ONCE} runs before yours …"
    stays = submit(client, "The last one")
    assert waiting_message(stays) == f"Waiting: {RUNS_AT_ONCE + 1} runs before yours …"
    leaves.cancel()
    slow.let_go.set()
    for job in (*running, stays):
        job.result(30)
    assert slow.begun.get(timeout=30) == "The last one"
