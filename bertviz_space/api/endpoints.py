"""Endpoints for programs, each a typed function behind a name of its own."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypedDict, TypeVar, get_args

import gradio as gr
from gradio.data_classes import FileData
from gradio.events import api

from ..errors import INTERNAL_ERROR, SpaceError
from ..files.tensor_export import LayersAndHeads
from ..files.view_request import ViewName, ViewRequest
from ..jobs.cancellation import Runs
from ..jobs.handler import Handler, Request
from ..jobs.queue import Turns
from ..models.catalog import ModelSpec
from ..models.hub.access import Reader
from ..models.hub.checkpoints import Checkpoint
from ..server.concurrency import LOOKUPS
from ..server.session import reader_of, session_of
from ..trace import Token, Trace
from .docs import ATTENTION, QUERY_KEY, TOKENIZE, VIEW

_log = logging.getLogger(__name__)

_Answer = TypeVar("_Answer")

ViewFormat = Literal["html", "svg"]

# Makes the file of an answer from a trace.
_Publish = Callable[[Trace, Checkpoint, LayersAndHeads], Path]


class TokenRow(TypedDict):
    """One token of an answer."""

    side: str
    text: str
    vocabulary: str
    token_id: int
    segment: str | None
    special: bool


class ModelRow(TypedDict):
    """One model on offer."""

    model: str
    about: str


@dataclass(frozen=True)
class _Running:
    """What makes the runs of programs.

    Attributes:
        handler: what runs the model.
        runs: those of the page and of other programs.
        turns: the queue that they all stand in.
    """

    handler: Handler
    runs: Runs
    turns: Turns

    async def answer(
        self,
        asked: gr.Request,
        request: Request,
        reader: Reader,
        answer_of: Callable[[Trace, Checkpoint], _Answer],
    ) -> _Answer:
        """What is made of a request's trace; a client that leaves stops the run."""
        run = self.runs.start_beside(session_of(asked))

        def work() -> _Answer:
            loaded = self.handler.load(request, reader=reader, is_wanted=run.is_wanted)
            trace = self.handler.trace(request, loaded, run.is_wanted)
            return answer_of(trace, loaded.checkpoint)

        try:
            # Not in this thread: Gradio 6.31 tells only a coroutine that its client cancelled.
            with _raised_to_the_caller():
                turn = self.turns.take(run, work, _telling_progress())
                return await asyncio.wrap_future(turn)
        finally:
            run.stop()


def add_endpoints(handler: Handler, offered: Sequence[ModelSpec], runs: Runs, turns: Turns) -> None:
    """Add the endpoints to the Blocks that is being built.

    Args:
        handler: what answers.
        offered: the list of the page.
        runs: those of the page and of other programs.
        turns: the queue that they all stand in.
    """

    def models() -> list[ModelRow]:
        """List the models that the page offers: the id and a few words on each, best known first.

        Every other text model of the Hugging Face Hub may be named as well.
        """
        return [{"model": spec.model_id, "about": spec.about} for spec in offered]

    api(models, api_name="models", queue=False)
    api(_tokenizing(handler), api_name="tokenize", **LOOKUPS)
    running = _Running(handler, runs, turns)
    for name, publish, description in (
        ("attention", handler.publish_weights, ATTENTION),
        ("query_key", handler.publish_query_key, QUERY_KEY),
    ):
        api(
            _answering(running, publish, name, description),
            api_name=name,
            concurrency_limit=None,  # runs wait for their turn in our own queue
        )
    api(_viewing(running), api_name="view", concurrency_limit=None)


def _tokenizing(handler: Handler) -> Any:
    """The endpoint that answers a text with its tokens alone."""

    def tokenize(
        model: str,
        text: str,
        text_b: str = "",
        target_text: str = "",
        source_language: str = "",
        target_language: str = "",
        chat: bool = False,
        start_token: bool = False,
        signed_in: gr.OAuthToken | None = None,
    ) -> tuple[list[TokenRow], list[str]]:
        texts = model, text, text_b, target_text, source_language, target_language
        request = _request(texts, chat, start_token)
        with _raised_to_the_caller():
            read = handler.read(request, reader_of(signed_in))
        return token_rows(read.source.tokens, read.target_tokens), list(read.notes)

    tokenize.__doc__ = TOKENIZE
    return tokenize


