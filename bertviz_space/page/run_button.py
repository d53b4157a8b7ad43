"""What the Run button does, and an example: of the runs of a page, the newest is the one wanted."""

import logging
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import gradio as gr
from gradio.data_classes import FileData

from ..errors import (
    INTERNAL_ERROR,
    InvalidFields,
    QueueFull,
    ResultNotWritten,
    SpaceError,
    UploadMissing,
)
from ..jobs.cancellation import Run, Runs
from ..jobs.handler import Handler, Request
from ..jobs.queue import Turns
from ..jobs.result_cache import Result
from ..jobs.uploads import Uploads
from ..models.hub.access import Reader
from ..models.hub.progress import Progress
from ..server.session import reader_of, session_of
from .components import ViewValue
from .links import query_of
from .message_line import Message, MessageKind

_log = logging.getLogger(__name__)

# The line under Run, and the result; or what leaves them as they are.
_Outcome = tuple[Any, Any]

# Hands an outcome to the page, from any thread.
_Say = Callable[[_Outcome], object]


class Runner:
    """Runs what the fields of a page say, and stops what the page no longer wants."""

    def __init__(self, handler: Handler, uploads: Uploads, runs: Runs, turns: Turns) -> None:
        self._handler = handler
        self._uploads = uploads
        self._runs = runs
        self._turns = turns

    def start(self, pressed: gr.Request, *fields: Any) -> list[dict[str, Any]]:
        """Take note of a press of Run, before it waits in the queue: an older run stops at once.

        Gradio 6.31 calls an event's validator as soon as the event comes in, and hands it the same
        HTTP request as the event's own function later (``tests/browser/test_changed_mind.py``).

        Args:
            pressed: the press, and the page that it comes from.
            fields: as ``run`` takes them; whether they are right is seen there.
        """
        pressed.state.run = self._runs.start(session_of(pressed))
        return [gr.validate(True, "")] * len(fields)

    def close(self, closed: gr.Request) -> None:
        """Stop the run of a page that is closed, or those of a program."""
        self._runs.close(session_of(closed))

    def run(
        self,
        pressed: gr.Request,
        signed_in: gr.OAuthToken | None,
        model_id: Any,
        text: Any,
        text_b: Any,
        target_text: Any,
        source_language: Any,
        target_language: Any,
        chat: Any,
        start_token: Any,
    ) -> Iterator[_Outcome]:
        """Say each step, and come to a result; a run that was replaced says nothing more."""
        texts = (model_id, text, text_b, target_text, source_language, target_language)
        try:
            request = _request(texts, chat, start_token)
        except SpaceError as error:
            yield _line(str(error), "error")
            return
        run: Run = pressed.state.run
        reader = reader_of(signed_in)
        yield from self._in_turn(run, lambda say: self._result(request, run, reader, say))

    def open_file(self, pressed: gr.Request, file: Any) -> Iterator[_Outcome]:
        """Show a reader's own file of tensors, and keep no copy of it."""
        try:
            with self._uploads.taken(file) as path:
                run: Run = pressed.state.run
                yield from self._in_turn(run, lambda say: self._opened(path, run, say))
        except (UploadMissing, ResultNotWritten) as error:
            yield _line(str(error), "error")

    def _in_turn(self, run: Run, work: Callable[[_Say], _Outcome]) -> Iterator[_Outcome]:
        """What a run says from its place in the queue to its end, until it is replaced.

        Args:
            run: the run.
            work: does it when its turn has come, and gives what it comes to.
        """
        yield from run.until_replaced(self._outcomes(run, work))
        if run.was_replaced():
            # Gradio 6.31 hands on what came last once more at the end: that must not be a line. A
            # run that is wanted has to end with one: what comes fast reaches the page as its end.
            yield gr.skip(), gr.skip()

    def _outcomes(
        self, run: Run, work: Callable[[_Say], _Outcome]
    ) -> Generator[_Outcome, None, None]:
        said = SimpleQueue[_Outcome | None]()
        try:
            turn = self._turns.take(
                run,
                lambda: said.put(_outcome(work, said.put)),
                on_waiting=lambda words: said.put(_line(words)),
            )
        except QueueFull as error:
            yield _line(str(error), "error")
            return
        turn.add_done_callback(lambda _: said.put(None))
        while (outcome := said.get()) is not None:
            yield outcome

    def _result(self, request: Request, run: Run, reader: Reader, say: _Say) -> _Outcome:
        handler = self._handler
        say(_line(f"Loading {request.model_id} …"))
        loaded = handler.load(request, _telling(request.model_id, say), reader, run.is_wanted)
        # A field that is out of sight takes no part, whatever an earlier model left in it.
        request = request.fitting(loaded.options)
        # The link names the model by the Hub's own id, whatever name the reader wrote.
        request = replace(request, model_id=loaded.checkpoint.model_id)
        result = handler.kept(request, loaded)
        if result is None:
            say(_line(f"Running {request.model_id} on the text …"))
            trace = handler.run(request, loaded, run.is_wanted)
            say(_line("Writing the result …"))
            result = handler.publish(request, trace, loaded.checkpoint)
        return _shown(result, query_of(request))

    def _opened(self, path: Path, run: Run, say: _Say) -> _Outcome:
        say(_line(f"Opening {path.name} …"))
        return _shown(self._handler.publish_file(path, run.is_wanted), request=None)


def _request(texts: tuple[Any, ...], chat: Any, start_token: Any) -> Request:
    """Return the request that the fields of a page say, whatever anyone sends in their place.

    Args:
        texts: the model's id, the texts and the languages, in the order of ``Request``; ``None``
            where a field is empty.
        chat: whether the text is a chat message.
        start_token: whether the start token comes first.

    Raises:
        InvalidFields: if a value is of another type.
    """
    texts = tuple("" if value is None else value for value in texts)
    options = tuple(False if value is None else value for value in (chat, start_token))
    are_texts = all(isinstance(value, str) for value in texts)
    if not (are_texts and all(isinstance(value, bool) for value in options)):
        raise InvalidFields
    return Request(*texts, *options)


def _outcome(work: Callable[[_Say], _Outcome], say: _Say) -> _Outcome:
    """What a run comes to, or the line that says what went wrong."""
    try:
        return work(say)
    except SpaceError as error:
        return _line(str(error), "error")
    except gr.Error as error:  # ZeroGPU has none to lend, or none to this visitor
        return _line(error.message, "error")
    except Exception:
        _log.exception("a run failed")
        return _line(INTERNAL_ERROR, "error")


def _telling(model_id: str, say: _Say) -> Progress:
    """Says how far the download of a model is."""

    def tell(done: int, of: int) -> None:
        say(_line(f"Fetching {model_id}: {done / 1e6:,.1f} of {of / 1e6:,.1f} MB …"))

    return tell


def _shown(result: Result, request: str | None) -> _Outcome:
    """A result on the page, and what it says under Run."""
    path = result.manifest
    manifest = FileData(path=str(path), orig_name=path.name)
    return Message(text=result.summary, kind="status"), ViewValue(
        manifest=manifest, request=request
    )


def _line(text: str, kind: MessageKind = "status") -> _Outcome:
    """A line under Run; what is drawn stays."""
    return Message(text=text, kind=kind), gr.skip()
