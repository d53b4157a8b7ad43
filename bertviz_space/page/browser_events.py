"""Events that the browser handles, by modules of ``assets/page``."""

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

from ..asset_folder import asset_folder
from .published_assets import published


def handle_in_browser(
    event: Callable[..., Any], module: str, inputs: Sequence[Any] = (), **data: Any
) -> None:
    """Have the function ``handle`` of a module handle an event.

    Args:
        event: the event, such as ``button.click``.
        module: the name of the module in ``assets/page``.
        inputs: the components whose values ``handle`` receives after ``data``.
        data: what else the module needs, as JSON.
    """
    # The URL travels as file data in a component's value, so Gradio adds its root path to it.
    passed = gr.JSON({"module": published(f"page/{module}.js"), **data}, visible=False)
    event(
        None,
        inputs=[passed, *inputs],
        js=(asset_folder() / "event_loader.js").read_text(encoding="utf-8"),
        api_visibility="private",
    )
