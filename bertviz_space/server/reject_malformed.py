"""Middleware that answers the requests that Gradio cannot answer, with 4xx and a message."""

import json
import logging
from pathlib import Path
from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .bounded_request import BoundedRequest
from .calls import can_be_executed, is_call, is_result_unknown
from .error_response import not_found, response_to, unreadable
from .routes import DIRECT_CALLS, UPLOAD, is_closed, is_malformed, max_bytes

_log = logging.getLogger(__name__)


class RejectMalformed:
    """ASGI middleware that answers an invalid request with 4xx and a message.

    Anyone may send an invalid request, so it is not an error of the Space. Gradio 6.31's own routes
    raise an error for it, such as a ``KeyError`` for the number of a component or an event that
    does not exist; the server would answer with 500 and write a traceback to the log. A full disk
    is answered with 507. Other faults of the machine and errors of this package are raised.

    Args:
        app: the application. This middleware is the innermost one, so this is Gradio's router.
        demo: the ``gr.Blocks`` that are served; without it, calls are not checked.
        uploads: the folder that Gradio writes uploaded files to.
    """

    def __init__(self, app: ASGIApp, demo: Any = None, uploads: Path = Path()) -> None:
        self._app = app
        self._demo = demo
        self._uploads = uploads
        self._num_uploads = 0  # requests in progress

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        request = BoundedRequest(receive, max_bytes(path))
        answer = _Answer(send, is_direct_call=path.startswith(DIRECT_CALLS))
        self._num_uploads += path == UPLOAD
        try:
            rejection = await self._rejection(scope, request)
            if rejection is None:
                await self._app(scope, request, answer)
        except Exception as error:
            rejection = None if answer.has_begun else response_to(error, scope)
            if rejection is None:
                raise
            if path == UPLOAD and isinstance(error, OSError):
                self._remove_incomplete_uploads()
        finally:
            self._num_uploads -= path == UPLOAD
        if rejection is not None:
            await rejection(scope, receive, send)

    def _remove_incomplete_uploads(self) -> None:
        """Remove the incomplete files of an upload that failed; Gradio 6.31 leaves them.

        The files of different uploads cannot be told apart, so they stay while there is another
        upload. ``jobs/uploads.py`` removes them later.
        """
        if self._num_uploads > 1:
            return
        for path in self._uploads.glob("tmp*"):
            if path.is_file():
                path.unlink(missing_ok=True)

    async def _rejection(self, scope: Scope, request: BoundedRequest) -> Response | None:
        """Return the response to a request that must not reach Gradio, or ``None``."""
        path, method = scope["path"], scope["method"]
        if is_closed(path):
            return not_found()
        if is_malformed(scope):
            return unreadable()
        if self._demo is None:
            return None
        if is_result_unknown(self._demo, method, path, scope["query_string"]):
            return not_found()
        if is_call(method, path):
            body = await request.peek_body()
            if not can_be_executed(self._demo, path, body, self._uploads):
                _log.warning("cannot read %s %.200r: no such call", method, path)
                return unreadable()
        return None


class _Answer:
    """Sends an answer. Replaces the status 500 by 400 if a reader's call failed with a message.

    Gradio 6.31 answers a failed direct call with 500, even if the reader's arguments are wrong.

    Args:
        send: sends a message to the server.
        is_direct_call: True if the request calls an endpoint without the queue.
    """

    def __init__(self, send: Send, is_direct_call: bool) -> None:
        self._send = send
        self._is_direct_call = is_direct_call
        self._start: Message | None = None  # sent with the body, which determines the status
        self.has_begun = False

    async def __call__(self, message: Message) -> None:
        """Send a message."""
        self.has_begun = True
        is_start = message["type"] == "http.response.start"
        if is_start and message["status"] == 500 and self._is_direct_call:
            self._start = message
            return
        if self._start is not None:
            start, self._start = self._start, None
            status = 400 if _has_error_message(message.get("body", b"")) else 500
            await self._send({**start, "status": status})
        await self._send(message)


def _has_error_message(body: bytes) -> bool:
    try:
        answer = json.loads(body)
    except ValueError:
        return False
    return isinstance(answer, dict) and isinstance(answer.get("error"), str)
