"""Results are found by their request, their files are written in a thread, and limits apply."""

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
def every_result_is_large(monkeypatch):
    """Make the golden trace count as large, so that only its first file is written at once."""
    monkeypatch.setattr(result_cache, "MAX_SMALL_RESULT_WEIGHTS", 0)


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "results")


@pytest.fixture
def new_cache(store) -> Iterator[Callable[..., ResultCache]]:
    """Yield a function that makes a result cache, which is idle at the end of the test."""
    opened = []

    def new_cache(**options: Any) -> ResultCache:
        opened.append(ResultCache(store, **options))
        return opened[-1]

    yield new_cache
    for each in opened:
        each.wait_until_idle()


def key(text: str) -> ResultKey:
    return ResultKey(Request("some/model", text), "0123abc", "0123abc")


def add(cache: ResultCache, store: Store, text: str = "a request") -> Result:
    """Return a new result, which has its own trace."""
    files = TraceFiles(golden_trace(), "some/model", "0123abc", store.new_folder())
    return cache.add(key(text), "what was run", files)


def written(result: Result) -> set[str]:
    """Return the names of the files that exist."""
    return {path.name for path in result.manifest.parent.iterdir()} - {"manifest.json"}


def ready(result: Result) -> list[str]:
    """Return the names of the files that exist according to the manifest."""
    return json.loads(result.manifest.read_text(encoding="utf-8"))["ready"]


def test_all_files_of_a_small_result_are_written_at_once(new_cache, store, monkeypatch):
    monkeypatch.setattr(result_cache, "MAX_SMALL_RESULT_WEIGHTS", 10_000)
    result = add(new_cache(), store)
    assert result.missing == []
    assert written(result) == set(result.names) == set(ready(result))


def test_a_result_with_few_weights_but_long_vectors_is_large(new_cache, store, monkeypatch):
    monkeypatch.setattr(result_cache, "MAX_SMALL_RESULT_WEIGHTS", 10_000)
    monkeypatch.setattr(result_cache, "MAX_SMALL_RESULT_BYTES", 1000)
    cache = new_cache()
    with cache.run_in_progress():
        assert ready(add(cache, store)) == ["encoder-0.safetensors"]


def test_a_large_result_has_its_first_file_at_once_and_the_others_after_the_run(new_cache, store):
    cache = new_cache()
    with cache.run_in_progress():
        result = add(cache, store)
        cache.wait_until_idle()
        assert written(result) == {"encoder-0.safetensors"} == set(ready(result))
    cache.wait_until_idle()
    assert written(result) == set(result.names)
    assert result.missing == []


def test_a_file_that_a_view_waits_for_is_written_during_a_run(new_cache, store):
    cache = new_cache()
    with cache.run_in_progress():
        result = add(cache, store)
        assert cache.prepare(result.folder_name, "cross-1.safetensors").result() is True
        cache.wait_until_idle()
        assert written(result) == {"encoder-0.safetensors", "cross-1.safetensors"}
    # A file that exists needs no wait.
    cache.wait_until_idle()
    assert cache.prepare(result.folder_name, "cross-1.safetensors").done()


@pytest.fixture
def order(monkeypatch) -> list[tuple[str, str]]:
    """Return the list of written files, as folder name and file name, in their order."""
    order = []
    write = TraceFiles.write

    def write_and_note(files: TraceFiles, name: str) -> None:
        order.append((files.folder.name, name))
        write(files, name)

    monkeypatch.setattr(TraceFiles, "write", write_and_note)
    return order


