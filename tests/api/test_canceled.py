"""If a program cancels its job, the server stops the run between two layers."""

from gradio_client.utils import Status

from tests.api.clients import connect
from tests.api.jobs import wait_until

# No other test uses this text: a kept result would need no run.
TEXT = "The nurse canceled the question"


def cancel(job):
    """Cancel a job that has begun."""
    # gradio_client 2.7 cancels a job only once it has received the job's id from the server.
    wait_until(job, lambda status: status.code is Status.PROCESSING)
    job.cancel()


def test_a_canceled_job_stops_between_two_layers(url, slow):
    client = connect(url)
    job = client.submit("tiny-gpt2", TEXT, api_name="/attention")
    slow.entered.wait()
    cancel(job)
    # The server receives the request after the call has returned; a tiny model could end before.
    assert slow.canceled.get() == TEXT
    slow.let_go.set()
    assert slow.stopped.get() == TEXT
    assert slow.num_layers == 1
    # The model and the queue are free for the next job.
    tokens, _ = client.predict("tiny-gpt2", TEXT, api_name="/attention")
    assert "".join(token["text"] for token in tokens) == TEXT


def test_the_job_of_another_program_continues(url, slow):
    one, other = connect(url), connect(url)
    kept = one.submit("tiny-gpt2", TEXT + " again", api_name="/attention")
    dropped = other.submit("tiny-gpt2", TEXT + " twice", api_name="/attention")
    assert {slow.begun.get() for _ in range(2)} == {TEXT + " again", TEXT + " twice"}
    cancel(dropped)
    assert slow.canceled.get() == TEXT + " twice"
    slow.let_go.set()
    assert slow.stopped.get() == TEXT + " twice"
    tokens, _ = kept.result()
    assert slow.stopped.empty()
    assert "".join(token["text"] for token in tokens) == TEXT + " again"


def test_two_programs_run_at_the_same_time(url, slow):
    clients = [connect(url) for _ in range(2)]
    paused = clients[0].submit("tiny-gpt2", TEXT + " now", api_name="/attention")
    slow.entered.wait()
    tokens, _ = clients[1].submit("tiny-bert", TEXT, api_name="/attention").result()
    assert len(tokens) > 2
    slow.let_go.set()
    paused.result()
