"""Folders that belong to one process, and leave with it.

A process that is killed (SIGKILL, no memory left) cannot remove its folders: the next process that
makes one in the same place does. The operating system releases a folder's lock when its process
ends, so a locked folder belongs to a running process and is never removed.
"""

import atexit
import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

# Other folders, such as those of tests, have no lock: only this name says that there is one.
_PREFIX = "bertviz-space-process-"

# The folders of this process, each with the open file that holds its lock.
_owned: dict[Path, int] = {}
# A process that is forked from this one does not own them.
_owner = os.getpid()

# A thread may put a file into a folder while it is removed: so often is it tried.
_TRIES = 5


def own_folder(parent: Path) -> Path:
    """Make a folder of this process, and remove those of dead processes beside it.

    Only the process's user can read it. It leaves at the end of the process, or when
    ``remove_own_folders`` is called.

    Args:
        parent: where to make it; made if it is not there.

    Raises:
        OSError: if it cannot be made.
    """
    parent.mkdir(parents=True, exist_ok=True)
    for path in parent.glob(f"{_PREFIX}*"):
        _remove_if_dead(path)
    # Under a name that no other process looks for until it is locked.
    unlocked = Path(tempfile.mkdtemp(prefix=f".{_PREFIX}", dir=parent))
    lock = os.open(unlocked, os.O_RDONLY | os.O_DIRECTORY)
    with suppress(OSError):  # where a file system has no locks, nobody finds one dead either
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


def _remove_if_dead(folder: Path) -> None:
    """Remove a folder that no process holds the lock of."""
    # Not through a link, and not another user's: the parent may be writable for everyone.
    with suppress(OSError):
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            if os.fstat(lock).st_uid != os.geteuid():
                return
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(lock)
