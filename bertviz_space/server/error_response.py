"""The response to a request that failed."""

import errno
import logging
import traceback
from pathlib import Path

from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Scope

from ..errors import WRITE_ERROR_NUMBERS, ResultNotWritten, UploadNotWritten
from .bounded_request import TooLarge
from .routes import UPLOAD

_log = logging.getLogger(__name__)

_PACKAGE = Path(__file__).parent.parent

# Modules that every request passes through.
_MIDDLEWARE = {
    Path(__file__).with_name(name) for name in ("reject_malformed.py", "bounded_request.py")
}

_UNREADABLE = "The Space cannot read this request: see “Use via API” on its page."
_TOO_LARGE = "This request has more bytes than the Space accepts."
_NOT_FOUND = "The Space has nothing at this address."

# Errors of the operating system that mean that there is no such file, whatever the path contains.
_NO_SUCH_FILE = {
    errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.ELOOP, errno.EINVAL,
}  # fmt: skip


def unreadable() -> Response:
    """Return the response to a malformed request."""
    return _response(_UNREADABLE, 400)


def not_found() -> Response:
    """Return the response to a request for something that does not exist."""
    return _response(_NOT_FOUND, 404)


def response_to(error: Exception, scope: Scope) -> Response | None:
    """Return the response to a request that failed with an error.

    Args:
        error: the error.
        scope: the ASGI scope of the request.

    Returns:
        ``None`` for an error that the request did not cause: a fault of the machine, other than a
        full disk, or an error in this package.
    """
    if isinstance(error, TooLarge):
        return _response(_TOO_LARGE, 413)
    if isinstance(error, ClientDisconnect):  # nobody reads the response
        return unreadable()
    if isinstance(error, MemoryError) or _is_in_package(error):
        return None
    if isinstance(error, OSError):
        return _response_to_system_error(error, scope)
    # Starlette 1.10 raises RuntimeError for a file that was deleted after Gradio found it.
    if isinstance(error.__context__, FileNotFoundError):
        return not_found()
    # Do not log the error's message, which may contain the whole request.
    what = type(error).__name__
    _log.warning("cannot read %s %.200r: %s", scope["method"], scope["path"], what)
    return unreadable()


def _response_to_system_error(error: OSError, scope: Scope) -> Response | None:
    if error.errno in _NO_SUCH_FILE:
        return not_found()
    if error.errno not in WRITE_ERROR_NUMBERS:
        return None
    _log.error("%s %.200r: %s", scope["method"], scope["path"], error.strerror)
    if scope["path"] == UPLOAD:
        # The page shows the text of this response as it is.
        return PlainTextResponse(str(UploadNotWritten(error.errno)), 507)
    return _response(str(ResultNotWritten(error.errno)), 507)


def _response(message: str, status: int) -> Response:
    return JSONResponse({"detail": message}, status)


def _is_in_package(error: Exception) -> bool:
    """Return whether an error passed through a module of this package, middleware excepted."""
    files = {Path(frame.f_code.co_filename) for frame, _ in traceback.walk_tb(error.__traceback__)}
    return any(file.is_relative_to(_PACKAGE) for file in files - _MIDDLEWARE)
