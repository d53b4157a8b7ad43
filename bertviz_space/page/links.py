"""Converts a request to the query string of a link to the page, and back."""

import math
from collections.abc import Mapping
from dataclasses import fields
from typing import Any
from urllib.parse import urlencode

from ..jobs.request import Request
from ..limits import MAX_LINK_CHARACTERS

# The fields that are numbers, with their types.
_NUMBERS: dict[str, type[float]] = {
    "continue_tokens": int,
    "temperature": float,
    "top_p": float,
    "seed": int,
}

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
        if value and value != field.default:
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
    values: dict[str, Any] = {}
    for field, name in zip(fields(Request), parameter_names(), strict=True):
        value = query.get(name, "")
        if field.name in _NUMBERS:
            values[field.name] = _number(value, _NUMBERS[field.name], field.default)
        else:
            values[field.name] = value == "1" if isinstance(field.default, bool) else value
    return Request(**values)


def _number(value: str, kind: type[float], default: Any) -> Any:
    """Return the number that a link contains, or the default if it contains none."""
    try:
        number = kind(value)
    except ValueError:
        return default
    return number if math.isfinite(number) else default
