"""Middleware that keeps a page from missing the messages of an event that it has just sent."""

import asyncio
import json
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .session import session_in_query

_STREAM = "/gradio_api/queue/data"
_JOIN = "/gradio_api/queue/join"

# For how many seconds a page may be busy before it reads that its stream has ended. It then closes
# the connection. A program may keep it open, and so may a proxy that does not notice.
_MAX_SECONDS = 3.0


class EventStreams:
    """ASGI middleware that responds to an event after its page has closed an ended stream.

    Gradio 6.31 sends the messages of all events of a session through one stream. The server ends
    the stream after the last event. The page opens a new stream when the server has accepted an
    event, but only if it knows that the old stream has ended. A page that is too busy to read the
    end opens no stream, and never receives the messages of the event.

    The page closes the connection when it reads the end. This middleware keeps the response of an
    ended stream open until then, and delays the responses to new events of the session.

    Args:
        app: the application.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._ending: dict[str, asyncio.Event] = {}  # by session; set when the page has read it

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        path = scope["path"].rstrip("/") if scope["type"] == "http" else ""
        if path == _STREAM:
            await self._stream(scope, receive, send)
        elif path == _JOIN:
            await self._join(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a stream, and wait at its end until the page has closed it."""
        session = session_in_query(scope["query_string"])

        async def send_to_end(message: Message) -> None:
            if not _is_end(message):
                await send(message)
                return
            # Before the page can receive the end, and before Gradio can accept another event.
            ending = self._ending[session] = asyncio.Event()
            try:
                await send(message)
                with suppress(TimeoutError):
                    await asyncio.wait_for(_closed(receive), _MAX_SECONDS)
            finally:
                ending.set()
                if self._ending.get(session) is ending:
                    del self._ending[session]

        await self._app(scope, receive, send_to_end)

    async def _join(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an event on, and respond when the page knows whether it has a stream."""
        body = bytearray()

        async def receive_body() -> Message:
            message = await receive()
            body.extend(message.get("body", b""))
            return message

        async def send_after_end(message: Message) -> None:
            if message["type"] == "http.response.start" and self._ending:
                ending = self._ending.get(_session_in(bytes(body)))
                if ending is not None:
                    await ending.wait()
            await send(message)

        await self._app(scope, receive_body, send_after_end)


def _is_end(message: Message) -> bool:
    """Return whether a message from the application is the last event of a stream."""
    data = message.get("body", b"")
    if b"close_stream" not in data or not data.startswith(b"data:"):
        return False
    with suppress(ValueError):
        event = json.loads(data.removeprefix(b"data:"))
        return isinstance(event, dict) and event.get("msg") == "close_stream"
    return False


async def _closed(receive: Receive) -> None:
    """Wait until the other side has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _session_in(body: bytes) -> str:
    """Return the session that an event names, an empty string if there is none."""
    with suppress(ValueError, RecursionError):
        event = json.loads(body)
        if isinstance(event, dict) and isinstance(event.get("session_hash"), str):
            return event["session_hash"]
    return ""
