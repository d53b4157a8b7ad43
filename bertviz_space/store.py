"""Where results lie on disk: a folder of unguessable name each, bounded in bytes together."""

import os
import secrets
import shutil
from pathlib import Path
from threading import Lock

from .limits import MAX_STORED_BYTES


class Store:
    """Folders of result files under one root.

    A folder's name is its only key: who has the address can read it, nobody can list or guess it.
    """

    def __init__(self, root: Path, max_bytes: int = MAX_STORED_BYTES) -> None:
        self._root = root
        self._max_bytes = max_bytes
        self._lock = Lock()

    def new_folder(self) -> Path:
        """A new, empty folder. The oldest folders leave if all together pass the bound."""
        with self._lock:
            self._drop_oldest()
            folder = self._root / secrets.token_urlsafe(24)
            folder.mkdir(parents=True)
            return folder

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
        found = [path for path in self._root.iterdir() if path.is_dir()]
        folders = sorted(found, key=lambda folder: folder.stat().st_mtime_ns)
        sizes = [sum(_num_bytes(file) for file in folder.iterdir()) for folder in folders]
        excess = sum(sizes) - self._max_bytes
        # The newest stays, whatever its size: its files may still be made.
        for folder, size in zip(folders[:-1], sizes[:-1], strict=True):
            if excess <= 0:
                return
            # A file may be made in it at this moment: what is left of it leaves the next time.
            shutil.rmtree(folder, ignore_errors=True)
            excess -= size


def _num_bytes(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:  # it has its name since: a file is written beside its place
        return 0
