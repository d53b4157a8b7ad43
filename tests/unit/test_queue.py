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


class Asked:
    """A job in the queue, which ends when the test lets it end.

    Attributes:
        heard: the messages that it received while it waited.
        begun: set when the job has started.
        ends: set by the test.
    """

    def __init__(self, queue: JobQueue) -> None:
        self.heard: list[str] = []
        self.begun, self.ends = Event(), Event()
        self.job = Job()
        self.future: Future[Any] = queue.add(self.job, self._work, self.heard.append)

    def _work(self) -> list[str]:
        self.begun.set()
        assert self.ends.wait(30)
        return list(self.heard)

    def end(self) -> list[str]:
        """Let the job end once it has started; return the messages that it had received by then."""
        assert self.begun.wait(30)
        self.ends.set()
        return self.future.result(30)


@pytest.fixture
def queue() -> JobQueue:
    return JobQueue(NUM_WORKERS, MAX_WAITING)


@pytest.fixture
def ask(queue) -> Iterator[Callable[[], Asked]]:
    """A function that adds one more job."""
    asked: list[Asked] = []

    def ask() -> Asked:
        asked.append(Asked(queue))
        return asked[-1]

    yield ask
    for each in asked:
        each.ends.set()


def waiting(before: int) -> str:
    return f"Waiting: {before} runs before yours …"


def test_as_many_jobs_as_workers_start_at_once_without_a_message(ask):
    both = [ask() for _ in range(NUM_WORKERS)]
    assert all(each.begun.wait(30) for each in both)
    assert [each.end() for each in both] == [[], []]


def test_other_jobs_wait_in_order_and_hear_how_many_jobs_are_before_them(ask):
    first, second, third, fourth = (ask() for _ in range(4))
    assert third.heard == [waiting(2)]
    assert fourth.heard == [waiting(3)]
    second.end()
    assert third.begun.wait(30)
    assert fourth.heard == [waiting(3), waiting(2)]
    assert not fourth.begun.is_set()
    first.end()
    # Messages come before the start, and none after it.
    assert fourth.end() == fourth.heard == [waiting(3), waiting(2)]
    assert third.end() == [waiting(2)]


def test_a_canceled_job_leaves_the_queue_at_once(ask):
    first, _, third, fourth = (ask() for _ in range(4))
    third.job.cancellation.request()
    assert third.future.cancelled()
    assert fourth.heard == [waiting(3), waiting(2)]
    first.end()
    assert fourth.begun.wait(30)
    assert not third.begun.is_set()


def test_a_job_that_is_canceled_before_it_is_added_never_starts(queue, ask):
    _ = ask(), ask()
    job = Job()
    job.cancellation.request()
    assert queue.add(job, lambda: None, on_waiting=lambda _: None).cancelled()


def test_a_job_that_is_running_keeps_its_worker_when_it_is_canceled(ask):
    first = ask()
    assert first.begun.wait(30)
    first.job.cancellation.request()
    assert first.end() == []


def test_the_queue_is_bounded_and_a_job_that_leaves_makes_room(ask):
    asked = [ask() for _ in range(NUM_WORKERS + MAX_WAITING)]
    with pytest.raises(QueueFull, match="The queue is full: 3 runs are waiting"):
        ask()
    asked[-1].job.cancellation.request()
    asked.append(ask())
    with pytest.raises(SpaceError):
        ask()
    asked[0].end()
    ask()


def test_the_message_counts_one_job_in_the_singular():
    queue = JobQueue(num_workers=1)
    first, second = Asked(queue), Asked(queue)
    assert second.heard == ["Waiting: 1 run before yours …"]
    first.end()
    second.end()


def test_an_error_fails_only_its_own_job(queue, ask):
    def fail() -> None:
        raise SpaceError("A sentence.")

    failed = [queue.add(Job(), fail, on_waiting=lambda _: None) for _ in range(NUM_WORKERS)]
    for each in failed:
        with pytest.raises(SpaceError, match="A sentence"):
            each.result(30)
    assert ask().end() == []


def test_the_work_runs_with_the_context_variables_of_the_caller(queue):
    # ZeroGPU finds the visitor's request there.
    visitor = ContextVar("visitor", default="nobody")
    visitor.set("a visitor")
    assert queue.add(Job(), visitor.get, on_waiting=lambda _: None).result(30) == "a visitor"
