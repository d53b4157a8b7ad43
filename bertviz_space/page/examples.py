"""The examples that a reader can run with one click."""

from dataclasses import dataclass

import gradio as gr
from gradio.events import Dependency

from ..jobs.request import Request
from ..models.catalog import ModelSpec
from .fields import Fields


@dataclass(frozen=True)
class Example:
    """An example.

    Attributes:
        name: what it shows, for the label of its button.
        text: the text.
        text_b: the second text, for a model that accepts pairs; empty for other models.
    """

    name: str
    text: str
    text_b: str = ""


# Texts from the literature on attention, and a repeated sentence, which shows induction heads.
EXAMPLES = (
    Example("Two similar sentences", "The cat sat on the mat", "The cat lay on the rug"),
    Example("Two different sentences", "the rabbit quickly hopped", "The turtle slowly crawled"),
    Example("Short sentence", "The dog on the ship ran"),
    Example("Who is “She”?", "The doctor asked the nurse a question. She"),
    Example("List", "At the store, she bought apples, oranges, bananas,"),
    Example(
        "Repeated sentence → induction head",
        "The cat sat on the mat near the door. The cat sat on the mat near",
    ),
)


def first_request(offered: tuple[ModelSpec, ...]) -> Request:
    """Return the request of the first example, with which the page opens."""
    example = EXAMPLES[0]
    return Request(offered[0].model_id, example.text, example.text_b)


def lay_out_examples(offered: tuple[ModelSpec, ...], fields: Fields) -> Dependency:
    """Build the buttons of the examples, and return the event that fills in the fields.

    Args:
        offered: the models of the page. The first accepts pairs, the second does not.
        fields: the fields that an example fills in.
    """
    pair, single = (spec.model_id for spec in offered[:2])
    models = [pair if example.text_b else single for example in EXAMPLES]
    examples = gr.Examples(
        examples=[
            [model_id, example.text, example.text_b]
            for model_id, example in zip(models, EXAMPLES, strict=True)
        ],
        example_labels=[
            f"{example.name} ({model_id.rpartition('/')[2]})"
            for model_id, example in zip(models, EXAMPLES, strict=True)
        ],
        inputs=[fields.model_id, fields.text, fields.text_b],
        label="Examples",
        cache_examples=False,
    )
    return examples.load_input_event
