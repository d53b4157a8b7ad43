"""Where results lie on disk: a folder of unguessable name each, bounded in bytes together."""

import os
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock

from ..files.writing import make_folder
from ..limits import MAX_STORED_BYTES, RESULT_SECONDS_ON_FULL_DISK, STORE_RESERVE_BYTES
from ..machine import free_disk


class Store:
    """Folders of result files under one root.

    A folder's name is its only key: who has the address can read it, nobody can list or guess it.
    """

    def __init__(self, root: Path, max_bytes: int = MAX_STORED_BYTES) -> None:
        self._root = root
        self._max_bytes = max_bytes
        self._lock = Lock()

    def new_folder(self) -> Path:
        """Make an empty folder. The oldest folders leave if all together pass the bound.

        Raises:
            ResultNotWritten: if the disk does not take it.
        """
        with self._lock:
            self._drop_oldest()
            return make_folder(self._root / secrets.token_urlsafe(24))

    @contextmanager
    def filled_folder(self) -> Iterator[Path]:
        """Make a folder for the files of one result; it leaves again if the block fails.

        Raises:
            ResultNotWritten: if the disk does not take it.
        """
        folder = self.new_folder()
        try:
            yield folder
        except BaseException:
            _remove(folder)
            raise

    def renew(self, folder: Path) -> bool:
        """Let a folder count as the newest again; False if it has left."""
        with self._lock:
            try:
                os.utime(folder)
            except FileNotFoundError:
                return False
            return True

    def _drop_oldest(self) -> None:
        if not self._root.exists():
            return
        drop_oldest(self._folders(), self._max_bytes)
        # Where others fill the disk, the bound is never reached, and no result could be written
        # again: old results make room. Those that a reader looks at now stay.
        if free_disk(self._root) < STORE_RESERVE_BYTES:
            drop_older(self._folders(), RESULT_SECONDS_ON_FULL_DISK)

    def _folders(self) -> list[Path]:
        return [path for path in self._root.iterdir() if path.is_dir()]


def drop_oldest(paths: Iterable[Path], max_bytes: int) -> None:
    """Remove the oldest of some files and folders of files until the others fit.

    The newest stays, whatever its size: its files may still be made.
    """
    oldest_first = sorted((_changed(path), path) for path in paths)
    sizes = [
        sum(map(_num_bytes, path.glob("*"))) if path.is_dir() else _num_bytes(path)
        for _, path in oldest_first
    ]
    excess = sum(sizes) - max_bytes
    for (_, path), size in zip(oldest_first[:-1], sizes[:-1], strict=True):
        if excess <= 0:
            return
        _remove(path)
        excess -= size


def drop_older(paths: Iterable[Path], max_age: float) -> None:
    """Remove the files and folders of files that have not changed for so many seconds."""
    for path in paths:
        if time.time() - _changed(path) / 1e9 > max_age:
            _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        # A file may be made in it at this moment: what is left of it leaves the next time.
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):  # somebody else has removed it since, or owns it
            path.unlink()


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:  # somebody else has removed it since
        return 0


def _num_bytes(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:  # it has its name since: a file is written beside its place
        return 0
