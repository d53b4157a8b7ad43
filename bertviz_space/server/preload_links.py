"""Names, at the start of the page, the files that the page will need."""

from collections.abc import Callable, Mapping
from html import escape
from urllib.parse import quote

from starlette.datastructures import MutableHeaders, QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Characters of a path that browsers send as they are.
_UNQUOTED = "/!$&'()*+,;=:@?"

# The first element in the head of Gradio's page.
_FIRST = b'<meta charset="utf-8" />'


class PreloadLinks:
    """ASGI middleware that adds ``link`` elements to the head of the page.

    A ``Link`` header of the same length, 4 kB, would be too long for some proxies.

    Args:
        app: the application.
        files_of: returns the attributes of each file's link, by the file's URL relative to the
            page, for the query string of the page.
    """

    def __init__(self, app: ASGIApp, files_of: Callable[[QueryParams], Mapping[str, str]]) -> None:
        self._app = app
        self._files_of = files_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the links to a successful response with the page."""
        if scope["type"] != "http" or scope["path"] != "/" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        start: Message = {}
        body = b""

        async def send_with_links(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                return
            body += message.get("body", b"")
            if message.get("more_body"):
                return
            if start["status"] == 200:
                links = self._links(QueryParams(scope["query_string"]))
                body = body.replace(_FIRST, _FIRST + links, 1)
                MutableHeaders(scope=start)["Content-Length"] = str(len(body))
            await send(start)
            await send({**message, "body": body})

        await self._app(scope, receive, send_with_links)

    def _links(self, query: QueryParams) -> bytes:
        # Relative to the page, which a proxy may serve at another path.
        links = [
            f'<link href="{escape(quote(url, safe=_UNQUOTED))}" {attributes} />'
            for url, attributes in self._files_of(query).items()
        ]
        return "".join(links).encode()
