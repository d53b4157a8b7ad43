"""Requests that the Space does not take: anyone may send them, and they are no error of it."""

import logging
import traceback
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = logging.getLogger(__name__)

_HERE = Path(__file__).parent

_SENTENCE = "The Space cannot read this request: see “Use via API” on its page."

# Routes whose forms no view of ours sends. Gradio 6.31 writes their files into the machine's own
# folder for what is temporary, and leaves them there: of a recording, and of a form cut short.
_TAKE_NO_FORM = ("component_server", "process_recording")


class RefusesMalformed:
    """ASGI middleware: what the Space does not take is answered with 400 and a sentence.

    Gradio 6.31's own routes raise whatever they stumble over, such as a ``KeyError`` for the number
    of a component or an event that there is not; the server would answer 500, and write a traceback
    for each. What the machine has no room for, and what our own code raises, is raised on.

    Args:
        app: what answers; the innermost middleware has Gradio's routes alone.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if _is_form_for_nobody(scope):
            await _refuse(scope, receive, send)
            return
        has_begun = False

        async def send_on(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_on)
        except Exception as error:
            if has_begun or isinstance(error, (OSError, MemoryError)) or _is_of_our_code(error):
                raise
            # The error's own words may hold all that was sent.
            what = type(error).__name__
            _log.warning("cannot read %s %.200r: %s", scope["method"], scope["path"], what)
            await _refuse(scope, receive, send)


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    await JSONResponse({"detail": _SENTENCE}, 400)(scope, receive, send)


def _is_form_for_nobody(scope: Scope) -> bool:
    """Whether files would be written that nothing reads; known before the first byte of them."""
    if scope["path"].rstrip("/").rpartition("/")[2] not in _TAKE_NO_FORM:
        return False
    content_type = Headers(scope=scope).get("Content-Type", "")
    return content_type.strip().lower().startswith("multipart/")


def _is_of_our_code(error: Exception) -> bool:
    """Whether it passed through a module of ours on its way to this one."""
    files = [Path(frame.f_code.co_filename) for frame, _ in traceback.walk_tb(error.__traceback__)]
    return any(file.is_relative_to(_HERE) for file in files[1:])
