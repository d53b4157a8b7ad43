"""The start and the end of the Space as a program: its settings, its port, its folders.

``start`` comes before Gradio is imported, which reads settings and its temporary folder then.
"""

import errno
import gc
import os
import signal
import socket
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from types import FrameType

from ..machine import check_settings
from .process_folders import own_folder, remove_own_folders

PORT_VARIABLE = "GRADIO_SERVER_PORT"
_ADDRESS_VARIABLE = "GRADIO_SERVER_NAME"
_TEMPORARY_VARIABLE = "GRADIO_TEMP_DIR"

_LIMIT_VARIABLE = "GRADIO_DEFAULT_CONCURRENCY_LIMIT"  # may be "none" as well
# Settings that Gradio 6.31 takes for whole numbers; it ends with a traceback at any other.
_WHOLE_NUMBERS = (
    "GRADIO_NUM_PORTS",
    "GRADIO_NODE_NUM_PORTS",
    "GRADIO_ANALYTICS_MAX_EVENTS",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY",
    "GRADIO_NUM_WORKERS",
    "GRADIO_DEBUG",
    _LIMIT_VARIABLE,
)

_HIGHEST_PORT = 65_535

# What a terminal, a container or a service manager sends to end a program.
_ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def start() -> None:
    """Prepare this process to serve the Space; end it with one sentence if it cannot.

    Everything that is written for visitors goes to a folder of this process, which leaves with it,
    also where a signal ends it.

    Raises:
        SystemExit: for a setting that is invalid, a port that cannot be had, or a temporary folder
            that cannot be written.
    """
    for number in _ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:  # such as under nohup
            signal.signal(number, _end)
    try:
        check_settings()
        _check_whole_numbers()
        check_port()
    except ValueError as error:
        sys.exit(str(error))
    parent = os.environ.get(_TEMPORARY_VARIABLE) or f"{tempfile.gettempdir()}/gradio"
    try:
        os.environ[_TEMPORARY_VARIABLE] = str(own_folder(Path(parent).resolve()))
    except OSError as error:
        sys.exit(f"The temporary folder {parent} cannot be written: {error.strerror}.")


def spare_program_from_collection() -> None:
    """Leave the modules and the page, which never become garbage, out of Python's searches for it.

    There are half a million objects, and a search through them takes 0.3 seconds in which nobody is
    answered. JSON of 2 MiB can hold so many lists that its parsing alone makes five searches.
    """
    gc.collect()
    gc.freeze()


def port() -> int | None:
    """Return the port that the environment names, ``None`` where it names none.

    Raises:
        ValueError: if it names something else.
    """
    named = os.environ.get(PORT_VARIABLE)
    if named is None:
        return None
    # int() takes " 7_860 " too, and digits of other scripts.
    if not (named.isascii() and named.isdigit() and 1 <= int(named[:6]) <= _HIGHEST_PORT):
        raise ValueError(
            f"{PORT_VARIABLE} is {named!r}: a number from 1 to {_HIGHEST_PORT} is needed."
        )
    return int(named)


def check_port() -> None:
    """Check that the port that the environment names is free.

    Raises:
        ValueError: if it is not, saying what to change.
    """
    number = port()
    if number is None:
        return
    host = os.environ.get(_ADDRESS_VARIABLE) or "127.0.0.1"
    host = host.removeprefix("[").removesuffix("]")
    of_another = ValueError(
        f"{_ADDRESS_VARIABLE} is {host!r}: an address of this machine is needed."
    )
    try:
        [(family, kind, protocol, _, address), *_] = socket.getaddrinfo(
            host, number, type=socket.SOCK_STREAM
        )
    except (OSError, UnicodeError):
        raise of_another from None
    with socket.socket(family, kind, protocol) as tried:
        # A server that has ended leaves connections behind, which keep nobody from the port.
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(address)
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise of_another from None
            raise ValueError(_unavailable(number, error)) from None


def _unavailable(number: int, error: OSError) -> str:
    """Return the sentence for a port that cannot be had."""
    return (
        f"Port {number} cannot be used ({error.strerror}): free it, or name another port in "
        f"{PORT_VARIABLE}."
    )


def _check_whole_numbers() -> None:
    for variable in _WHOLE_NUMBERS:
        named = os.environ.get(variable, "0")
        is_number = named.isascii() and named.isdigit()
        if not (is_number or (variable == _LIMIT_VARIABLE and named.lower() == "none")):
            raise ValueError(f"{variable} is {named!r}: a whole number is needed.")


def _end(number: int, frame: FrameType | None) -> None:
    """End this process at once, and leave none of its folders behind."""
    # Not by an exception: the end of Python waits for threads, and so for runs and downloads.
    remove_own_folders()
    with suppress(OSError, RuntimeError):  # a pipe that is closed, or a write that is under way
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(0)
