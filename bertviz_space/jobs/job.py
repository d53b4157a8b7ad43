"""Jobs: the work on one request, which a newer request of the same page replaces."""

from collections.abc import Generator, Iterator
from contextlib import closing
from threading import Lock
from typing import TypeVar
from weakref import WeakKeyDictionary

from ..cancellation import Cancellation

_Message = TypeVar("_Message")


class Job:
    """The work on one request, from the moment the request arrives; it may wait in the queue.

    Every method may be called from any thread.

    Attributes:
        cancellation: stops the work.
        stop_writing: lets a model that continues a text write no further token.
    """

    def __init__(self) -> None:
        self.cancellation = Cancellation()
        self.stop_writing = Cancellation()
        self._delivering = Lock()  # locked while a message is delivered
        self._is_replaced = False

    @property
    def is_replaced(self) -> bool:
        """True once a newer job of the same page has replaced this one."""
        return self._is_replaced

    def replace(self) -> None:
        """Cancel this job in favor of a newer one.

        Once this method returns, no message of this job is delivered any more.
        """
        self._is_replaced = True
        self.cancellation.request()
        # A message that is being delivered arrives before all messages of the newer job.
        with self._delivering:
            pass

    def until_replaced(self, messages: Generator[_Message, None, None]) -> Iterator[_Message]:
        """Yield the messages of this job until a newer job replaces it.

        Args:
            messages: the messages; this function closes the generator at the end. The caller must
                request the next message only after the previous one has been delivered, as Gradio
                does.
        """
        with closing(messages):
            for message in messages:
                with self._delivering:
                    if self._is_replaced:
                        return
                    yield message


class ActiveJobs:
    """The jobs of all open pages and connected programs; each page has at most one."""

    def __init__(self) -> None:
        self._lock = Lock()
        # Weak references: a job exists only while it waits in the queue or is being worked on.
        self._session_of = WeakKeyDictionary[Job, str]()

    def start(self, session: str) -> Job:
        """Return a new job that replaces the older job of a page.

        Args:
            session: the page's session, which no other page and no program shares.
        """
        job = Job()
        with self._lock:
            older = self._remove(session)
            self._session_of[job] = session
        for each in older:
            each.replace()
        return job

    def start_beside(self, session: str) -> Job:
        """Return a new job of a program, whose other jobs continue.

        Args:
            session: the program's session, which no other program and no page shares.
        """
        job = Job()
        with self._lock:
            self._session_of[job] = session
        return job

    def stop_writing(self, session: str) -> None:
        """Let the models that continue a text for a page write no further token."""
        with self._lock:
            jobs = [job for job, other in self._session_of.items() if other == session]
        for job in jobs:
            job.stop_writing.request()

    def close(self, session: str) -> None:
        """Cancel the jobs of a page or a program that has closed its session."""
        with self._lock:
            jobs = self._remove(session)
        for job in jobs:
            job.cancellation.request()

    def _remove(self, session: str) -> list[Job]:
        jobs = [job for job, other in self._session_of.items() if other == session]
        for job in jobs:
            del self._session_of[job]
        return jobs
