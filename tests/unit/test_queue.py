"""The queue of runs: so many at once, the others in their order, and not without end."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextvars import ContextVar
from threading import Event
from typing import Any

import pytest

from bertviz_space.errors import QueueFull, SpaceError
from bertviz_space.jobs.cancellation import Run
from bertviz_space.jobs.queue import Turns

AT_ONCE, MOST_WAITING = 2, 3


class Asked:
    """A run that asks for a turn, and ends when the test says so.

    Attributes:
        heard: what it was told while it waited.
        begun: set when its turn has come.
        ends: to be set by the test.
    """

    def __init__(self, turns: Turns) -> None:
        self.heard: list[str] = []
        self.begun, self.ends = Event(), Event()
        self.run = Run()
        self.turn: Future[Any] = turns.take(self.run, self._work, self.heard.append)

    def _work(self) -> list[str]:
        self.begun.set()
        assert self.ends.wait(30)
        return list(self.heard)

    def end(self) -> list[str]:
        """Let it end, once its turn has come; what it had been told by then."""
        assert self.begun.wait(30)
        self.ends.set()
        return self.turn.result(30)


@pytest.fixture
def turns() -> Turns:
    return Turns(AT_ONCE, MOST_WAITING)


@pytest.fixture
def ask(turns) -> Iterator[Callable[[], Asked]]:
    """A function that asks for one more turn."""
    asked: list[Asked] = []

    def ask() -> Asked:
        asked.append(Asked(turns))
        return asked[-1]

    yield ask
    for each in asked:
        each.ends.set()


def waiting(before: int) -> str:
    return f"Waiting: {before} runs before yours …"


def test_as_many_runs_begin_at_once_as_may_and_hear_of_no_queue(ask):
    both = [ask() for _ in range(AT_ONCE)]
    assert all(each.begun.wait(30) for each in both)
    assert [each.end() for each in both] == [[], []]


def test_the_others_wait_in_their_order_and_hear_how_many_are_before(ask):
    first, second, third, fourth = (ask() for _ in range(4))
    assert third.heard == [waiting(2)]
    assert fourth.heard == [waiting(3)]
    second.end()
    assert third.begun.wait(30)
    assert fourth.heard == [waiting(3), waiting(2)]
    assert not fourth.begun.is_set()
    first.end()
    # What is heard comes before the turn, and nothing after it.
    assert fourth.end() == fourth.heard == [waiting(3), waiting(2)]
    assert third.end() == [waiting(2)]


def test_a_run_that_is_stopped_leaves_the_queue_at_once(ask):
    first, _, third, fourth = (ask() for _ in range(4))
    third.run.stop()
    assert third.turn.cancelled()
    assert fourth.heard == [waiting(3), waiting(2)]
    first.end()
    assert fourth.begun.wait(30)
    assert not third.begun.is_set()


def test_a_run_that_was_stopped_before_it_asks_never_begins(turns, ask):
    _ = ask(), ask()
    run = Run()
    run.stop()
    assert turns.take(run, lambda: None, on_waiting=lambda _: None).cancelled()


def test_a_run_under_way_is_not_taken_away_when_it_is_stopped(ask):
    first = ask()
    assert first.begun.wait(30)
    first.run.stop()
    assert first.end() == []


def test_the_queue_is_bounded_and_whoever_leaves_makes_room(ask):
    asked = [ask() for _ in range(AT_ONCE + MOST_WAITING)]
    with pytest.raises(QueueFull, match="The queue is full: 3 runs are waiting"):
        ask()
    asked[-1].run.stop()
    asked.append(ask())
    with pytest.raises(SpaceError):
        ask()
    asked[0].end()
    ask()


def test_one_run_before_is_said_as_one():
    turns = Turns(at_once=1)
    first, second = Asked(turns), Asked(turns)
    assert second.heard == ["Waiting: 1 run before yours …"]
    first.end()
    second.end()


def test_an_error_is_the_runs_own_and_the_next_one_has_its_turn(turns, ask):
    def fail() -> None:
        raise SpaceError("A sentence.")

    failed = [turns.take(Run(), fail, on_waiting=lambda _: None) for _ in range(AT_ONCE)]
    for each in failed:
        with pytest.raises(SpaceError, match="A sentence"):
            each.result(30)
    assert ask().end() == []


def test_the_work_sees_the_context_of_who_asked(turns):
    # ZeroGPU finds there whose request it is.
    visitor = ContextVar("visitor", default="nobody")
    visitor.set("a visitor")
    assert turns.take(Run(), visitor.get, on_waiting=lambda _: None).result(30) == "a visitor"
