"""Which run is still wanted: of a page the one that was started last, while the page is open."""

from collections.abc import Generator, Iterator
from concurrent.futures import Future
from contextlib import closing
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

_Said = TypeVar("_Said")


class Run:
    """One run, from the moment that it is asked for: it may wait in a queue before it does a thing.

    Any thread may ask it and stop it.
    """

    def __init__(self) -> None:
        self._handing_on = Lock()  # held while something that the run says is on its way
        self._turn: Future[Any] | None = None
        self._wanted = True
        self._replaced = False

    def is_wanted(self) -> bool:
        """False once it was stopped; quick enough to be asked before every layer of a model."""
        return self._wanted

    def was_replaced(self) -> bool:
        """True once a newer run took its place."""
        return self._replaced

    def hold(self, turn: Future[Any]) -> None:
        """Give this turn up, if it has not come yet, once the run is stopped."""
        self._turn = turn
        if not self._wanted:  # stopped meanwhile: one of the two sees what the other wrote
            turn.cancel()

    def stop(self) -> None:
        """Nobody waits for it any more."""
        self._wanted = False
        if self._turn is not None:
            self._turn.cancel()

    def replace(self) -> None:
        """Stop it for a newer run: once this returns, nothing that it says is handed on."""
        self._replaced = True
        self.stop()
        with self._handing_on:  # what is on its way comes before all that the newer run says
            pass

    def until_replaced(self, said: Generator[_Said, None, None]) -> Iterator[_Said]:
        """What the run says, until a newer one takes its place.

        Args:
            said: what it says; closed at the end. Who takes it from here comes back for the next
                only when the one before is delivered, as Gradio does.
        """
        with closing(said):
            for each in said:
                with self._handing_on:
                    if self._replaced:
                        return
                    yield each


class Runs:
    """The runs of the pages and programs that are there: of a page the newest."""

    def __init__(self) -> None:
        self._lock = Lock()
        # A run is kept by who works on it, or by the queue that it waits in, and no longer.
        self._whose = WeakKeyDictionary[Run, str]()

    def start(self, page: str) -> Run:
        """A new run, in place of the page's older one.

        Args:
            page: a name that no other page has, and no program.
        """
        run = Run()
        with self._lock:
            older = self._take_out(page)
            self._whose[run] = page
        for each in older:
            each.replace()
        return run

    def start_beside(self, program: str) -> Run:
        """A new run beside the program's others.

        Args:
            program: a name that no other program has, and no page.
        """
        run = Run()
        with self._lock:
            self._whose[run] = program
        return run

    def close(self, name: str) -> None:
        """Stop what a page or a program that has gone asked for; it may come back with more."""
        with self._lock:
            left = self._take_out(name)
        for each in left:
            each.stop()

    def _take_out(self, name: str) -> list[Run]:
        found = [run for run, whose in self._whose.items() if whose == name]
        for run in found:
            del self._whose[run]
        return found
