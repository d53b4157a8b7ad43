"""The server function of the probe, while a page starts a run or the queue is full."""

import asyncio
import json
from threading import Event
from typing import Any

import pytest
from starlette.requests import Request as HttpRequest

from bertviz_space.errors import QueueFull
from bertviz_space.jobs.caller import Caller
from bertviz_space.jobs.job import ActiveJobs, Job
from bertviz_space.jobs.queue import JobQueue
from bertviz_space.page.probe_function import probing

pytestmark = pytest.mark.anyio

CANCELED = "The probe was canceled, because this page has started a run. Probe again."


class WaitingHandler:
    """Its probes wait until they are canceled."""

    def __init__(self) -> None:
        self.entered = Event()

    def probe(self, model_id: str, caller: Caller) -> None:
        """Raise ``RunStopped`` once the caller is canceled."""
        canceled = Event()
        caller.cancellation.add_callback(canceled.set)
        self.entered.set()
        canceled.wait()
        caller.cancellation.check()


class ObservedQueue(JobQueue):
    """A queue with one worker, which is busy until ``release`` is set."""

    def __init__(self, max_waiting: int) -> None:
        super().__init__(num_workers=1, max_waiting=max_waiting)
        self.release = Event()
        self.has_probe = asyncio.Event()
        super().add(Job(), self.release.wait, lambda _: None)

    def add(self, job: Job, work: Any, on_waiting: Any) -> Any:
        """Add a job, and note that there is one."""
        future = super().add(job, work, on_waiting)
        self.has_probe.set()
        return future


def call_of(session: str) -> Any:
    """Return the HTTP request of a page, as Gradio passes it to a server function."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": json.dumps({"session_hash": session}).encode()}

    return HttpRequest({"type": "http", "headers": []}, receive)


async def probe_in(active: ActiveJobs, queue: JobQueue, handler: Any) -> asyncio.Task[Any]:
    """Start the probe of a page."""
    probe = probing(handler, active, queue)
    return asyncio.ensure_future(probe("tiny-gpt2", call_of("a page"), None))


async def test_a_run_of_the_same_page_stops_the_probe():
    active, handler = ActiveJobs(), WaitingHandler()
    answer = await probe_in(active, JobQueue(), handler)
    await asyncio.to_thread(handler.entered.wait)
    active.start("another page")
    assert not answer.done()
    active.start("a page")
    assert await answer == CANCELED


async def test_a_page_that_closes_takes_its_probe_out_of_the_queue():
    active, queue, handler = ActiveJobs(), ObservedQueue(max_waiting=1), WaitingHandler()
    answer = await probe_in(active, queue, handler)
    await queue.has_probe.wait()
    active.close("a page")
    assert await answer == CANCELED
    assert not handler.entered.is_set()
    queue.release.set()


async def test_a_full_queue_is_a_sentence():
    queue = ObservedQueue(max_waiting=0)
    answer = await (await probe_in(ActiveJobs(), queue, WaitingHandler()))
    assert answer == str(QueueFull(0))
    queue.release.set()
