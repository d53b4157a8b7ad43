"""What the Run button does, and an example: of the runs of a page, the newest is the one wanted."""

import logging
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any

import gradio as gr
from gradio.data_classes import FileData

from .access import Reader
from .errors import SpaceError
from .handler import Handler, Request
from .links import query_of
from .models import LoadedModel
from .results import Result as PublishedResult
from .runs import Run, Runs
from .sign_in import reader_of
from .uploads import Uploads
from .views import Message, MessageKind, Result

_log = logging.getLogger(__name__)

SERVER_ERROR = "Something went wrong on the server. Try again, or another model or text."

# The line under Run, and the result; or what leaves them as they are.
_Outcome = tuple[Any, Any]


class Runner:
    """Runs what the fields of a page say, and stops what the page no longer wants."""

    def __init__(self, handler: Handler, uploads: Uploads) -> None:
        self._handler = handler
        self._uploads = uploads
        self._runs = Runs()

    def start(self, pressed: gr.Request, *fields: Any) -> list[dict[str, Any]]:
        """Take note of a press of Run, before it waits in the queue: an older run stops at once.

        Gradio 6.31 calls an event's validator as soon as the event comes in, and hands it the same
        HTTP request as the event's own function later (``tests/browser/test_changed_mind.py``).

        Args:
            pressed: the press, and the page that it comes from.
            fields: as ``run`` takes them; whether they are right is seen there.
        """
        pressed.state.run = self._runs.start(_page(pressed))
        return [gr.validate(True, "")] * len(fields)

    def close(self, closed: gr.Request) -> None:
        """Stop the run of a page that is closed."""
        self._runs.close(_page(closed))

    def run(
        self,
        pressed: gr.Request,
        signed_in: gr.OAuthToken | None,
        model_id: str | None,
        text: str,
        text_b: str,
        target_text: str,
        source_language: str | None,
        target_language: str | None,
        chat: bool,
        start_token: bool,
    ) -> Iterator[_Outcome]:
        """Say each step, and come to a result; a run that was replaced says nothing more."""
        request = Request(
            model_id=model_id or "",
            text=text,
            text_b=text_b,
            target_text=target_text,
            source_language=source_language or "",
            target_language=target_language or "",
            chat=chat,
            start_token=start_token,
        )
        run: Run = pressed.state.run
        yield from run.until_replaced(self._outcomes(request, run, reader_of(signed_in)))
        if run.was_replaced():
            # Gradio 6.31 hands on what came last once more at the end: that must not be a line. A
            # run that is wanted has to end with one: what comes fast reaches the page as its end.
            yield gr.skip(), gr.skip()

    def _outcomes(
        self, request: Request, run: Run, reader: Reader
    ) -> Generator[_Outcome, None, None]:
        handler = self._handler
        try:
            yield _line(f"Loading {request.model_id} …")
            loaded = yield from self._load(request, reader)
            # A field that is out of sight takes no part, whatever an earlier model left in it.
            request = request.fitting(loaded.inputs)
            result = handler.kept(request, loaded)
            if result is None:
                yield _line(f"Running {request.model_id} on the text …")
                trace = handler.run(request, loaded, run.is_wanted)
                yield _line("Writing the result …")
                result = handler.publish(request, trace, loaded.checkpoint)
        except SpaceError as error:
            yield _line(str(error), "error")
        except Exception:
            _log.exception("a run failed")
            yield _line(SERVER_ERROR, "error")
        else:
            yield _shown(result, query_of(request))

    def open_file(self, pressed: gr.Request, file: Any) -> Iterator[_Outcome]:
        """Show a reader's own file of tensors, and keep no copy of it."""
        run: Run = pressed.state.run
        yield from run.until_replaced(self._opened(file))
        if run.was_replaced():
            yield gr.skip(), gr.skip()

    def _opened(self, file: Any) -> Generator[_Outcome, None, None]:
        try:
            with self._uploads.taken(file) as path:
                yield _line(f"Opening {path.name} …")
                result = self._handler.publish_file(path)
        except SpaceError as error:
            yield _line(str(error), "error")
        except Exception:
            _log.exception("a file could not be opened")
            yield _line(SERVER_ERROR, "error")
        else:
            yield _shown(result, request=None)

    def _load(self, request: Request, reader: Reader) -> Generator[_Outcome, None, LoadedModel]:
        """Load the model in a thread of its own, and say meanwhile how far a download is."""
        told = SimpleQueue[tuple[int, int] | None]()
        loader = ThreadPoolExecutor(1)
        loading = loader.submit(
            self._handler.load, request, lambda done, of: told.put((done, of)), reader
        )
        loading.add_done_callback(lambda _: told.put(None))
        # A load cannot be interrupted: who no longer wants it does not wait for it.
        loader.shutdown(wait=False)
        while (progress := told.get()) is not None:
            done, of = (f"{each / 1e6:,.1f}" for each in progress)
            yield _line(f"Fetching {request.model_id}: {done} of {of} MB …")
        return loading.result()


def _shown(result: PublishedResult, request: str | None) -> _Outcome:
    """A result on the page, and what it says under Run."""
    path = result.manifest
    manifest = FileData(path=str(path), orig_name=path.name)
    return Message(text=result.summary, kind="status"), Result(manifest=manifest, request=request)


def _page(request: gr.Request) -> str:
    """The page that a request comes from."""
    return request.session_hash or ""


def _line(text: str, kind: MessageKind = "status") -> _Outcome:
    """A line under Run; what is drawn stays."""
    return Message(text=text, kind=kind), gr.skip()
