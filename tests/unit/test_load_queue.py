"""One load runs at a time, within its time limit, and readers who wait can be canceled."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from threading import Event, get_ident

import pytest

from bertviz_space.cancellation import Cancellation
from bertviz_space.errors import LoadTooLong, RunStopped
from bertviz_space.models import cache as model_cache
from bertviz_space.models import load_queue
from bertviz_space.models.cache import ModelCache
from bertviz_space.models.load_queue import LoadQueue, LoadTimer


class Stuck:
    """A load that continues until the test lets it end.

    Attributes:
        began: set once a load has reached the weights.
        may_end: the test sets it.
    """

    def __init__(self) -> None:
        self.began, self.may_end = Event(), Event()


@pytest.fixture
def stuck(monkeypatch) -> Iterator[Stuck]:
    """Yield the first load of weights, which is stuck; later loads are not."""
    stuck, load_weights = Stuck(), model_cache.load_weights

    def load_later(*arguments):
        if not stuck.began.is_set():
            stuck.began.set()
            stuck.may_end.wait()
        return load_weights(*arguments)

    monkeypatch.setattr(model_cache, "load_weights", load_later)
    yield stuck
    stuck.may_end.set()
    wait_for_loads()


@pytest.fixture
def wait_for_readers(monkeypatch) -> Callable[[int], None]:
    """Return a function that waits until a number of readers wait for loads."""
    arrivals, wait = SimpleQueue[int](), LoadQueue._wait

    def note_and_wait(loads: LoadQueue, seconds: float) -> None:
        arrivals.put(get_ident())
        wait(loads, seconds)

    def wait_for_readers(count: int) -> None:
        readers = set[int]()
        while len(readers) < count:
            readers.add(arrivals.get())

    monkeypatch.setattr(LoadQueue, "_wait", note_and_wait)
    return wait_for_readers


def wait_for_loads() -> None:
    """Wait until no load is running."""
    model_cache._loads.pause()
    model_cache._loads.resume()


def loading_threads() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if each.name == "load"]


def test_a_load_that_exceeds_its_time_limit_is_an_error_and_its_model_is_kept(stuck, monkeypatch):
    cache = ModelCache()
    monkeypatch.setattr(load_queue, "MAX_LOAD_SECONDS", 0.25)
    with pytest.raises(LoadTooLong, match=r"Loading tiny-gpt2 has taken more than 0.25 seconds"):
        cache.get("tiny-gpt2")
    # No other load starts before the thread ends; other requests neither hang nor leave threads.
    for model_id in ("tiny-gpt2", "tiny-bert") * 5:
        with pytest.raises(
            LoadTooLong, match=f"{model_id} cannot be loaded now.*Try again in some"
        ):
            cache.get(model_id)
        assert len(loading_threads()) == 1
    stuck.may_end.set()
    wait_for_loads()
    # The model was loaded late and is kept, so it is not loaded again.
    monkeypatch.setattr(model_cache, "load_weights", None)
    assert cache.get("tiny-gpt2").checkpoint.model_id == "tiny-gpt2"


def test_loaded_models_and_outlines_are_available_while_a_load_is_stuck(stuck, monkeypatch):
    cache = ModelCache()
    with ThreadPoolExecutor(1) as readers:
        stuck.began.set()
        bert = cache.get("tiny-bert")
        stuck.began.clear()
        first = readers.submit(cache.get, "tiny-gpt2")
        stuck.began.wait()
        assert cache.get("tiny-bert") is bert
        assert cache.outline("tiny-gpt2")
        stuck.may_end.set()
        assert first.result() is cache.get("tiny-gpt2")


def test_readers_who_wait_for_the_same_load_share_it(stuck, wait_for_readers):
    cache = ModelCache()
    with ThreadPoolExecutor(4) as readers:
        waiting = [readers.submit(cache.get, "tiny-gpt2") for _ in range(4)]
        stuck.began.wait()
        wait_for_readers(4)
        assert len(loading_threads()) == 1
        stuck.may_end.set()
        assert len({id(each.result()) for each in waiting}) == 1


def test_a_cancellation_wakes_readers_who_wait_and_the_load_continues(stuck, wait_for_readers):
    cache, cancellation = ModelCache(), Cancellation()
    with ThreadPoolExecutor(2) as readers:
        started = readers.submit(cache.get, "tiny-gpt2", cancellation=cancellation)
        stuck.began.wait()
        waits = readers.submit(cache.get, "tiny-bert", cancellation=cancellation)
        wait_for_readers(2)
        cancellation.request()
        for each in (started, waits):
            with pytest.raises(RunStopped):
                each.result()
        stuck.may_end.set()
        assert cache.get("tiny-gpt2")


def test_the_wait_for_loads_of_other_models_has_a_time_limit(stuck, monkeypatch):
    cache = ModelCache()
    with ThreadPoolExecutor(1) as readers:
        first = readers.submit(cache.get, "tiny-gpt2")
        stuck.began.wait()
        monkeypatch.setattr(load_queue, "MAX_LOAD_WAIT_SECONDS", 0.02)
        with pytest.raises(LoadTooLong, match="tiny-bert cannot be loaded now"):
            cache.get("tiny-bert")
        stuck.may_end.set()
        first.result()


def test_the_time_of_a_download_does_not_count(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(load_queue.time, "monotonic", lambda: now[0])
    load = LoadTimer()
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


def test_a_load_that_fails_lets_the_next_load_start(stuck, monkeypatch):
    stuck.began.set()
    monkeypatch.setattr(model_cache, "load_weights", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        ModelCache().get("tiny-gpt2")
    wait_for_loads()
