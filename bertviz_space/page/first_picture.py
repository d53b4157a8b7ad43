"""Puts the first result into the page itself, so that no event precedes the first picture.

Until the result is computed, which takes half a minute if a cluster starts first, pages say so.
"""

from concurrent.futures import Future
from typing import Any

import gradio as gr

from ..jobs.first_result import FirstResult
from ..jobs.result import Result
from .components import View
from .message_line import Message, MessageLine
from .published_assets import file_data
from .shown_result import view_value

_COMPUTING = "Computing the first picture …"


def show_when_computed(demo: gr.Blocks, first: FirstResult) -> None:
    """Start to compute the first result. Pages that are opened afterwards contain it.

    Args:
        demo: the page, which is being served.
        first: the result that a page shows if no link names another one.
    """

    def put_into_page(computed: Future[Result]) -> None:
        _set_value(demo, MessageLine, None)
        if computed.exception() is not None:
            return  # the page says why when it is opened
        result = computed.result()
        value = view_value(result, first.request).model_dump()
        value |= {"manifest": file_data(result.manifest), "is_first": True}
        _set_value(demo, View, value)

    _set_value(demo, MessageLine, Message(text=_COMPUTING, kind="step").model_dump())
    first.future().add_done_callback(put_into_page)


def _set_value(demo: gr.Blocks, kind: type[gr.HTML], value: dict[str, Any] | None) -> None:
    """Set the value with which pages that are opened later show all components of a kind."""
    for component in demo.config["components"]:
        if isinstance(demo.blocks[component["id"]], kind):
            component["props"]["value"] = value
