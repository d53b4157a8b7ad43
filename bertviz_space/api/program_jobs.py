"""Runs the jobs of programs, with the errors and the progress that Gradio sends to them."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from typing import TypeVar

import gradio as gr

from ..errors import INTERNAL_ERROR, SpaceError
from ..jobs.caller import Caller
from ..jobs.handler import Export, Handler
from ..jobs.job import ActiveJobs
from ..jobs.queue import JobQueue
from ..jobs.request import Request
from ..models.hub.access import Reader
from ..server.session import session_of

_log = logging.getLogger(__name__)

_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class ProgramJobs:
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
        self, call: gr.Request, request: Request, reader: Reader, export: Export[_Answer]
    ) -> _Answer:
        """Return what ``export`` returns for the trace of a program's request."""
        return await self.run(
            call, reader, lambda caller: self.handler.answer(request, caller, export)
        )

    async def run(
        self, call: gr.Request, reader: Reader, work: Callable[[Caller], _Answer]
    ) -> _Answer:
        """Return what a job returns; the job is canceled if the program disconnects."""
        job = self.active.start_beside(session_of(call))
        caller = Caller(reader, job.cancellation)
        try:
            # Gradio 6.31 reports to a coroutine, and to no other function, that the program has
            # canceled the call.
            with errors_for_programs():
                future = self.queue.add(job, lambda: work(caller), _progress_report())
                return await asyncio.wrap_future(future)
        finally:
            job.cancellation.request()


@contextmanager
def errors_for_programs() -> Iterator[None]:
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
