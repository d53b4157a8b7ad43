"""The session and the user of an HTTP request."""

from urllib.parse import parse_qs

import gradio as gr

from ..models.hub.access import Reader


def session_of(request: gr.Request) -> str:
    """Return the name of the session of the page or program that sent a request."""
    return request.session_hash or ""


def session_in_query(query: bytes) -> str:
    """Return the session that a query string names, an empty string if there is none."""
    return parse_qs(query.decode("latin-1")).get("session_hash", [""])[-1]


async def session_of_server_call(call: gr.Request) -> str:
    """Return the name of the session of the page that called a server function of a component.

    Gradio 6.31 passes FastAPI's request, which has no ``session_hash``: its body, which Gradio has
    read before, names the session (``tests/api/test_probe.py``).
    """
    body = await call.json()
    return body["session_hash"]


def reader_of(signed_in: gr.OAuthToken | None) -> Reader:
    """Return the reader who sent a request.

    Args:
        signed_in: the token of the page's session or of a program's call, as Gradio 6.31 passes it:
            ``None`` if the reader has not signed in.
    """
    return Reader(signed_in.token if signed_in is not None and signed_in.token else None)
