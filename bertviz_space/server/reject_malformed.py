"""Requests that the Space does not take: anyone may send them, and they are no error of it."""

import errno
import json
import logging
import re
import traceback
from pathlib import Path
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..errors import WRITE_ERROR_NUMBERS, ResultNotWritten, UploadNotWritten
from ..limits import MAX_CALL_BYTES, MAX_EVENT_BYTES, MAX_UPLOAD_BODY_BYTES
from .calls import can_be_made, is_answer_unknown, is_call

_log = logging.getLogger(__name__)

_HERE = Path(__file__).parent

_SENTENCE = "The Space cannot read this request: see “Use via API” on its page."
_TOO_LARGE = "This request has more bytes than the Space takes."
_NOTHING_HERE = "The Space has nothing at this address."

# Routes whose forms no view of ours sends. Gradio 6.31 writes their files into the machine's own
# folder for what is temporary, and leaves them there: of a recording, and of a form cut short.
_TAKE_NO_FORM = ("component_server", "process_recording")

# Routes of Gradio 6.31 that neither our page nor a program needs, and why they are closed.
_CLOSED = re.compile(
    r"/gradio_api/(?:"
    r"deep_link"  # writes what a visitor typed into a folder that is never emptied
    r"|(?:undo-)?vibe-.*"  # writes and shows the program's own files, where it is switched on
    r"|dev/reload"  # asks 20 times a second for as long as it is open, for developers
    r"|custom_component/.*"  # prints each request
    r"|proxy=.*|file=https?:.*"  # fetches from other machines for anyone
    r"|stream/.*"  # live audio and video
    r")/?|/monitoring(?:/.*)?"  # prints a secret address for each request
)

# Characters that stand in no address: of a page's session, or of a file.
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

_UPLOAD = "/gradio_api/upload"
# Where an event is ended, or a session is named.
_NAME_AN_EVENT = ("/gradio_api/cancel", "/gradio_api/reset", "/gradio_api/run-history/connect")
# bytes that a request of these routes may have; of all others ``MAX_CALL_BYTES``.
_MAX_BYTES = {
    _UPLOAD: MAX_UPLOAD_BODY_BYTES,
    **dict.fromkeys(_NAME_AN_EVENT, MAX_EVENT_BYTES),
}
# Where programs call without the queue.
_DIRECT = ("/gradio_api/run/", "/gradio_api/api/")

# Errors of the operating system that say that there is no such file, whatever is in the path.
_NO_SUCH_FILE = {
    errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.ELOOP, errno.EINVAL,
}  # fmt: skip


class RefusesMalformed:
    """ASGI middleware: what the Space does not take is answered with 4xx and a sentence.

    Gradio 6.31's own routes raise whatever they stumble over, such as a ``KeyError`` for the number
    of a component or an event that there is not; the server would answer 500, and write a traceback
    for each. A disk that takes no more is answered with 507. Other faults of the machine, and what
    our own code raises, are raised on.

    Args:
        app: what answers; the innermost middleware has Gradio's routes alone.
        demo: the ``gr.Blocks`` that are served; without it calls are not looked at.
        uploads: the folder that Gradio puts uploaded files into.
    """

    def __init__(self, app: ASGIApp, demo: Any = None, uploads: Path = Path()) -> None:
        self._app = app
        self._demo = demo
        self._uploads = uploads
        self._uploading = 0  # requests under way

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        bounded = _Bounded(receive, _MAX_BYTES.get(path.rstrip("/"), MAX_CALL_BYTES))
        answer = _Answer(send, may_be_of_reader=path.startswith(_DIRECT))
        self._uploading += path == _UPLOAD
        try:
            refusal = await self._refusal(scope, bounded)
            if refusal is None:
                await self._app(scope, bounded, answer)
        except Exception as error:
            refusal = None if answer.has_begun else _refusal_of(error, scope)
            if refusal is None:
                raise
            if path == _UPLOAD and isinstance(error, OSError):
                self._remove_parts()
        finally:
            self._uploading -= path == _UPLOAD
        if refusal is not None:
            await refusal(scope, receive, send)

    def _remove_parts(self) -> None:
        """Remove what the disk took of an upload; Gradio 6.31 leaves it there.

        Nobody can tell the parts of one upload from those of another: while there is another, they
        stay until uploads are swept.
        """
        if self._uploading > 1:
            return
        for path in self._uploads.glob("tmp*"):
            if path.is_file():
                path.unlink(missing_ok=True)

    async def _refusal(self, scope: Scope, receive: "_Bounded") -> Response | None:
        """The answer to what no route of Gradio's should see."""
        path, method = scope["path"], scope["method"]
        if _CLOSED.fullmatch(path):
            return _refuse(_NOTHING_HERE, 404)
        if _CONTROL.search(path) or _is_form_for_nobody(scope):
            return _refuse(_SENTENCE, 400)
        if self._demo is None:
            return None
        if is_answer_unknown(self._demo, method, path, scope["query_string"]):
            return _refuse(_NOTHING_HERE, 404)
        if is_call(method, path):
            body = await receive.whole()
            if not can_be_made(self._demo, path, body, self._uploads):
                _log.warning("cannot read %s %.200r: no such call", method, path)
                return _refuse(_SENTENCE, 400)
        return None


