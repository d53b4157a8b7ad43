"""The errors of this package, each with the message for the reader."""

import errno
from typing import Any

# The message for an error that is not a ``SpaceError``. The log contains its traceback.
INTERNAL_ERROR = "Something went wrong on the server. Try again, or another model or text."


class SpaceError(Exception):
    """An error with a message for the reader: what happened, why, and what to do.

    Args:
        message: the message. If it quotes a text that contains half a character (an unpaired
            surrogate), the half is replaced by a question mark, because no response can contain it.
    """

    def __init__(self, message: str) -> None:
        super().__init__(replace_surrogates(message))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle type and message, because constructors of subclasses have other arguments."""
        return _with_message, (type(self), str(self))


def replace_surrogates(text: str) -> str:
    """Return a text with a question mark for each half of a character (an unpaired surrogate)."""
    return text.encode("utf-8", "replace").decode("utf-8")


def a_model(model_type: str) -> str:
    """Return ``A bert model`` or ``An albert model``, to begin a sentence with."""
    return f"A{'n' if model_type[:1].lower() in set('aeiou') else ''} {model_type} model"


def _with_message(kind: type[SpaceError], message: str) -> SpaceError:
    """Return an error of a type with a message, without calling its constructor."""
    error = kind.__new__(kind)
    error.args = (message,)
    return error


class InvalidInput(SpaceError, ValueError):
    """A program passed a value that does not fit: a ``ValueError``, as Python programs expect."""


class EmptyText(SpaceError):
    """The text is empty or contains only spaces."""

    def __init__(self) -> None:
        super().__init__("Enter some text first.")


class TextTooLong(SpaceError):
    """The text has too many characters, or its pass or its files would need too much memory."""


class UnreadableText(SpaceError):
    """The text contains characters that tokenizers do not support."""

    def __init__(self) -> None:
        super().__init__(
            "The text contains a NUL character or half a character (an unpaired surrogate), which "
            "no tokenizer can read. Remove it and run again."
        )


class InvalidFields(SpaceError):
    """A program called an event of the page with values of the wrong types."""

    def __init__(self) -> None:
        super().__init__("A field of the page has a value of the wrong type. Reload the page.")


class SecondTextNotSupported(SpaceError):
    """The model does not support a second text or a target text."""


class OptionNotSupported(SpaceError):
    """The model has no chat template or no start token."""


class ContinuationNotPossible(SpaceError):
    """A model cannot continue a text, or cannot continue it by so many tokens."""


class LanguageUnknown(SpaceError):
    """The model's tokenizer has no token for a language."""


class NoSuchHead(InvalidInput):
    """The model has no layer or head with a number.

    Args:
        what: ``layer`` or ``head``.
        number: the requested number.
        first: the smallest number of the model.
        last: the largest number of the model.
    """

    def __init__(self, what: str, number: int, first: int, last: int) -> None:
        super().__init__(
            f"There is no {what} {number}: {what}s go from {first} to {last}, counted from 0."
        )


class NoSuchAttentionPart(InvalidInput):
    """The text and the model do not have a part of the attention that a program asks for."""

    def __init__(self, label: str, labels: list[str]) -> None:
        super().__init__(
            f"This text and model have no attention part {label!r}: set block to one of "
            f"{', '.join(labels)}."
        )


class NoSuchPosition(InvalidInput):
    """An attention part has no token at a position that a program asks for.

    Args:
        position: the requested position.
        ranges: the first and the last position of each axis of the attention part.
    """

    def __init__(self, position: int, ranges: list[tuple[int, int]]) -> None:
        spans = " and ".join(f"from {first} to {last}" for first, last in ranges)
        super().__init__(
            f"There is no token at position {position}: here, positions go {spans}, counted from "
            "0. tokenize lists the tokens in this order."
        )


class ScoreUnavailable(InvalidInput):
    """No head has a score that a program asks for.

    Args:
        name: the score.
        available: the scores that heads have.
    """

    def __init__(self, name: str, available: list[str]) -> None:
        super().__init__(
            f"No head has the score {name}: it has no meaning for this model, or for this text. "
            f"The scores with a meaning are {', '.join(available)}."
        )


class InvalidFilter(InvalidInput):
    """A filter cannot be read, or it does not fit the text.

    Args:
        why: what is wrong with it, as a clause.
    """

    def __init__(self, why: str) -> None:
        super().__init__(
            f"The filter is invalid: {why}. A filter is a list such as "
            "special,first,3,renormalize,min=0.05,mass=0.7, with positions counted from 0."
        )


class UnknownModel(SpaceError):
    """There is no model with this name."""


class ModelUnavailable(SpaceError):
    """The model exists but cannot be downloaded or loaded now."""


class HubBusy(ModelUnavailable):
    """The Hub rejects requests from this machine for some time.

    Args:
        seconds: how long, ``None`` if the Hub does not say.
    """

    def __init__(self, seconds: int | None) -> None:
        wait = "a minute" if seconds is None else f"{max(seconds, 2)} seconds"
        super().__init__(
            f"The Hub is busy: it got too many requests from this Space. Wait {wait} and try again."
        )