def test_files_that_a_view_waits_for_are_written_first(new_cache, store, monkeypatch):
    cache, order = new_cache(), []
    has_begun, are_requested = Event(), Event()
    write = TraceFiles.write

    def pause_and_write(files: TraceFiles, name: str) -> None:
        if name != files.names[0]:  # written by the thread
            has_begun.set()
            are_requested.wait()
            order.append(name)
        write(files, name)

    monkeypatch.setattr(TraceFiles, "write", pause_and_write)
    result = add(cache, store)
    has_begun.wait()  # the thread is writing the first file
    waiting = [cache.prepare(result.folder_name, result.names[at]) for at in (-4, 5, -4, 1)]
    assert not any(answer.done() for answer in waiting)
    are_requested.set()
    cache.wait_until_idle()
    assert all(answer.result() is True for answer in waiting)
    # The thread finishes that file, and then writes the requested files, each once.
    names = list(result.names)
    first = [names[1], names[-4], names[5]]
    assert order == first + [name for name in names[1:] if name not in first]


def test_files_of_the_most_recently_used_result_are_written_first(new_cache, store, order):
    cache = new_cache()
    with cache.run_in_progress():
        older, newer, newest = (add(cache, store, name) for name in ("one", "two", "three"))
        assert cache.get(key("two")) is newer
        order.clear()
    cache.wait_until_idle()
    folders = [folder for folder, _ in order]
    num_files = len(older.names) - 1
    in_order = (newer, newest, older)
    assert folders == [each.folder_name for each in in_order for _ in range(num_files)]


def test_scores_of_a_replaced_result_are_written_after_the_picture_of_the_next_one(
    new_cache, store, monkeypatch
):
    cache, order = new_cache(), []
    has_begun, are_requested = Event(), Event()
    write = TraceFiles.write

    def pause_and_write(files: TraceFiles, name: str) -> None:
        has_begun.set()
        are_requested.wait()
        order.append((files.folder.name, name))
        write(files, name)

    with cache.run_in_progress():  # only files that a view waits for are written
        older, newer = (add(cache, store, name).folder_name for name in ("one", "two"))
        monkeypatch.setattr(TraceFiles, "write", pause_and_write)
        requested = [
            (older, "decoder-0.safetensors"),  # the thread is writing it during the requests
            (older, "encoder-scores-0.safetensors"),
            (newer, "encoder-overview-0.safetensors"),
            (newer, "encoder-scores-0.safetensors"),
            (newer, "cross-1.safetensors"),
        ]
        cache.prepare(*requested[0])
        has_begun.wait()
        for each in requested[1:]:
            cache.prepare(*each)
        are_requested.set()
        cache.wait_until_idle()
    assert order[: len(requested)] == [requested[at] for at in (0, 2, 4, 1, 3)]


def test_a_result_is_found_by_its_request(new_cache, store):
    cache = new_cache()
    one, other = add(cache, store, "one"), add(cache, store, "other")
    assert cache.get(key("one")) is one
    assert cache.get(key("other")) is other
    assert cache.get(key("")) is None
    again = add(cache, store, "one")
    assert cache.get(key("one")) is again
    cache.wait_until_idle()
    assert written(one) == set(one.names)  # a reader may still be looking at it


@pytest.mark.parametrize("folder_name", ["", "..", ".", "results", "a/b"])
@pytest.mark.parametrize(
    "file", ["cross-1.safetensors", "manifest.json", "../x", "", "/etc/passwd"]
)
def test_only_files_of_a_kept_result_are_written(new_cache, store, folder_name, file, order):
    cache = new_cache()
    with cache.run_in_progress():
        result = add(cache, store)
        order.clear()
        assert cache.prepare(folder_name, file).result(0) is False
        if file != "cross-1.safetensors":
            assert cache.prepare(result.folder_name, file).result(0) is False
        assert order == []


def test_a_file_of_filtered_overviews_is_written_when_a_view_waits_for_it(new_cache, store):
    cache = new_cache()
    result = add(cache, store)
    cache.wait_until_idle()
    name = "cross-overview-0~first,mass=0.7.safetensors"
    assert cache.prepare(result.folder_name, name).result(10) is True
    assert written(result) == {*result.names, name}
    for invalid in ("cross-overview-0~last.safetensors", "cross-overview-0~../x.safetensors"):
        assert cache.prepare(result.folder_name, invalid).result(0) is False


