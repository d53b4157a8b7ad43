"""Starts and ends the program: checks its settings and port, and makes its temporary folder.

Call ``start`` before Gradio is imported, because Gradio reads its settings and its temporary folder
at import.
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

from ..jobs.cluster.settings import cluster_settings
from ..machine import check_settings
from .process_folders import own_folder, remove_own_folders

PORT_VARIABLE = "GRADIO_SERVER_PORT"
_ADDRESS_VARIABLE = "GRADIO_SERVER_NAME"
_TEMPORARY_VARIABLE = "GRADIO_TEMP_DIR"

_LIMIT_VARIABLE = "GRADIO_DEFAULT_CONCURRENCY_LIMIT"  # may also be "none"
# Settings that Gradio 6.31 reads as whole numbers; any other value ends it with a traceback.
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

# Signals with which a terminal, a container or a service manager ends a program.
_END_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def start() -> None:
    """Prepare this process to serve the Space, or end it with a one-sentence message.

    All files for visitors are written to a folder of this process, which is removed when the
    process ends, even by a signal.

    Raises:
        SystemExit: if a setting is invalid, the port cannot be used, or the temporary folder is not
            writable.
    """
    for number in _END_SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # ignored under nohup, for example
            signal.signal(number, _end)
    try:
        check_settings()
        cluster_settings()
        _check_whole_numbers()
        check_port()
    except ValueError as error:
        sys.exit(str(error))
    parent = os.environ.get(_TEMPORARY_VARIABLE) or f"{tempfile.gettempdir()}/gradio"
    try:
        os.environ[_TEMPORARY_VARIABLE] = str(own_folder(Path(parent).resolve()))
    except OSError as error:
        sys.exit(f"The temporary folder {parent} cannot be written: {error.strerror}.")


def exclude_program_from_garbage_collection() -> None:
    """Exclude the modules and the page, which never become garbage, from garbage collection.

    They are half a million objects. A collection that goes through them takes 0.3 seconds, in which
    no request is answered, and parsing 2 MiB of JSON with many lists can start five collections.
    """
    gc.collect()
    gc.freeze()


def port() -> int | None:
    """Return the port that the environment names, ``None`` if it names none.

    Raises:
        ValueError: if the environment names something other than a port.
    """
    named = os.environ.get(PORT_VARIABLE)
    if named is None:
        return None
    # int() also accepts " 7_860 " and digits of other scripts.
    if not (named.isascii() and named.isdigit() and 1 <= int(named[:6]) <= _HIGHEST_PORT):
        raise ValueError(
            f"{PORT_VARIABLE} is {named!r}: it must be a number from 1 to {_HIGHEST_PORT}."
        )
    return int(named)


def check_port() -> None:
    """Check that the port that the environment names is free.

    Raises:
        ValueError: if the port cannot be used, with a message that says what to change.
    """
    number = port()
    if number is None:
        return
    host = os.environ.get(_ADDRESS_VARIABLE) or "127.0.0.1"
    host = host.removeprefix("[").removesuffix("]")
    wrong_address = ValueError(
        f"{_ADDRESS_VARIABLE} is {host!r}: it must be an address of this machine."
    )
    try:
        [(family, kind, protocol, _, address), *_] = socket.getaddrinfo(
            host, number, type=socket.SOCK_STREAM
        )
    except (OSError, UnicodeError):
        raise wrong_address from None
    with socket.socket(family, kind, protocol) as probe:
        # Connections of a server that has ended do not block the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise wrong_address from None
            raise ValueError(_unavailable(number, error)) from None


def _unavailable(number: int, error: OSError) -> str:
    """Return the message for a port that cannot be used."""
    return (
        f"Port {number} cannot be used ({error.strerror}). Free it, or name another port in "
        f"{PORT_VARIABLE}."
    )


def _check_whole_numbers() -> None:
    for variable in _WHOLE_NUMBERS:
        named = os.environ.get(variable, "0")
        is_number = named.isascii() and named.isdigit()
        if not (is_number or (variable == _LIMIT_VARIABLE and named.lower() == "none")):
            raise ValueError(f"{variable} is {named!r}: it must be a whole number.")


def _end(number: int, frame: FrameType | None) -> None:
    """End this process at once and remove its folders."""
    # An exception would not end the process at once: at its end, Python waits for threads, and so
    # for runs and downloads.
    remove_own_folders()
    with suppress(OSError, RuntimeError):  # a closed pipe, or a write in progress
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(0)
