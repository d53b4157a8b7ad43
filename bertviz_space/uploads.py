"""What visitors upload: anyone may, and Gradio 6.31 keeps it for as long as the process lives."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from .errors import UploadGone
from .limits import MAX_UPLOADED_BYTES, UPLOADS_SWEPT_EVERY
from .store import drop_oldest


class Uploads:
    """The files that Gradio has put into a folder, each into a folder of its own.

    Args:
        folder: where Gradio puts them.
        but: a folder in it that is not an upload.
    """

    def __init__(self, folder: Path, but: Path) -> None:
        self._folder = folder
        self._but = but
        self._ended = Event()

    @contextmanager
    def taken(self, file: object) -> Iterator[Path]:
        """An uploaded file, which is gone afterwards.

        Args:
            file: what a page says of it, ``{"path": ...}``; anyone may say anything.

        Raises:
            UploadGone: if it is no upload, or has left.
        """
        said = file.get("path") if isinstance(file, dict) else None
        path = Path(said) if isinstance(said, str) and "\0" not in said else self._folder
        is_upload = path.parent.parent == self._folder and path.parent != self._but
        # ".." is a name to a path, and to the system it is not.
        if not is_upload or ".." in path.parts or path.is_symlink() or not path.is_file():
            raise UploadGone
        try:
            yield path
        finally:
            shutil.rmtree(path.parent, ignore_errors=True)

    def keep_within_bounds(
        self, max_bytes: int = MAX_UPLOADED_BYTES, every: float = UPLOADS_SWEPT_EVERY
    ) -> None:
        """Let the oldest leave, from now on until ``close`` or the end of the process.

        Args:
            max_bytes: bytes of all together.
            every: seconds between two looks.
        """

        def sweep() -> None:
            while not self._ended.wait(every):
                if self._folder.exists():
                    found = [path for path in self._folder.iterdir() if path.is_dir()]
                    drop_oldest([path for path in found if path != self._but], max_bytes)

        Thread(target=sweep, name="uploads", daemon=True).start()

    def close(self) -> None:
        """No longer keep them within bounds."""
        self._ended.set()