def _answering(running: _Running, publish: _Publish, name: str, description: str) -> Any:
    """An endpoint that answers a text with its tokens and a file.

    Args:
        running: what runs the model.
        publish: makes the file.
        name: of the endpoint.
        description: its documentation, which Gradio and its clients show.
    """

    async def answer(
        asked: gr.Request,
        model: str,
        text: str,
        text_b: str = "",
        target_text: str = "",
        source_language: str = "",
        target_language: str = "",
        chat: bool = False,
        start_token: bool = False,
        layers: list[int] | None = None,
        heads: list[int] | None = None,
        signed_in: gr.OAuthToken | None = None,
    ) -> tuple[list[TokenRow], FileData]:
        texts = model, text, text_b, target_text, source_language, target_language
        request = _request(texts, chat, start_token)
        _check_numbers(layers, heads)
        selection = LayersAndHeads(tuple(layers or ()), tuple(heads or ()))

        def answer_of(trace: Trace, checkpoint: Checkpoint) -> tuple[list[TokenRow], FileData]:
            path = publish(trace, checkpoint, selection)
            return token_rows(trace.source, trace.target), _file(path)

        return await running.answer(asked, request, reader_of(signed_in), answer_of)

    answer.__name__ = name
    answer.__doc__ = description
    return answer


def _viewing(running: _Running) -> Any:
    """The endpoint that answers a text with a view, as a file."""

    async def view(
        asked: gr.Request,
        model: str,
        text: str,
        text_b: str = "",
        target_text: str = "",
        source_language: str = "",
        target_language: str = "",
        chat: bool = False,
        start_token: bool = False,
        view: ViewName = "head",
        layer: int | None = None,
        heads: list[int] | None = None,
        block: str = "",
        expanded: bool = False,
        format: ViewFormat = "html",
        signed_in: gr.OAuthToken | None = None,
    ) -> FileData:
        texts = model, text, text_b, target_text, source_language, target_language
        request = _request(texts, chat, start_token)
        _check_numbers(None if layer is None else [layer], heads)
        _check_names(view, block, expanded, format)
        shown = ViewRequest(view, layer, tuple(heads or ()), block, expanded)
        handler = running.handler
        publish = handler.publish_picture if format == "svg" else handler.publish_page

        def answer_of(trace: Trace, checkpoint: Checkpoint) -> FileData:
            return _file(publish(trace, checkpoint, shown))

        return await running.answer(asked, request, reader_of(signed_in), answer_of)

    view.__doc__ = VIEW
    return view


def _file(path: Path) -> FileData:
    return FileData(path=str(path), orig_name=path.name)


@contextmanager
def _raised_to_the_caller() -> Iterator[None]:
    """Hand the message of an error to the program that called; log an error that nobody expects.

    Raises:
        gr.Error: with the message that the page shows for the same error.
    """
    try:
        yield
    except gr.Error:  # ZeroGPU has none to lend, or none to this visitor
        raise
    except SpaceError as error:
        raise gr.Error(str(error), print_exception=False) from error
    except Exception as error:
        _log.exception("a run of a program failed")
        raise gr.Error(INTERNAL_ERROR, print_exception=False) from error


def _telling_progress() -> Callable[[str], object]:
    """Says to the program that calls now, as its job's ``progress_data``, what it is told later."""
    # Gradio 6.31 knows by a context variable whose progress it is.
    context, progress = copy_context(), gr.Progress()
    return lambda words: context.run(progress, None, words)


def _request(texts: tuple[str, str, str, str, str, str], chat: bool, start_token: bool) -> Request:
    """A request of texts in its own order; Gradio checks no type of what a program sends."""
    if not all(isinstance(value, str) for value in texts):
        raise gr.Error(
            "model, text, text_b and target_text are strings, and so are the languages; "
            "leave out what you have not.",
            print_exception=False,
        )
    if not (isinstance(chat, bool) and isinstance(start_token, bool)):
        raise gr.Error("chat and start_token are true or false.", print_exception=False)
    return Request(*texts, chat, start_token)


def _check_numbers(*numbers: object) -> None:
    """Likewise of the numbers of layers and heads."""
    for value in numbers:
        are_whole = isinstance(value, list) and all(type(each) is int for each in value)
        if not (value is None or are_whole):
            raise gr.Error(
                "layers and heads are lists of whole numbers, such as [0, 3]; "
                "leave them out for all.",
                print_exception=False,
            )


def _check_names(view: object, block: object, expanded: object, file_format: object) -> None:
    """Likewise of what is named in a view."""
    are_named = view in get_args(ViewName) and file_format in get_args(ViewFormat)
    if not (are_named and isinstance(expanded, bool)):
        raise gr.Error(
            "view is head, model or neuron, format html or svg, and expanded true or false.",
            print_exception=False,
        )
    if not isinstance(block, str):
        raise gr.Error("block is a string, such as Cross; leave it out.", print_exception=False)


def token_rows(source: Sequence[Token], target: Sequence[Token] | None) -> list[TokenRow]:
    """The tokens of both sides, source first."""
    sides = (("source", source), ("target", target or ()))
    return [_token_row(side, token) for side, tokens in sides for token in tokens]


def _token_row(side: str, token: Token) -> TokenRow:
    return {
        "side": side,
        "text": token.text,
        "vocabulary": token.vocabulary,
        "token_id": token.token_id,
        "segment": token.segment,
        "special": token.special,
    }
