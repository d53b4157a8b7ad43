"""What can go wrong, each with the sentence that the reader sees."""

import errno
from typing import Any

# What the reader sees for an error that is not a ``SpaceError``; the log has its traceback.
INTERNAL_ERROR = "Something went wrong on the server. Try again, or another model or text."


class SpaceError(Exception):
    """An error that is the reader's to mend; ``str(error)`` says what happened and what to do.

    Args:
        sentence: for the reader. It may quote what a stranger sent: half a character in it, which
            no answer can hold, is replaced by a question mark.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(replace_surrogates(sentence))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled by its type and sentence: the types are made of other arguments."""
        return _with_sentence, (type(self), str(self))


def replace_surrogates(text: str) -> str:
    """Return a text with a question mark for each half of a character (an unpaired surrogate)."""
    return text.encode("utf-8", "replace").decode("utf-8")


def a_model(model_type: str) -> str:
    """Return ``A bert model`` or ``An albert model``, for the beginning of a sentence."""
    return f"A{'n' if model_type[:1].lower() in set('aeiou') else ''} {model_type} model"


def _with_sentence(kind: type[SpaceError], sentence: str) -> SpaceError:
    error = kind.__new__(kind)
    error.args = (sentence,)
    return error


class EmptyText(SpaceError):
    """There is nothing to tokenize."""

    def __init__(self) -> None:
        super().__init__("Enter some text: there is nothing to look at yet.")


class TextTooLong(SpaceError):
    """More characters than this Space takes, or no room for a text at all."""


class UnreadableText(SpaceError):
    """Characters that no tokenizer is made for."""

    def __init__(self) -> None:
        super().__init__(
            "The text holds a NUL character or half a character (an unpaired surrogate). "
            "Remove it and run again."
        )


class InvalidFields(SpaceError):
    """A program sent values of other types in place of a page's fields."""

    def __init__(self) -> None:
        super().__init__("A field of the page has a value that it cannot hold. Reload the page.")


class SecondTextNotSupported(SpaceError):
    """A second or target text for a model that takes none."""


class OptionNotSupported(SpaceError):
    """A chat template or start token of a model that has none."""


class LanguageUnknown(SpaceError):
    """A language that the model's tokenizer has no token for."""


class NoSuchHead(SpaceError):
    """A layer or a head that the model has not."""

    def __init__(self, what: str, number: int, first: int, last: int) -> None:
        super().__init__(
            f"There is no {what} {number}: {what}s go from {first} to {last}, counted from 0."
        )


class NoSuchAttentionPart(SpaceError):
    """The text and the model do not have a part of the attention that a program asks for."""

    def __init__(self, label: str, labels: list[str]) -> None:
        super().__init__(
            f"This text and model have no attention part {label!r}: set block to one of "
            f"{', '.join(labels)}."
        )


class UnknownModel(SpaceError):
    """No model of this name can be found."""


class ModelUnavailable(SpaceError):
    """The model exists but cannot be fetched or loaded now."""


class HubBusy(ModelUnavailable):
    """The Hub takes no more questions from this machine for some seconds; ``None`` if unsaid."""

    def __init__(self, seconds: int | None) -> None:
        wait = "a minute" if seconds is None else f"{max(seconds, 2)} seconds"
        super().__init__(
            f"The Hub is busy: it has had too many questions from here. Wait {wait} and try again."
        )


class SignInEnded(ModelUnavailable):
    """The Hub does not accept a reader's token, or no longer."""

    def __init__(self) -> None:
        super().__init__(
            "The Hub does not accept your sign-in, or no longer. Sign out and in again; a program "
            "hands over another token."
        )


class DiskFull(ModelUnavailable):
    """Models in use take the room on disk that a model needs."""

    def __init__(self, model_id: str) -> None:
        super().__init__(
            f"{model_id} has no room on this machine's disk while other models are in use. "
            "Try again in a minute, or choose a model from the list."
        )


class ResultNotWritten(SpaceError):
    """The server's disk does not take a file of a result.

    Args:
        number: the operating system's number of the error, ``None`` if it gives none.
    """

    def __init__(self, number: int | None) -> None:
        super().__init__(
            f"{_disk_reason(number)}, so the result could not be written. Try again in a few "
            "minutes."
        )


class UploadNotWritten(SpaceError):
    """The server's disk does not take a file that a visitor uploads.

    Args:
        number: the operating system's number of the error, ``None`` if it gives none.
    """

    def __init__(self, number: int | None) -> None:
        super().__init__(
            f"{_disk_reason(number)}, so the file could not be uploaded. Try again in a few "
            "minutes."
        )


_NO_ROOM = "This Space's disk is full"
_TOO_MANY_FILES = "This Space has too many files open"

# Why a file is not written, by the operating system's number of the error.
_DISK_REASONS = {
    errno.ENOSPC: _NO_ROOM,
    errno.EDQUOT: _NO_ROOM,
    errno.EFBIG: _NO_ROOM,  # a limit that the operating system sets to one process
    errno.EMFILE: _TOO_MANY_FILES,
    errno.ENFILE: _TOO_MANY_FILES,
}


def _disk_reason(number: int | None) -> str:
    return _DISK_REASONS.get(number or 0, "This Space cannot write to its disk")


# Errors of the operating system that say that a file could not be written.
WRITE_ERROR_NUMBERS = frozenset((*_DISK_REASONS, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO))


class LoadTooLong(ModelUnavailable):
    """A load that took all the time that one may take, or one that waits for such a load."""

    def __init__(self, model_id: str, seconds: float, of_another: bool = False) -> None:
        if of_another:
            said = (
                f"{model_id} cannot be loaded now: loads that began earlier have taken more than "
                f"{seconds:g} seconds, and there is memory for one load at a time."
            )
        else:
            said = (
                f"Loading {model_id} has taken more than {seconds:g} seconds, which is all that "
                "one load may take here. The load goes on."
            )
        super().__init__(
            f"{said} Try again in some minutes, or choose a model that is loaded or smaller."
        )


class AttentionUnavailable(SpaceError):
    """The attention of this kind of model cannot be shown, or none was seen in its pass."""


class TokenUnknown(SpaceError):
    """A token, or the type of a token, that the tokenizer knows and the model's tables do not."""


class MemoryExhausted(SpaceError, RuntimeError):
    """A model or its pass runs out of memory; a ``RuntimeError``, as torch's own error is."""


class ModelFailed(AttentionUnavailable):
    """The code of a model raises an error of its own on a text."""


class UploadMissing(SpaceError):
    """A page names a file that was not uploaded, or is not there any more."""

    def __init__(self) -> None:
        super().__init__("The file is not on the server any more. Open it again.")


class TensorsUnreadable(SpaceError):
    """A reader's own file of tensors that does not hold what it should."""


class QueueFull(SpaceError):
    """More runs wait for their turn than may."""

    def __init__(self, num_waiting: int) -> None:
        super().__init__(
            f"{num_waiting} runs are waiting, and no more can. Wait a minute, and try again."
        )


class RunTooLong(SpaceError):
    """A run that took all the time that one may take."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"The run was stopped after {seconds:g} seconds, which is all that one may take here. "
            "Shorten the text, or choose a smaller model, and run again."
        )


class RunStopped(SpaceError):
    """A run that was no longer wanted; as a rule nobody waits for its sentence."""

    def __init__(self) -> None:
        super().__init__("The run was stopped before its end. Run again.")
