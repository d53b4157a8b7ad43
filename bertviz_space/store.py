"""Where results lie on disk: a folder of unguessable name each, bounded in bytes together."""

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

    def _drop_oldest(self) -> None:
        if not self._root.exists():
            return
        found = [path for path in self._root.iterdir() if path.is_dir()]
        folders = sorted(found, key=lambda folder: folder.stat().st_mtime)
        sizes = [sum(file.stat().st_size for file in folder.iterdir()) for folder in folders]
        excess = sum(sizes) - self._max_bytes
        for folder, size in zip(folders, sizes, strict=True):
            if excess <= 0:
                return
            shutil.rmtree(folder)
            excess -= size
