"""Loads models one at a time, each in its own thread and with a time limit.

A load cannot be interrupted. A load that exceeds its time limit continues until its thread ends,
and no other load starts before that, so that two loads are never in memory at once. In the
meantime, readers who wait get an error.
"""

import math
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from threading import Condition, Thread
from typing import TypeVar

from ..cancellation import Cancellation
from ..errors import LoadTooLong
from ..limits import MAX_LOAD_SECONDS, MAX_LOAD_WAIT_SECONDS

_Loaded = TypeVar("_Loaded")


class LoadTimer:
    """Measures the time that one load takes, without its downloads.

    Args:
        on_resume: called when a download ends and the time counts again.
    """

    def __init__(self, on_resume: Callable[[], object] = lambda: None) -> None:
        self._on_resume = on_resume
        # Seconds counted before the last download ended, and the time when it ended; None during a
        # download. One attribute, because other threads read it.
        self._counted: tuple[float, float | None] = (0.0, time.monotonic())

    @property
    def seconds(self) -> float:
        """Seconds that the load has taken so far."""
        before, since = self._counted
        return before + (0.0 if since is None else time.monotonic() - since)

    @property
    def is_overdue(self) -> bool:
        """True once the load has exceeded ``MAX_LOAD_SECONDS``."""
        return self.seconds > MAX_LOAD_SECONDS

    @property
    def seconds_left(self) -> float:
        """Seconds until the load is overdue; infinite during a download."""
        is_downloading = self._counted[1] is None
        return math.inf if is_downloading else max(0.0, MAX_LOAD_SECONDS - self.seconds)

    @contextmanager
    def downloading(self) -> Iterator[None]:
        """Exclude the time of the block."""
        self._counted = (self.seconds, None)
        try:
            yield
        finally:
            self._counted = (self._counted[0], time.monotonic())
            self._on_resume()


class LoadQueue:
    """Runs one load at a time."""

    def __init__(self) -> None:
        # Notified when a load starts, resumes after a download, or ends, and when a caller that
        # waits is canceled.
        self._changed = Condition()
        self._current: LoadTimer | None = None

    def run(
        self,
        model_id: str,
        load: Callable[[LoadTimer], _Loaded],
        find_loaded: Callable[[], _Loaded | None],
        cancellation: Cancellation,
    ) -> tuple[_Loaded, bool]:
        """Load a model as soon as no other load is running, and wait until it is loaded.

        Args:
            model_id: the model's id, for error messages.
            load: loads the model. It is called in a thread of its own, with the load's timer.
            find_loaded: returns the model if another load has loaded it in the meantime.
            cancellation: ends the wait; a load that has started continues.

        Returns:
            The model, and True if it was loaded for this call.

        Raises:
            RunStopped: once the cancellation is requested.
            LoadTooLong: once this load, or another load before it, has exceeded its time limit.
            SpaceError: any error of ``load``.
        """
        with cancellation.waking(self._wake), self._changed:
            self._wait_for_other_loads(model_id, cancellation)
            found = find_loaded()
            if found is not None:
                return found, False
            cancellation.check()
            outcome, timer = self._start(load)
            while not outcome.done():
                cancellation.check()
                if timer.is_overdue:
                    raise LoadTooLong(model_id, MAX_LOAD_SECONDS)
                self._wait(timer.seconds_left)
        return outcome.result(), True

    def pause(self) -> None:
        """Wait until no load is running, and start none until this thread calls ``resume``."""
        self._changed.acquire()
        self._changed.wait_for(lambda: self._current is None)

    def resume(self) -> None:
        """Let loads start again after ``pause``."""
        self._changed.release()

    def _wait_for_other_loads(self, model_id: str, cancellation: Cancellation) -> None:
        """Wait until no load is running. The caller must have locked ``_changed``."""
        end = time.monotonic() + MAX_LOAD_WAIT_SECONDS
        while self._current is not None:
            cancellation.check()
            if self._current.is_overdue:
                raise LoadTooLong(model_id, MAX_LOAD_SECONDS, of_another=True)
            left = end - time.monotonic()
            if left <= 0:
                raise LoadTooLong(model_id, MAX_LOAD_WAIT_SECONDS, of_another=True)
            self._wait(min(left, self._current.seconds_left))

    def _wait(self, seconds: float) -> None:
        """Wait until ``_changed`` is notified, or at most this number of seconds."""
        # Wait a moment longer, because a load is overdue only when its last second has passed.
        self._changed.wait(None if math.isinf(seconds) else seconds + 0.001)

    def _start(self, load: Callable[[LoadTimer], _Loaded]) -> tuple[Future[_Loaded], LoadTimer]:
        """Start a load in a thread. The caller must have locked ``_changed``."""
        outcome, timer = Future[_Loaded](), LoadTimer(self._wake)

        def work() -> None:
            try:
                set_outcome = partial(outcome.set_result, load(timer))
            except BaseException as error:
                set_outcome = partial(outcome.set_exception, error)
            with self._changed:
                self._current = None
                set_outcome()
                self._changed.notify_all()

        self._current = timer
        # A daemon thread: a load that never ends does not prevent the program from ending.
        Thread(target=work, name="load", daemon=True).start()
        return outcome, timer

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()
