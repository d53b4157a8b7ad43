"""The page's fields: the texts and the model, and for each model the options that it has."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from ..models.catalog import ModelSpec
from ..models.options import ModelOptions

_MODEL_INFO = (
    "tiny-bert and tiny-gpt2 ship with this Space for use without a network: tiny, trained on "
    "generated sentences. You can type another model's id and press Enter."
)


@dataclass(frozen=True)
class Fields:
    """The components that a request is made of, and the rows that some of them stand in."""

    model_id: gr.Dropdown
    text: gr.Textbox
    text_b: gr.Textbox
    target_text: gr.Textbox
    languages: gr.Row
    source_language: gr.Dropdown
    target_language: gr.Dropdown
    options: gr.Row
    chat: gr.Checkbox
    start_token: gr.Checkbox
    run: gr.Button

    @property
    def request(self) -> list[Any]:
        """The components whose values make a ``handler.Request``, in its order."""
        return [
            self.model_id,
            self.text,
            self.text_b,
            self.target_text,
            self.source_language,
            self.target_language,
            self.chat,
            self.start_token,
        ]

    @property
    def optional(self) -> list[Any]:
        """The components that ``field_updates`` updates, in its order."""
        return [
            self.text_b,
            self.target_text,
            self.languages,
            self.source_language,
            self.target_language,
            self.options,
            self.chat,
            self.start_token,
        ]


def lay_out_fields(offered: tuple[ModelSpec, ...], text: str, text_b: str) -> Fields:
    """Build the fields; those that not every model has stay out of sight until one is known.

    Args:
        offered: the models of the list, the first one chosen.
        text: what stands in the text field at first.
        text_b: what stands in the second one.
    """
    with gr.Row(elem_id="bertviz-inputs"):
        with gr.Column(scale=1, min_width=280):
            text_field = gr.Textbox(
                value=text,
                label="Text",
                lines=2,
                max_lines=8,
                placeholder="A sentence, a paragraph, a line of code …",
            )
            second_field = gr.Textbox(
                value=text_b,
                label="Second text (optional)",
                lines=1,
                max_lines=8,
                visible=False,
            )
            target_field = gr.Textbox(
                label="Target text (optional: left empty, the model writes it)",
                lines=1,
                max_lines=8,
                visible=False,
            )
        with gr.Column(scale=1, min_width=280):
            model_id = gr.Dropdown(
                choices=[(spec.label, spec.model_id) for spec in offered],
                value=offered[0].model_id,
                allow_custom_value=True,
                label="Model",
                info=_MODEL_INFO,
                elem_id="bertviz-model",
            )
            with gr.Row(visible=False, elem_classes="bertviz-languages") as languages:
                source = gr.Dropdown(label="Source language", choices=[], min_width=120)
                target = gr.Dropdown(label="Target language", choices=[], min_width=120)
            with gr.Row(visible=False, elem_classes="bertviz-options") as options:
                chat = gr.Checkbox(label="As a chat message", container=False, min_width=120)
                start = gr.Checkbox(label="Start token first", container=False, min_width=120)
            run = gr.Button("Run", variant="primary", elem_id="bertviz-run")
    return Fields(
        model_id=model_id,
        text=text_field,
        text_b=second_field,
        target_text=target_field,
        languages=languages,
        source_language=source,
        target_language=target,
        options=options,
        chat=chat,
        start_token=start,
        run=run,
    )


def field_updates(takes: ModelOptions, source: str | None, target: str | None) -> list[Any]:
    """The updates of ``Fields.optional`` for a model: what it takes is in sight, and only that.

    What was written or chosen stays, also out of sight; but for a language that the model has not.

    Args:
        takes: what the model takes.
        source: the source language as it is chosen now.
        target: the target language, likewise.
    """

    def language(chosen: str | None, default: str | None) -> dict[str, Any]:
        if not takes.languages:
            return gr.skip()
        value = chosen if chosen in takes.languages else default
        return gr.update(choices=list(takes.languages), value=value)

    start = takes.start_token
    return [
        gr.update(visible=takes.second_text == "pair"),
        gr.update(visible=takes.second_text == "target"),
        gr.update(visible=bool(takes.languages)),
        language(source, takes.source_language),
        language(target, takes.target_language),
        gr.update(visible=takes.chat_template or start is not None),
        gr.update(visible=takes.chat_template),
        gr.update(visible=False)
        if start is None
        else gr.update(visible=True, label=f"Start with {start}"),
    ]
