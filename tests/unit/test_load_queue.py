"""One load at a time, each within its time, whoever waits for it."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from bertviz_space.errors import LoadTooLong, RunStopped
from bertviz_space.jobs.handler import Handler, Request
from bertviz_space.jobs.store import Store
from bertviz_space.models import cache as model_cache
from bertviz_space.models import load_queue
from bertviz_space.models.cache import ModelCache
from bertviz_space.models.load_queue import Load


class Stuck:
    """A load that goes on until it may end.

    Attributes:
        began: set once a load has reached the weights.
        may_end: to be set.
    """

    def __init__(self) -> None:
        self.began, self.may_end = Event(), Event()


@pytest.fixture
def stuck(monkeypatch) -> Iterator[Stuck]:
    """The first load of weights is stuck; those after it are not."""
    stuck, load_weights = Stuck(), model_cache.load_weights

    def load_later(*arguments):
        if not stuck.began.is_set():
            stuck.began.set()
            assert stuck.may_end.wait(60)
        return load_weights(*arguments)

    monkeypatch.setattr(model_cache, "load_weights", load_later)
    monkeypatch.setattr(load_queue, "_LOOK_AGAIN", 0.01)
    yield stuck
    stuck.may_end.set()
    with model_cache._loads.lock:  # its thread has ended
        pass


def time_is_up(monkeypatch) -> None:
    monkeypatch.setattr(load_queue, "MAX_LOAD_SECONDS", 0.0)


def loading_threads() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if each.name == "load"]


def test_a_load_that_exceeds_its_time_ends_in_an_error_and_its_model_is_kept(
    stuck, monkeypatch, tmp_path
):
    cache = ModelCache()
    handler = Handler(cache, Store(tmp_path))
    with ThreadPoolExecutor(1) as readers:
        first = readers.submit(handler.load, Request("tiny-gpt2", "a"))
        assert stuck.began.wait(60)
        time_is_up(monkeypatch)
        with pytest.raises(LoadTooLong, match=r"Loading tiny-gpt2 has taken more than 0 seconds"):
            first.result(60)
    # No other load starts before its thread ends, and nobody hangs or leaves a thread behind.
    for model_id in ("tiny-gpt2", "tiny-bert") * 5:
        with pytest.raises(
            LoadTooLong, match=f"{model_id} cannot be loaded now.*Try again in some"
        ):
            handler.load(Request(model_id, "a"))
        assert len(loading_threads()) == 1
    stuck.may_end.set()
    with model_cache._loads.lock:
        pass
    # It ended late, and is kept: it is not loaded again.
    monkeypatch.setattr(model_cache, "load_weights", None)
    assert handler.load(Request("tiny-gpt2", "a")).checkpoint.model_id == "tiny-gpt2"


def test_what_is_loaded_is_given_while_a_load_is_stuck(stuck, monkeypatch):
    cache = ModelCache()
    with ThreadPoolExecutor(1) as readers:
        stuck.began.set()
        bert = cache.get("tiny-bert")
        stuck.began.clear()
        first = readers.submit(cache.get, "tiny-gpt2")
        assert stuck.began.wait(60)
        assert cache.get("tiny-bert") is bert
        assert cache.outline("tiny-gpt2")
        stuck.may_end.set()
        assert first.result(60) is cache.get("tiny-gpt2")


def test_readers_who_wait_for_the_same_load_share_it(stuck):
    cache = ModelCache()
    with ThreadPoolExecutor(4) as readers:
        waiting = [readers.submit(cache.get, "tiny-gpt2") for _ in range(4)]
        assert stuck.began.wait(60)
        assert len(loading_threads()) == 1
        stuck.may_end.set()
        assert len({id(each.result(60)) for each in waiting}) == 1


def test_one_who_waits_no_longer_leaves_the_load_to_the_others(stuck):
    cache, wanted = ModelCache(), Event()
    wanted.set()
    with ThreadPoolExecutor(2) as readers:
        started = readers.submit(cache.get, "tiny-gpt2", is_wanted=wanted.is_set)
        assert stuck.began.wait(60)
        waits = readers.submit(cache.get, "tiny-bert", is_wanted=wanted.is_set)
        wanted.clear()
        for each in (started, waits):
            with pytest.raises(RunStopped):
                each.result(60)
        stuck.may_end.set()
        assert cache.get("tiny-gpt2")


def test_a_wait_for_other_models_is_bounded_whatever_they_wait_for(stuck, monkeypatch):
    cache = ModelCache()
    with ThreadPoolExecutor(1) as readers:
        first = readers.submit(cache.get, "tiny-gpt2")
        assert stuck.began.wait(60)
        monkeypatch.setattr(load_queue, "MAX_LOAD_WAIT_SECONDS", 0.02)
        with pytest.raises(LoadTooLong, match="tiny-bert cannot be loaded now"):
            cache.get("tiny-bert")
        stuck.may_end.set()
        first.result(60)


def test_a_download_is_not_counted(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(load_queue.time, "monotonic", lambda: now[0])
    load = Load()
    now[0] += 2
    assert load.seconds == 2
    with load.downloading():
        now[0] += 1000
        assert load.seconds == 2
        assert not load.is_overdue
    now[0] += 3
    assert load.seconds == 5
    with pytest.raises(ZeroDivisionError), load.downloading():
        now[0] += 1 / 0
    assert load.seconds == 5


def test_a_load_that_fails_ends_the_turn(stuck, monkeypatch):
    stuck.began.set()
    monkeypatch.setattr(model_cache, "load_weights", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        ModelCache().get("tiny-gpt2")
    assert model_cache._loads.lock.acquire(timeout=60)
    model_cache._loads.lock.release()
