"""The neuron view for a notebook: ``bertviz_space.neuron_view.show``, as in BertViz.

BertViz shows three models, in classes of its own. This module takes any text model of transformers.
"""

from typing import Any

from torch.nn import Module

from .errors import InvalidInput
from .files.view_request import ViewRequest
from .notebook.arguments import Arguments
from .notebook.output import DisplayMode, HtmlAction, output_of
from .trace import Trace


def show(
    model: Any,
    model_type: Any = None,
    tokenizer: Any = None,
    sentence_a: str | None = None,
    sentence_b: str | None = None,
    display_mode: DisplayMode = "dark",
    layer: int | None = None,
    head: int | None = None,
    html_action: HtmlAction = "view",
    *,
    as_widget: bool | None = None,
    **text_options: Any,
) -> Any:
    """Show the query and key vectors of a head, and how they produce the attention.

    Three kinds of calls::

        show(model, tokenizer, "The cat sat", "The cat lay", layer=2, head=0)
        show(model, "bert", tokenizer, "The cat sat", "The cat lay", layer=2, head=0)  # BertViz's
        show(extract(model, tokenizer, "The cat sat"), layer=2, head=0)

    The second kind has the arguments of BertViz 1.4.1. The first two run the model once, as
    ``extract`` does, and take any model that ``extract`` takes. The last kind shows a trace.

    Args:
        model: a model of transformers; or a ``Trace``.
        model_type: the tokenizer, and then the texts; or a name of BertViz, which has no effect; or
            the name of a trace's model, which may be left out.
        tokenizer: the model's tokenizer; or the first text.
        sentence_a: the first text; or the second text.
        sentence_b: the second text.
        display_mode: the colors; ``auto`` follows the reader's system.
        layer: the number of the layer to show first, from 0.
        head: the number of the head to show first, from 0.
        html_action: ``view`` displays the view; ``return`` returns it.
        as_widget: see ``head_view``.
        text_options: further arguments of ``extract``, such as ``target_text``.

    Returns:
        What ``head_view`` returns.

    Raises:
        InvalidInput: a ``ValueError``, if an argument is missing or does not fit.
        SpaceError: if the model cannot run on the text, as ``extract`` raises it.
    """
    is_trace = isinstance(model, Trace)
    if is_trace or not isinstance(model_type, str):
        tokenizer, sentence_a, sentence_b = model_type, tokenizer, sentence_a or sentence_b
    if not (is_trace or isinstance(model, Module)):
        raise InvalidInput(
            "The neuron view runs a model: pass a model of transformers, its tokenizer and a text, "
            "or a trace. For attention without a model, use head_view or model_view."
        )
    arguments = Arguments(model, tokenizer, sentence_a, sentence_b, text_options=text_options)
    request = ViewRequest("neuron", layer, () if head is None else (head,))
    return output_of(arguments.read(), request, display_mode, html_action, as_widget)
