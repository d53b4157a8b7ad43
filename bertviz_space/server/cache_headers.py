"""Says how browsers may cache what the Space serves."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_YEAR = 365 * 24 * 3600  # seconds


class CacheHeaders:
    """ASGI middleware that lets browsers keep the files under a path, and no event stream.

    Gradio 6.31 sends no Cache-Control header. A browser then asks for each of these files, in every
    visit, whether it has changed: here it keeps them for a year.

    It also keeps event streams. The streams of a page follow each other and have the same URL.
    Chromium 156 then lets a stream wait for the place in the cache of an earlier one, or requests
    it twice, so that the messages of a run go to a connection that no page reads.

    It permits the page of another origin to read a response only if the request names that origin,
    but says so only in the responses to such requests. A browser that has kept a file for a page of
    the Space then gives it to a page with ``<gradio-app>`` on the same site, which may not read it.
    ``Vary`` keeps the two responses apart.

    Args:
        app: the application.
        path: a part of the URL path that only files that never change contain.
    """

    def __init__(self, app: ASGIApp, path: str) -> None:
        self._app = app
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers to a response."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("Content-Type", "").startswith("text/event-stream"):
                    headers["Cache-Control"] = "no-store"
                elif message["status"] == 200 and self._path in scope["path"]:
                    headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
                headers.add_vary_header("Origin")
            await send(message)

        await self._app(scope, receive, send_with_headers)
