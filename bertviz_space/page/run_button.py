"""Handles the events that show a result: a page opens, or its reader runs a text or opens a file.

A page has one job at a time: a new job replaces the older one.
"""

import asyncio
from collections.abc import Callable, Generator, Iterator
from functools import partial
from queue import SimpleQueue
from typing import Any

import gradio as gr

from ..errors import (
    InvalidFields,
    QueueFull,
    ResultNotWritten,
    SpaceError,
    UploadMissing,
)
from ..jobs.caller import Caller
from ..jobs.first_result import FirstResult
from ..jobs.handler import Handler
from ..jobs.job import ActiveJobs, Job
from ..jobs.queue import JobQueue
from ..jobs.request import Request, continuation_numbers
from ..jobs.result import Result
from ..jobs.uploads import Uploads
from ..models.hub.access import ANONYMOUS, Reader
from ..server.session import reader_of, session_of
from .error_sentence import sentence_about
from .links import request_of
from .message_line import Message, MessageKind
from .shown_result import view_value

# The values of the message line and of the result; ``gr.skip()`` leaves one unchanged.
_Update = tuple[Any, Any]


class RunButton:
    """Answers these events for all pages.

    Args:
        handler: answers requests.
        uploads: the uploaded files.
        active_jobs: the jobs of all pages and programs.
        queue: the queue that all jobs share.
        first: the result that a page shows if no link names another one.
    """

    def __init__(
        self,
        handler: Handler,
        uploads: Uploads,
        active_jobs: ActiveJobs,
        queue: JobQueue,
        first: FirstResult,
    ) -> None:
        self._handler = handler
        self._uploads = uploads
        self._active_jobs = active_jobs
        self._queue = queue
        self._first = first

    async def open_page(self, event: gr.Request) -> _Update:
        """Return the first result, unless the page's link names a text, which the page then runs.

        If the reader runs a text in the meantime, the update changes nothing.
        """
        if request_of(event.query_params) is not None:
            # The message line may not be mounted yet, so a bare gr.skip() would remove its props.
            return Message(text="", kind="resolved"), gr.skip()
        job = self._active_jobs.start(session_of(event))
        try:
            # Waiting here occupies none of the threads that serve all readers. A page that closes
            # must not cancel the computation, for which other pages wait.
            result = await asyncio.shield(asyncio.wrap_future(self._first.future()))
            update = _shown(result, self._first.request)
        except Exception as error:
            update = _message_about(error)
        return (gr.skip(), gr.skip()) if job.is_replaced else update

    def start(self, event: gr.Request, *fields: Any) -> list[dict[str, Any]]:
        """Create the job of an event before Gradio runs the event, and replace an older job.

        Gradio 6.31 calls an event's validator as soon as the event arrives, and passes the same
        HTTP request to the event's own function later (``tests/browser/test_changed_mind.py``).

        Args:
            event: the HTTP request of the event.
            fields: the values that ``run`` receives, which checks them.
        """
        event.state.job = self._active_jobs.start(session_of(event))
        return [gr.validate(True, "")] * len(fields)

    def close(self, event: gr.Request) -> None:
        """Cancel the jobs of a page or a program that has closed its session."""
        self._active_jobs.close(session_of(event))

    def run(
        self,
        event: gr.Request,
        signed_in: gr.OAuthToken | None,
        model_id: Any,
        text: Any,
        text_b: Any,
        target_text: Any,
        source_language: Any,
        target_language: Any,
        chat: Any,
        start_token: Any,
        continue_tokens: Any,
        temperature: Any,
        top_p: Any,
        seed: Any,
        interventions: Any,
        other_text: Any,
        other_model: Any,
    ) -> Iterator[_Update]:
        """Yield a message for each step, then the result, until a newer job replaces this one."""
        texts = (model_id, text, text_b, target_text, source_language, target_language)
        numbers = (continue_tokens, temperature, top_p, seed)
        changes = (interventions, other_text, other_model)
        try:
            request = _request(texts, (chat, start_token), numbers, changes)
        except SpaceError as error:
            yield _message(str(error), "error")
            return

        def answer(caller: Caller) -> _Update:
            # A field that is hidden for this model keeps the value for another model.
            result = self._handler.answer(request, caller, ignore_unsupported=True)
            return _shown(result, request)

        yield from self._updates(event.state.job, reader_of(signed_in), answer)

    def open_file(self, event: gr.Request, file: Any) -> Iterator[_Update]:
        """Show a reader's own file of tensors."""
        try:
            with self._uploads.private_path(file) as path:
                yield from self._updates(
                    event.state.job,
                    ANONYMOUS,
                    lambda caller: _shown(self._handler.open_file(path, caller), None),
                )
        except (UploadMissing, ResultNotWritten) as error:
            yield _message(str(error), "error")

    def _updates(
        self, job: Job, reader: Reader, answer: Callable[[Caller], _Update]
    ) -> Iterator[_Update]:
        """Yield a job's updates, from its position in the queue to its result."""
        yield from job.until_replaced(self._all_updates(job, reader, answer))
        if job.is_replaced:
            # Gradio 6.31 sends the last update again at the end. It must not be a message of this
            # replaced job. A job that is not replaced does end with a message: if updates follow
            # each other fast, the page may receive only the last one.
            yield gr.skip(), gr.skip()

    def _all_updates(
        self, job: Job, reader: Reader, answer: Callable[[Caller], _Update]
    ) -> Generator[_Update, None, None]:
        updates = SimpleQueue[_Update | None]()

        def report(message: str) -> None:
            updates.put(_message(message))

        def report_written(message: str) -> None:
            updates.put(_message(message, "writing"))

        caller = Caller(reader, job.cancellation, report, report_written, job.stop_writing)
        work = partial(_update_or_error, answer, caller)
        try:
            future = self._queue.add(job, lambda: updates.put(work()), on_waiting=report)
        except QueueFull as error:
            yield _message(str(error), "error")
            return
        future.add_done_callback(lambda _: updates.put(None))
        while (update := updates.get()) is not None:
            yield update


