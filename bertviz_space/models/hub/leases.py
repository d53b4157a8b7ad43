"""Who uses the files of a fetched model: while anybody does, they are not deleted."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from weakref import finalize


class Lease:
    """Keeps the files of one model on disk for as long as there is this object.

    It is a lock on a file beside them (flock), which other threads and processes see alike, and
    which ends with its process. The file's time is that of the last use.
    """

    def __init__(self, folder: Path) -> None:
        folder.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(_lock_of(folder), os.O_RDWR | os.O_CREAT, 0o644)
        finalize(self, _end_lease, handle)
        if _lock_alone(handle):
            # Of a process that was killed: huggingface_hub 2.4 takes none of them up again.
            for partial in folder.glob("*/blobs/*.incomplete"):
                partial.unlink(missing_ok=True)
        fcntl.flock(handle, fcntl.LOCK_SH)  # waits while the folder is being deleted
        os.utime(handle)


def is_in_use(folder: Path) -> bool:
    """True if there is a lease of a folder."""
    with _locked_alone(folder) as is_alone:
        return not is_alone


def delete_unused(folder: Path) -> bool:
    """Delete a folder; False if there is a lease of it, and then it stays."""
    with _locked_alone(folder) as is_alone:
        if is_alone:
            shutil.rmtree(folder, ignore_errors=True)
        return is_alone


def last_use(folder: Path) -> int:
    """When a lease of a folder began or ended last, in nanoseconds; 0 if there was none."""
    try:
        return _lock_of(folder).stat().st_mtime_ns
    except OSError:
        return 0


def _lock_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.lock")


def _end_lease(handle: int) -> None:
    os.utime(handle)
    os.close(handle)


def _lock_alone(handle: int) -> bool:
    """True if nobody else holds the lock."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _locked_alone(folder: Path) -> Iterator[bool]:
    """True, and nobody may use the folder until the block ends; False if somebody does."""
    handle = os.open(_lock_of(folder), os.O_RDWR | os.O_CREAT, 0o644)
    try:
        yield _lock_alone(handle)
    finally:
        os.close(handle)
