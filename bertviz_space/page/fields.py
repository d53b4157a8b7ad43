"""The page's form: the model, the texts, and the options that a model supports."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from ..models.catalog import ModelSpec
from ..models.options import ModelOptions
from .interventions import Interventions


@dataclass(frozen=True)
class Fields:
    """The components of a request, and the rows that contain some of them."""

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
    continue_tokens: gr.Textbox
    sampling: gr.Row
    temperature: gr.Textbox
    top_p: gr.Textbox
    seed: gr.Textbox
    interventions: Interventions
    other_text: gr.Textbox
    other_model: gr.Dropdown
    compare: gr.Button
    run: gr.Button

    @property
    def request(self) -> list[Any]:
        """The components with the fields of a ``jobs.request.Request``, in their order."""
        return [
            self.model_id,
            self.text,
            self.text_b,
            self.target_text,
            self.source_language,
            self.target_language,
            self.chat,
            self.start_token,
            self.continue_tokens,
            self.temperature,
            self.top_p,
            self.seed,
            self.interventions,
            self.other_text,
            self.other_model,
        ]

    @property
    def optional(self) -> list[Any]:
        """The components that ``field_updates`` updates, in the order of its result."""
        return [
            self.text_b,
            self.target_text,
            self.languages,
            self.source_language,
            self.target_language,
            self.options,
            self.chat,
            self.start_token,
            self.continue_tokens,
            self.sampling,
        ]


def lay_out_fields(offered: tuple[ModelSpec, ...], text: str, text_b: str) -> Fields:
    """Build the form in the current row. Fields that only some models have are hidden at first.

    Args:
        offered: the models in the list; the first one is chosen.
        text: the initial text.
        text_b: the initial second text.
    """
    model_id = gr.Dropdown(
        choices=[(spec.label, spec.model_id) for spec in offered],
        value=offered[0].model_id,
        allow_custom_value=True,
        label="Model",
        info="Choose, or type a Hugging Face id",
        elem_id="bertviz-model",
    )
    text_field = _text_field(
        "Text", "bertviz-text", text, placeholder="A sentence, a paragraph, a line of code …"
    )
    second_field = _text_field(
        "Second text (optional)",
        "bertviz-second-text",
        text_b,
        placeholder="Joined to the text with a separator",
        visible=False,
    )
    target_field = _text_field(
        "Target text (optional)",
        "bertviz-target-text",
        placeholder="If empty, the model writes it",
        visible=False,
    )
    with gr.Row(visible=False, elem_classes="bertviz-languages") as languages:
        source = gr.Dropdown(label="Source language", choices=[], elem_id="bertviz-source-language")
        target = gr.Dropdown(label="Target language", choices=[], elem_id="bertviz-target-language")
    with gr.Row(visible=False, elem_classes="bertviz-options") as options:
        chat = gr.Checkbox(label="As a chat message", container=False, elem_id="bertviz-chat")
        start = gr.Checkbox(
            label="Add a start token", container=False, elem_id="bertviz-start-token"
        )
        continue_tokens = _number_field(
            "Continue by", "bertviz-continue", placeholder="0 tokens", visible=False
        )
    # page.css shows them while the model is to continue the text.
    with gr.Row(visible=False, elem_classes="bertviz-sampling") as sampling:
        temperature = _number_field("Temperature", "bertviz-temperature", placeholder="greedy")
        top_p = _number_field("Top-p", "bertviz-top-p", "1")
        seed = _number_field("Seed", "bertviz-seed", "0")
    interventions = Interventions(elem_id="bertviz-interventions")
    # These three are in a popover of their own: lay_out_comparison.
    other_text = gr.Textbox(
        label="Other text",
        elem_id="bertviz-other-text",
        placeholder="The same text",
        lines=2,
        max_lines=8,
        render=False,
    )
    other_model = gr.Dropdown(
        choices=[(spec.label, spec.model_id) for spec in offered],
        value=None,
        allow_custom_value=True,
        label="Other model",
        info="The same model, or one that was trained further from it",
        elem_id="bertviz-other-model",
        render=False,
    )
    compare = gr.Button(
        "Compare", variant="primary", size="sm", elem_id="bertviz-compare-run", render=False
    )
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
        continue_tokens=continue_tokens,
        sampling=sampling,
        temperature=temperature,
        top_p=top_p,
        seed=seed,
        interventions=interventions,
        other_text=other_text,
        other_model=other_model,
        compare=compare,
        run=run,
    )


def lay_out_comparison(fields: Fields) -> None:
    """Build the popover that asks for the other run of a comparison."""
    with gr.Accordion("Compare", open=False, elem_id="bertviz-compare"):
        # The list of models would lie over the button.
        fields.other_model.render()
        fields.other_text.render()
        fields.compare.render()


def _text_field(label: str, elem_id: str, value: str = "", **options: Any) -> gr.Textbox:
    """Return a field whose height page.css sets: one line, and more while it has the focus."""
    return gr.Textbox(
        value=value,
        label=label,
        elem_id=elem_id,
        elem_classes="bertviz-text-field",
        lines=1,
        max_lines=8,
        **options,
    )


def _number_field(label: str, elem_id: str, value: str = "", **options: Any) -> gr.Textbox:
    """Return a field for a number.

    Gradio 6.31's component for numbers puts 0 into an empty field, and its script would delay the
    first picture.
    """
    return gr.Textbox(value=value, label=label, elem_id=elem_id, max_lines=1, **options)


def field_updates(supported: ModelOptions, source: str | None, target: str | None) -> list[Any]:
    """Return updates of ``Fields.optional`` that show the fields of a model, and hide the others.

    All fields keep their values, hidden ones too. Only a language that the model does not know is
    replaced by the model's default.

    Args:
        supported: the options that the model supports.
        source: the chosen source language.
        target: the chosen target language.
    """

    def language(chosen: str | None, default: str | None) -> dict[str, Any]:
        if not supported.languages:
            return gr.skip()
        value = chosen if chosen in supported.languages else default
        return gr.update(choices=list(supported.languages), value=value)

    start = supported.start_token
    return [
        gr.update(visible=supported.second_text == "pair"),
        gr.update(visible=supported.second_text == "target"),
        gr.update(visible=bool(supported.languages)),
        language(source, supported.source_language),
        language(target, supported.target_language),
        gr.update(visible=supported.chat_template or start is not None or supported.continues),
        gr.update(visible=supported.chat_template),
        gr.update(visible=False)
        if start is None
        else gr.update(visible=True, label=f"Add a start token ({start})"),
        gr.update(visible=supported.continues),
        gr.update(visible=supported.continues),
    ]
