"""Endpoints for programs: typed functions, each with a name."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import gradio as gr
from gradio.data_classes import FileData
from gradio.events import api

from ..errors import INTERNAL_ERROR, SpaceError
from ..files.exports import export_html, export_query_key, export_svg, export_weights
from ..files.svg.options import PictureOptions, PictureWidth, ThemeName
from ..files.tensor_export import LayersAndHeads
from ..files.view_request import ViewName
from ..jobs.caller import Caller
from ..jobs.handler import Export, Handler
from ..jobs.job import ActiveJobs
from ..jobs.queue import JobQueue
from ..jobs.request import Request
from ..models.catalog import ModelSpec
from ..models.hub.access import Reader
from ..models.hub.checkpoints import Checkpoint
from ..server.concurrency import LOOKUPS
from ..server.session import reader_of, session_of
from ..trace import Trace
from ..trace.head_scores import HeadScoreRow, head_scores
from .arguments import (
    ViewFormat,
    checked_layers_and_heads,
    checked_picture,
    checked_request,
    checked_view,
)
from .docs import ATTENTION, HEAD_SCORES, QUERY_KEY, TOKENIZE, VIEW
from .rows import ModelRow, TokenRow, token_rows

_log = logging.getLogger(__name__)

_Exported = TypeVar("_Exported")

# Writes tensors of a trace: the trace, the model's id and commit, a folder, layers and heads.
_ExportTensors = Callable[[Trace, str, str, Path, LayersAndHeads], Path]


@dataclass(frozen=True)
class _Jobs:
    """Runs the jobs of programs.

    Attributes:
        handler: answers requests.
        active: the jobs of all pages and programs.
        queue: the queue that all jobs share.
    """

    handler: Handler
    active: ActiveJobs
    queue: JobQueue

    async def answer(
        self, call: gr.Request, request: Request, reader: Reader, export: Export[_Exported]
    ) -> _Exported:
        """Return the answer to a program's call; the job is canceled if the program disconnects."""
        job = self.active.start_beside(session_of(call))
        caller = Caller(reader, job.cancellation)
        try:
            # Gradio 6.31 reports to a coroutine, and to no other function, that the program has
            # canceled the call.
            with _errors_for_programs():
                future = self.queue.add(
                    job, lambda: self.handler.answer(request, caller, export), _progress_report()
                )
                return await asyncio.wrap_future(future)
        finally:
            job.cancellation.request()


def add_endpoints(
    handler: Handler, listed_models: Sequence[ModelSpec], active: ActiveJobs, queue: JobQueue
) -> None:
    """Add the endpoints to the Blocks that are being built.

    Args:
        handler: answers requests.
        listed_models: the page's list of models.
        active: the jobs of all pages and programs.
        queue: the queue that all jobs share.
    """

    def models() -> list[ModelRow]:
        """List the models that the page offers, best known first, each with a few words about it.

        The other endpoints also take the id of any other text model on the Hugging Face Hub.
        """
        return [{"model": spec.model_id, "about": spec.about} for spec in listed_models]

    api(models, api_name="models", queue=False)
    api(_tokenize_endpoint(handler), api_name="tokenize", **LOOKUPS)
    jobs = _Jobs(handler, active, queue)
    # Gradio must not limit them: jobs wait in this package's own queue.
    for name, export, docs in (
        ("attention", export_weights, ATTENTION),
        ("query_key", export_query_key, QUERY_KEY),
    ):
        endpoint = _tensor_endpoint(jobs, export, name, docs)
        api(endpoint, api_name=name, concurrency_limit=None)
    api(_head_scores_endpoint(jobs), api_name="head_scores", concurrency_limit=None)
    api(_view_endpoint(jobs), api_name="view", concurrency_limit=None)


def _tokenize_endpoint(handler: Handler) -> Any:
    """Return the endpoint that returns the tokens of a text."""

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
        request = checked_request(texts, chat, start_token)
        with _errors_for_programs():
            texts_read = handler.tokenize(request, reader_of(signed_in))
        rows = token_rows(texts_read.source.tokens, texts_read.target_tokens)
        return rows, list(texts_read.notes)

    tokenize.__doc__ = TOKENIZE
    return tokenize


