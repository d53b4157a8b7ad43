"""A reverse proxy on this machine that serves an app under a path which the app does not see."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import MSG_PEEK, SHUT_RDWR, socket
from threading import Thread
from urllib.parse import urlsplit

# Headers that belong to a single connection (RFC 9110, 7.6.1).
_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer"}


@contextmanager
def proxied(app: str, prefix: str) -> Iterator[str]:
    """Serve an app under a prefix, and nothing else.

    Args:
        app: the URL of the app.
        prefix: such as ``/lab/space``; the proxy removes it from requests to the app.

    Yields:
        The URL of the app behind the proxy, which ends with a slash.
    """
    upstream = urlsplit(app).netloc
    connected = set[socket]()

    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if not self.path.startswith(f"{prefix}/"):
                # A browser requests an icon from the root of the origin.
                self.send_response_only(204 if self.path == "/favicon.ico" else 404)
                self.end_headers()
                return
            length = int(self.headers.get("content-length", 0))
            headers = {
                name: value
                for name, value in self.headers.items()
                if name.lower() not in _HOP_BY_HOP
            }
            headers |= {"X-Forwarded-Host": headers["Host"], "X-Forwarded-Proto": "http"}
            connection = HTTPConnection(upstream)
            connection.connect()
            own = connection.sock
            connected.add(own)
            try:
                path = self.path.removeprefix(prefix)
                connection.request(self.command, path, self.rfile.read(length), headers)
                Thread(target=_end_with, args=(self.connection, own), daemon=True).start()
                answer = connection.getresponse()
                self.send_response_only(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in _HOP_BY_HOP:
                        self.send_header(name, value)
                self.end_headers()
                # Pass on each part at once: events are a stream that does not end.
                while part := answer.read1():
                    self.wfile.write(part)
            except (ConnectionError, HTTPException):  # the page, the app or the proxy has ended
                pass
            finally:
                connected.discard(own)
                connection.close()

        do_POST = do_HEAD = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Write nothing to the tests' output."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        server.daemon_threads, server.block_on_close = True, False
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{prefix}/"
        server.shutdown()
        # An app that ends waits for the ends of its streams, five seconds at most.
        for own in tuple(connected):
            with suppress(OSError):
                own.shutdown(SHUT_RDWR)


def _end_with(page: socket, own: socket) -> None:
    """End the connection to the app when the page closes its own, as proxies do."""
    with suppress(OSError):
        page.recv(1, MSG_PEEK)  # a page sends nothing after its request
        own.shutdown(SHUT_RDWR)
