"""The queue: some jobs run at the same time, and a bounded number of others wait in order."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextvars import ContextVar
from threading import Event
from typing import Any

import pytest

from bertviz_space.errors import QueueFull, SpaceError
from bertviz_space.jobs.job import Job
from bertviz_space.jobs.queue import JobQueue

NUM_WORKERS, MAX_WAITING = 2, 3


class QueuedJob:
    """A job in the queue, which ends when the test lets it end.

    Attributes:
        messages: the messages that it received while it waited.
        begun: set when the job has started.
        ends: the test sets it.
    """

    def __init__(self, queue: JobQueue) -> None:
        self.messages: list[str] = []
        self.begun, self.ends = Event(), Event()
        self.job = Job()
        self.future: Future[Any] = queue.add(self.job, self._work, self.messages.append)

    def _work(self) -> list[str]:
        self.begun.set()
        self.ends.wait()
        return list(self.messages)

    def end(self) -> list[str]:
        """Let the job end once it has started; return the messages that it had received by then."""
        self.begun.wait()
        self.ends.set()
        return self.future.result()


@pytest.fixture
def queue() -> JobQueue:
    return JobQueue(NUM_WORKERS, MAX_WAITING)


@pytest.fixture
def add_job(queue) -> Iterator[Callable[[], QueuedJob]]:
    """Yield a function that adds a job to the queue."""
    jobs: list[QueuedJob] = []

    def add_job() -> QueuedJob:
        jobs.append(QueuedJob(queue))
        return jobs[-1]

    yield add_job
    for each in jobs:
        each.ends.set()


def waiting(before: int) -> str:
    return f"Waiting: {before} runs before yours …"


def test_as_many_jobs_as_workers_start_at_once_without_a_message(add_job):
    both = [add_job() for _ in range(NUM_WORKERS)]
    assert all(each.begun.wait() for each in both)
    assert [each.end() for each in both] == [[], []]


def test_other_jobs_wait_in_order_and_receive_the_number_of_jobs_before_them(add_job):
    first, second, third, fourth = (add_job() for _ in range(4))
    assert third.messages == [waiting(2)]
    assert fourth.messages == [waiting(3)]
    second.end()
    third.begun.wait()
    assert fourth.messages == [waiting(3), waiting(2)]
    assert not fourth.begun.is_set()
    first.end()
    # Messages come before the start, and none after it.
    assert fourth.end() == fourth.messages == [waiting(3), waiting(2)]
    assert third.end() == [waiting(2)]


def test_a_canceled_job_leaves_the_queue_at_once(add_job):
    first, _, third, fourth = (add_job() for _ in range(4))
    third.job.cancellation.request()
    assert third.future.cancelled()
    assert fourth.messages == [waiting(3), waiting(2)]
    first.end()
    fourth.begun.wait()
    assert not third.begun.is_set()


def test_a_job_that_is_canceled_before_it_is_added_never_starts(queue, add_job):
    _ = add_job(), add_job()
    job = Job()
    job.cancellation.request()
    assert queue.add(job, lambda: None, on_waiting=lambda _: None).cancelled()


def test_a_job_that_is_running_keeps_its_worker_when_it_is_canceled(add_job):
    first = add_job()
    first.begun.wait()
    first.job.cancellation.request()
    assert first.end() == []


def test_the_queue_is_bounded_and_a_job_that_leaves_makes_room(add_job):
    jobs = [add_job() for _ in range(NUM_WORKERS + MAX_WAITING)]
    with pytest.raises(QueueFull, match="The queue is full: 3 runs are waiting"):
        add_job()
    jobs[-1].job.cancellation.request()
    jobs.append(add_job())
    with pytest.raises(SpaceError):
        add_job()
    jobs[0].end()
    add_job()


def test_the_message_counts_one_job_in_the_singular():
    queue = JobQueue(num_workers=1)
    first, second = QueuedJob(queue), QueuedJob(queue)
    assert second.messages == ["Waiting: 1 run before yours …"]
    first.end()
    second.end()


def test_an_error_fails_only_its_own_job(queue, add_job):
    def fail() -> None:
        raise SpaceError("A sentence.")

    failed = [queue.add(Job(), fail, on_waiting=lambda _: None) for _ in range(NUM_WORKERS)]
    for each in failed:
        with pytest.raises(SpaceError, match="A sentence"):
            each.result()
    assert add_job().end() == []


def test_the_work_runs_with_the_context_variables_of_the_caller(queue):
    # ZeroGPU reads the visitor's request from a context variable.
    visitor = ContextVar("visitor", default="nobody")
    visitor.set("a visitor")
    assert queue.add(Job(), visitor.get, on_waiting=lambda _: None).result() == "a visitor"