def _tensor_endpoint(jobs: _Jobs, export: _ExportTensors, name: str, docs: str) -> Any:
    """Return an endpoint that returns the tokens of a text and a file of tensors.

    Args:
        jobs: runs the job.
        export: writes the file.
        name: the name of the endpoint.
        docs: its documentation, which Gradio and its clients show.
    """

    async def endpoint(
        call: gr.Request,
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
        request = checked_request(texts, chat, start_token)
        selected = checked_layers_and_heads(layers, heads)

        def write(
            trace: Trace, checkpoint: Checkpoint, folder: Path
        ) -> tuple[list[TokenRow], FileData]:
            path = export(trace, checkpoint.model_id, checkpoint.revision, folder, selected)
            return token_rows(trace.source, trace.target), _file_data(path)

        return await jobs.answer(call, request, reader_of(signed_in), write)

    endpoint.__name__ = name
    endpoint.__doc__ = docs
    return endpoint


def _head_scores_endpoint(jobs: _Jobs) -> Any:
    """Return the endpoint that returns the scores of all heads on a text."""

    async def endpoint(
        call: gr.Request,
        model: str,
        text: str,
        text_b: str = "",
        target_text: str = "",
        source_language: str = "",
        target_language: str = "",
        chat: bool = False,
        start_token: bool = False,
        signed_in: gr.OAuthToken | None = None,
    ) -> tuple[list[TokenRow], list[HeadScoreRow]]:
        texts = model, text, text_b, target_text, source_language, target_language
        request = checked_request(texts, chat, start_token)

        def score(
            trace: Trace, checkpoint: Checkpoint, folder: Path
        ) -> tuple[list[TokenRow], list[HeadScoreRow]]:
            return token_rows(trace.source, trace.target), head_scores(trace)

        return await jobs.answer(call, request, reader_of(signed_in), score)

    endpoint.__name__ = "head_scores"
    endpoint.__doc__ = HEAD_SCORES
    return endpoint


def _view_endpoint(jobs: _Jobs) -> Any:
    """Return the endpoint that returns a view of a text as a file."""

    async def view(
        call: gr.Request,
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
        mean: bool = False,
        theme: ThemeName = "light",
        width: PictureWidth = "screen",
        title: bool = True,
        caption: bool = True,
        scale: bool = False,
        filter: str = "",
        signed_in: gr.OAuthToken | None = None,
    ) -> FileData:
        texts = model, text, text_b, target_text, source_language, target_language
        request = checked_request(texts, chat, start_token)
        requested_view = checked_view(view, layer, heads, block, expanded, mean, filter)
        options = PictureOptions(theme, width, title, caption, scale)
        picture = checked_picture(format, options)

        def write(trace: Trace, checkpoint: Checkpoint, folder: Path) -> FileData:
            result = trace, checkpoint.model_id, checkpoint.revision, folder, requested_view
            is_picture = format == "svg"
            path = export_svg(*result, picture) if is_picture else export_html(*result)
            return _file_data(path)

        return await jobs.answer(call, request, reader_of(signed_in), write)

    view.__doc__ = VIEW
    return view


def _file_data(path: Path) -> FileData:
    return FileData(path=str(path), orig_name=path.name)


@contextmanager
def _errors_for_programs() -> Iterator[None]:
    """Turn errors of the block into errors that Gradio sends to the program; log unexpected ones.

    Raises:
        gr.Error: with the message that the page shows for the same error.
    """
    try:
        yield
    except gr.Error:  # ZeroGPU provides no GPU, at all or to this visitor
        raise
    except SpaceError as error:
        raise gr.Error(str(error), print_exception=False) from error
    except Exception as error:
        _log.exception("a run of a program failed")
        raise gr.Error(INTERNAL_ERROR, print_exception=False) from error


def _progress_report() -> Callable[[str], object]:
    """Return a function that sends a message to the current call's program as its progress."""
    # Gradio 6.31 finds the job in a context variable.
    context, progress = copy_context(), gr.Progress()
    return lambda message: context.run(progress, None, message)