def _request(
    texts: tuple[Any, ...],
    switches: tuple[Any, ...],
    numbers: tuple[Any, ...],
    changes: tuple[Any, ...],
) -> Request:
    """Return the request in the fields of a page, which a program can fill with any values.

    Args:
        texts: the model's id, the texts and the languages, in the order of ``Request``; ``None``
            for an empty field.
        switches: whether the text is a chat message, and whether to put the start token first.
        numbers: those of the continuation, in the order of ``Request``.
        changes: the interventions, and the text and the model of a comparison.

    Raises:
        InvalidFields: if a value has the wrong type.
    """
    texts = tuple("" if value is None else value for value in (*texts, *changes))
    switches = tuple(False if value is None else value for value in switches)
    are_texts = all(isinstance(value, str) for value in texts)
    if not (are_texts and all(isinstance(value, bool) for value in switches)):
        raise InvalidFields
    numbers = continuation_numbers(*numbers)
    last = len(texts) - len(changes)
    values: tuple[Any, ...] = (*texts[:last], *switches, *numbers, *texts[last:])
    return Request(*values)


def _update_or_error(answer: Callable[[Caller], _Update], caller: Caller) -> _Update:
    """Return the answer, or the message of the error that prevents it."""
    try:
        return answer(caller)
    except Exception as error:
        return _message_about(error)


def _message_about(error: Exception) -> _Update:
    """Return the update that says why there is no result."""
    return _message(sentence_about(error), "error")


def _shown(result: Result, request: Request | None) -> _Update:
    """Return the update that shows a result, with its summary as the message.

    Args:
        result: the result.
        request: what the page's fields contained; ``None`` for the result of a reader's own file.
    """
    return Message(text=result.summary, kind="status"), view_value(result, request)


def _message(text: str, kind: MessageKind = "step") -> _Update:
    """Return the update that shows a message; the result on the page stays."""
    return Message(text=text, kind=kind), gr.skip()
