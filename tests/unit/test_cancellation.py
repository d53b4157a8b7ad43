"""A cancellation stops work between two steps, and wakes work that waits."""

from threading import Event, Thread

import pytest

from bertviz_space.cancellation import Cancellation
from bertviz_space.errors import RunStopped, SpaceError


def test_work_continues_until_the_cancellation_is_requested():
    cancellation = Cancellation()
    cancellation.check()
    assert not cancellation.is_requested
    cancellation.request()
    assert cancellation.is_requested
    with pytest.raises(RunStopped):
        cancellation.check()


def test_a_callback_is_called_once_however_often_the_cancellation_is_requested():
    cancellation, calls = Cancellation(), list[str]()
    cancellation.add_callback(lambda: calls.append("first"))
    cancellation.add_callback(lambda: calls.append("second"))
    assert calls == []
    cancellation.request()
    cancellation.request()
    assert calls == ["first", "second"]


def test_a_callback_that_is_added_after_the_request_is_called_at_once():
    cancellation, calls = Cancellation(), list[str]()
    cancellation.request()
    cancellation.add_callback(lambda: calls.append("late"))
    assert calls == ["late"]


def test_a_callback_of_a_block_is_not_called_after_the_block():
    cancellation, calls = Cancellation(), list[str]()
    with cancellation.waking(lambda: calls.append("in the block")):
        pass
    cancellation.request()
    assert calls == []


def test_a_cancellation_wakes_a_thread_that_waits():
    cancellation, woken = Cancellation(), Event()
    waiting = Thread(target=woken.wait)
    with cancellation.waking(woken.set):
        waiting.start()
        cancellation.request()
        waiting.join()
    assert woken.is_set()


def test_the_error_of_a_stopped_run_has_a_message():
    assert isinstance(RunStopped(), SpaceError)
    assert str(RunStopped()).endswith(".")
