"""Finished results: known by their request, made whole file by file, and within bounds."""

import json
import os
import resource
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from threading import Event
from typing import Any

import pytest
import torch

from bertviz_space import Trace
from bertviz_space.errors import ResultNotWritten
from bertviz_space.files.wire import TraceFiles
from bertviz_space.jobs import result_cache
from bertviz_space.jobs.request import Request
from bertviz_space.jobs.result import Result, ResultKey
from bertviz_space.jobs.result_cache import ResultCache
from bertviz_space.jobs.store import Store
from tests.unit.golden import golden_trace


@pytest.fixture(autouse=True)
def nothing_is_small(monkeypatch):
    """Let the golden trace count as large: only its first file is made before it is shown."""
    monkeypatch.setattr(result_cache, "MAX_SMALL_RESULT_WEIGHTS", 0)


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "results")


@pytest.fixture
def keep(store) -> Iterator[Callable[..., ResultCache]]:
    """A function that makes results of the store, which are idle at the end of the test."""
    opened = []

    def keep(**options: Any) -> ResultCache:
        opened.append(ResultCache(store, **options))
        return opened[-1]

    yield keep
    for each in opened:
        each.wait_until_idle()


def key(text: str) -> ResultKey:
    return ResultKey(Request("some/model", text), "0123abc")


def add(kept: ResultCache, store: Store, text: str = "a request") -> Result:
    """A result of a trace of its own."""
    files = TraceFiles(golden_trace(), "some/model", "0123abc", store.new_folder())
    return kept.add(key(text), "what was run", files)


def made(result: Result) -> set[str]:
    """The files that are there."""
    return {path.name for path in result.manifest.parent.iterdir()} - {"manifest.json"}


def ready(result: Result) -> list[str]:
    """The files that the manifest says are there."""
    return json.loads(result.manifest.read_text(encoding="utf-8"))["ready"]


def test_a_small_result_is_whole_before_it_is_shown(keep, store, monkeypatch):
    monkeypatch.setattr(result_cache, "MAX_SMALL_RESULT_WEIGHTS", 10_000)
    result = add(keep(), store)
    assert result.missing == []
    assert made(result) == set(result.names) == set(ready(result))


def test_a_result_of_few_weights_but_long_vectors_is_not_small(keep, store, monkeypatch):
    monkeypatch.setattr(result_cache, "MAX_SMALL_RESULT_WEIGHTS", 10_000)
    monkeypatch.setattr(result_cache, "MAX_SMALL_RESULT_BYTES", 1000)
    kept = keep()
    with kept.run_in_progress():
        assert ready(add(kept, store)) == ["encoder-0.safetensors"]


def test_a_large_result_is_shown_with_its_first_file_and_made_whole_ahead(keep, store):
    kept = keep()
    with kept.run_in_progress():
        result = add(kept, store)
        kept.wait_until_idle()
        assert made(result) == {"encoder-0.safetensors"} == set(ready(result))
    kept.wait_until_idle()
    assert made(result) == set(result.names)
    assert result.missing == []


def test_a_file_that_a_view_waits_for_is_made_while_a_run_is_under_way(keep, store):
    kept = keep()
    with kept.run_in_progress():
        result = add(kept, store)
        assert kept.prepare(result.folder_name, "cross-1.safetensors").result() is True
        kept.wait_until_idle()
        assert made(result) == {"encoder-0.safetensors", "cross-1.safetensors"}
    # Once it is there it is there at once.
    kept.wait_until_idle()
    assert kept.prepare(result.folder_name, "cross-1.safetensors").done()


@pytest.fixture
def order(monkeypatch) -> list[tuple[str, str]]:
    """What is made from now on: the tokens of results, and files."""
    order = []
    write = TraceFiles.write

    def noting(files: TraceFiles, name: str) -> None:
        order.append((files.folder.name, name))
        write(files, name)

    monkeypatch.setattr(TraceFiles, "write", noting)
    return order


def test_what_a_view_waits_for_comes_before_what_none_waits_for(keep, store, monkeypatch):
    kept, order = keep(), []
    begun, asked = Event(), Event()
    write = TraceFiles.write

    def held(files: TraceFiles, name: str) -> None:
        if name != files.names[0]:  # the thread's
            begun.set()
            asked.wait()
            order.append(name)
        write(files, name)

    monkeypatch.setattr(TraceFiles, "write", held)
    result = add(kept, store)
    begun.wait()  # the first file is being made ahead
    waiting = [kept.prepare(result.folder_name, result.names[at]) for at in (-1, 5, -1, 1)]
    assert not any(answer.done() for answer in waiting)
    asked.set()
    kept.wait_until_idle()
    assert all(answer.result() is True for answer in waiting)
    # The one under way is finished, and those that were asked for follow, each once.
    names = list(result.names)
    first = [names[1], names[-1], names[5]]
    assert order == first + [name for name in names[1:] if name not in first]


