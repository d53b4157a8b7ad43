"""The results of this process: none is made twice, and their files are made as views ask for them.

A result can be shown as soon as its manifest and its first files are there. One thread makes the
others, from the trace, which is kept in memory for it: first what a view waits for, then, while no
run is under way, what may be asked for next, of the result that was used last.
"""

import logging
from collections import OrderedDict
from collections.abc import Hashable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Thread

from torch import Tensor

from ..errors import ResultNotWritten
from ..files.wire import TraceFiles
from ..limits import (
    MAX_KEPT_TRACE_BYTES,
    MAX_KNOWN_RESULTS,
    MAX_SMALL_RESULT_BYTES,
    MAX_SMALL_RESULT_WEIGHTS,
)
from ..models.malloc import return_freed_memory
from ..trace import Trace
from .store import Store

_log = logging.getLogger(__name__)


@dataclass(eq=False)
class Result:
    """A finished run.

    Attributes:
        request: what was asked for, of which model at which commit.
        summary: what was run, in words for the reader.
        manifest: the path of its manifest, in a folder of its own.
        names: the files that the manifest names.
        unmade: those that are not there yet.
        files: makes them; ``None`` once the trace has left memory.
        num_bytes: bytes of the trace.
    """

    request: Hashable
    summary: str
    manifest: Path
    names: tuple[str, ...]
    unmade: list[str]
    files: TraceFiles | None
    num_bytes: int

    @property
    def token(self) -> str:
        """The unguessable name of its folder."""
        return self.manifest.parent.name


