"""Loads of models: one at a time, each in a thread of its own, and each within its time.

A load cannot be interrupted. One that exceeds its time goes on until its thread ends, and no other
load starts before that, so that the memory of two loads is never there at once. Readers who wait
get an error meanwhile.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from threading import Lock, Thread
from typing import TypeVar

from ..errors import LoadTooLong, RunStopped
from ..limits import MAX_LOAD_SECONDS, MAX_LOAD_WAIT_SECONDS

# seconds after which a run that waits for its model looks whether it is still wanted.
_LOOK_AGAIN = 0.25

_Loaded = TypeVar("_Loaded")


class Load:
    """The time of one load."""

    def __init__(self) -> None:
        # seconds until the last pause, and when it ended; None during a pause. One attribute:
        # other threads read it.
        self._counted: tuple[float, float | None] = (0.0, time.monotonic())

    @property
    def seconds(self) -> float:
        """Seconds that the load has taken, without its downloads."""
        before, since = self._counted
        return before + (0.0 if since is None else time.monotonic() - since)

    @property
    def is_overdue(self) -> bool:
        """True once the load has exceeded its time."""
        return self.seconds > MAX_LOAD_SECONDS

    @contextmanager
    def downloading(self) -> Iterator[None]:
        """Leave the time until the block ends out of ``seconds``."""
        self._counted = (self.seconds, None)
        try:
            yield
        finally:
            self._counted = (self._counted[0], time.monotonic())


class Loads:
    """Loads, one at a time.

    Attributes:
        lock: held while a load is under way.
    """

    def __init__(self) -> None:
        self.lock = Lock()
        self._under_way: Load | None = None

    def run(
        self,
        model_id: str,
        load: Callable[[Load], _Loaded],
        kept: Callable[[], _Loaded | None],
        is_wanted: Callable[[], bool],
    ) -> tuple[_Loaded, bool]:
        """Load a model once no other load is under way, and wait for it.

        Args:
            model_id: the model, for the sentences.
            load: loads it, in a thread of its own; is handed its time.
            kept: returns the model if another load has brought it meanwhile.
            is_wanted: asked now and then.

        Returns:
            The model, and True if it was loaded for this call.

        Raises:
            RunStopped: once ``is_wanted`` says False; the load goes on.
            LoadTooLong: once the load, or another one before it, has exceeded its time.
            SpaceError: what ``load`` raises.
        """
        self._wait_for_turn(model_id, is_wanted)
        is_started = False
        try:
            found = kept()
            if found is not None:
                return found, False
            outcome, time_of_load = self._start(load)
            is_started = True
        finally:
            if not is_started:
                self.lock.release()
        while not wait([outcome], _LOOK_AGAIN).done:
            _check_wanted(is_wanted)
            if time_of_load.is_overdue:
                raise LoadTooLong(model_id, MAX_LOAD_SECONDS)
        return outcome.result(), True

    def _wait_for_turn(self, model_id: str, is_wanted: Callable[[], bool]) -> None:
        """Acquire the lock."""
        end = time.monotonic() + MAX_LOAD_WAIT_SECONDS
        while not self.lock.acquire(timeout=_LOOK_AGAIN):
            _check_wanted(is_wanted)
            other = self._under_way
            if other is not None and other.is_overdue:
                raise LoadTooLong(model_id, MAX_LOAD_SECONDS, of_another=True)
            if time.monotonic() > end:
                raise LoadTooLong(model_id, MAX_LOAD_WAIT_SECONDS, of_another=True)

    def _start(self, load: Callable[[Load], _Loaded]) -> tuple[Future[_Loaded], Load]:
        """Start a load in a thread that releases the lock at its end."""
        outcome, time_of_load = Future[_Loaded](), Load()

        def work() -> None:
            try:
                loaded = load(time_of_load)
            except BaseException as error:
                self._end()
                outcome.set_exception(error)
            else:
                self._end()
                outcome.set_result(loaded)

        self._under_way = time_of_load
        # A daemon: a load that never ends does not keep the program from its end.
        Thread(target=work, name="load", daemon=True).start()
        return outcome, time_of_load

    def _end(self) -> None:
        self._under_way = None
        self.lock.release()


def _check_wanted(is_wanted: Callable[[], bool]) -> None:
    if not is_wanted():
        raise RunStopped