def test_the_result_that_was_used_last_is_made_whole_first(keep, store, order):
    kept = keep()
    with kept.run_in_progress():
        older, newer, newest = (add(kept, store, name) for name in ("one", "two", "three"))
        assert kept.get(key("two")) is newer
        order.clear()
    kept.wait_until_idle()
    folders = [folder for folder, _ in order]
    whole = len(older.names) - 1
    in_order = (newer, newest, older)
    assert folders == [each.folder_name for each in in_order for _ in range(whole)]


def test_a_result_is_known_by_its_request(keep, store):
    kept = keep()
    one, other = add(kept, store, "one"), add(kept, store, "other")
    assert kept.get(key("one")) is one
    assert kept.get(key("other")) is other
    assert kept.get(key("")) is None
    again = add(kept, store, "one")
    assert kept.get(key("one")) is again
    kept.wait_until_idle()
    assert made(one) == set(one.names)  # whoever looks at it goes on looking


@pytest.mark.parametrize("token", ["", "..", ".", "results", "a/b"])
@pytest.mark.parametrize(
    "file", ["cross-1.safetensors", "manifest.json", "../x", "", "/etc/passwd"]
)
def test_what_is_no_file_of_a_known_result_is_not_made(keep, store, token, file, order):
    kept = keep()
    with kept.run_in_progress():
        result = add(kept, store)
        order.clear()
        assert kept.prepare(token, file).result(0) is False
        if file != "cross-1.safetensors":
            assert kept.prepare(result.folder_name, file).result(0) is False
        assert order == []


def test_one_who_no_longer_waits_does_not_cancel_the_file_for_others(keep, store, monkeypatch):
    kept, left, write = keep(), Event(), TraceFiles.write
    with kept.run_in_progress():
        result = add(kept, store)
        monkeypatch.setattr(TraceFiles, "write", lambda *file: left.wait() and write(*file))
        answer = kept.prepare(result.folder_name, "cross-1.safetensors")
        assert not answer.done() and not answer.cancel()
        left.set()
        assert answer.result() is True


def trace_bytes() -> int:
    kept = golden_trace().layers
    tensors = [
        term
        for layers in kept.values()
        for layer in layers
        for term in (
            layer.query, layer.key, layer.allowed, layer.bias, layer.sink,
            *vars(layer.model_weights or object).values(),
        )
        if isinstance(term, torch.Tensor)
    ]  # fmt: skip
    return sum(term.untyped_storage().nbytes() for term in tensors)


def test_a_trace_that_leaves_takes_a_result_with_it_whose_files_are_not_all_made(keep, store):
    kept = keep(max_trace_bytes=2 * trace_bytes())
    with kept.run_in_progress():
        first, second = add(kept, store, "one"), add(kept, store, "two")
        assert kept.get(key("one")) is first  # used last, so the second leaves
        third = add(kept, store, "three")
        assert kept.get(key("two")) is None
        assert [kept.get(key("one")), kept.get(key("three"))] == [first, third]
        assert kept.prepare(second.folder_name, "cross-1.safetensors").result(0) is False
        assert second.files is None
    kept.wait_until_idle()
    assert made(second) == {"encoder-0.safetensors"}
    assert made(third) == set(third.names)


def test_a_result_whose_files_are_all_made_is_given_without_its_trace(keep, store):
    kept = keep(max_trace_bytes=2 * trace_bytes())
    whole = add(kept, store, "one")
    kept.wait_until_idle()
    with kept.run_in_progress():
        missing = add(kept, store, "two")
        assert kept.get(key("one")) is whole  # used last: but it loses nothing
        add(kept, store, "three")
        assert whole.files is None
        assert kept.get(key("one")) is whole
        assert kept.get(key("two")) is missing
        assert kept.prepare(whole.folder_name, "cross-1.safetensors").result(0) is True


def test_a_trace_larger_than_the_bound_stays_until_the_next(keep, store):
    kept = keep(max_trace_bytes=1)
    with kept.run_in_progress():
        one = add(kept, store, "one")
        assert kept.get(key("one")) is one
        two = add(kept, store, "two")
        assert [kept.get(key("one")), kept.get(key("two"))] == [None, two]