class _TooLarge(Exception):
    """A request has more bytes than its route takes."""


class _Bounded:
    """The messages of a request, up to a number of bytes."""

    def __init__(self, receive: Receive, max_bytes: int) -> None:
        self._receive = receive
        self._left = max_bytes
        self._held: list[Message] = []

    async def __call__(self) -> Message:
        """The next message.

        Raises:
            _TooLarge: once there are more bytes than allowed.
        """
        if self._held:
            return self._held.pop(0)
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise _TooLarge
        return message

    async def whole(self) -> bytes:
        """The whole body, which stays to be received."""
        held: list[Message] = []
        while not held or held[-1].get("more_body"):
            held.append(await self())
        self._held = held
        return b"".join(message.get("body", b"") for message in held)


class _Answer:
    """Sends an answer on; Gradio 6.31 answers 500 where a call fails that a reader has to mend."""

    def __init__(self, send: Send, may_be_of_reader: bool) -> None:
        self._send = send
        self._may_be_of_reader = may_be_of_reader
        self._start: Message | None = None
        self.has_begun = False

    async def __call__(self, message: Message) -> None:
        """Send a message on."""
        self.has_begun = True
        is_start = message["type"] == "http.response.start"
        if is_start and message["status"] == 500 and self._may_be_of_reader:
            self._start = message
            return
        if self._start is not None:
            start, self._start = self._start, None
            status = 400 if _has_sentence(message.get("body", b"")) else 500
            await self._send({**start, "status": status})
        await self._send(message)


def _has_sentence(body: bytes) -> bool:
    try:
        said = json.loads(body)
    except ValueError:
        return False
    return isinstance(said, dict) and isinstance(said.get("error"), str)


def _refuse(sentence: str, status: int) -> Response:
    return JSONResponse({"detail": sentence}, status)


def _refusal_of(error: Exception, scope: Scope) -> Response | None:
    """The answer to a request that failed with an error, ``None`` where it is an error of ours."""
    if isinstance(error, _TooLarge):
        return _refuse(_TOO_LARGE, 413)
    if isinstance(error, ClientDisconnect):  # nobody is there to read it
        return _refuse(_SENTENCE, 400)
    if isinstance(error, MemoryError) or _is_of_our_code(error):
        return None
    if isinstance(error, OSError):
        return _refusal_of_machine(error, scope)
    # The error's own words may hold all that was sent.
    what = type(error).__name__
    _log.warning("cannot read %s %.200r: %s", scope["method"], scope["path"], what)
    return _refuse(_SENTENCE, 400)


def _refusal_of_machine(error: OSError, scope: Scope) -> Response | None:
    if error.errno in _NO_SUCH_FILE:
        return _refuse(_NOTHING_HERE, 404)
    if error.errno not in WRITE_ERROR_NUMBERS:
        return None
    _log.error("%s %.200r: %s", scope["method"], scope["path"], error.strerror)
    if scope["path"] == _UPLOAD:
        # The page shows the text of this answer as it is.
        return PlainTextResponse(str(UploadNotWritten(error.errno)), 507)
    return _refuse(str(ResultNotWritten(error.errno)), 507)


def _is_form_for_nobody(scope: Scope) -> bool:
    """Whether files would be written that nothing reads; known before the first byte of them."""
    if scope["path"].rstrip("/").rpartition("/")[2] not in _TAKE_NO_FORM:
        return False
    content_type = Headers(scope=scope).get("Content-Type", "")
    return content_type.strip().lower().startswith("multipart/")


def _is_of_our_code(error: Exception) -> bool:
    """Whether it passed through a module of ours on its way to this one."""
    files = [Path(frame.f_code.co_filename) for frame, _ in traceback.walk_tb(error.__traceback__)]
    # The first frame, or the first two where a receiver is wrapped, is this module's own.
    return any(file.is_relative_to(_HERE) and file != Path(__file__) for file in files)
