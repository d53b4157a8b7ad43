"""Converts a request to the query string of a link to the page, and back."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any
from urllib.parse import urlencode

from ..errors import InvalidInput
from ..jobs.request import Request, continuation_numbers
from ..limits import MAX_LINK_CHARACTERS

# The fields that are numbers, in their order.
_NUMBERS = ("continue_tokens", "temperature", "top_p", "seed")

# The names of fields in a link that differ from those in ``Request``.
_NAMES = {"model_id": "model", "continue_tokens": "continue"}


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
        if value not in (field.default, ""):
            values[name] = "1" if value is True else value
    query = urlencode(values, errors="replace")  # for half a character (an unpaired surrogate)
    return query if len(query) <= MAX_LINK_CHARACTERS else ""


def request_of(query: Mapping[str, str]) -> Request | None:
    """Return the request of a link, ``None`` if the link names no text.

    Args:
        query: the values of the query string, by name. Anyone may have written the link: names that
            a request does not have are ignored, and so are the numbers if one cannot be read.
    """
    if not query.get("text"):
        return None
    values: dict[str, Any] = {}
    for field, name in zip(fields(Request), parameter_names(), strict=True):
        value = query.get(name, "")
        values[field.name] = value == "1" if isinstance(field.default, bool) else value
    try:
        numbers = continuation_numbers(*(values[name] for name in _NUMBERS))
    except InvalidInput:
        numbers = continuation_numbers(None, None, None, None)
    values.update(zip(_NUMBERS, numbers, strict=True))
    return Request(**values)
