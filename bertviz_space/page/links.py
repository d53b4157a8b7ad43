"""Converts a request to the query string of a link to the page, and back."""

from collections.abc import Mapping
from dataclasses import fields
from urllib.parse import urlencode

from ..jobs.request import Request
from ..limits import MAX_LINK_CHARACTERS

# The names of fields in a link that differ from those in ``Request``.
_NAMES = {"model_id": "model"}


def parameter_names() -> list[str]:
    """Return the names of the fields of a ``Request`` in a link, in their order."""
    return [_NAMES.get(field.name, field.name) for field in fields(Request)]


def query_of(request: Request) -> str:
    """Return the query string of a link to a request.

    Returns:
        The fields that differ from their defaults, such as ``model=tiny-gpt2&text=The+cat``; an
        empty string if it would be longer than ``MAX_LINK_CHARACTERS``.
    """
    values = {}
    for field, name in zip(fields(Request), parameter_names(), strict=True):
        value = getattr(request, field.name)
        if value:
            values[name] = "1" if value is True else value
    query = urlencode(values, errors="replace")  # for half a character (an unpaired surrogate)
    return query if len(query) <= MAX_LINK_CHARACTERS else ""


def request_of(query: Mapping[str, str]) -> Request | None:
    """Return the request of a link, ``None`` if the link names no text.

    Args:
        query: the values of the query string, by name. Anyone may have written the link: names that
            a request does not have are ignored.
    """
    if not query.get("text"):
        return None
    values: dict[str, str | bool] = {}
    for field, name in zip(fields(Request), parameter_names(), strict=True):
        value = query.get(name, "")
        values[field.name] = value == "1" if isinstance(field.default, bool) else value
    return Request(**values)  # type: ignore[arg-type] # each value has the type of its field
