"""What visitors upload: anyone may, and Gradio 6.31 keeps it for as long as the process lives."""

from pathlib import Path
from threading import Event, Thread

from .limits import MAX_UPLOADED_BYTES, UPLOADS_SWEPT_EVERY
from .store import drop_oldest


def keep_within_bounds(
    folder: Path,
    but: Path,
    max_bytes: int = MAX_UPLOADED_BYTES,
    every: float = UPLOADS_SWEPT_EVERY,
) -> Event:
    """Let the oldest uploads leave, from now on and for as long as the process lives.

    Args:
        folder: where Gradio puts each upload, in a folder of its own.
        but: a folder in it that is not an upload.
        max_bytes: bytes of all uploads together.
        every: seconds between two looks.

    Returns:
        What ends it when it is set.
    """
    ended = Event()

    def sweep() -> None:
        while not ended.wait(every):
            if folder.exists():
                drop_oldest(
                    [path for path in folder.iterdir() if path.is_dir() and path != but], max_bytes
                )

    Thread(target=sweep, name="uploads", daemon=True).start()
    return ended
