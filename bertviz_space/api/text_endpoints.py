"""Endpoints that read a text: typed functions, each with a name."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.data_classes import FileData

from ..errors import PredictionsUnavailable
from ..files.exports import export_html, export_svg
from ..files.exports import view_content as exported_content
from ..files.svg.options import PictureOptions, PictureWidth, ThemeName
from ..files.tensor_export import LayersAndHeads
from ..files.view_request import ViewName
from ..jobs.caller import Caller
from ..jobs.handler import Handler
from ..models.hub.checkpoints import Checkpoint
from ..server.session import reader_of
from ..trace import Predictions, Trace
from ..trace.head_scores import HeadScoreRow, head_scores
from ..trace.predictions import MAX_LISTED
from .arguments import (
    ViewFormat,
    check_limit_and_mask,
    check_prediction,
    checked_layers_and_heads,
    checked_picture,
    checked_question,
    checked_request,
    checked_view,
)
from .description import Description, describe
from .docs import (
    DESCRIBE_ATTENTION,
    HEAD_SCORES,
    PREDICTIONS,
    SWEEP,
    TOKENIZE,
    VIEW,
    VIEW_CONTENT,
)
from .program_jobs import ProgramJobs, errors_for_programs
from .rows import PredictionRow, SweepAnswer, TokenRow, prediction_rows, token_rows
from .view_app import APP_URI

# Writes tensors of a trace: the trace, the model's id and commit, a folder, layers and heads.
ExportTensors = Callable[[Trace, str, str, Path, LayersAndHeads], Path]


def tokenize_endpoint(handler: Handler) -> Any:
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


def tensor_endpoint(jobs: ProgramJobs, export: ExportTensors, name: str, docs: str) -> Any:
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
        continue_tokens: int = 0,
        temperature: float | None = None,
        top_p: float = 1.0,
        seed: int = 0,
        interventions: str = "",
        signed_in: gr.OAuthToken | None = None,
    ) -> tuple[list[TokenRow], FileData]:
        texts = model, text, text_b, target_text, source_language, target_language
        numbers = continue_tokens, temperature, top_p, seed
        request = checked_request(texts, chat, start_token, numbers, interventions)
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


def head_scores_endpoint(jobs: ProgramJobs) -> Any:
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
        continue_tokens: int = 0,
        temperature: float | None = None,
        top_p: float = 1.0,
        seed: int = 0,
        interventions: str = "",
        other_text: str = "",
        other_model: str = "",
        signed_in: gr.OAuthToken | None = None,
    ) -> tuple[list[TokenRow], list[HeadScoreRow]]:
        texts = model, text, text_b, target_text, source_language, target_language
        numbers = continue_tokens, temperature, top_p, seed
        other = other_text, other_model
        request = checked_request(texts, chat, start_token, numbers, interventions, other)

        def score(
            trace: Trace, checkpoint: Checkpoint, folder: Path
        ) -> tuple[list[TokenRow], list[HeadScoreRow]]:
            return token_rows(trace.source, trace.target), head_scores(trace)

        return await jobs.answer(call, request, reader_of(signed_in), score)

    endpoint.__name__ = "head_scores"
    endpoint.__doc__ = HEAD_SCORES
    return endpoint


def predictions_endpoint(jobs: ProgramJobs) -> Any:
    """Return the endpoint that returns what a model predicts at each position of a text."""

    async def predictions(
        call: gr.Request,
        model: str,
        text: str,
        text_b: str = "",
        target_text: str = "",
        source_language: str = "",
        target_language: str = "",
        chat: bool = False,
        start_token: bool = False,
        limit: int = MAX_LISTED,
        masked: int | None = None,
        continue_tokens: int = 0,
        temperature: float | None = None,
        top_p: float = 1.0,
        seed: int = 0,
        interventions: str = "",
        other_text: str = "",
        other_model: str = "",
        signed_in: gr.OAuthToken | None = None,
    ) -> tuple[list[TokenRow], list[PredictionRow]]:
        texts = model, text, text_b, target_text, source_language, target_language
        numbers = continue_tokens, temperature, top_p, seed
        other = other_text, other_model
        request = checked_request(texts, chat, start_token, numbers, interventions, other)
        check_limit_and_mask(limit, masked, request)
        reader = reader_of(signed_in)

        def predict(
            trace: Trace, checkpoint: Checkpoint, folder: Path
        ) -> tuple[list[TokenRow], list[PredictionRow]]:
            found = trace.predictions
            if not isinstance(found, Predictions):
                raise PredictionsUnavailable(f"{found.reason} Choose another model.")
            side = "source" if trace.target is None else "target"
            rows = prediction_rows(found, side, limit, compared=trace.compared)
            return token_rows(trace.source, trace.target), rows

        if masked is None:
            return await jobs.answer(call, request, reader, predict)

        def predict_masked(caller: Caller) -> tuple[list[TokenRow], list[PredictionRow]]:
            read = jobs.handler.tokenize(request, reader)
            found = jobs.handler.masked_prediction(request, masked, caller)
            rows = prediction_rows(found, "source", limit, masked)
            return token_rows(read.source.tokens, read.target_tokens), rows

        return await jobs.run(call, reader, predict_masked)

    predictions.__doc__ = PREDICTIONS
    return predictions


def sweep_endpoint(jobs: ProgramJobs) -> Any:
    """Return the endpoint that returns the effect of each head on one prediction."""

    async def sweep(
        call: gr.Request,
        model: str,
        text: str,
        text_b: str = "",
        target_text: str = "",
        source_language: str = "",
        target_language: str = "",
        chat: bool = False,
        start_token: bool = False,
        position: int | None = None,
        token_id: int | None = None,
        layers: list[int] | None = None,
        continue_tokens: int = 0,
        temperature: float | None = None,
        top_p: float = 1.0,
        seed: int = 0,
        interventions: str = "",
        signed_in: gr.OAuthToken | None = None,
    ) -> SweepAnswer:
        texts = model, text, text_b, target_text, source_language, target_language
        numbers = continue_tokens, temperature, top_p, seed
        request = checked_request(texts, chat, start_token, numbers, interventions)
        check_prediction(position, token_id)
        chosen = checked_layers_and_heads(layers, None).layers or None

        def answer(caller: Caller) -> SweepAnswer:
            found = jobs.handler.sweep(
                request, caller, position=position, token_id=token_id, layers=chosen
            )
            return {
                "position": found.position,
                "text": found.token.text,
                "vocabulary": found.token.vocabulary,
                "token_id": found.token_id,
                "log_probability": found.log_probability,
                "heads": found.rows(),
            }

        return await jobs.run(call, reader_of(signed_in), answer)

    sweep.__doc__ = SWEEP
    return sweep


def view_endpoint(jobs: ProgramJobs) -> Any:
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
        continue_tokens: int = 0,
        temperature: float | None = None,
        top_p: float = 1.0,
        seed: int = 0,
        interventions: str = "",
        other_text: str = "",
        other_model: str = "",
        signed_in: gr.OAuthToken | None = None,
    ) -> FileData:
        texts = model, text, text_b, target_text, source_language, target_language
        numbers = continue_tokens, temperature, top_p, seed
        other = other_text, other_model
        request = checked_request(texts, chat, start_token, numbers, interventions, other)
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
    return gr.mcp.tool(_meta={"ui": {"resourceUri": APP_URI}})(view)


def view_content_endpoint(jobs: ProgramJobs) -> Any:
    """Return the endpoint that returns the content of a view to a page in a chat."""

    async def view_content(
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
        mean: bool = False,
        filter: str = "",
        continue_tokens: int = 0,
        temperature: float | None = None,
        top_p: float = 1.0,
        seed: int = 0,
        interventions: str = "",
        other_text: str = "",
        other_model: str = "",
        signed_in: gr.OAuthToken | None = None,
    ) -> dict[str, Any]:
        texts = model, text, text_b, target_text, source_language, target_language
        numbers = continue_tokens, temperature, top_p, seed
        other = other_text, other_model
        request = checked_request(texts, chat, start_token, numbers, interventions, other)
        requested_view = checked_view(view, layer, heads, block, expanded, mean, filter)

        def content(trace: Trace, checkpoint: Checkpoint, folder: Path) -> dict[str, object]:
            return exported_content(trace, checkpoint.model_id, checkpoint.revision, requested_view)

        return await jobs.answer(call, request, reader_of(signed_in), content)

    view_content.__doc__ = VIEW_CONTENT
    meta = {"ui": {"resourceUri": APP_URI, "visibility": ["app"]}}
    return gr.mcp.tool(_meta=meta)(view_content)


def describe_attention_endpoint(jobs: ProgramJobs) -> Any:
    """Return the endpoint that describes the attention on a text in words and numbers."""

    async def describe_attention(
        call: gr.Request,
        model: str,
        text: str,
        text_b: str = "",
        target_text: str = "",
        source_language: str = "",
        target_language: str = "",
        chat: bool = False,
        start_token: bool = False,
        layer: int | None = None,
        head: int | None = None,
        position: int | None = None,
        score: str = "",
        block: str = "",
        filter: str = "",
        limit: int = 10,
        continue_tokens: int = 0,
        temperature: float | None = None,
        top_p: float = 1.0,
        seed: int = 0,
        interventions: str = "",
        other_text: str = "",
        other_model: str = "",
        signed_in: gr.OAuthToken | None = None,
    ) -> dict[str, Any]:
        texts = model, text, text_b, target_text, source_language, target_language
        numbers = continue_tokens, temperature, top_p, seed
        other = other_text, other_model
        request = checked_request(texts, chat, start_token, numbers, interventions, other)
        question = checked_question(layer, head, position, score, block, filter, limit)

        def answer(trace: Trace, checkpoint: Checkpoint, folder: Path) -> Description:
            return describe(trace, checkpoint.model_id, question)

        return await jobs.answer(call, request, reader_of(signed_in), answer)

    describe_attention.__doc__ = DESCRIBE_ATTENTION
    return describe_attention


def _file_data(path: Path) -> FileData:
    return FileData(path=str(path), orig_name=path.name)
