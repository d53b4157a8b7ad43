"""Lays out the page from its parts, and connects their events."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import gradio as gr

from ..jobs.handler import Handler
from ..models.catalog import ModelSpec
from . import links
from .browser_events import handle_in_browser
from .components import HeadView, MatrixView, ModelView, NeuronView, View, preparing
from .examples import EXAMPLES, lay_out_examples
from .fields import lay_out_comparison, lay_out_fields
from .linked_request import fill_in_link, run_linked_request
from .message_line import MessageLine
from .model_choice import follow_model_choice
from .run_button import RunButton
from .run_events import connect_runs
from .sign_in import lay_out_sign_in, return_after_sign_in
from .space_url import space_url

# In the order of the tabs.
_VIEWS: tuple[tuple[str, type[View]], ...] = (
    ("head", HeadView),
    ("model", ModelView),
    ("neuron", NeuronView),
    ("matrix", MatrixView),
)

# HTML, because Gradio's component for Markdown has 29 kB of its own, which delay the first picture.
_INTRODUCTION = """\
<h1>BertViz Space</h1>
<p>See where every attention head looks in your text.</p>
"""

# The README contains the same code, and a test runs it there.
_OWN_TENSORS = """\
<p>Open the attention of any model, on the Hub or not. The file contains the weights, named
<code>self</code>, with the shape <code>[layer, head, query, key]</code>, and one token per
position, named <code>tokens</code>. From PyTorch:</p>
<pre tabindex="0"><code>\
output = model(**inputs, output_attentions=True)
tokens = tokenizer.convert_ids_to_tokens(inputs["input_ids"][0])
weights = torch.cat(output.attentions).contiguous()
save_file({"self": weights}, "own.safetensors", metadata={"tokens": json.dumps(tokens)})
</code></pre>
<p>As an npz file:</p>
<pre tabindex="0"><code>\
np.savez("own.npz", self=weights.detach().numpy(), tokens=tokens)
</code></pre>
<p>To use the neuron view too, add query and key vectors with the shape
<code>[head, position, head_dim]</code>, such as <code>self.3.query</code> and
<code>self.3.key</code> for layer 3. Your file is deleted after two minutes.</p>
"""


def lay_out(
    offered: tuple[ModelSpec, ...],
    handler: Handler,
    run_button: RunButton,
    probe: Callable[..., Any],
    beside: Sequence[Callable[..., Any]],
    stop_writing: Callable[..., Any],
    demo: gr.Blocks,
) -> None:
    """Build the page's components and connect its events.

    Args:
        offered: the models in the list.
        handler: answers requests.
        run_button: runs a text or opens a file.
        probe: the server function of ``probing``.
        beside: the server functions of ``masking`` and ``sweeping``, for all views.
        stop_writing: the server function of ``stopping_writing``.
        demo: the page.
    """
    with gr.Row(elem_id="bertviz-inputs"):
        gr.HTML(_INTRODUCTION, elem_id="bertviz-introduction")
        fields = lay_out_fields(offered, EXAMPLES[0].text, EXAMPLES[0].text_b)
    link_read = fill_in_link(demo, fields)
    with gr.Row(elem_id="bertviz-said"):
        # assets/page/popovers.js makes popovers of the accordions.
        with gr.Accordion("Examples", open=False, elem_id="bertviz-examples"):
            example_filled = lay_out_examples(offered, fields)
        lay_out_comparison(fields)
        own_file = _lay_out_own_tensors()
        message = MessageLine(server_functions=[stop_writing])
        # assets/page/link_button.js shows the button as soon as there is something to link to.
        gr.Button("Copy link", size="sm", elem_id="bertviz-link")
        sign_in = lay_out_sign_in(demo)
    if sign_in is not None:
        return_after_sign_in(sign_in, fields.request)
    views = _lay_out_views(handler, probe, beside)
    opened = connect_runs(demo, run_button, fields, example_filled, own_file, message, views)
    run_linked_request(link_read, opened)
    demo.unload(run_button.close)
    # The model is looked up after a link has set it: a lookup of the model before it could finish
    # later. Gradio 6.31: an example resets whether its fields are visible
    # (test_an_example_of_a_model_without_pairs_hides_the_second_text).
    choices = (link_read.then, fields.model_id.change, example_filled.then)
    follow_model_choice(choices, handler, fields, message)
    changes = [field.change for field in fields.request]
    handle_in_browser(
        partial(gr.on, changes),
        "changed_fields",
        inputs=fields.request,
        field_ids=[field.elem_id for field in fields.request],
    )
    handle_in_browser(
        demo.load, "page", request_names=links.parameter_names(), space_url=space_url()
    )


def _lay_out_own_tensors() -> gr.UploadButton:
    with gr.Accordion("Own file", open=False, elem_id="bertviz-own-file"):
        gr.HTML(_OWN_TENSORS)
        return gr.UploadButton(
            "Choose .safetensors or .npz",
            size="sm",
            file_types=[".safetensors", ".npz"],
            elem_id="bertviz-open",
        )


def _lay_out_views(
    handler: Handler, probe: Callable[..., Any], beside: Sequence[Callable[..., Any]]
) -> list[View]:
    views: list[View] = []
    functions = [preparing(handler.results.prepare), *beside]
    # Gradio's menu of the tabs that do not fit has no ids, and links open tabs by their ids.
    with gr.Tabs(overflow_behavior="wrap"):
        for name, view in _VIEWS:
            # assets/page/elements.js finds the tabs by these ids.
            with gr.Tab(f"{name.title()} view", elem_id=f"bertviz-{name}-tab"):
                offered = [*functions, probe] if view is ModelView else functions
                options = {"shared": "page", "intervenes": True, "server_functions": offered}
                views.append(view(min_height=120, **options))
    return views
