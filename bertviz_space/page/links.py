"""A request as the query string of a link to the page, and back."""

from collections.abc import Mapping
from dataclasses import fields
from urllib.parse import urlencode

from ..jobs.handler import Request
from ..limits import MAX_LINK_CHARACTERS

# What a link calls a field of a request, where it is not the field's own name.
_NAMES = {"model_id": "model"}


def parameter_names() -> list[str]:
    """Return the names of the fields of a ``Request`` in a link, in their order."""
    return [_NAMES.get(field.name, field.name) for field in fields(Request)]


def query_of(request: Request) -> str:
    """What a link says of a request: what is not as a request is by default.

    Returns:
        Such as ``model=tiny-gpt2&text=The+cat``; empty where it would be longer than
        ``MAX_LINK_CHARACTERS``.
    """
    said = {}
    for field, name in zip(fields(Request), parameter_names(), strict=True):
        value = getattr(request, field.name)
        if value:
            said[name] = "1" if value is True else value
    query = urlencode(said, errors="replace")  # half a character is refused elsewhere
    return query if len(query) <= MAX_LINK_CHARACTERS else ""


def request_of(query: Mapping[str, str]) -> Request | None:
    """The request of a link, ``None`` where it names no text.

    Args:
        query: anyone's, by name; what a request has not is left alone.
    """
    if not query.get("text"):
        return None
    values: dict[str, str | bool] = {}
    for field, name in zip(fields(Request), parameter_names(), strict=True):
        value = query.get(name, "")
        values[field.name] = value == "1" if isinstance(field.default, bool) else value
    return Request(**values)  # type: ignore[arg-type] # of each field's own type
