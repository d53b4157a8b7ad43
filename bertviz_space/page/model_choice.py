"""Shows the fields of a model as soon as the reader chooses the model."""

import logging
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any

import gradio as gr

from ..errors import INTERNAL_ERROR, SpaceError
from ..jobs.handler import Handler
from ..limits import MAX_SESSIONS
from ..server.concurrency import LOOKUPS
from ..server.session import reader_of, session_of
from .fields import Fields, field_updates
from .message_line import Message, MessageLine

_log = logging.getLogger(__name__)


def follow_model_choice(
    events: tuple[Callable[..., Any], ...], handler: Handler, fields: Fields, message: MessageLine
) -> None:
    """Show the fields of the chosen model, or an error message.

    Args:
        events: the events that may change the chosen model.
        handler: looks the model up.
        fields: the page's fields.
        message: shows the error of a model that cannot be looked up.
    """
    problem = gr.State("")
    lookup = _ModelLookup(handler, len(fields.optional))
    for event in events:
        event(
            lookup.updates,
            inputs=[fields.model_id, fields.source_language, fields.target_language],
            outputs=[problem, *fields.optional],
            preprocess=False,
            show_progress="hidden",
            **LOOKUPS,
            api_visibility="private",
        )
    # A run may write to the message line at the same time, so a lookup writes to it only when a
    # problem begins or ends.
    problem.change(
        _message_about,
        inputs=[problem, message],
        outputs=message,
        show_progress="hidden",
        queue=False,
        api_visibility="private",
    )


class _ModelLookup:
    """Looks up the options that a model supports.

    Lookups of a page can end in another order than they began. Only the last one that began may
    change the page: an earlier one would show the fields of a model that is no longer chosen.

    Args:
        handler: looks the model up.
        num_fields: the number of fields to update.
    """

    def __init__(self, handler: Handler, num_fields: int) -> None:
        self._handler = handler
        self._num_fields = num_fields
        self._lock = Lock()
        self._latest = OrderedDict[str, object]()  # the last lookup of each page

    def updates(
        self,
        event: gr.Request,
        signed_in: gr.OAuthToken | None,
        model_id: Any,
        source: Any,
        target: Any,
    ) -> list[Any]:
        """Return an error message, empty if there is no problem, and the updates of the fields.

        Args:
            event: the HTTP request of the event.
            signed_in: the reader's token.
            model_id: the id of the model. A program may send a value of any type.
            source: the chosen source language, of any type.
            target: the chosen target language, of any type.
        """
        session, lookup = session_of(event), object()
        with self._lock:
            self._latest[session] = lookup
            self._latest.move_to_end(session)
            if len(self._latest) > MAX_SESSIONS:
                self._latest.popitem(last=False)
        updates = self._updates(signed_in, model_id, source, target)
        with self._lock:
            is_latest = self._latest.get(session) is lookup
        return updates if is_latest else [gr.skip()] * len(updates)

    def _updates(
        self, signed_in: gr.OAuthToken | None, model_id: Any, source: Any, target: Any
    ) -> list[Any]:
        try:
            model_id, source, target = (
                each if isinstance(each, str) else "" for each in (model_id, source, target)
            )
            options = self._handler.options(model_id, reader_of(signed_in))
            return ["", *field_updates(options, source, target)]
        except SpaceError as error:
            problem = str(error)
        except Exception:
            _log.exception("a model could not be looked up")
            problem = INTERNAL_ERROR
        return [problem, *[gr.skip()] * self._num_fields]


def _message_about(problem: str, shown: Message | None) -> Any:
    """Return the message for a problem, or the one that removes an earlier problem's message."""
    if problem:
        return Message(text=problem, kind="error")
    if shown is None or shown.kind != "error":
        return gr.skip()
    return Message(text=shown.text, kind="resolved")
