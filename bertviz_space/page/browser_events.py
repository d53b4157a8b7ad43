"""Connects events to modules of ``assets/page/``, which handle them in the browser."""

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

from ..asset_folder import asset_folder
from .published_assets import published_script


def handle_in_browser(
    event: Callable[..., Any], module: str, inputs: Sequence[Any] = (), **data: Any
) -> None:
    """Let the function ``handle`` of a module handle an event.

    Args:
        event: the event, such as ``button.click``.
        module: the name of the module in ``assets/page``.
        inputs: the components whose values ``handle`` receives after ``data``.
        data: further values that the module needs, passed as JSON.
    """
    # The URL travels as file data in a component's value, so Gradio adds its root path to it.
    called = {"script": published_script(), "module": f"page/{module}.js"}
    passed = gr.JSON({**called, **data}, visible=False)
    event(
        None,
        inputs=[passed, *inputs],
        js=(asset_folder() / "event_loader.js").read_text(encoding="utf-8"),
        api_visibility="private",
    )
