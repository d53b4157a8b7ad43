"""A request as the query string of a link to the page, and back."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from urllib.parse import urlencode

from .handler import Request
from .limits import MAX_LINK_CHARACTERS

# What a link calls a field of a request, where it is not the field's own name.
_NAMES = {"model_id": "model"}


def names() -> list[str]:
    """What a link calls the fields of a request, in their order."""
    return [_NAMES.get(field.name, field.name) for field in fields(Request)]


def query_of(request: Request) -> str:
    """What a link says of a request: what is not as a request is by default.

    Returns:
        Such as ``model=tiny-gpt2&text=The+cat``; empty where it would be longer than
        ``MAX_LINK_CHARACTERS``.
    """
    said = {}
    for field, name in zip(fields(Request), names(), strict=True):
        value = getattr(request, field.name)
        if value:
            said[name] = "1" if value is True else value
    query = urlencode(said, errors="replace")  # half a character is refused elsewhere
    return query if len(query) <= MAX_LINK_CHARACTERS else ""


def choices_query(
    layer: int, heads: Sequence[int], expanded: bool, cell: tuple[int, int] | None
) -> str:
    """What a link says is chosen in a view, as ``assets/core/link.js`` reads it.

    Args:
        layer: the layer on view.
        heads: the heads on view, all where none is named; the first is the neuron view's.
        expanded: whether the neuron view shows vectors.
        cell: layer and head that are open in the model view.
    """
    said = {"layer": str(layer), "expanded": "1" if expanded else ""}
    if heads:
        said |= {"heads": ",".join(map(str, sorted(heads))), "head": str(heads[0])}
    if cell:
        said["cell"] = ",".join(map(str, cell))
    return urlencode({name: value for name, value in said.items() if value})


def request_of(query: Mapping[str, str]) -> Request | None:
    """The request of a link, ``None`` where it names no text.

    Args:
        query: anyone's, by name; what a request has not is left alone.
    """
    if not query.get("text"):
        return None
    values: dict[str, str | bool] = {}
    for field, name in zip(fields(Request), names(), strict=True):
        value = query.get(name, "")
        values[field.name] = value == "1" if isinstance(field.default, bool) else value
    return Request(**values)  # type: ignore[arg-type] # of each field's own type
