"""Folders that belong to one process and are removed when it ends.

A process that is killed (SIGKILL, no memory left) cannot remove its folders. The next process that
makes a folder in the same place removes them. The operating system releases a folder's lock when
its process ends, so a locked folder belongs to a running process and is never removed.
"""

import atexit
import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

# Only folders with this prefix have a lock; others, such as those of tests, do not.
_PREFIX = "bertviz-space-process-"

# The folders of this process, each with the file descriptor that holds its lock.
_owned: dict[Path, int] = {}
# A process that is forked from this one does not own the folders.
_owner = os.getpid()

# How often to try to remove a folder: a thread may write a file into it at the same time.
_TRIES = 5


def own_folder(parent: Path) -> Path:
    """Make a folder of this process, and remove folders of ended processes next to it.

    Only the user of the process can read the folder. It is removed at the end of the process, or by
    ``remove_own_folders``.

    Args:
        parent: the folder that will contain it; created if it does not exist.

    Raises:
        OSError: if the folder cannot be made.
    """
    parent.mkdir(parents=True, exist_ok=True)
    for path in parent.glob(f"{_PREFIX}*"):
        _remove_if_unlocked(path)
    # Until the folder is locked, it has a name that no other process looks for.
    unlocked = Path(tempfile.mkdtemp(prefix=f".{_PREFIX}", dir=parent))
    lock = os.open(unlocked, os.O_RDONLY | os.O_DIRECTORY)
    with suppress(OSError):  # in a file system without locks, no folder is found unlocked either
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    folder = unlocked.rename(unlocked.with_name(unlocked.name[1:]))
    if not _owned:
        atexit.register(remove_own_folders)
    _owned[folder] = lock
    return folder


def remove_own_folders() -> None:
    """Remove the folders of this process."""
    if os.getpid() != _owner:
        return
    for folder in list(_owned):
        for _ in range(_TRIES):
            shutil.rmtree(folder, ignore_errors=True)
            if not folder.exists():
                break
        os.close(_owned.pop(folder))


def _remove_if_unlocked(folder: Path) -> None:
    """Remove a folder if no process holds its lock."""
    # Do not follow links or touch other users' folders: other users may be able to write to the
    # parent.
    with suppress(OSError):
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            if os.fstat(lock).st_uid != os.geteuid():
                return
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(lock)
