"""A reverse proxy on this machine: serves an app under a path that the app never sees."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

# What belongs to one of the two connections alone (RFC 9110, 7.6.1).
_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer"}


@contextmanager
def proxied(app: str, prefix: str) -> Iterator[str]:
    """Serve what an app answers under a prefix, and nothing else.

    Args:
        app: its address.
        prefix: such as ``/lab/space``; it is taken off before the app is asked.

    Yields:
        The address of the app behind the proxy, with a slash at its end.
    """
    upstream = urlsplit(app).netloc

    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if not self.path.startswith(f"{prefix}/"):
                # A browser asks the origin for an icon, wherever the page lies.
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
            try:
                path = self.path.removeprefix(prefix)
                connection.request(self.command, path, self.rfile.read(length), headers)
                answer = connection.getresponse()
                self.send_response_only(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in _HOP_BY_HOP:
                        self.send_header(name, value)
                self.end_headers()
                # As it comes: events are a stream that does not end.
                while part := answer.read1():
                    self.wfile.write(part)
            except ConnectionError:  # a page that was closed, or the app at its end
                pass
            finally:
                connection.close()

        do_POST = do_HEAD = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Not on the tests' output."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        server.daemon_threads, server.block_on_close = True, False
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{prefix}/"
        server.shutdown()
