"""What each route of Gradio 6.31 accepts on this Space."""

import re

from starlette.datastructures import Headers
from starlette.types import Scope

from ..limits import MAX_CALL_BYTES, MAX_EVENT_BYTES, MAX_UPLOAD_BODY_BYTES

UPLOAD = "/gradio_api/upload"

# Prefixes of the routes through which programs call an endpoint without the queue.
DIRECT_CALLS = ("/gradio_api/run/", "/gradio_api/api/")

# Routes that neither the page nor a program needs, and why they are closed.
_CLOSED = re.compile(
    r"/gradio_api/(?:"
    r"deep_link"  # writes what a visitor typed into a folder that is never emptied
    r"|(?:undo-)?vibe-.*"  # writes and shows the program's own files, if it is switched on
    r"|dev/reload"  # for developers: checks for changes 20 times a second while it is open
    r"|custom_component/.*"  # prints each request
    r"|proxy=.*|file=https?:.*"  # fetches from other machines for anyone
    r"|stream/.*"  # live audio and video
    r")/?|/monitoring(?:/.*)?"  # prints a secret URL for each request
)

# Routes that end an event or name a session.
_EVENT_ROUTES = ("/gradio_api/cancel", "/gradio_api/reset", "/gradio_api/run-history/connect")

# Routes whose forms the page never sends. Gradio 6.31 writes the files of a recording and of an
# incomplete form into the machine's own temporary folder, and leaves them there.
_ROUTES_WITHOUT_FORMS = ("component_server", "process_recording")

# Control characters, which no session name and no file path in a URL contains.
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def is_closed(path: str) -> bool:
    """Return whether the Space closes a route."""
    return _CLOSED.fullmatch(path) is not None


def max_bytes(path: str) -> int:
    """Return how many bytes the body of a request for a route may have."""
    route = path.rstrip("/")
    if route == UPLOAD:
        return MAX_UPLOAD_BODY_BYTES
    return MAX_EVENT_BYTES if route in _EVENT_ROUTES else MAX_CALL_BYTES


def is_malformed(scope: Scope) -> bool:
    """Return whether a request is malformed, as known before the first byte of its body."""
    return _CONTROL.search(scope["path"]) is not None or _is_unexpected_form(scope)


def _is_unexpected_form(scope: Scope) -> bool:
    """Return whether Gradio would write files of a form that nothing reads."""
    if scope["path"].rstrip("/").rpartition("/")[2] not in _ROUTES_WITHOUT_FORMS:
        return False
    content_type = Headers(scope=scope).get("Content-Type", "")
    return content_type.strip().lower().startswith("multipart/")
