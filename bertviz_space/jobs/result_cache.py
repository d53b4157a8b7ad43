"""Keeps results, so that equal requests are computed once, and writes their files in a thread.

The page can draw a result as soon as its manifest and its first files exist. One thread writes the
other files from the trace, which is kept in memory for this purpose: first the files that a view
waits for, with the scores of heads last, then, while no run is in progress, all other files of the
result that was used last.
"""

import logging
from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Lock, Thread

from ..errors import ResultNotWritten
from ..files.wire import TraceFiles, contains_scores
from ..limits import (
    MAX_KEPT_TRACE_BYTES,
    MAX_KNOWN_RESULTS,
    MAX_SMALL_RESULT_BYTES,
    MAX_SMALL_RESULT_WEIGHTS,
)
from ..models.malloc import return_freed_memory
from ..trace import Trace
from ..trace.size import num_bytes_of
from .result import Result, ResultKey
from .store import Store

_log = logging.getLogger(__name__)


class ResultCache:
    """Results within limits; the least recently used result is removed first.

    A result is kept as long as each of its files exists or can be written.
    """

    def __init__(self, store: Store, max_trace_bytes: int = MAX_KEPT_TRACE_BYTES) -> None:
        self._store = store
        self._max_trace_bytes = max_trace_bytes
        self._lock = Lock()  # guards the attributes below; not locked while a file is written
        self._results: OrderedDict[str, Result] = OrderedDict()  # by folder name
        self._folder_names: dict[ResultKey, str] = {}
        self._awaited: dict[tuple[str, str], Future[bool]] = {}  # by folder name and file name
        self._num_runs = 0
        self._writer: Thread | None = None

    def get(self, key: ResultKey) -> Result | None:
        """Return the result of an equal request, if it is still kept."""
        with self._lock:
            result = self._results.get(self._folder_names.get(key, ""))
            if result is None:
                return None
            if not self._store.renew(result.manifest.parent):
                self._remove(result)
                return None
            self._results.move_to_end(result.folder_name)
            return result

    def in_folder(self, folder_name: str) -> Result | None:
        """Return the result of a folder, ``None`` if it is not kept any more."""
        with self._lock:
            return self._results.get(folder_name)

    def add(self, key: ResultKey | None, summary: str, files: TraceFiles) -> Result:
        """Write the files that are drawn first, or all files of a small result; keep the result.

        Args:
            key: finds the result again; ``None`` for a result that no other request can have.
            summary: a description of the result for the reader.
            files: writes into an empty folder of the store.

        Raises:
            ResultNotWritten: if the disk does not accept a file.
        """
        num_bytes = num_bytes_of(files.trace)
        num_first = len(files.names) if _is_small(files.trace, num_bytes) else 1
        for name in files.names[:num_first]:
            files.write(name)
        manifest, missing = files.write_manifest(), list(files.names[num_first:])
        result = Result(key, summary, manifest, files.names, missing, files, num_bytes)
        with self._lock:
            self._results[result.folder_name] = result
            if key is not None:
                self._folder_names[key] = result.folder_name
            self._enforce_limits(result)
            self._start_writer()
        return result

    def protect(self, result: Result) -> None:
        """Keep a result and its files, whatever is added later."""
        with self._lock:
            result.is_protected = True
            self._store.protect(result.manifest.parent)

    def prepare(self, folder_name: str, file_name: str) -> Future[bool]:
        """Write a file that a view waits for, before the files that no view waits for.

        Args:
            folder_name: the name of the result's folder.
            file_name: a name from the result's manifest, or that of a file of filtered overviews.

        Returns:
            A future, which returns True once the file exists, and False if the file does not exist
            (any more). It raises ``ResultNotWritten`` if the disk does not accept the file; the
            result is kept, and the file can be requested again.
        """
        with self._lock:
            result = self._results.get(folder_name)
            if result is None or not _can_be_written(result, file_name):
                answer = Future[bool]()
                answer.set_result(result is not None and file_name in result.names)
                return answer
            self._results.move_to_end(folder_name)
            if (folder_name, file_name) not in self._awaited:
                awaited = self._awaited[folder_name, file_name] = Future[bool]()
                # Several views may wait for the future. A running future cannot be canceled, so
                # that none of them can cancel it for the others.
                awaited.set_running_or_notify_cancel()
                self._start_writer()
            return self._awaited[folder_name, file_name]

    @contextmanager
    def run_in_progress(self) -> Iterator[None]:
        """During a run, write only files that a view waits for, to leave the processor to it."""
        with self._lock:
            self._num_runs += 1
        try:
            yield
        finally:
            with self._lock:
                self._num_runs -= 1
                self._start_writer()

    def wait_until_idle(self) -> None:
        """Wait until every file is written that can be written now."""
        while True:
            with self._lock:
                writer = self._writer
            if writer is None:
                return
            writer.join()

    def _start_writer(self) -> None:
        if self._writer is None and self._next_file() is not None:
            self._writer = Thread(target=self._write_files, name="result files", daemon=True)
            self._writer.start()

    def _next_file(self) -> tuple[str, str] | None:
        """Return the folder name and the file name of the file to write next.

        Scores come after all files that a picture waits for: a page that shows a new result may
        have asked for scores of the previous one.
        """
        if self._awaited:
            return min(self._awaited, key=lambda awaited: contains_scores(awaited[1]))
        if not self._num_runs:
            for folder_name, result in reversed(self._results.items()):
                if result.missing:
                    return folder_name, result.missing[0]
        return None

    def _write_files(self) -> None:
        """Write files until there is no file to write now; this function runs in the thread."""
        while True:
            with self._lock:
                file = self._next_file()
                if file is None:
                    self._writer = None
                    break
                folder_name, file_name = file
                result = self._results.get(folder_name)
                files = None if result is None else result.files
            outcome = files is not None and _write(files, file_name)
            with self._lock:
                if result is not None:
                    self._note(result, file_name, outcome)
                awaited = self._awaited.pop(file, None)
                # On a full disk, write no files that no view waits for: the next run, or the next
                # view that waits for a file, tries again.
                is_over = isinstance(outcome, ResultNotWritten) and not self._awaited
                if is_over:
                    self._writer = None
            if awaited is not None:
                _resolve(awaited, outcome)
            if is_over:
                break
        return_freed_memory()

    def _note(self, result: Result, file_name: str, outcome: bool | ResultNotWritten) -> None:
        """Record the outcome of writing a missing file."""
        if file_name not in result.missing:
            return
        if outcome is True:
            result.missing.remove(file_name)
        elif outcome is False:
            self._remove(result)

    def _remove(self, result: Result) -> None:
        self._results.pop(result.folder_name, None)
        if result.key and self._folder_names.get(result.key) == result.folder_name:
            del self._folder_names[result.key]
        result.files = None

    def _enforce_limits(self, newest: Result) -> None:
        """Remove the least recently used results; first drop traces whose files all exist."""
        evictable = [result for result in self._results.values() if not result.is_protected]
        for result in evictable[:-MAX_KNOWN_RESULTS]:
            self._remove(result)
        in_memory = [result for result in evictable if result.files is not None]
        excess = sum(result.num_bytes for result in in_memory) - self._max_trace_bytes
        in_memory.remove(newest)
        for result in sorted(in_memory, key=lambda result: bool(result.missing)):
            if excess <= 0:
                return
            excess -= result.num_bytes
            result.files = None
            if result.missing:
                self._remove(result)


