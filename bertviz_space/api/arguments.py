"""Checks the arguments of endpoints: Gradio 6.31 does not check the types that a program sends."""

from typing import Literal, get_args

import gradio as gr

from ..errors import InvalidFilter, InvalidInput
from ..files.svg.options import PictureOptions, PictureWidth, ThemeName
from ..files.tensor_export import LayersAndHeads
from ..files.view_request import ViewName, ViewRequest
from ..jobs.request import Request, continuation_numbers
from ..limits import MAX_DESCRIBED_ROWS
from ..trace.filter import parse_filter
from ..trace.head_scores import SCORE_NAMES, ScoreName
from ..trace.predictions import MAX_LISTED
from .question import Question

ViewFormat = Literal["html", "svg"]

# The model, the texts and the languages, in the order of ``Request``.
Texts = tuple[str, str, str, str, str, str]

# How many tokens to write, temperature, top-p and seed.
Numbers = tuple[int, float | None, float, int]


def checked_request(
    texts: Texts,
    chat: bool,
    start_token: bool,
    numbers: Numbers = (0, None, 1.0, 0),
    interventions: str = "",
    other: tuple[str, str] = ("", ""),
) -> Request:
    """Return the request of a program.

    Args:
        texts: the model, the texts and the languages.
        chat: whether the text is a chat message.
        start_token: whether to put the start token first.
        numbers: those of the continuation.
        interventions: as ``trace.interventions`` spells them.
        other: the text and the model of a run to compare with; blank for those of the run.

    Raises:
        gr.Error: if an argument has the wrong type, or if an intervention cannot be read.
    """
    if not all(isinstance(value, str) for value in texts):
        raise _wrong_type(
            "model, text, text_b and target_text are strings, and so are the languages; omit those "
            "that you do not need."
        )
    if not (isinstance(chat, bool) and isinstance(start_token, bool)):
        raise _wrong_type("chat and start_token are true or false.")
    if not isinstance(interventions, str):
        raise _wrong_type("interventions is a string, such as zero L0H3; omit it for none.")
    if not all(isinstance(value, str) for value in other):
        raise _wrong_type("other_text and other_model are strings; omit those you do not need.")
    try:
        numbers = continuation_numbers(*numbers)
        request = Request(*texts, chat, start_token, *numbers, interventions, *other)
        request.check()
    except InvalidInput as error:
        raise _wrong_type(str(error)) from error
    return request


def checked_model_id(model: str) -> str:
    """Return the id of the model that a program names.

    Raises:
        gr.Error: if it is not a string.
    """
    if not isinstance(model, str):
        raise _wrong_type("model is a string, such as openai-community/gpt2.")
    return model


def checked_layers_and_heads(layers: list[int] | None, heads: list[int] | None) -> LayersAndHeads:
    """Return the layers and heads that a program asks for.

    Raises:
        gr.Error: if an argument is not a list of integers.
    """
    _check_integers(layers)
    _check_integers(heads)
    return LayersAndHeads(tuple(layers or ()), tuple(heads or ()))


def checked_view(
    view: ViewName,
    layer: int | None,
    heads: list[int] | None,
    block: str,
    expanded: bool,
    mean: bool,
    filter_: str,
) -> ViewRequest:
    """Return the view that a program asks for.

    Raises:
        gr.Error: if an argument has the wrong type, if ``view`` is not the name of a view, or if
            the filter cannot be read.
    """
    _check_integers(None if layer is None else [layer])
    _check_integers(heads)
    if view not in get_args(ViewName):
        raise _wrong_type("view is head, model, neuron or matrix.")
    if not (isinstance(expanded, bool) and isinstance(mean, bool)):
        raise _wrong_type("expanded and mean are true or false.")
    if not isinstance(block, str):
        raise _wrong_type("block is a string, such as Cross; omit it for the first part.")
    if not isinstance(filter_, str):
        raise _wrong_type("filter is a string, such as special,min=0.05; omit it to hide nothing.")
    try:
        parsed = parse_filter(filter_)
    except InvalidFilter as error:
        raise _wrong_type(str(error)) from error
    return ViewRequest(view, layer, tuple(heads or ()), block, expanded, mean, parsed)


