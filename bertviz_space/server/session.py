"""What the page and the endpoints read from an HTTP request: the session and the user."""

import gradio as gr

from ..models.hub.access import Reader


def session_of(request: gr.Request) -> str:
    """Return the name of the page's or the program's session that a request comes from."""
    return request.session_hash or ""


def reader_of(signed_in: gr.OAuthToken | None) -> Reader:
    """Return the reader who sends a request.

    Args:
        signed_in: Gradio 6.31 passes the token of the page's session or of a program's call, and
            ``None`` if the reader has not signed in.
    """
    return Reader(signed_in.token if signed_in is not None and signed_in.token else None)
