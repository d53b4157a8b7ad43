"""Which run of a page is still wanted: the one that was started last, while the page is open."""

from collections.abc import Generator, Iterator
from contextlib import closing
from threading import Lock
from typing import TypeVar
from weakref import WeakValueDictionary

_Said = TypeVar("_Said")


class Run:
    """One run, from the moment that it is asked for: it may wait in a queue before it does a thing.

    Any thread may ask it and stop it.
    """

    def __init__(self) -> None:
        self._handing_on = Lock()  # held while something that the run says is on its way
        self._wanted = True
        self._replaced = False

    def is_wanted(self) -> bool:
        """False once it was stopped; quick enough to be asked before every layer of a model."""
        return self._wanted

    def was_replaced(self) -> bool:
        """True once a newer run took its place."""
        return self._replaced

    def stop(self) -> None:
        """Nobody waits for it any more."""
        self._wanted = False

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
    """The newest run of each page that is open."""

    def __init__(self) -> None:
        self._lock = Lock()
        # A run is kept by who works on it, or by the queue that it waits in, and no longer.
        self._newest = WeakValueDictionary[str, Run]()

    def start(self, page: str) -> Run:
        """A new run, in place of the page's older one.

        Args:
            page: a name that no other page has.
        """
        run = Run()
        with self._lock:
            older = self._newest.get(page)
            self._newest[page] = run
        if older is not None:
            older.replace()
        return run

    def close(self, page: str) -> None:
        """Stop the run of a page that has gone; should it come back, it may start another."""
        with self._lock:
            run = self._newest.pop(page, None)
        if run is not None:
            run.stop()