def test_filtered_overviews_need_the_trace(new_cache, store):
    cache = new_cache(max_trace_bytes=trace_bytes())
    result = add(cache, store, "one")
    cache.wait_until_idle()
    add(cache, store, "two")
    assert result.files is None
    name = "cross-overview-0~first.safetensors"
    assert cache.prepare(result.folder_name, name).result(0) is False


def test_a_view_that_no_longer_waits_does_not_cancel_the_file_for_others(
    new_cache, store, monkeypatch
):
    cache, has_left, write = new_cache(), Event(), TraceFiles.write
    with cache.run_in_progress():
        result = add(cache, store)
        monkeypatch.setattr(TraceFiles, "write", lambda *file: has_left.wait() and write(*file))
        answer = cache.prepare(result.folder_name, "cross-1.safetensors")
        assert not answer.done() and not answer.cancel()
        has_left.set()
        assert answer.result() is True


def trace_bytes() -> int:
    components = golden_trace().layers
    tensors = [
        term
        for layers in components.values()
        for layer in layers
        for term in (
            layer.query, layer.key, layer.allowed, layer.bias, layer.sink,
            *vars(layer.model_weights or object).values(),
        )
        if isinstance(term, torch.Tensor)
    ]  # fmt: skip
    return sum(term.untyped_storage().nbytes() for term in tensors)


def test_a_result_with_missing_files_is_removed_together_with_its_trace(new_cache, store):
    cache = new_cache(max_trace_bytes=2 * trace_bytes())
    with cache.run_in_progress():
        first, second = add(cache, store, "one"), add(cache, store, "two")
        assert cache.get(key("one")) is first  # used last, so the second is removed
        third = add(cache, store, "three")
        assert cache.get(key("two")) is None
        assert [cache.get(key("one")), cache.get(key("three"))] == [first, third]
        assert cache.prepare(second.folder_name, "cross-1.safetensors").result(0) is False
        assert second.files is None
    cache.wait_until_idle()
    assert written(second) == {"encoder-0.safetensors"}
    assert written(third) == set(third.names)


def test_a_result_with_all_files_is_kept_without_its_trace(new_cache, store):
    cache = new_cache(max_trace_bytes=2 * trace_bytes())
    whole = add(cache, store, "one")
    cache.wait_until_idle()
    with cache.run_in_progress():
        missing = add(cache, store, "two")
        assert cache.get(key("one")) is whole  # used last, but it needs no trace
        add(cache, store, "three")
        assert whole.files is None
        assert cache.get(key("one")) is whole
        assert cache.get(key("two")) is missing
        assert cache.prepare(whole.folder_name, "cross-1.safetensors").result(0) is True


def test_a_trace_larger_than_the_limit_is_kept_until_the_next_result(new_cache, store):
    cache = new_cache(max_trace_bytes=1)
    with cache.run_in_progress():
        one = add(cache, store, "one")
        assert cache.get(key("one")) is one
        two = add(cache, store, "two")
        assert [cache.get(key("one")), cache.get(key("two"))] == [None, two]


def test_memory_that_layers_share_counts_once(new_cache, store):
    layer = golden_trace().layer("encoder", 0)
    layers = tuple(replace(layer, component="self", layer=number) for number in range(3))
    files = TraceFiles(
        Trace(golden_trace().source, None, {"self": layers}), "m", "r", store.new_folder()
    )
    numbers = [4 * 7 * 3, 2 * 7 * 3, 4 * 7 * 7]  # query, key and bias
    assert new_cache().add(key("one"), "", files).num_bytes == 4 * sum(numbers) + 7 * 7


def test_the_number_of_kept_results_is_limited(new_cache, store, monkeypatch):
    monkeypatch.setattr(result_cache, "MAX_KNOWN_RESULTS", 2)
    cache = new_cache()
    one, two, three = (add(cache, store, name) for name in ("one", "two", "three"))
    assert [cache.get(key(name)) for name in ("one", "two", "three")] == [None, two, three]
    assert cache.prepare(one.folder_name, one.names[0]).result(0) is False
    assert [cache.in_folder(each.folder_name) for each in (one, two)] == [None, two]


