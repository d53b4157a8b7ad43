"""The value with which the views show a result."""

from dataclasses import astuple

from gradio.data_classes import FileData

from ..errors import replace_surrogates
from ..jobs.request import Request
from ..jobs.result import Result
from .components import ViewValue
from .links import query_of


def view_value(result: Result, request: Request | None) -> ViewValue:
    """Return the value with which the views show a result.

    Args:
        result: the result.
        request: what the page's fields contained; ``None`` for the result of a reader's own file.
    """
    path = result.manifest
    # A link names the model by its own id on the Hub, whatever name the reader entered.
    link = None if result.key is None else query_of(result.key.request)
    fields = None
    if request is not None:
        # A field that the model does not use may contain half a character, which JSON cannot hold.
        fields = [replace_surrogates(v) if isinstance(v, str) else v for v in astuple(request)]
    manifest = FileData(path=str(path), orig_name=path.name)
    return ViewValue(manifest=manifest, request=link, fields=fields)
