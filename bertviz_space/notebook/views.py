"""The head view and the model view as functions for a notebook, with BertViz's arguments."""

from collections.abc import Sequence
from typing import Any

from ..files.view_request import ViewRequest
from ..trace.filter import parse_filter
from .arguments import Arguments
from .output import DisplayMode, HtmlAction, output_of


def head_view(
    attention: Any = None,
    tokens: Any = None,
    sentence_b_start: Any = None,
    prettify_tokens: Any = True,
    layer: int | None = None,
    heads: Sequence[int] | None = None,
    encoder_attention: Any = None,
    decoder_attention: Any = None,
    cross_attention: Any = None,
    encoder_tokens: Any = None,
    decoder_tokens: Any = None,
    include_layers: Sequence[int] | None = None,
    html_action: HtmlAction = "view",
    *,
    display_mode: DisplayMode = "light",
    filter: str = "",
    batch_index: int | None = None,
    as_widget: bool | None = None,
    **text_options: Any,
) -> Any:
    """Show which token attends to which, for the heads of one layer.

    Three kinds of calls::

        head_view(model, tokenizer, "The cat sat on the mat")
        head_view(model, tokenizer, "The cat sat", "The cat lay", layer=2, heads=[0, 3])

        head_view(output.attentions, tokens)  # BertViz's call

        head_view(compare_runs(model, tokenizer, "The cat sat", other_text="The dog sat"))

    The first kind runs the model once, as ``extract`` does: with any attention implementation, and
    without ``output_attentions``. The last kind shows a trace; two compared runs are side by side.
    The arguments up to ``html_action`` are those of BertViz 1.4.1.

    Args:
        attention: a model of transformers; or the output of a model or of ``generate``; or its
            attention, an array ``[batch, head, query, key]`` for each layer; or a mapping with such
            arrays under names like ``blocks.0.attn.hook_pattern``; or a ``Trace``. Arrays are torch
            or numpy arrays of floats.
        tokens: the model's tokenizer; or the texts of the tokens; or the name of a trace's model,
            which may be left out.
        sentence_b_start: the text for the model; or the index of the first token of the second
            text of a pair.
        prettify_tokens: the second text for the model; or whether tokens in the spelling of a
            vocabulary, such as ``Ġthe``, are shown as pieces of the text.
        layer: the number of the layer to show first, from 0; by default the first.
        heads: the numbers of the heads to show first, from 0; by default all.
        encoder_attention: the encoder's attention.
        decoder_attention: the decoder's attention.
        cross_attention: the attention of the decoder to the encoder.
        encoder_tokens: the texts of the encoder's tokens.
        decoder_tokens: the texts of the decoder's tokens.
        include_layers: the numbers of the layers that the view contains; by default all.
        html_action: ``view`` displays the view; ``return`` returns it.
        display_mode: the colors; ``auto`` follows the reader's system.
        filter: what the view hides, as links spell it, such as ``special,min=0.05``.
        batch_index: the text of a batch, if the attention has more than one.
        as_widget: whether the view requests a layer when it is shown, for which the notebook has to
            run; by default if the extra ``notebook`` is installed. Otherwise the output contains
            the layers, up to a limit.
        text_options: further arguments of ``extract``, such as ``target_text``.

    Returns:
        The view for ``return``: a ``CellPage``, whose ``data`` is a complete HTML page, or a
        ``ViewWidget``. For ``view``, ``None`` in Jupyter, and the view in other notebooks, which
        display the value of a cell's last line.

    Raises:
        InvalidInput: a ``ValueError``, if an argument is missing or does not fit.
        SpaceError: if the model cannot run on the text, as ``extract`` raises it.
    """
    arguments = Arguments(
        attention, tokens, sentence_b_start, prettify_tokens,
        encoder_attention, decoder_attention, cross_attention, encoder_tokens, decoder_tokens,
        include_layers, batch_index, text_options,
    )  # fmt: skip
    request = ViewRequest("head", layer, tuple(heads or ()), filter=parse_filter(filter))
    return output_of(arguments.read(), request, display_mode, html_action, as_widget)


def model_view(
    attention: Any = None,
    tokens: Any = None,
    sentence_b_start: Any = None,
    prettify_tokens: Any = True,
    display_mode: DisplayMode = "dark",
    encoder_attention: Any = None,
    decoder_attention: Any = None,
    cross_attention: Any = None,
    encoder_tokens: Any = None,
    decoder_tokens: Any = None,
    include_layers: Sequence[int] | None = None,
    include_heads: Sequence[int] | None = None,
    html_action: HtmlAction = "view",
    *,
    filter: str = "",
    batch_index: int | None = None,
    as_widget: bool | None = None,
    **text_options: Any,
) -> Any:
    """Show all heads of all layers in one grid.

    The calls are those of ``head_view``, and so are the arguments, except these:

    Args:
        attention: see ``head_view``, as for all arguments that are not listed here.
        tokens: see ``head_view``.
        sentence_b_start: see ``head_view``.
        prettify_tokens: see ``head_view``.
        display_mode: the colors; ``auto`` follows the reader's system.
        encoder_attention: see ``head_view``.
        decoder_attention: see ``head_view``.
        cross_attention: see ``head_view``.
        encoder_tokens: see ``head_view``.
        decoder_tokens: see ``head_view``.
        include_layers: see ``head_view``.
        include_heads: the numbers of the heads in the grid; by default all.
        html_action: see ``head_view``.
        filter: see ``head_view``.
        batch_index: see ``head_view``.
        as_widget: see ``head_view``.
        text_options: see ``head_view``.

    Returns:
        What ``head_view`` returns.

    Raises:
        InvalidInput: a ``ValueError``, if an argument is missing or does not fit.
        SpaceError: if the model cannot run on the text, as ``extract`` raises it.
    """
    arguments = Arguments(
        attention, tokens, sentence_b_start, prettify_tokens,
        encoder_attention, decoder_attention, cross_attention, encoder_tokens, decoder_tokens,
        include_layers, batch_index, text_options,
    )  # fmt: skip
    request = ViewRequest(
        "model", filter=parse_filter(filter), grid_heads=tuple(include_heads or ())
    )
    return output_of(arguments.read(), request, display_mode, html_action, as_widget)