def checked_question(
    layer: int | None,
    head: int | None,
    position: int | None,
    score: str,
    block: str,
    filter_: str,
    limit: int,
) -> Question:
    """Return what a program asks about the attention on a text.

    Raises:
        gr.Error: if an argument has the wrong type, if the arguments contradict each other, or if
            the filter cannot be read.
    """
    numbers = layer, head, position
    if not all(number is None or type(number) is int for number in numbers):
        raise _wrong_type("layer, head and position are whole numbers, counted from 0, such as 3.")
    if type(limit) is not int or not 1 <= limit <= MAX_DESCRIBED_ROWS:
        raise _wrong_type(f"limit is a whole number from 1 to {MAX_DESCRIBED_ROWS}.")
    name: ScoreName | None = next((name for name in SCORE_NAMES if name == score), None)
    if score != "" and name is None:
        raise _wrong_type(
            f"score is one of {', '.join(SCORE_NAMES)}; omit it to ask about a head or a token."
        )
    if name is not None and not (head is None and position is None):
        raise _wrong_type(
            "score ranks all heads, while head and position ask about one head: omit score, or "
            "omit head and position."
        )
    if head is not None and layer is None:
        raise _wrong_type("head is the number of a head in its layer: set layer as well.")
    if position is not None and head is None:
        raise _wrong_type(
            "position asks for the weights of a token in one head: set layer and head as well."
        )
    heads = None if head is None else [head]
    place = checked_view("head", layer, heads, block, False, False, filter_)
    return Question(place, position, name, limit)


def check_limit_and_mask(limit: int, masked: int | None, request: Request) -> None:
    """Check how many predicted tokens a program wants, and which token is masked.

    Raises:
        gr.Error: if an argument has the wrong type, if ``limit`` is out of its range, or if a
            masked text is to be continued, compared, or run with interventions.
    """
    if type(limit) is not int or not 1 <= limit <= MAX_LISTED:
        raise _wrong_type(f"limit is a whole number from 1 to {MAX_LISTED}.")
    if not (masked is None or type(masked) is int):
        raise _wrong_type(
            "masked is the position of a token, counted from 0; omit it to mask no token."
        )
    if masked is not None and request.continue_tokens:
        raise _wrong_type(
            "masked is for masked models, which do not continue a text: omit masked or "
            "continue_tokens."
        )
    if masked is not None and request.is_comparison:
        raise _wrong_type(
            "masked predicts one token of one run: omit masked, other_text or other_model."
        )
    if masked is not None and request.interventions:
        raise _wrong_type(
            "masked predicts one token and takes no other intervention: omit masked, and write "
            f"mask {masked} in interventions."
        )


def check_prediction(position: int | None, token_id: int | None) -> None:
    """Check the position and the token of the prediction that a program asks about.

    Raises:
        gr.Error: if an argument has the wrong type.
    """
    if not all(each is None or type(each) is int for each in (position, token_id)):
        raise _wrong_type(
            "position is a whole number, counted from 0, and token_id is the id of a token; omit "
            "them for the last position and its most likely token."
        )


def checked_picture(file_format: ViewFormat, options: PictureOptions) -> PictureOptions:
    """Return how a program wants a picture.

    Args:
        file_format: the format of the view's file.
        options: the values that the program has sent, of any type.

    Raises:
        gr.Error: if ``file_format`` is not one of ``ViewFormat``, if an option has a wrong value,
            or if a page is asked for with options of a picture.
    """
    if file_format not in get_args(ViewFormat):
        raise _wrong_type("format is html or svg.")
    if options.theme not in get_args(ThemeName):
        raise _wrong_type("theme is light, dark or transparent.")
    if options.width not in get_args(PictureWidth):
        raise _wrong_type("width is screen, 84mm (one column) or 174mm (two columns).")
    switches = options.title, options.caption, options.scale
    if not all(isinstance(value, bool) for value in switches):
        raise _wrong_type("title, caption and scale are true or false.")
    if file_format == "html" and options != PictureOptions():
        raise _wrong_type(
            "theme, width, title, caption and scale are options of a picture, and an HTML page has "
            "none of them: set format to svg, or omit them."
        )
    return options


def _check_integers(numbers: object) -> None:
    are_integers = isinstance(numbers, list) and all(type(each) is int for each in numbers)
    if not (numbers is None or are_integers):
        raise _wrong_type(
            "layers and heads are lists of whole numbers, such as [0, 3]; omit them for all layers "
            "and heads."
        )


def _wrong_type(message: str) -> gr.Error:
    return gr.Error(message, print_exception=False)
