"""Waits for the status of a job; gradio_client reports it only on request."""

from collections.abc import Callable
from concurrent.futures import wait
from typing import Any

from gradio_client.client import Job


def wait_until(job: Job, holds: Callable[[Any], bool]) -> Any:
    """Return the first status of a job for which ``holds`` returns True.

    Raises:
        AssertionError: if there is none within half a minute.
    """
    for _ in range(600):
        status = job.status()
        if holds(status):
            return status
        wait([job.future], timeout=0.05)
    raise AssertionError("not within half a minute")
