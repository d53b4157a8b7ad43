"""Classifies how a visit ended."""

from enum import StrEnum

from bertviz_space.errors import INTERNAL_ERROR


class Outcome(StrEnum):
    """How a visit ended."""

    ANSWERED = "answered"
    REFUSED = "refused with a message"
    FULL = "queue full"
    LEFT = "left before the end"
    UNHANDLED = "went wrong"


class Unhandled(Exception):
    """Something happened that must never happen to a visitor; the message describes it."""


def outcome_of(message: str, is_error: bool) -> Outcome:
    """Return the outcome of a run that ended with a message.

    Raises:
        Unhandled: if the message of an error is not one for readers.
    """
    if not is_error:
        return Outcome.ANSWERED
    if INTERNAL_ERROR in message or "Traceback" in message or not message.strip():
        raise Unhandled(f"a run ended with {message!r}")
    return Outcome.FULL if "wait" in message.lower() else Outcome.REFUSED
