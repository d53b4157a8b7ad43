"""Cancellation of work whose result is no longer needed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from .errors import RunStopped


class Cancellation:
    """Tells work to stop. Every method may be called from any thread.

    Long work calls ``check`` between two short steps. Work that waits registers a callback that
    wakes it, so that nothing polls.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._is_requested = False
        self._callbacks: list[Callable[[], object]] = []

    @property
    def is_requested(self) -> bool:
        """True once ``request`` has been called."""
        return self._is_requested

    def request(self) -> None:
        """Tell the work to stop, and call each registered callback once, in this thread."""
        with self._lock:
            self._is_requested = True
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()

    def check(self) -> None:
        """Stop the work that calls this function if the cancellation has been requested.

        Raises:
            RunStopped: if it has been requested.
        """
        if self.is_requested:
            raise RunStopped

    def add_callback(self, callback: Callable[[], object]) -> None:
        """Call a function when the cancellation is requested; now if it has already been requested.

        Args:
            callback: the function, which must be quick. It may be called in any thread.
        """
        with self._lock:
            if not self._is_requested:
                self._callbacks.append(callback)
                return
        callback()

    @contextmanager
    def waking(self, callback: Callable[[], object]) -> Iterator[None]:
        """Register a callback, as ``add_callback`` does, until the block ends."""
        self.add_callback(callback)
        try:
            yield
        finally:
            with self._lock:
                if callback in self._callbacks:
                    self._callbacks.remove(callback)
