"""Programs in the queue: each has its turn, and one too many is told so in a sentence."""

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


def heard(job):
    """What a job that waits is told."""
    return wait_until(job, lambda status: status.progress_data).progress_data[0].desc


def test_programs_that_are_too_many_are_told_so_and_the_others_are_answered(client, slow):
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


def test_a_program_that_waits_hears_how_many_are_before_it_and_may_leave(url, client, slow):
    under_way = [submit(client) for _ in range(RUNS_AT_ONCE)]
    assert [slow.begun.get(timeout=30) for _ in under_way] == [TEXT] * RUNS_AT_ONCE
    # A client of its own: Gradio 6.31 cancels all jobs that a client has at one endpoint.
    leaves = submit(Client(url, verbose=False), "Never to be run")
    assert heard(leaves) == f"Waiting: {RUNS_AT_ONCE} runs before yours …"
    stays = submit(client, "The last one")
    assert heard(stays) == f"Waiting: {RUNS_AT_ONCE + 1} runs before yours …"
    leaves.cancel()
    slow.let_go.set()
    for job in (*under_way, stays):
        job.result(30)
    assert slow.begun.get(timeout=30) == "The last one"
