"""Waits for the status and the messages of a job; gradio_client reports them only on request."""

from collections.abc import Callable
from concurrent.futures import wait
from typing import Any

from gradio_client.client import Job


def wait_until(job: Job, holds: Callable[[Any], bool]) -> Any:
    """Return the first status of a job for which ``holds`` returns True.

    Raises:
        AssertionError: if the job ends without one.
    """
    while True:
        is_done = job.done()
        status = job.status()
        if holds(status):
            return status
        assert not is_done
        wait([job.future], timeout=0.05)


def wait_for_message(job: Job, message: str) -> None:
    """Wait until a waiting job receives a message."""
    wait_until(
        job,
        lambda status: bool(status.progress_data) and status.progress_data[0].desc == message,
    )
