"""Whose turn it is: some runs at once, the others wait in one queue, which is bounded.

The page's runs and the programs' share it. Gradio has a queue too, but its words on it are not
ours: nothing at all where a page hides its progress, and "Queue is full!" to a program.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from threading import RLock
from typing import Any, TypeVar

from ..errors import QueueFull
from ..limits import MAX_WAITING_RUNS, RUNS_AT_ONCE
from .cancellation import Run

_Answer = TypeVar("_Answer")


def waiting_words(before: int) -> str:
    """What is said while a run waits.

    Args:
        before: runs that were asked for earlier, those under way included.
    """
    return f"Waiting: {before} {'run' if before == 1 else 'runs'} before yours …"


class Turns:
    """Does what runs do in threads of its own, in the order in which they were asked for."""

    def __init__(self, at_once: int = RUNS_AT_ONCE, most_waiting: int = MAX_WAITING_RUNS) -> None:
        self._at_once = at_once
        self._most_waiting = most_waiting
        self._workers = ThreadPoolExecutor(at_once, thread_name_prefix="run")
        # Held while runs come and go, and are told of it: nobody hears "waiting" once it is under
        # way. A run that ended before it is looked at leaves within the same hold.
        self._lock = RLock()
        # Those that have not ended, in their order: the first ones are under way.
        self._turns: dict[Future[Any], Callable[[str], object]] = {}

    def take(
        self, run: Run, work: Callable[[], _Answer], on_waiting: Callable[[str], object]
    ) -> Future[_Answer]:
        """Queue up for a turn, which a run that is stopped meanwhile gives up at once.

        Args:
            run: whose turn it is.
            work: what it does then, with the context variables of the caller.
            on_waiting: told how many runs are before it, in words, each time that this changes; not
                if its turn is now. It must be quick, and not ask for a turn.

        Returns:
            What the work comes to; cancelled where the turn was given up.

        Raises:
            QueueFull: if too many wait already.
        """
        with self._lock:
            before = len(self._turns)
            if before >= self._at_once + self._most_waiting:
                raise QueueFull(self._most_waiting)
            if before >= self._at_once:
                on_waiting(waiting_words(before))
            turn = self._workers.submit(copy_context().run, work)
            self._turns[turn] = on_waiting
            turn.add_done_callback(self._leave)
        run.hold(turn)
        return turn

    def _leave(self, turn: Future[Any]) -> None:
        """Close up behind a run that has ended or given up; its worker is free only after this."""
        with self._lock:
            place = list(self._turns).index(turn)
            del self._turns[turn]
            for before, on_waiting in enumerate(self._turns.values()):
                if before >= max(place, self._at_once):
                    on_waiting(waiting_words(before))
