"""Tells browsers with the page itself which files the page will need."""

from collections.abc import Callable, Mapping
from urllib.parse import quote

from starlette.datastructures import MutableHeaders, QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Characters of a path that browsers send as they are.
_UNQUOTED = "/!$&'()*+,;=:@"


class PreloadHeader:
    """ASGI middleware that sends a ``Link`` header (RFC 8288) with the page.

    Args:
        app: the application.
        files_of: returns the parameters of each file's link, by the file's path on this machine,
            for the query string of the page.
    """

    def __init__(self, app: ASGIApp, files_of: Callable[[QueryParams], Mapping[str, str]]) -> None:
        self._app = app
        self._files_of = files_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the header to a successful response with the page."""
        if scope["type"] != "http" or scope["path"] != "/":
            await self._app(scope, receive, send)
            return

        async def send_with_header(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                files = self._files_of(QueryParams(scope["query_string"]))
                # Relative to the page, which a proxy may serve at another path.
                links = [
                    f"<gradio_api/file={quote(path, safe=_UNQUOTED)}>; {how}"
                    for path, how in files.items()
                ]
                MutableHeaders(scope=message)["Link"] = ", ".join(links)
            await send(message)

        await self._app(scope, receive, send_with_header)
