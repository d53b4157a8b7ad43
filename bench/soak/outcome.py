"""How a visit can end."""

from enum import StrEnum


class Outcome(StrEnum):
    """How a visit ended."""

    ANSWERED = "answered"
    REFUSED = "refused with a sentence"
    FULL = "told that the queue is full"
    LEFT = "left before its end"
    UNHANDLED = "went wrong"


class Unhandled(Exception):
    """Something that no visitor should ever see, in words."""


# What a reader sees where an error was not foreseen.
_APOLOGY = "Something went wrong on the server"


def ended(said: str, is_error: bool) -> Outcome:
    """The outcome of a run that ended with a line.

    Raises:
        Unhandled: if the line is no sentence for a reader.
    """
    if not is_error:
        return Outcome.ANSWERED
    if _APOLOGY in said or "Traceback" in said or not said.strip():
        raise Unhandled(f"a run ended with {said!r}")
    return Outcome.FULL if "wait" in said.lower() else Outcome.REFUSED
