"""A local sign-in server that answers Gradio like Hugging Face's, for one account."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlparse

from joserfc import jwt
from joserfc.jwk import OctKey

CLIENT_ID = "the-space"
SCOPES = "openid profile gated-repos"


class Provider(ThreadingHTTPServer):
    """Sign in every visitor as one account, without asking for consent.

    Attributes:
        token: the account's token of the Hub.
        asked_scopes: the scopes of the last request.
    """

    daemon_threads = True

    def __init__(self, token: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.token = token
        self.asked_scopes = ""
        self.nonce = ""
        self.key = OctKey.generate_key(256, {"kid": "a-key"}, private=True)

    @property
    def address(self) -> str:
        """The server's URL."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Provider  # type: ignore[assignment]

    def do_GET(self) -> None:
        address, asked = self.server.address, parse_qs(urlparse(self.path).query)
        match urlparse(self.path).path:
            case "/.well-known/openid-configuration":
                self._answer(200, {
                    "issuer": address,
                    "authorization_endpoint": f"{address}/oauth/authorize",
                    "token_endpoint": f"{address}/oauth/token",
                    "jwks_uri": f"{address}/jwks",
                    "id_token_signing_alg_values_supported": ["HS256"],
                })  # fmt: skip
            case "/jwks":
                self._answer(200, {"keys": [self.server.key.as_dict()]})
            case "/oauth/authorize":
                self.server.asked_scopes = asked["scope"][0]
                self.server.nonce = asked["nonce"][0]
                back, query = (
                    asked["redirect_uri"][0],
                    {"code": "a-code", "state": asked["state"][0]},
                )
                self.send_response(302)
                self.send_header(
                    "Location", f"{back}{'&' if '?' in back else '?'}{urlencode(query)}"
                )
                self.end_headers()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        now = int(time.time())
        claims = {
            "iss": self.server.address,
            "aud": CLIENT_ID,
            "sub": "1",
            "iat": now,
            "exp": now + 3600,
            "nonce": self.server.nonce,
            "name": "A Reader",
            "preferred_username": "reader",
            "profile": "",
            "picture": "",
        }
        header = {"alg": "HS256", "kid": "a-key"}
        self._answer(200, {
            "access_token": self.server.token,
            "token_type": "bearer",
            "expires_in": 3600,
            "scope": SCOPES,
            "id_token": jwt.encode(header, claims, self.server.key),
        })  # fmt: skip

    def _answer(self, status: int, value: object) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


@contextmanager
def sign_in_on_this_machine(token: str, monkeypatch: Any) -> Iterator[Provider]:
    """Make this process a Space whose readers sign in at a local server, until the block ends."""
    from gradio import http_server, oauth

    provider = Provider(token)
    thread = threading.Thread(target=provider.serve_forever, args=(0.01,))
    thread.start()
    said = {
        "OAUTH_CLIENT_ID": CLIENT_ID,
        "OAUTH_CLIENT_SECRET": "a-secret",
        "OAUTH_SCOPES": SCOPES,
        "OPENID_PROVIDER_URL": provider.address,
    }
    for name, value in said.items():
        monkeypatch.setenv(name, value)
        monkeypatch.setattr(oauth, name, value)  # Gradio reads the variables once
    monkeypatch.setenv("SYSTEM", "spaces")
    monkeypatch.setenv("SPACE_ID", "someone/bertviz")
    # Gradio 6.31 watches the main module of a Space for changes; here that would be pytest.
    monkeypatch.setattr(http_server, "get_space", lambda: None)
    try:
        yield provider
    finally:
        provider.shutdown()
        thread.join()
        provider.server_close()