def _can_be_written(result: Result, file_name: str) -> bool:
    """Return whether a file of the result is missing, or contains filtered overviews."""
    if file_name in result.missing:
        return True
    return result.files is not None and result.files.filtered.contains(file_name)


def _is_small(trace: Trace, num_bytes: int) -> bool:
    """Return True if all files can be written so fast that no view has to wait for them."""
    layers = [layer for layers in trace.layers.values() for layer in layers]
    weights = sum(layer.num_heads * layer.num_queries * layer.num_keys for layer in layers)
    return weights <= MAX_SMALL_RESULT_WEIGHTS and num_bytes <= MAX_SMALL_RESULT_BYTES


def _write(files: TraceFiles, name: str) -> bool | ResultNotWritten:
    """Write a file; return whether it exists afterwards, or the error of the disk."""
    try:
        files.write(name)
    except Exception as error:
        if not files.folder.exists():  # the store has removed the folder in the meantime
            return False
        if isinstance(error, ResultNotWritten):
            return error
        _log.exception("a file of a result could not be written")
        return False
    return True


def _resolve(awaited: Future[bool], outcome: bool | ResultNotWritten) -> None:
    if isinstance(outcome, ResultNotWritten):
        awaited.set_exception(outcome)
    else:
        awaited.set_result(outcome)
