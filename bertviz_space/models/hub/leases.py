"""Protect the files of a downloaded model from deletion while they are in use."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from weakref import finalize


class Lease:
    """Keep the files of one model on disk for as long as this object exists.

    A lease is a shared lock (flock) on a file beside the folder. Other threads and processes see
    the lock, and it ends with the process at the latest. The lock file's modification time is that
    of the last use.
    """

    def __init__(self, folder: Path) -> None:
        folder.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(_lock_file(folder), os.O_RDWR | os.O_CREAT, 0o644)
        finalize(self, _end_lease, handle)
        if _try_exclusive_lock(handle):
            # A process that was killed left these. huggingface_hub 2.4 does not resume them.
            for partial in folder.glob("*/blobs/*.incomplete"):
                partial.unlink(missing_ok=True)
        fcntl.flock(handle, fcntl.LOCK_SH)  # waits while another process deletes the folder
        os.utime(handle)


def is_in_use(folder: Path) -> bool:
    """Return whether a lease of a folder exists."""
    with _exclusive_lock(folder) as is_locked:
        return not is_locked


def delete_unused(folder: Path) -> bool:
    """Delete a folder unless a lease of it exists; return whether it was deleted."""
    with _exclusive_lock(folder) as is_locked:
        if is_locked:
            shutil.rmtree(folder, ignore_errors=True)
        return is_locked


def last_use(folder: Path) -> int:
    """Return when a lease of a folder last began or ended.

    Returns:
        Nanoseconds since the epoch, 0 if there was no lease.
    """
    try:
        return _lock_file(folder).stat().st_mtime_ns
    except OSError:
        return 0


def _lock_file(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.lock")


def _end_lease(handle: int) -> None:
    os.utime(handle)
    os.close(handle)


def _try_exclusive_lock(handle: int) -> bool:
    """Lock a file unless another lock on it exists; return whether this call locked it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _exclusive_lock(folder: Path) -> Iterator[bool]:
    """Yield whether the folder has no lease. If so, no lease begins before the block ends."""
    handle = os.open(_lock_file(folder), os.O_RDWR | os.O_CREAT, 0o644)
    try:
        yield _try_exclusive_lock(handle)
    finally:
        os.close(handle)
