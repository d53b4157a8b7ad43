"""The message line below the form."""

from typing import Any, Literal, get_args

import gradio as gr
from gradio.data_classes import GradioModel
from pydantic import model_validator  # Gradio's models are pydantic's

from ..asset_folder import asset_folder
from ..errors import replace_surrogates
from .published_assets import published_script

MessageKind = Literal["step", "writing", "status", "error", "resolved"]


class Message(GradioModel):
    """What the line below the form says.

    Attributes:
        text: the message; a line break begins a new line. It may quote what a stranger sent: a
            question mark replaces half a character (an unpaired surrogate), which JSON cannot hold.
        kind: ``step`` for a step of a run, ``writing`` while the model continues the text,
            ``status`` for the end of a run, ``error`` for a failure, ``resolved`` to remove the
            error that has this text. Any other text, which may have replaced the error in the
            meantime, stays.
    """

    text: str
    kind: MessageKind

    @model_validator(mode="before")
    @classmethod
    def _replace_invalid(cls, value: Any) -> Any:
        """Replace anything that is not a message by an empty one.

        Gradio 6.31 sends an empty string while there is no message. A program may send anything,
        and Gradio writes a traceback to the log for a value that this class rejects.
        """
        if isinstance(value, dict):
            text, kind = value.get("text"), value.get("kind")
            if isinstance(text, str) and isinstance(kind, str) and kind in get_args(MessageKind):
                return {"text": replace_surrogates(text), "kind": kind}
        return {"text": "", "kind": "status"}


class MessageLine(gr.HTML):
    """A line that shows a ``Message`` as text, never as HTML."""

    data_model = Message

    def __init__(self, **kwargs: Any) -> None:
        self.script = published_script()
        self.component_module = "page/message_line.js"
        super().__init__(
            value=None,
            html_template='<p class="bertviz-outcome" role="status"></p>',
            js_on_load=(asset_folder() / "loader.js").read_text(encoding="utf-8"),
            apply_default_css=False,
            script=self.script,
            component_module=self.component_module,
            **kwargs,
        )

    def preprocess(self, payload: Any) -> Any:
        """Return the ``Message`` unchanged."""
        return payload

    def postprocess(self, value: Any) -> Any:
        """Return the ``Message`` unchanged."""
        return value