class Results:
    """Finished results, within bounds; the least recently used leaves first.

    A result is known for as long as each of its files is there or can be made.
    """

    def __init__(self, store: Store, max_trace_bytes: int = MAX_KEPT_TRACE_BYTES) -> None:
        self._store = store
        self._max_trace_bytes = max_trace_bytes
        self._lock = Lock()  # held for what follows, and never while a file is made
        self._known: OrderedDict[str, Result] = OrderedDict()  # by token
        self._tokens: dict[Hashable, str] = {}  # by request
        self._asked: dict[tuple[str, str], Future[bool]] = {}  # by token and file
        self._runs = 0
        self._maker: Thread | None = None

    def get(self, request: Hashable) -> Result | None:
        """The result of an equal request, if it is still known."""
        with self._lock:
            result = self._known.get(self._tokens.get(request, ""))
            if result is None:
                return None
            if not self._store.renew(result.manifest.parent):
                self._forget(result)
                return None
            self._known.move_to_end(result.token)
            return result

    def add(self, request: Hashable, summary: str, files: TraceFiles) -> Result:
        """Write what is drawn first, or all of a small result; the rest is made later.

        Args:
            request: what was asked for, of which model at which commit.
            summary: what was run, in words for the reader.
            files: in an empty folder of the store.

        Raises:
            ResultNotWritten: if the disk does not take a file.
        """
        size = trace_bytes(files.trace)
        first = len(files.names) if _is_small(files.trace, size) else 1
        for name in files.names[:first]:
            files.write(name)
        manifest, unmade = files.write_manifest(), list(files.names[first:])
        result = Result(request, summary, manifest, files.names, unmade, files, size)
        with self._lock:
            self._known[result.token] = result
            self._tokens[request] = result.token
            self._keep_within_bounds(result)
            self._start()
        return result

    def prepare(self, token: str, file: str) -> Future[bool]:
        """Have a file made that a view waits for, before all that none waits for.

        Args:
            token: the name of the result's folder.
            file: a name that its manifest gives.

        Returns:
            True once the file is there; False if there is no such file, or no longer. The future
            raises ``ResultNotWritten`` if the disk does not take the file: the result stays, and
            the file can be asked for again.
        """
        with self._lock:
            result = self._known.get(token)
            if result is None or file not in result.unmade:
                answer = Future[bool]()
                answer.set_result(result is not None and file in result.names)
                return answer
            self._known.move_to_end(token)
            if (token, file) not in self._asked:
                asked = self._asked[token, file] = Future[bool]()
                # One who leaves must not cancel it for others who wait.
                asked.set_running_or_notify_cancel()
                self._start()
            return self._asked[token, file]

    @contextmanager
    def run_under_way(self) -> Iterator[None]:
        """Leave the processor to a run: nothing is made ahead until the block ends."""
        with self._lock:
            self._runs += 1
        try:
            yield
        finally:
            with self._lock:
                self._runs -= 1
                self._start()

    def wait_until_idle(self) -> None:
        """Wait until all is made that is meant to be made now."""
        while True:
            with self._lock:
                maker = self._maker
            if maker is None:
                return
            maker.join()

    def _start(self) -> None:
        if self._maker is None and self._next() is not None:
            self._maker = Thread(target=self._make_files, name="result files", daemon=True)
            self._maker.start()

    def _next(self) -> tuple[str, str] | None:
        """Token and name of the file to make now."""
        if self._asked:
            return next(iter(self._asked))
        if not self._runs:
            for token, result in reversed(self._known.items()):
                if result.unmade:
                    return token, result.unmade[0]
        return None

    def _make_files(self) -> None:
        while True:
            with self._lock:
                work = self._next()
                if work is None:
                    self._maker = None
                    break
                token, name = work
                result = self._known.get(token)
                files = None if result is None else result.files
            made = files is not None and _make(files, name)
            with self._lock:
                if result is not None and name in result.unmade:
                    if made is True:
                        result.unmade.remove(name)
                    elif made is False:
                        self._forget(result)
                asked = self._asked.pop(work, None)
                # A full disk takes nothing that is made ahead: the next run, or the next view that
                # asks, tries again.
                is_over = isinstance(made, ResultNotWritten) and not self._asked
                if is_over:
                    self._maker = None
            if asked is not None:
                _answer(asked, made)
            if is_over:
                break
        return_freed_memory()

    def _forget(self, result: Result) -> None:
        self._known.pop(result.token, None)
        if self._tokens.get(result.request) == result.token:
            del self._tokens[result.request]
        result.files = None

    def _keep_within_bounds(self, newest: Result) -> None:
        """Let the least recently used leave, traces of which all files are made before others."""
        while len(self._known) > MAX_KNOWN_RESULTS:
            self._forget(next(iter(self._known.values())))
        kept = [each for each in self._known.values() if each.files is not None]
        excess = sum(each.num_bytes for each in kept) - self._max_trace_bytes
        kept.remove(newest)
        for result in sorted(kept, key=lambda each: bool(each.unmade)):
            if excess <= 0:
                return
            excess -= result.num_bytes
            result.files = None
            if result.unmade:
                self._forget(result)


def _is_small(trace: Trace, num_bytes: int) -> bool:
    """True if all files are made in a moment, so that no view has to ask for them."""
    layers = [layer for layers in trace.layers.values() for layer in layers]
    weights = sum(layer.num_heads * layer.num_queries * layer.num_keys for layer in layers)
    return weights <= MAX_SMALL_RESULT_WEIGHTS and num_bytes <= MAX_SMALL_RESULT_BYTES


def trace_bytes(trace: Trace) -> int:
    """Bytes of a trace's tensors; what layers share counts once."""
    storages: dict[int, int] = {}
    for layer in [layer for layers in trace.layers.values() for layer in layers]:
        own = layer.model_weights
        for term in (*vars(layer).values(), *(vars(own).values() if own else ())):
            if isinstance(term, Tensor):
                storage = term.untyped_storage()
                storages[storage.data_ptr()] = storage.nbytes()
    return sum(storages.values())


def _make(files: TraceFiles, name: str) -> bool | ResultNotWritten:
    """Make a file; return whether it is there, or why the disk does not take it."""
    try:
        files.write(name)
    except Exception as error:
        if not files.folder.exists():  # it has left the store meanwhile
            return False
        if isinstance(error, ResultNotWritten):
            return error
        _log.exception("a file of a result could not be made")
        return False
    return True


def _answer(asked: Future[bool], made: bool | ResultNotWritten) -> None:
    if isinstance(made, ResultNotWritten):
        asked.set_exception(made)
    else:
        asked.set_result(made)
