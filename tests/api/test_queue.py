"""Jobs of programs wait in the queue, and one too many receives an error message."""

from concurrent.futures import as_completed

import pytest
from gradio_client.exceptions import AppError

from bertviz_space.limits import MAX_WAITING_RUNS, RUNS_AT_ONCE
from tests.api.clients import connect
from tests.api.jobs import wait_for_message

TEXT = "The sailor waited for the nurse"


@pytest.fixture
def client(url):
    return connect(url)


def submit(client, text=TEXT):
    return client.submit("tiny-gpt2", text, api_name="/attention")


def waiting(before: int) -> str:
    return f"Waiting: {before} runs before yours …"


def test_jobs_beyond_the_limit_receive_an_error_and_the_others_are_answered(client, slow):
    room, too_many = RUNS_AT_ONCE + MAX_WAITING_RUNS, 3
    ended = as_completed([submit(client).future for _ in range(room + too_many)])
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
    assert [slow.begun.get() for _ in running] == [TEXT] * RUNS_AT_ONCE
    # A separate client, because Gradio 6.31 cancels all jobs of a client at an endpoint.
    leaves = submit(connect(url), "Never to be run")
    wait_for_message(leaves, waiting(RUNS_AT_ONCE))
    stays = submit(client, "The last one")
    wait_for_message(stays, waiting(RUNS_AT_ONCE + 1))
    leaves.cancel()
    wait_for_message(stays, waiting(RUNS_AT_ONCE))
    slow.let_go.set()
    for job in (*running, stays):
        job.result()
    assert slow.begun.get() == "The last one"
