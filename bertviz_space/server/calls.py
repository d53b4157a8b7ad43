"""Recognizes calls of events and endpoints that Gradio cannot execute, before Gradio tries.

Gradio 6.31 answers such a call with 500, or ends its answer early, and writes a traceback for each.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from .session import session_in_query

_API = "/gradio_api"
_BY_NAME = re.compile(rf"{_API}/(?:run|api|call)/([^/]+)/?")
_BY_KEYWORDS = re.compile(rf"{_API}/call/v2/[^/]+/?")
_RESULT = re.compile(rf"{_API}/call(?:/v2)?/[^/]+/([^/]+)")


class _Block(Protocol):
    skip_api: bool

    def get_block_name(self) -> str: ...


def is_call(method: str, path: str) -> bool:
    """Return whether a request calls an event or an endpoint, with a JSON body."""
    routes = (_BY_NAME, _BY_KEYWORDS)
    is_named = any(route.fullmatch(path) for route in routes)
    return method == "POST" and (is_named or path == f"{_API}/queue/join")


def can_be_executed(demo: Any, path: str, body: bytes, uploads: Path) -> bool:
    """Return whether Gradio can execute a call; True for a body that Gradio itself rejects.

    Args:
        demo: the ``gr.Blocks`` that are called.
        path: the path of a request for which ``is_call`` is True.
        body: the body of the request.
        uploads: the folder that Gradio writes uploaded files to.
    """
    try:
        call = json.loads(body)
    except (ValueError, RecursionError):
        return False
    if not isinstance(call, dict):
        return True
    if _BY_KEYWORDS.fullmatch(path):
        return not _names_a_file(call)
    data = call.get("data")
    if not isinstance(data, list):
        return True
    inputs = _inputs(demo, path, call.get("fn_index"))
    if inputs is None:
        return False
    if len(data) != len(inputs) and "/call/" in path:  # leaves out the page's own components
        inputs = [block for block in inputs if not block.skip_api]
    if len(data) != len(inputs):
        return False
    pairs = zip(inputs, data, strict=True)
    return all(_accepts(block, value, uploads) for block, value in pairs)


def is_result_unknown(demo: Any, method: str, path: str, query: bytes) -> bool:
    """Return whether a request asks for the result of a call that is not in progress."""
    queue = demo._queue
    if method != "GET":
        return False
    if path == f"{_API}/queue/data":
        session = session_in_query(query)
        # Gradio answers a request that does not name a session.
        return session != "" and session not in queue.pending_messages_per_session
    if not (match := _RESULT.fullmatch(path)):
        return False
    event = match[1]
    if event in queue.event_ids_to_events or event in queue.pending_messages_per_session:
        return False
    return not any(event in events for events in list(queue.pending_event_ids_session.values()))


def _inputs(demo: Any, path: str, number: object) -> Sequence[_Block] | None:
    """Return the components that a call sends values for; ``None`` if it names no function."""
    named = _BY_NAME.fullmatch(path)
    if named is not None and not (number is not None and "/call/" not in path):
        events = (each for each in demo.fns.values() if each.api_name == named[1])
        event = next((each for each in events if each.api_visibility == "public"), None)
    else:
        event = demo.fns.get(number) if isinstance(number, int) else None
    return None if event is None else event.inputs


def _accepts(block: _Block, value: object, uploads: Path) -> bool:
    """Return whether Gradio 6.31 can pass a value of a component to the function of an event."""
    match block.get_block_name():
        case "state":
            return True
        case "dataset":
            return type(value) is int and 0 <= value < len(vars(block)["samples"])
        case "uploadbutton":
            return value is None or _is_in(uploads, value)
        case _:
            return not _names_a_file(value)


def _is_in(folder: Path, value: object) -> bool:
    """Return whether a value is file data whose path is inside a folder."""
    path = value.get("path") if isinstance(value, dict) else None
    if not isinstance(path, str) or "\0" in path or ".." in Path(path).parts:
        return False
    is_text = not any("\ud800" <= letter <= "\udfff" for letter in path)
    return is_text and Path(path).is_relative_to(folder)


def _names_a_file(value: object) -> bool:
    """Return whether Gradio 6.31 would fetch a file that a value, or a part of it, names."""
    remaining = [value]
    while remaining:
        each = remaining.pop()
        if isinstance(each, dict):
            meta = each.get("meta")
            if isinstance(meta, dict) and "_type" in meta:
                return True
            remaining.extend(each.values())
        elif isinstance(each, list):
            remaining.extend(each)
    return False
