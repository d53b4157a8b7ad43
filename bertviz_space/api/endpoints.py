"""Endpoints for programs: typed functions, each with a name."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.data_classes import FileData
from gradio.events import api

from ..files.exports import export_html, export_query_key, export_svg, export_weights
from ..files.svg.options import PictureOptions, PictureWidth, ThemeName
from ..files.tensor_export import LayersAndHeads
from ..files.view_request import ViewName
from ..jobs.handler import Handler
from ..jobs.job import ActiveJobs
from ..jobs.queue import JobQueue
from ..models.catalog import ModelSpec
from ..models.hub.checkpoints import Checkpoint
from ..server.concurrency import LOOKUPS
from ..server.session import reader_of
from ..trace import Trace
from ..trace.head_scores import HeadScoreRow, head_scores
from ..trace.repeated_tokens import ProbeRow
from .arguments import (
    ViewFormat,
    checked_layers_and_heads,
    checked_model_id,
    checked_picture,
    checked_request,
    checked_view,
)
from .docs import ATTENTION, HEAD_SCORES, PROBE, QUERY_KEY, TOKENIZE, VIEW
from .program_jobs import ProgramJobs, errors_for_programs
from .rows import ModelRow, TokenRow, token_rows

# Writes tensors of a trace: the trace, the model's id and commit, a folder, layers and heads.
_ExportTensors = Callable[[Trace, str, str, Path, LayersAndHeads], Path]


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
    jobs = ProgramJobs(handler, active, queue)
    # Gradio must not limit them: jobs wait in this package's own queue.
    for name, export, docs in (
        ("attention", export_weights, ATTENTION),
        ("query_key", export_query_key, QUERY_KEY),
    ):
        endpoint = _tensor_endpoint(jobs, export, name, docs)
        api(endpoint, api_name=name, concurrency_limit=None)
    api(_head_scores_endpoint(jobs), api_name="head_scores", concurrency_limit=None)
    api(_probe_endpoint(jobs), api_name="probe", concurrency_limit=None)
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
        with errors_for_programs():
            texts_read = handler.tokenize(request, reader_of(signed_in))
        rows = token_rows(texts_read.source.tokens, texts_read.target_tokens)
        return rows, list(texts_read.notes)

    tokenize.__doc__ = TOKENIZE
    return tokenize


def _tensor_endpoint(jobs: ProgramJobs, export: _ExportTensors, name: str, docs: str) -> Any:
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


def _head_scores_endpoint(jobs: ProgramJobs) -> Any:
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


def _probe_endpoint(jobs: ProgramJobs) -> Any:
    """Return the endpoint that returns the scores of all heads on repeated random tokens."""

    async def endpoint(
        call: gr.Request, model: str, signed_in: gr.OAuthToken | None = None
    ) -> tuple[int, list[ProbeRow]]:
        model_id = checked_model_id(model)
        probe, _ = await jobs.run(
            call, reader_of(signed_in), lambda caller: jobs.handler.probe(model_id, caller)
        )
        return probe.num_random, probe.rows()

    endpoint.__name__ = "probe"
    endpoint.__doc__ = PROBE
    return endpoint


def _view_endpoint(jobs: ProgramJobs) -> Any:
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