def test_a_result_without_its_folder_is_not_returned_after_a_failed_write(new_cache, store, caplog):
    cache = new_cache()
    with cache.run_in_progress():
        result = add(cache, store)
        shutil.rmtree(result.manifest.parent)
        answer = cache.prepare(result.folder_name, "cross-1.safetensors")
        assert answer.result() is False
        assert cache.get(key("a request")) is None
    cache.wait_until_idle()
    assert caplog.records == []


def test_a_result_without_its_folder_is_not_returned(new_cache, store):
    cache = new_cache()
    with cache.run_in_progress():
        shutil.rmtree(add(cache, store).manifest.parent)
        assert cache.get(key("a request")) is None


def test_a_result_that_is_used_again_counts_as_new_in_the_store(new_cache, store):
    cache = new_cache()
    with cache.run_in_progress():
        older, newer = add(cache, store, "one"), add(cache, store, "two")
        cache.get(key("one"))
        times = [each.manifest.parent.stat().st_mtime_ns for each in (older, newer)]
        assert times[0] >= times[1]


def test_an_error_while_writing_a_file_is_logged_and_removes_the_result(
    new_cache, store, caplog, monkeypatch
):
    def fail(files: TraceFiles, name: str) -> None:
        raise OSError("no space left")

    cache = new_cache()
    with cache.run_in_progress():
        result = add(cache, store)
        monkeypatch.setattr(TraceFiles, "write", fail)
    cache.wait_until_idle()
    assert [record.message for record in caplog.records] == [
        "a file of a result could not be written"
    ]
    assert cache.prepare(result.folder_name, "cross-1.safetensors").result(0) is False
    assert cache.get(key("a request")) is None


@contextmanager
def full_disk() -> Iterator[None]:
    """Limit the size of the files of this process, which fails as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_file_that_a_full_disk_does_not_accept_is_written_once_there_is_room(new_cache, store):
    cache = new_cache()
    with cache.run_in_progress():
        result = add(cache, store)
        with full_disk():
            answer = cache.prepare(result.folder_name, "cross-1.safetensors")
            assert isinstance(answer.exception(), ResultNotWritten)
            cache.wait_until_idle()
        assert "disk is full" in str(answer.exception())
        assert written(result) == {"encoder-0.safetensors"}
        assert cache.prepare(result.folder_name, "cross-1.safetensors").result() is True
    cache.wait_until_idle()
    assert written(result) == set(result.names)


def test_files_that_no_view_waits_for_wait_while_the_disk_is_full(new_cache, store):
    cache = new_cache()
    with ExitStack() as filled:
        with cache.run_in_progress():
            result = add(cache, store)
            filled.enter_context(full_disk())
        cache.wait_until_idle()
        assert written(result) == {"encoder-0.safetensors"}
        assert cache.get(key("a request")) is result
    with cache.run_in_progress():
        pass
    cache.wait_until_idle()
    assert written(result) == set(result.names)


def test_a_result_that_the_disk_does_not_accept_leaves_no_files(new_cache, store, tmp_path):
    with pytest.raises(ResultNotWritten), full_disk(), store.filled_folder() as folder:
        files = TraceFiles(golden_trace(), "some/model", "0123abc", folder)
        new_cache().add(key("a request"), "what was run", files)
    assert list((tmp_path / "results").iterdir()) == []


@pytest.mark.parametrize("umask", [0, 0o022, 0o077])
def test_only_the_owner_reads_a_result_whatever_the_umask_is(new_cache, store, umask):
    before = os.umask(umask)
    try:
        cache = new_cache()
        result = add(cache, store)
        cache.wait_until_idle()
    finally:
        os.umask(before)
    folder = result.manifest.parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
