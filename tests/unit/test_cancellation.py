"""The runs of a page: a newer one stops the older, and comes after all that it said."""

import gc
import weakref
from contextlib import closing
from threading import Event, Thread

import pytest

from bertviz_space.jobs.cancellation import Runs


@pytest.fixture
def runs() -> Runs:
    return Runs()


def test_the_newest_run_of_a_page_is_the_one_wanted(runs):
    older = runs.start("a page")
    assert older.is_wanted()
    newer = runs.start("a page")
    assert not older.is_wanted()
    assert newer.is_wanted()


def test_pages_do_not_touch_each_other(runs):
    one, other = runs.start("one page"), runs.start("another page")
    runs.close("one page")
    assert not one.is_wanted()
    assert other.is_wanted()


def test_a_program_may_have_several_runs_until_it_has_gone(runs):
    both = [runs.start_beside("a program") for _ in range(2)]
    other = runs.start("a page")
    assert all(run.is_wanted() for run in both)
    runs.close("a program")
    assert not any(run.is_wanted() for run in both)
    assert other.is_wanted()


def test_a_page_that_comes_back_may_start_a_run_again(runs):
    runs.close("a page")
    assert runs.start("a page").is_wanted()
    runs.close("a page")
    assert runs.start("a page").is_wanted()


def test_a_run_that_nobody_works_on_is_forgotten(runs):
    forgotten = weakref.ref(runs.start("a page"))
    gc.collect()
    assert forgotten() is None


def words(ended: Event):
    try:
        yield from ("Loading", "Running", "Done")
    finally:
        ended.set()


def test_a_run_says_all_that_it_has_to_say(runs):
    ended = Event()
    assert list(runs.start("a page").until_replaced(words(ended))) == ["Loading", "Running", "Done"]
    assert ended.is_set()


def test_a_run_that_was_replaced_says_nothing_more(runs):
    ended, newer_started = Event(), Event()

    def steps():
        with closing(words(ended)) as said:
            yield next(said)
            assert newer_started.wait(30)
            yield from said

    said = runs.start("a page").until_replaced(steps())
    assert next(said) == "Loading"

    def start_newer() -> None:
        runs.start("a page")
        newer_started.set()

    thread = Thread(target=start_newer)
    thread.start()
    # The word is still on its way: the newer run starts once it has arrived.
    assert not newer_started.is_set()
    assert list(said) == []
    assert ended.is_set()
    thread.join()


def test_a_run_that_waits_in_the_queue_ends_before_its_first_word(runs):
    older = runs.start("a page")
    runs.start("a page")
    assert list(older.until_replaced(words(Event()))) == []


def test_a_run_whose_page_was_closed_may_say_so(runs):
    ended = Event()
    run = runs.start("a page")
    said = run.until_replaced(words(ended))
    next(said)
    runs.close("a page")
    assert not run.is_wanted()
    assert list(said) == ["Running", "Done"]


def test_a_run_that_is_closed_within_a_word_does_not_hold_up_the_next(runs):
    ended = Event()
    said = runs.start("a page").until_replaced(words(ended))
    next(said)
    said.close()
    assert ended.is_set()
    assert runs.start("a page").is_wanted()
