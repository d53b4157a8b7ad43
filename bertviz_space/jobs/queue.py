"""The queue of jobs: some run at the same time, the others wait; their number is bounded.

The page and programs share this queue. Gradio has a queue of its own, but that queue does not show
the reader's position on a page that hides Gradio's progress, and its only message for a program is
"Queue is full!".
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from threading import RLock
from typing import Any, TypeVar

from ..errors import QueueFull
from ..limits import MAX_WAITING_RUNS, RUNS_AT_ONCE
from .job import Job

_Answer = TypeVar("_Answer")


class JobQueue:
    """Runs jobs in its own threads, in the order in which they were added.

    Args:
        num_workers: how many jobs run at the same time.
        max_waiting: how many jobs may wait; ``None`` for as many for each worker as by default.
    """

    def __init__(self, num_workers: int = RUNS_AT_ONCE, max_waiting: int | None = None) -> None:
        if max_waiting is None:
            max_waiting = num_workers * MAX_WAITING_RUNS // RUNS_AT_ONCE
        self._num_workers = num_workers
        self._max_waiting = max_waiting
        self._workers = ThreadPoolExecutor(num_workers, thread_name_prefix="job")
        # Locked while jobs are added and removed and while positions are reported, so that no job
        # receives a waiting message after it has started. Reentrant: a job that ends or is canceled
        # while it is added is removed in the same thread.
        self._lock = RLock()
        # Running and waiting jobs, in the order in which they were added; the first ones run.
        self._on_waiting: dict[Future[Any], Callable[[str], object]] = {}

    @property
    def max_jobs(self) -> int:
        """How many jobs can run and wait at the same time."""
        return self._num_workers + self._max_waiting

    def add(
        self, job: Job, work: Callable[[], _Answer], on_waiting: Callable[[str], object]
    ) -> Future[_Answer]:
        """Add a job at the end of the queue; a job that is canceled while it waits leaves it.

        Args:
            job: the job.
            work: does the job, with the context variables of the caller.
            on_waiting: receives a message each time the number of jobs before this one changes;
                not called if the job can start at once. It must be quick and must not add a job.

        Returns:
            The future of what ``work`` returns; canceled if the job left the queue.

        Raises:
            QueueFull: if too many jobs are waiting.
        """
        with self._lock:
            num_before = len(self._on_waiting)
            if num_before >= self.max_jobs:
                raise QueueFull(self._max_waiting)
            if num_before >= self._num_workers:
                on_waiting(_waiting_message(num_before))
            future = self._workers.submit(copy_context().run, work)
            self._on_waiting[future] = on_waiting
            future.add_done_callback(self._remove)
        job.cancellation.add_callback(future.cancel)
        return future

    def _remove(self, future: Future[Any]) -> None:
        """Remove a job that has ended or was canceled; its worker is free only after this."""
        with self._lock:
            position = list(self._on_waiting).index(future)
            del self._on_waiting[future]
            for num_before, on_waiting in enumerate(self._on_waiting.values()):
                if num_before >= max(position, self._num_workers):
                    on_waiting(_waiting_message(num_before))


def _waiting_message(num_before: int) -> str:
    """Return the message for a job that waits for other jobs, running ones included."""
    return f"Waiting: {num_before} {'run' if num_before == 1 else 'runs'} before yours …"
