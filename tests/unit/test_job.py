"""Jobs of a page: a newer job replaces the older one, and its messages come last."""

import gc
import weakref
from contextlib import closing
from threading import Event, Lock, Thread

import pytest

from bertviz_space.jobs.job import ActiveJobs, Job


@pytest.fixture
def jobs() -> ActiveJobs:
    return ActiveJobs()


def is_wanted(job: Job) -> bool:
    return not job.cancellation.is_requested


def test_the_newest_job_of_a_page_cancels_the_older_one(jobs):
    older = jobs.start("a page")
    assert is_wanted(older)
    newer = jobs.start("a page")
    assert not is_wanted(older)
    assert is_wanted(newer)


def test_closing_a_page_does_not_cancel_the_jobs_of_other_pages(jobs):
    one, other = jobs.start("one page"), jobs.start("another page")
    jobs.close("one page")
    assert not is_wanted(one)
    assert is_wanted(other)


def test_a_program_can_have_several_jobs_until_it_disconnects(jobs):
    both = [jobs.start_beside("a program") for _ in range(2)]
    other = jobs.start("a page")
    assert all(is_wanted(job) for job in both)
    jobs.close("a program")
    assert not any(is_wanted(job) for job in both)
    assert is_wanted(other)


def test_a_page_that_comes_back_can_start_a_job_again(jobs):
    jobs.close("a page")
    assert is_wanted(jobs.start("a page"))
    jobs.close("a page")
    assert is_wanted(jobs.start("a page"))


def test_a_job_that_nobody_works_on_is_not_kept_in_memory(jobs):
    forgotten = weakref.ref(jobs.start("a page"))
    gc.collect()
    assert forgotten() is None


def messages_of(ended: Event):
    try:
        yield from ("Loading", "Running", "Done")
    finally:
        ended.set()


def test_a_job_that_is_not_replaced_delivers_all_messages(jobs):
    ended = Event()
    messages = jobs.start("a page").until_replaced(messages_of(ended))
    assert list(messages) == ["Loading", "Running", "Done"]
    assert ended.is_set()


class WatchedLock:
    """A lock that reports that a thread waits for it.

    Attributes:
        is_awaited: set when a thread waits for the lock.
    """

    def __init__(self) -> None:
        self._lock, self.is_awaited = Lock(), Event()

    def __enter__(self) -> None:
        if not self._lock.acquire(blocking=False):
            self.is_awaited.set()
            self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def test_a_replaced_job_delivers_no_more_messages(jobs, monkeypatch):
    ended, newer_started, delivering = Event(), Event(), WatchedLock()

    def steps():
        with closing(messages_of(ended)) as messages:
            yield next(messages)
            newer_started.wait()
            yield from messages

    older = jobs.start("a page")
    monkeypatch.setattr(older, "_delivering", delivering)
    messages = older.until_replaced(steps())
    assert next(messages) == "Loading"

    def start_newer() -> None:
        jobs.start("a page")
        newer_started.set()

    thread = Thread(target=start_newer)
    thread.start()
    # The message is still being delivered: the newer job starts once it has arrived.
    delivering.is_awaited.wait()
    assert not newer_started.is_set()
    assert list(messages) == []
    assert ended.is_set()
    thread.join()


def test_a_job_that_is_replaced_in_the_queue_delivers_no_message(jobs):
    older = jobs.start("a page")
    jobs.start("a page")
    assert list(older.until_replaced(messages_of(Event()))) == []


def test_a_job_of_a_closed_page_still_delivers_its_messages(jobs):
    ended = Event()
    job = jobs.start("a page")
    messages = job.until_replaced(messages_of(ended))
    next(messages)
    jobs.close("a page")
    assert not is_wanted(job)
    assert list(messages) == ["Running", "Done"]


def test_a_job_that_ends_while_it_delivers_a_message_does_not_block_the_next_job(jobs):
    ended = Event()
    messages = jobs.start("a page").until_replaced(messages_of(ended))
    next(messages)
    messages.close()
    assert ended.is_set()
    assert is_wanted(jobs.start("a page"))
