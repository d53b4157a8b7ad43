"""Write files for readers completely or not at all, readable only by the server's own user."""

import errno
import logging
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from safetensors import SafetensorError

from ..errors import ResultNotWritten

_log = logging.getLogger(__name__)

# Only the user that runs the server can read a reader's files, whatever the umask is. Other users
# of the machine can reach the server, but not its files.
PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600


def make_folder(folder: Path) -> Path:
    """Make a new folder for readers' files, and the folders above it, and return its path.

    Raises:
        ResultNotWritten: if the folder cannot be made.
    """
    with disk_errors():
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=PRIVATE_FOLDER)
        folder.chmod(PRIVATE_FOLDER)  # the umask may have removed a permission of the owner
    return folder


def write_file(path: Path, write: Callable[[Path], object]) -> Path:
    """Write a file under a temporary name, rename it once it is complete, and return its path.

    Args:
        path: the path of the complete file.
        write: writes the file to the path that it receives, and does nothing else: any ``OSError``
            in it is reported as an error of the disk.

    Raises:
        ResultNotWritten: if the file cannot be written. Nothing of the file is left.
    """
    partial = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        with disk_errors():
            write(partial)
            partial.chmod(PRIVATE_FILE)
            partial.replace(path)
    except BaseException:
        with disk_errors():
            partial.unlink(missing_ok=True)
        raise
    return path


def write_text(path: Path, text: str) -> Path:
    """Write a text file in UTF-8 and return its path.

    Raises:
        ResultNotWritten: if the file cannot be written. Nothing of the file is left.
        UnicodeEncodeError: if the text contains an unpaired surrogate. Nothing of the file is left.
    """
    return write_file(path, lambda partial: partial.write_text(text, encoding="utf-8"))


@contextmanager
def disk_errors() -> Iterator[None]:
    """Turn an error of the disk in this block into an error with a message for the reader.

    The block must only write to the disk, because any ``OSError`` in it counts as the disk's.

    Raises:
        ResultNotWritten: for an error of the operating system.
    """
    try:
        yield
    except OSError as error:
        raise _result_not_written(error.errno, error) from error
    except SafetensorError as error:
        # safetensors raises no OSError; its message ends with the error's number, "(os error 28)".
        found = re.search(r"\(os error (\d+)\)", str(error))
        if found is None:
            raise
        raise _result_not_written(int(found[1]), error) from error


def _result_not_written(number: int | None, error: Exception) -> ResultNotWritten:
    """Log one line, without a traceback, for the owner of the server, and return the error.

    Nothing is logged if the folder does not exist: the store has deleted it in the meantime.
    """
    if number != errno.ENOENT:
        reason = type(error).__name__ if number is None else os.strerror(number)
        _log.error("a reader's file could not be written: %s", reason)
    return ResultNotWritten(number)