class SignInEnded(ModelUnavailable):
    """The Hub does not accept a reader's token, or does not accept it any more."""

    def __init__(self) -> None:
        super().__init__(
            "The Hub does not accept your sign-in: it is invalid or has expired. Sign out and sign "
            "in again; in a program, use another token."
        )


class DiskFull(ModelUnavailable):
    """Other models that are in use occupy the disk space that a model needs."""

    def __init__(self, model_id: str) -> None:
        super().__init__(
            f"{model_id} has no room on this machine's disk while other models are in use. "
            "Try again in a minute, or choose a model from the list."
        )


class ResultNotWritten(SpaceError):
    """The server cannot write a file of a result to its disk.

    Args:
        number: the operating system's number of the error, ``None`` if there is none.
    """

    def __init__(self, number: int | None) -> None:
        super().__init__(
            f"{_disk_reason(number)}, so the result could not be written. Try again in a few "
            "minutes."
        )


class UploadNotWritten(SpaceError):
    """The server cannot write an uploaded file to its disk.

    Args:
        number: the operating system's number of the error, ``None`` if there is none.
    """

    def __init__(self, number: int | None) -> None:
        super().__init__(
            f"{_disk_reason(number)}, so the file could not be uploaded. Try again in a few "
            "minutes."
        )


_NO_ROOM = "This Space's disk is full"
_TOO_MANY_FILES = "This Space has too many files open"

# Reasons why a file cannot be written, by the operating system's number of the error.
_DISK_REASONS = {
    errno.ENOSPC: _NO_ROOM,
    errno.EDQUOT: _NO_ROOM,
    errno.EFBIG: _NO_ROOM,  # the operating system's limit for one process
    errno.EMFILE: _TOO_MANY_FILES,
    errno.ENFILE: _TOO_MANY_FILES,
}


def _disk_reason(number: int | None) -> str:
    return _DISK_REASONS.get(number or 0, "This Space cannot write to its disk")


# Numbers of the operating system's errors that mean that a file could not be written.
WRITE_ERROR_NUMBERS = frozenset((*_DISK_REASONS, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO))


class LoadTooLong(ModelUnavailable):
    """Loading a model takes too long, or other models' loads before it do.

    Args:
        model_id: the model.
        seconds: the limit.
        of_another: True if the loads of other models took this long.
    """

    def __init__(self, model_id: str, seconds: float, of_another: bool = False) -> None:
        if of_another:
            reason = (
                f"{model_id} cannot be loaded now: earlier loads have taken more than "
                f"{seconds:g} seconds, and memory allows only one load at a time."
            )
        else:
            reason = (
                f"Loading {model_id} has taken more than {seconds:g} seconds, which is the limit "
                "here. The load continues in the background."
            )
        super().__init__(
            f"{reason} Try again in some minutes, or choose a smaller model or one that is loaded."
        )


class AttentionUnavailable(SpaceError):
    """The attention of a model cannot be shown."""


class PredictionsUnavailable(SpaceError):
    """A model makes no predictions, or they are not known."""


class MaskNotPossible(SpaceError):
    """A model cannot predict a token that is replaced by a mask."""


class InterventionNotPossible(InvalidInput):
    """An intervention names what does not exist, or would leave nothing to compute."""


class ComparisonNotPossible(InvalidInput):
    """Two runs have nothing to compare, or their tokens do not have the same vocabulary."""


class SweepTooLong(InvalidInput):
    """A run for each head would take longer than a run may take."""


class ProbeUnavailable(SpaceError):
    """A model cannot be probed with repeated random tokens."""


class TokenUnknown(SpaceError):
    """The tokenizer produced a token id or token type that is not in the model's embeddings."""


class MemoryExhausted(SpaceError, RuntimeError):
    """A model or its pass runs out of memory. It is a ``RuntimeError``, like torch's own error."""


class ModelFailed(AttentionUnavailable):
    """The code of a model or of its tokenizer raises an error."""


class UploadMissing(SpaceError):
    """A page refers to a file that was not uploaded or has been deleted."""

    def __init__(self) -> None:
        super().__init__("The file has expired. Open it again.")


class ResultExpired(SpaceError):
    """A result is not kept any more."""

    def __init__(self) -> None:
        super().__init__("This result has expired. Run again.")


class ResultWithoutModel(SpaceError):
    """A result comes from a reader's own file, and its model is not known."""

    def __init__(self) -> None:
        super().__init__(
            "This result comes from a file, without a model that could be run again. Run a model "
            "on a text."
        )


class TensorsUnreadable(InvalidInput):
    """A reader's own tensors have the wrong format or content."""


class QueueFull(SpaceError):
    """The queue of runs is full."""

    def __init__(self, num_waiting: int) -> None:
        super().__init__(
            f"The queue is full: {num_waiting} runs are waiting. Wait a minute and try again."
        )


class ClusterUnavailable(SpaceError):
    """No machine of the cluster can run a model."""


class RunTooLong(SpaceError):
    """A run takes too long."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"The run was stopped after {seconds:g} seconds, which is the limit here. Shorten the "
            "text, or choose a smaller model, and run again."
        )


class RunStopped(SpaceError):
    """A run was canceled. Usually no reader sees the message."""

    def __init__(self) -> None:
        super().__init__("The run was canceled before it finished. Run again.")
