"""What a program knows of its own jobs; gradio_client can only be asked again and again."""

from collections.abc import Callable
from concurrent.futures import wait
from typing import Any

from gradio_client.client import Job


def wait_until(job: Job, holds: Callable[[Any], bool]) -> Any:
    """The first status of a job of which something holds.

    Raises:
        AssertionError: if it never does.
    """
    for _ in range(600):
        status = job.status()
        if holds(status):
            return status
        wait([job.future], timeout=0.05)
    raise AssertionError("not within half a minute")