def test_what_layers_share_counts_once(keep, store):
    layer = golden_trace().layer("encoder", 0)
    layers = tuple(replace(layer, component="self", layer=number) for number in range(3))
    files = TraceFiles(
        Trace(golden_trace().source, None, {"self": layers}), "m", "r", store.new_folder()
    )
    numbers = [4 * 7 * 3, 2 * 7 * 3, 4 * 7 * 7]  # query, key and bias
    assert keep().add(key("one"), "", files).num_bytes == 4 * sum(numbers) + 7 * 7


def test_only_so_many_results_are_known(keep, store, monkeypatch):
    monkeypatch.setattr(result_cache, "MAX_KNOWN_RESULTS", 2)
    kept = keep()
    one, two, three = (add(kept, store, name) for name in ("one", "two", "three"))
    assert [kept.get(key(name)) for name in ("one", "two", "three")] == [None, two, three]
    assert kept.prepare(one.folder_name, one.names[0]).result(0) is False


def test_a_result_whose_folder_left_the_store_is_not_given(keep, store, caplog):
    kept = keep()
    with kept.run_in_progress():
        result = add(kept, store)
        shutil.rmtree(result.manifest.parent)
        answer = kept.prepare(result.folder_name, "cross-1.safetensors")
        assert answer.result() is False
        assert kept.get(key("a request")) is None
    kept.wait_until_idle()
    assert caplog.records == []


def test_a_result_whose_folder_left_before_it_is_asked_for_is_not_given(keep, store):
    kept = keep()
    with kept.run_in_progress():
        shutil.rmtree(add(kept, store).manifest.parent)
        assert kept.get(key("a request")) is None


def test_a_result_that_is_given_again_counts_as_new_in_the_store(keep, store):
    kept = keep()
    with kept.run_in_progress():
        older, newer = add(kept, store, "one"), add(kept, store, "two")
        kept.get(key("one"))
        times = [each.manifest.parent.stat().st_mtime_ns for each in (older, newer)]
        assert times[0] >= times[1]


def test_a_file_that_cannot_be_written_is_logged_and_tried_once(keep, store, caplog, monkeypatch):
    def fail(files: TraceFiles, name: str) -> None:
        raise OSError("no space left")

    kept = keep()
    with kept.run_in_progress():
        result = add(kept, store)
        monkeypatch.setattr(TraceFiles, "write", fail)
    kept.wait_until_idle()
    assert [record.message for record in caplog.records] == [
        "a file of a result could not be written"
    ]
    assert kept.prepare(result.folder_name, "cross-1.safetensors").result(0) is False
    assert kept.get(key("a request")) is None


@contextmanager
def full_disk() -> Iterator[None]:
    """Let this process write no file of more than some bytes, which fails as a full disk does."""
    now, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (now, most))


def test_a_file_that_a_full_disk_does_not_take_is_made_once_there_is_room(keep, store):
    kept = keep()
    with kept.run_in_progress():
        result = add(kept, store)
        with full_disk():
            asked = kept.prepare(result.folder_name, "cross-1.safetensors")
            assert isinstance(asked.exception(), ResultNotWritten)
            kept.wait_until_idle()
        assert "disk is full" in str(asked.exception())
        assert made(result) == {"encoder-0.safetensors"}
        assert kept.prepare(result.folder_name, "cross-1.safetensors").result() is True
    kept.wait_until_idle()
    assert made(result) == set(result.names)


def test_what_is_made_ahead_waits_while_the_disk_is_full_and_no_result_is_lost(keep, store):
    kept = keep()
    with ExitStack() as filled:
        with kept.run_in_progress():
            result = add(kept, store)
            filled.enter_context(full_disk())
        kept.wait_until_idle()
        assert made(result) == {"encoder-0.safetensors"}
        assert kept.get(key("a request")) is result
    with kept.run_in_progress():
        pass
    kept.wait_until_idle()
    assert made(result) == set(result.names)


def test_a_result_that_the_disk_does_not_take_leaves_nothing(keep, store, tmp_path):
    with pytest.raises(ResultNotWritten), full_disk(), store.filled_folder() as folder:
        files = TraceFiles(golden_trace(), "some/model", "0123abc", folder)
        keep().add(key("a request"), "what was run", files)
    assert list((tmp_path / "results").iterdir()) == []


@pytest.mark.parametrize("umask", [0, 0o022, 0o077])
def test_only_the_owner_reads_a_result_whatever_the_umask_is(keep, store, umask):
    before = os.umask(umask)
    try:
        kept = keep()
        result = add(kept, store)
        kept.wait_until_idle()
    finally:
        os.umask(before)
    folder = result.manifest.parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
