"""The result that a page shows before its reader has run anything."""

from concurrent.futures import Future
from pathlib import Path
from threading import Lock

from .caller import Caller
from .handler import Handler
from .job import Job
from .queue import JobQueue
from .request import Request
from .result import Result


class FirstResult:
    """The result of one request, computed once for all visitors, and never evicted.

    Args:
        request: the request.
        handler: answers the request.
        queue: the queue that all jobs share.

    Attributes:
        request: the request.
    """

    def __init__(self, request: Request, handler: Handler, queue: JobQueue) -> None:
        self.request = request
        self._handler = handler
        self._queue = queue
        self._lock = Lock()
        self._future: Future[Result] | None = None

    def future(self) -> Future[Result]:
        """Return the future of the result; start to compute a result that does not exist.

        A computation that failed is started again, so a visitor never sees an error of the past.

        Raises:
            QueueFull: if too many jobs are waiting.
        """
        with self._lock:
            if self._future is None or self._has_failed(self._future):
                # No reader has a place in the queue, so its messages are ignored.
                self._future = self._queue.add(Job(), self._compute, on_waiting=Caller().report)
            return self._future

    def files(self) -> list[Path]:
        """Return the manifest and the first layer's file, or nothing while there is no result."""
        with self._lock:
            future = self._future
        if future is None or not future.done() or self._has_failed(future):
            return []
        result = future.result()
        first_layer = result.manifest.parent / result.names[0]
        return [result.manifest, first_layer] if first_layer.exists() else [result.manifest]

    def _has_failed(self, future: Future[Result]) -> bool:
        """Return True if a computation ended without a result, or its files have been deleted."""
        if not future.done():
            return False
        return future.exception() is not None or not future.result().manifest.exists()

    def _compute(self) -> Result:
        result = self._handler.answer(self.request, Caller(), ignore_unsupported=True)
        self._handler.results.protect(result)
        return result
