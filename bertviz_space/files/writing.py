"""How files for visitors are written: whole or not at all, for the owner of the server alone."""

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

# Only the user that runs the server reads a visitor's files, whatever the umask is: other users of
# the machine have the server's address, and no more than that.
PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600


def make_folder(folder: Path) -> Path:
    """Make a new folder for files of visitors, and the folders above it; return its path.

    Raises:
        ResultNotWritten: if the disk does not take it.
    """
    with disk_errors():
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=PRIVATE_FOLDER)
        folder.chmod(PRIVATE_FOLDER)  # the umask may have taken a bit of the owner away
    return folder


def write_file(path: Path, write: Callable[[Path], object]) -> Path:
    """Make a file under a name of its own, and give it its place once it is whole.

    Args:
        path: the file's place.
        write: makes the file at the path that it is given.

    Returns:
        The file's place.

    Raises:
        ResultNotWritten: if the disk does not take the file. Nothing of the file is left.
    """
    beside = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        with disk_errors():
            write(beside)
            beside.chmod(PRIVATE_FILE)
            beside.replace(path)
    except BaseException:
        with disk_errors():
            beside.unlink(missing_ok=True)
        raise
    return path


def write_text(path: Path, text: str) -> Path:
    """Write a text file in UTF-8; return its path.

    Raises:
        ResultNotWritten: if the disk does not take the file. Nothing of the file is left.
    """
    return write_file(path, lambda beside: beside.write_text(text, encoding="utf-8"))


@contextmanager
def disk_errors() -> Iterator[None]:
    """Turn what the disk refuses in the block into an error for the reader.

    Raises:
        ResultNotWritten: for an error of the operating system.
    """
    try:
        yield
    except OSError as error:
        raise _for_the_reader(error.errno, error) from error
    except SafetensorError as error:
        # safetensors has no OSError: its words end with the number, "(os error 28)".
        found = re.search(r"\(os error (\d+)\)", str(error))
        if found is None:
            raise
        raise _for_the_reader(int(found[1]), error) from error


def _for_the_reader(number: int | None, error: Exception) -> ResultNotWritten:
    # The owner of the Space has to mend it: one line for each, and no traceback. A folder that is
    # gone needs no mending: it has left the store since.
    if number != errno.ENOENT:
        reason = type(error).__name__ if number is None else os.strerror(number)
        _log.error("a file for a visitor could not be written: %s", reason)
    return ResultNotWritten(number)
