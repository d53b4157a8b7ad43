"""What a browser may keep: the page's modules, whose addresses change with what is in them."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_YEAR = 365 * 24 * 3600


class KeptByBrowsers:
    """ASGI middleware: what lies under a path is asked for once, and never again.

    Gradio 6.31 says nothing of how long a file may be kept, and a browser then asks for each of the
    page's hundred modules whether it is the same, one after the other as one imports the next.

    Args:
        app: what answers.
        path: what the addresses of files begin with that never change, after the root path.
    """

    def __init__(self, app: ASGIApp, path: str) -> None:
        self._app = app
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or self._path not in scope["path"]:
            await self._app(scope, receive, send)
            return

        async def send_kept(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                headers = MutableHeaders(scope=message)
                headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
            await send(message)

        await self._app(scope, receive, send_kept)
