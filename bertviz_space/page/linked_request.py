"""Fills in the fields from the link that opened the page, and runs the link's request."""

from dataclasses import asdict
from dataclasses import fields as dataclass_fields
from typing import Any

import gradio as gr
from gradio.events import Dependency

from ..jobs.request import Request
from . import links
from .browser_events import handle_in_browser
from .fields import Fields

# If a link does not set these fields, they keep the values that the page has chosen.
_KEPT = ("model_id", "source_language", "target_language")


def fill_in_link(demo: gr.Blocks, fields: Fields) -> Dependency:
    """Connect the event that reads the link, and return it."""
    return demo.load(
        _values_of_link,
        outputs=fields.request,
        show_progress="hidden",
        queue=False,
        api_visibility="private",
    )


def run_linked_request(filled: Dependency, opened: Dependency) -> None:
    """Run the request of the link when both events have ended.

    Args:
        filled: the fields have the values of the link.
        opened: the page has received the values with which its views open. If they arrived after
            the result of the run, they would replace it.
    """
    handle_in_browser(filled.then, "linked_run", ready="fields")
    handle_in_browser(opened.then, "linked_run", ready="views")


def _values_of_link(opened: gr.Request) -> list[Any]:
    """Return the values of the fields that a link names, in the order of ``Fields.request``."""
    request = links.request_of(opened.query_params)
    if request is None:
        # Gradio 6.31: gr.skip() would remove the props of a component that is not mounted yet.
        changes = ("interventions", "other_text", "other_model")
        names = [field.name for field in dataclass_fields(Request)]
        return ["" if name in changes else gr.skip() for name in names]
    # An empty field, while the model is to write nothing.
    values = asdict(request) | {"continue_tokens": request.continue_tokens or None}
    return [
        gr.skip() if name in _KEPT and not value else _in_field(value)
        for name, value in values.items()
    ]


def _in_field(value: Any) -> Any:
    """Return a value as a reader writes it: a whole number without decimals."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
