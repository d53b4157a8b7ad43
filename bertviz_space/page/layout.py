"""The page: layout and events. No tensor and no HTML is made here."""

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from dataclasses import fields as dataclass_fields
from typing import Any

import gradio as gr

from ..asset_folder import asset_folder
from ..errors import INTERNAL_ERROR, SpaceError
from ..jobs.handler import Handler, Request
from ..models.catalog import ModelSpec
from ..server.concurrency import LOOKUPS
from ..server.session import reader_of
from . import links
from .components import (
    HeadView,
    Message,
    MessageLine,
    ModelView,
    NeuronView,
    preparing,
)
from .fields import fitted, lay_out_fields
from .run_button import Runner
from .sign_in import keep_through_sign_in, lay_out_sign_in

_log = logging.getLogger(__name__)


_INTRODUCTION = """\
# BertViz Space
See what every attention head of a Transformer does with your own text.
"""

# Also in the README, where a test runs it.
_OWN_TENSORS = """\
The attention of any model, on the Hub or not: a safetensors or npz file of weights
`[layer, head, query, key]` with its tokens, such as

```python
output = model(**inputs, output_attentions=True)
tokens = tokenizer.convert_ids_to_tokens(inputs["input_ids"][0])
weights = torch.cat(output.attentions).contiguous()
save_file({"self": weights}, "own.safetensors", metadata={"tokens": json.dumps(tokens)})
```

Query and key vectors are welcome, for the neuron view: `self.3.query` and `self.3.key`
`[head, position, head_dim]` of layer 3. The file is read once, and gone two minutes later.
"""


@dataclass(frozen=True)
class Preset:
    """One example: the name on its button, and its texts; the second is for models with pairs."""

    name: str
    text: str
    text_b: str = ""


# Texts of the literature on attention, and one said twice, for induction heads.
_PRESETS = (
    Preset("Cat and rug (a pair)", "The cat sat on the mat", "The cat lay on the rug"),
    Preset("Rabbit and turtle (a pair)", "the rabbit quickly hopped", "The turtle slowly crawled"),
    Preset("Dog on the ship", "The dog on the ship ran"),
    Preset("Doctor and nurse", "The doctor asked the nurse a question. She"),
    Preset("Shopping list", "At the store, she bought apples, oranges, bananas,"),
    Preset("Said twice", "The cat sat on the mat near the door. The cat sat on the mat near"),
)


