"""Lets browsers cache the page's script and styles, whose URLs change with their content."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_YEAR = 365 * 24 * 3600  # seconds


class CacheHeaders:
    """ASGI middleware that lets browsers keep the files under a path for a year.

    Gradio 6.31 sends no Cache-Control header. A browser then asks for each of them, in every visit,
    whether it has changed.

    Args:
        app: the application.
        path: a part of the URL path that only files that never change contain.
    """

    def __init__(self, app: ASGIApp, path: str) -> None:
        self._app = app
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the header to a successful response."""
        if scope["type"] != "http" or self._path not in scope["path"]:
            await self._app(scope, receive, send)
            return

        async def send_with_header(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                headers = MutableHeaders(scope=message)
                headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
            await send(message)

        await self._app(scope, receive, send_with_header)
