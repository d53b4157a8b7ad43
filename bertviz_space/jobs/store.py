"""Stores the files of results on disk: one folder for each result, within a number of bytes."""

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
    """Folders of result files.

    The name of a folder protects it: anyone who knows the URL of a file can read the file, and
    nobody can list or guess the names.

    Args:
        root: the folder that contains the folders.
        max_bytes: the size of all folders together; the oldest are removed first.
    """

    def __init__(self, root: Path, max_bytes: int = MAX_STORED_BYTES) -> None:
        self._root = root
        self._max_bytes = max_bytes
        self._lock = Lock()
        self._protected: set[Path] = set()

    def new_folder(self) -> Path:
        """Make an empty folder, after removing the oldest folders beyond the size limit.

        Raises:
            ResultNotWritten: if the disk does not accept the folder.
        """
        with self._lock:
            self._make_room()
            return make_folder(self._root / secrets.token_urlsafe(24))

    @contextmanager
    def filled_folder(self) -> Iterator[Path]:
        """Make a folder for the files of one result; remove it if the block raises an error.

        Raises:
            ResultNotWritten: if the disk does not accept the folder.
        """
        folder = self.new_folder()
        try:
            yield folder
        except BaseException:
            _remove(folder)
            raise

    def renew(self, folder: Path) -> bool:
        """Make a folder the newest one; return False if it has been removed."""
        with self._lock:
            try:
                os.utime(folder)
            except FileNotFoundError:
                return False
            return True

    def protect(self, folder: Path) -> None:
        """Never remove a folder. Its files do not count toward the size limit."""
        with self._lock:
            self._protected.add(folder)

    def _make_room(self) -> None:
        if not self._root.exists():
            return
        remove_oldest(self._folders(), self._max_bytes)
        # If other programs fill the disk, results never reach their own limit, but no new result
        # can be written. Remove old results; those that a reader is looking at are recent.
        if free_disk(self._root) < STORE_RESERVE_BYTES:
            remove_expired(self._folders(), RESULT_SECONDS_ON_FULL_DISK)

    def _folders(self) -> list[Path]:
        folders = (path for path in self._root.iterdir() if path.is_dir())
        return [folder for folder in folders if folder not in self._protected]


def remove_oldest(paths: Iterable[Path], max_bytes: int) -> None:
    """Remove the oldest of some files and folders until the rest has at most ``max_bytes``.

    The newest is kept, even if it is larger: its files may still be written.
    """
    oldest_first = sorted((_changed_at(path), path) for path in paths)
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


def remove_expired(paths: Iterable[Path], max_age: float) -> None:
    """Remove the files and folders that last changed more than ``max_age`` seconds ago."""
    for path in paths:
        if time.time() - _changed_at(path) / 1e9 > max_age:
            _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        # A thread may write a file into the folder now. The next call removes what is left.
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):  # already removed, or owned by another user
            path.unlink()


def _changed_at(path: Path) -> int:
    """Return when a path last changed, in nanoseconds since 1970."""
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:  # removed in the meantime
        return 0


def _num_bytes(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:  # renamed in the meantime: files are written under temporary names
        return 0
