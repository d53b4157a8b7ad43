"""Serves BertViz's pages, the scripts that they load from a CDN, and an empty page."""

from contextlib import suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from tests.browser.bertviz.original import CDN, SCRIPTS, document_of

# A page with nothing to draw that can scroll: it shows how long one frame takes on this machine.
_EMPTY = "<!doctype html><title>Empty</title><body style='margin: 0'><div style='height: 9000px'>"


class PageServer:
    """A web server on 127.0.0.1; pages can be added and removed while it runs.

    Attributes:
        empty: the URL of the empty page.
    """

    def __init__(self) -> None:
        self._files: dict[str, tuple[bytes, str]] = {}
        self._server = ThreadingHTTPServer(
            ("127.0.0.1", 0), partial(_RequestHandler, files=self._files)
        )
        Thread(target=self._server.serve_forever, daemon=True).start()
        self._root = f"http://127.0.0.1:{self._server.server_port}/"
        for cdn_url, path in SCRIPTS.items():
            self._put(
                cdn_url.removeprefix(CDN), path.read_text(encoding="utf-8"), "text/javascript"
            )
        self.empty = self._put("empty", _EMPTY, "text/html")

    def put(self, name: str, html: str) -> tuple[str, int]:
        """Serve a page that BertViz made; only the URLs of its scripts are replaced.

        Returns:
            The page's URL, and its size in bytes.
        """
        url = self._put(name, document_of(html).replace(CDN, self._root), "text/html")
        return url, len(self._files[f"/{name}"][0])

    def drop(self, name: str) -> None:
        """Remove a page from memory: one page can take half a gigabyte."""
        del self._files[f"/{name}"]

    def close(self) -> None:
        """Stop the server."""
        self._server.shutdown()
        self._server.server_close()

    def _put(self, name: str, text: str, kind: str) -> str:
        self._files[f"/{name}"] = (text.encode(), f"{kind}; charset=utf-8")
        return f"{self._root}{name}"


class _RequestHandler(BaseHTTPRequestHandler):
    def __init__(self, *values: Any, files: dict[str, tuple[bytes, str]]) -> None:
        self._files = files
        super().__init__(*values)

    def do_GET(self) -> None:
        body, kind = self._files.get(self.path, (b"", "text/plain"))
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        # The browser may have been closed before it has received everything.
        with suppress(BrokenPipeError, ConnectionResetError):
            self.wfile.write(body)

    def log_message(self, format: str, *values: object) -> None:
        """Print nothing."""
