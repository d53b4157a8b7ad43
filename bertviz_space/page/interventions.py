"""The interventions of the next run: a part of the form that draws nothing."""

from typing import Any

import gradio as gr

from ..asset_folder import asset_folder
from .published_assets import published_script


class Interventions(gr.HTML):
    """The interventions of the next run, as ``trace.interventions`` spells them.

    The views name those of the picture, and set others. A ``submit`` event runs the text with them,
    and a ``clear`` event runs it without a comparison.
    """

    def __init__(self, **kwargs: Any) -> None:
        self.script = published_script()
        self.component_module = "page/interventions.js"
        super().__init__(
            value="",
            html_template="<div></div>",
            js_on_load=(asset_folder() / "loader.js").read_text(encoding="utf-8"),
            apply_default_css=False,
            visible="hidden",
            script=self.script,
            component_module=self.component_module,
            **kwargs,
        )

    def preprocess(self, payload: Any) -> Any:
        """Return the text unchanged."""
        return payload

    def postprocess(self, value: Any) -> Any:
        """Return the text unchanged."""
        return value
