"""What visitors upload: anyone may, and Gradio 6.31 keeps it for as long as the process lives."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

from ..errors import UploadMissing
from ..files.writing import disk_errors
from ..limits import MAX_UPLOAD_SECONDS, MAX_UPLOADED_BYTES, UPLOAD_SWEEP_SECONDS
from .store import drop_older, drop_oldest

# What the folder of an upload that is being read is called.
_TAKEN = "taken-"


class Uploads:
    """The files that Gradio has put into a folder, each into a folder of its own.

    Gradio 6.31 writes a file beside these folders first, and leaves it there where it is cut short,
    or goes by another name than a form's ``files``: it counts, and leaves, as the others do.

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
        """An uploaded file, under a name that nobody else has, which is gone afterwards.

        Gradio 6.31 gives the same content the same place: of two who upload it at once, neither may
        take it from the other. The upload itself leaves a minute later.

        Args:
            file: what a page says of it, ``{"path": ...}``; anyone may say anything.

        Raises:
            UploadMissing: if it is no upload, or has left.
            ResultNotWritten: if the disk does not take the name.
        """
        said = file.get("path") if isinstance(file, dict) else None
        path = Path(said) if isinstance(said, str) and "\0" not in said else self._folder
        is_upload = path.parent.parent == self._folder and path.parent in self._uploads()
        # ".." is a name to a path, and to the system it is not.
        if not is_upload or ".." in path.parts or path.is_symlink() or not path.is_file():
            raise UploadMissing
        with disk_errors():
            own_folder = TemporaryDirectory(prefix=_TAKEN, dir=self._folder)
        with own_folder as folder:
            taken = Path(folder) / path.name
            with disk_errors():
                try:
                    taken.hardlink_to(path)
                except FileNotFoundError:  # it has just been removed
                    raise UploadMissing from None
            yield taken

    def _uploads(self) -> list[Path]:
        """The folder of each upload, and files that have none."""
        return [
            path
            for path in self._folder.iterdir()
            if path != self._but and not path.name.startswith(_TAKEN)
        ]

    def keep_within_bounds(
        self,
        max_bytes: int = MAX_UPLOADED_BYTES,
        max_age: float = MAX_UPLOAD_SECONDS,
        every: float = UPLOAD_SWEEP_SECONDS,
        also: Callable[[], object] = lambda: None,
    ) -> None:
        """Let the old and the oldest leave, from now on until ``close`` or the process ends.

        Args:
            max_bytes: bytes of all together.
            max_age: seconds that one is there.
            every: seconds between two looks.
            also: what is done at each look as well.
        """

        def sweep() -> None:
            while not self._ended.wait(every):
                if self._folder.exists():
                    drop_older(self._uploads(), max_age)
                    drop_oldest(self._uploads(), max_bytes)
                also()

        Thread(target=sweep, name="uploads", daemon=True).start()

    def close(self) -> None:
        """No longer keep them within bounds."""
        self._ended.set()