def lay_out(
    offered: tuple[ModelSpec, ...], handler: Handler, runner: Runner, demo: gr.Blocks
) -> None:
    """The page's components and events."""
    gr.Markdown(_INTRODUCTION, elem_id="bertviz-introduction")
    sign_in = lay_out_sign_in(demo)
    fields = lay_out_fields(offered, _PRESETS[0].text, _PRESETS[0].text_b)
    if sign_in is not None:
        keep_through_sign_in(sign_in, links.names(), fields.request)
    with gr.Row(elem_id="bertviz-said"):
        message = MessageLine(min_height=32)
        # page.js brings it in sight once there is something to link to.
        gr.Button("Copy link", size="sm", scale=0, min_width=110, elem_id="bertviz-link")
    # A link to a text brings it, and runs it: page.js reads the rest of the link.
    linked = demo.load(
        _linked,
        outputs=fields.request,
        show_progress="hidden",
        queue=False,
        api_visibility="private",
    )
    linked.then(None, js=_RUN_LINKED, api_visibility="private")
    examples = gr.Examples(
        examples=_examples(offered),
        example_labels=[preset.name for preset in _PRESETS],
        inputs=[fields.model_id, fields.text, fields.text_b],
        label="Examples",
        cache_examples=False,
    )
    with gr.Accordion("Your own tensors", open=False):
        gr.Markdown(_OWN_TENSORS)
        own_file = gr.UploadButton(
            "Open a file", size="sm", file_types=[".safetensors", ".npz"], elem_id="bertviz-open"
        )
    on_the_page: dict[str, Any] = {
        "min_height": 120,
        "shared": "page",
        "server_functions": [preparing(handler.results.prepare)],
    }
    with gr.Tabs():
        # page.js finds the tabs by these ids.
        with gr.Tab("Head view", elem_id="bertviz-head-tab"):
            head_view = HeadView(**on_the_page)
        with gr.Tab("Model view", elem_id="bertviz-model-tab"):
            model_view = ModelView(**on_the_page)
        with gr.Tab("Neuron view", elem_id="bertviz-neuron-tab"):
            neuron_view = NeuronView(**on_the_page)
    result = gr.State(None)
    views = [head_view, model_view, neuron_view]

    demo.unload(runner.close)
    for event, work, inputs in (
        (fields.run.click, runner.run, fields.request),
        (examples.load_input_event.then, runner.run, fields.request),
        (own_file.upload, runner.open_file, own_file),
    ):
        event(
            work,
            inputs=inputs,
            outputs=[message, result],
            # Gradio 6.31 writes a traceback for a value that a field does not take, and leaves an
            # empty file behind for each file that it hands on.
            preprocess=False,
            validator=runner.start,
            trigger_mode="multiple",
            show_progress="hidden",
            concurrency_limit=None,  # runs wait for their turn in our own queue
            api_visibility="private",
        ).then(
            # After a run that failed this is the same value again: the views keep what they show.
            lambda result: [result] * len(views),
            inputs=result,
            outputs=views,
            # A stopped run comes here as well, and the newer one's result must come after its.
            trigger_mode="always_last",
            show_progress="hidden",
            queue=False,
            api_visibility="private",
        )
    problem = gr.State("")
    # Gradio 6.31: an example resets whether its fields are in sight
    # (test_an_example_of_a_model_without_pairs_hides_the_second_text).
    # Once a link has said its model: a look at the one before it could come to its end later.
    for event in (linked.then, fields.model_id.change, examples.load_input_event.then):
        event(
            _fitter(handler, len(fields.optional)),
            inputs=[fields.model_id, fields.source_language, fields.target_language],
            outputs=[problem, *fields.optional],
            preprocess=False,
            show_progress="hidden",
            **LOOKUPS,
            api_visibility="private",
        )
    # Only a problem, or its end, writes the line: a run may be writing it at the same time.
    problem.change(
        _problem_line,
        inputs=[problem, message],
        outputs=message,
        show_progress="hidden",
        queue=False,
        api_visibility="private",
    )
    script = (asset_folder() / "page" / "page.js").read_text(encoding="utf-8")
    demo.load(None, js=script, api_visibility="private")


# Presses Run where the page was opened by a link to a text.
_RUN_LINKED = """() => {
  const isLink = new URLSearchParams(location.search).get("text");
  if (isLink) document.querySelector("#bertviz-run").click();
}"""


def _linked(opened: gr.Request) -> list[Any]:
    """The values of the fields that a link names, in the order of ``Fields.request``."""
    request = links.request_of(opened.query_params)
    if request is None:
        return [gr.skip()] * len(dataclass_fields(Request))
    values = asdict(request)
    # A link without a model, or without a language, leaves what is chosen.
    chosen = ("model_id", "source_language", "target_language")
    return [gr.skip() if name in chosen and not values[name] else values[name] for name in values]


def _fitter(handler: Handler, num_fields: int) -> Callable[..., list[Any]]:
    """What a change of the model does: bring its fields in sight, or say what is wrong with it."""

    def fit(signed_in: gr.OAuthToken | None, model_id: Any, source: Any, target: Any) -> list[Any]:
        try:
            # Anyone may send anything.
            named, *spoken = (
                each if isinstance(each, str) else "" for each in (model_id, source, target)
            )
            takes = handler.inputs(named, reader_of(signed_in))
            return ["", *fitted(takes, *spoken)]
        except SpaceError as error:
            sentence = str(error)
        except Exception:
            _log.exception("a model could not be looked at")
            sentence = INTERNAL_ERROR
        return [sentence, *[gr.skip()] * num_fields]

    return fit


def _problem_line(problem: str, shown: Message | None) -> Any:
    """The line under Run after a change of the model."""
    if problem:
        return Message(text=problem, kind="error")
    if shown is None or shown.kind != "error":
        return gr.skip()
    return Message(text=shown.text, kind="over")


def _examples(offered: tuple[ModelSpec, ...]) -> list[list[str]]:
    """The presets, for the model of pairs and the one without that are on offer first."""
    pair, single = (spec.model_id for spec in offered[:2])
    return [[pair if preset.text_b else single, preset.text, preset.text_b] for preset in _PRESETS]
