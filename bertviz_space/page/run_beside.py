"""Runs a model for a server function, beside the run that the page shows."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

import gradio as gr

from ..jobs.caller import Caller
from ..jobs.job import ActiveJobs
from ..jobs.queue import JobQueue
from ..server.session import reader_of, session_of_server_call
from .error_sentence import sentence_about

_Answer = TypeVar("_Answer")


async def run_beside(
    active_jobs: ActiveJobs,
    queue: JobQueue,
    call: gr.Request,
    signed_in: gr.OAuthToken | None,
    work: Callable[[Caller], _Answer],
    canceled: str,
) -> _Answer | str:
    """Do work that runs a model, once the queue starts it, and return its answer.

    Args:
        active_jobs: the jobs of all pages and programs. A run of the same page cancels the work.
        queue: the queue that all jobs share.
        call: the request of the page, as Gradio passes it to a server function.
        signed_in: the token of the page's session.
        work: the work for a caller.
        canceled: the sentence that is returned if the work is canceled.

    Returns:
        The answer, or the message of the error that prevents it.
    """
    job = active_jobs.start_beside(await session_of_server_call(call))
    caller = Caller(reader_of(signed_in), job.cancellation)
    try:
        future = queue.add(job, lambda: work(caller), lambda _: None)
        # Waiting here occupies none of the threads that serve all readers.
        return await asyncio.wrap_future(future)
    except asyncio.CancelledError:  # the job was canceled while it waited in the queue
        if not job.cancellation.is_requested:
            raise
        return canceled
    except Exception as error:
        return canceled if job.cancellation.is_requested else sentence_about(error)
