"""Keeps uploaded files within limits, and gives access to one of them at a time.

Anyone can upload files, and Gradio 6.31 keeps them for as long as the process lives.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

from ..errors import UploadMissing
from ..files.writing import disk_errors
from ..limits import MAX_UPLOAD_SECONDS, MAX_UPLOADED_BYTES, UPLOAD_SWEEP_SECONDS
from .store import remove_expired, remove_oldest

# The prefix of the folders with the private names of uploads that are being read.
_PRIVATE = "private-"


class Uploads:
    """The files that Gradio has written to its folder of uploads.

    Gradio 6.31 gives each uploaded file a folder of its own. It first writes the file beside these
    folders, and leaves it there if the upload is incomplete or the form field has another name than
    ``files``. The limits apply to these files as well.

    Args:
        folder: the folder that Gradio writes to.
        excluded: a folder inside it that is not an upload.
    """

    def __init__(self, folder: Path, excluded: Path) -> None:
        self._folder = folder
        self._excluded = excluded
        self._is_closed = Event()

    @contextmanager
    def private_path(self, file: object) -> Iterator[Path]:
        """Give an uploaded file a second, private path until the block ends.

        Gradio 6.31 stores equal content at the same path. Two readers who upload the same file at
        the same time therefore share the path, so this function does not remove the upload itself:
        ``keep_within_limits`` removes it later.

        Args:
            file: the file data of the page, ``{"path": ...}``. A program may send any value.

        Raises:
            UploadMissing: if the path is not that of an upload, or the upload has been removed.
            ResultNotWritten: if the disk does not accept the private path.
        """
        named = file.get("path") if isinstance(file, dict) else None
        path = Path(named) if isinstance(named, str) and "\0" not in named else self._folder
        is_upload = path.parent.parent == self._folder and path.parent in self._uploads()
        # pathlib treats ".." as a name, the operating system as the parent folder.
        if not is_upload or ".." in path.parts or path.is_symlink() or not path.is_file():
            raise UploadMissing
        with disk_errors():
            own_folder = TemporaryDirectory(prefix=_PRIVATE, dir=self._folder)
        with own_folder as folder:
            private = Path(folder) / path.name
            with disk_errors():
                try:
                    private.hardlink_to(path)
                except FileNotFoundError:  # the upload has just been removed
                    raise UploadMissing from None
            yield private

    def _uploads(self) -> list[Path]:
        """Return the folders of uploads, and the files beside them."""
        return [
            path
            for path in self._folder.iterdir()
            if path != self._excluded and not path.name.startswith(_PRIVATE)
        ]

    def keep_within_limits(
        self,
        max_bytes: int = MAX_UPLOADED_BYTES,
        max_age: float = MAX_UPLOAD_SECONDS,
        interval: float = UPLOAD_SWEEP_SECONDS,
        after_sweep: Callable[[], object] = lambda: None,
    ) -> None:
        """Start a thread that removes old uploads until ``close`` is called or the process ends.

        Args:
            max_bytes: the size of all uploads together, in bytes; the oldest are removed first.
            max_age: seconds after which an upload is removed.
            interval: seconds between two sweeps.
            after_sweep: called after each sweep, in the same thread.
        """

        def sweep() -> None:
            while not self._is_closed.wait(interval):
                if self._folder.exists():
                    remove_expired(self._uploads(), max_age)
                    remove_oldest(self._uploads(), max_bytes)
                after_sweep()

        Thread(target=sweep, name="uploads", daemon=True).start()

    def close(self) -> None:
        """Stop the thread that ``keep_within_limits`` started."""
        self._is_closed.set()
