"""Adds the endpoints for programs to the page."""

from collections.abc import Sequence
from typing import Any

import gradio as gr
from gradio.events import api

from ..files.exports import export_query_key, export_weights
from ..jobs.handler import Handler
from ..jobs.job import ActiveJobs
from ..jobs.queue import JobQueue
from ..models.catalog import ModelSpec
from ..server.concurrency import LOOKUPS
from ..server.session import reader_of
from ..trace.repeated_tokens import ProbeRow
from .arguments import checked_model_id
from .docs import ATTENTION, PROBE, QUERY_KEY
from .program_jobs import ProgramJobs
from .rows import ModelRow
from .text_endpoints import (
    describe_attention_endpoint,
    head_scores_endpoint,
    predictions_endpoint,
    sweep_endpoint,
    tensor_endpoint,
    tokenize_endpoint,
    view_content_endpoint,
    view_endpoint,
)
from .view_app import view_app


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

        Wherever an argument is called model, it also takes the id of any other text model on the
        Hugging Face Hub, such as distilbert/distilbert-base-uncased.
        """
        return [{"model": spec.model_id, "about": spec.about} for spec in listed_models]

    api(models, api_name="models", queue=False)
    api(tokenize_endpoint(handler), api_name="tokenize", **LOOKUPS)
    jobs = ProgramJobs(handler, active, queue)
    # Gradio must not limit them: jobs wait in this package's own queue.
    api(describe_attention_endpoint(jobs), api_name="describe_attention", concurrency_limit=None)
    for name, export, docs in (
        ("attention", export_weights, ATTENTION),
        ("query_key", export_query_key, QUERY_KEY),
    ):
        endpoint = tensor_endpoint(jobs, export, name, docs)
        api(endpoint, api_name=name, concurrency_limit=None)
    api(head_scores_endpoint(jobs), api_name="head_scores", concurrency_limit=None)
    api(predictions_endpoint(jobs), api_name="predictions", concurrency_limit=None)
    api(sweep_endpoint(jobs), api_name="sweep", concurrency_limit=None)
    api(_probe_endpoint(jobs), api_name="probe", concurrency_limit=None)
    api(view_endpoint(jobs), api_name="view", concurrency_limit=None)
    api(view_content_endpoint(jobs), api_name="view_content", concurrency_limit=None)
    api(view_app, api_name="view_app", concurrency_limit=None)


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
