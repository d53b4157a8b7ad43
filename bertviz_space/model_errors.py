"""Turns errors of a model's own code into messages for the reader.

A model can have any configuration and run on any text. transformers does not check that they fit
each other, so its code fails with errors of every kind: an index beyond a table, sizes that do not
multiply, an image that is missing. Errors in this package's own code do not change: the page and
the endpoints log them.
"""

import re
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import dropwhile
from types import FrameType

import torch

from .errors import MemoryExhausted, ModelFailed, SpaceError, a_model

_OURS = __name__.partition(".")[0] + "."
_THEIRS = "transformers."
_CALLING = (_OURS, "contextlib.")

# Functions of this package that pass a call of the model on to torch (torch.overrides,
# torch.utils).
_FORWARDING = {"__torch_function__", "__torch_dispatch__"}

# Parts of the message of a plain RuntimeError with which torch 2.13 reports that the memory of the
# CPU, or of a library for the GPU, is full.
_OUT_OF_MEMORY = ("can't allocate memory", "not enough memory", "out of memory", "ALLOC_FAILED")

# The folders of an absolute path. In a URL, a host precedes them.
_FOLDERS = re.compile(r"(?<![\w.:/~-])/(?:[^\s/'\"`]+/)+")

# The largest number of characters of an error's own message that the reader sees.
_MAX_CHARACTERS = 160


@contextmanager
def explain_model_errors(model_type: str) -> Iterator[None]:
    """Turn errors of the model's code in this block into errors for the reader.

    The block must call the model and do nothing else. A ``SpaceError``, and what is not an
    ``Exception`` (a keyboard interrupt), does not change.

    Args:
        model_type: the type of the model, as in its configuration.

    Raises:
        ModelFailed: with the type of the model, the cause and what to do.
        MemoryExhausted: if memory is full.
    """

    def message(error: Exception) -> str:
        return (
            f"{a_model(model_type)} cannot be run on {_cause(error)} ({error_summary(error)}). "
            "Try another text, or choose another model."
        )

    with _explain(message), explain_full_memory(a_model(model_type)):
        yield


@contextmanager
def explain_tokenizer_errors() -> Iterator[None]:
    """Turn errors of a tokenizer's code in this block into errors for the reader.

    Some tokenizers need more than a text: TAPAS a table, LayoutLMv3 the positions of words.

    Raises:
        ModelFailed: with the cause and what to do.
    """
    with _explain(
        lambda error: (
            f"This model's tokenizer cannot read this text alone ({error_summary(error)}). "
            "Try another text, or choose another model."
        )
    ):
        yield


@contextmanager
def _explain(message: Callable[[Exception], str]) -> Iterator[None]:
    """Turn an error of code that is not this package's into ``ModelFailed``.

    Args:
        message: returns the message for the reader.
    """
    try:
        yield
    except SpaceError:
        raise
    except Exception as error:
        if _is_of_this_package(error):
            raise
        raise ModelFailed(message(error)) from error


@contextmanager
def explain_full_memory(subject: str) -> Iterator[None]:
    """Turn an error because of full memory into one for the reader, and free the memory it holds.

    Args:
        subject: what needs the memory, to begin a sentence with.

    Raises:
        MemoryExhausted: if memory is full.
    """
    try:
        yield
    except SpaceError:
        raise
    except Exception as error:
        if not _is_of_memory(error):
            raise
        # The frames of the error refer to the tensors that filled the memory.
        traceback.clear_frames(error.__traceback__)
        raise MemoryExhausted(
            f"{subject} runs out of memory: it needs more than this machine has free now. Shorten "
            "the text, choose a smaller model, or try again in a minute."
        ) from error


def _is_of_memory(error: Exception) -> bool:
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    message = str(error)
    return isinstance(error, RuntimeError) and any(part in message for part in _OUT_OF_MEMORY)


def _is_of_this_package(error: Exception) -> bool:
    """Return whether this package's own code failed, which observes the model while it runs."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    # The first frames are those of this package that called the model.
    called = list(dropwhile(lambda frame: _module(frame).startswith(_CALLING), frames))
    for frame in reversed(called):
        if frame.f_code.co_name in _FORWARDING:
            continue
        if _module(frame).startswith((_OURS, _THEIRS)):
            return _module(frame).startswith(_OURS)
    return not called


def _module(frame: FrameType) -> str:
    return frame.f_globals.get("__name__", "") + "."


def _cause(error: Exception) -> str:
    """Return what the model was run on and why that fails, as far as the error shows it."""
    message = str(error)
    if isinstance(error, IndexError) or "out of bounds" in message:
        return "this text: a token or a position is beyond its tables"
    if "NoneType" in message or isinstance(error, TypeError | ValueError):
        return "a text alone: it needs another input or setting"
    return "this text: its configuration, its weights and the text do not fit each other"


def error_summary(error: Exception) -> str:
    """Return the type and the message of an error in one line, without folders of this machine."""
    message = _FOLDERS.sub("", " ".join(str(error).split())).rstrip(".")
    if len(message) > _MAX_CHARACTERS:
        message = message[:_MAX_CHARACTERS] + " …"
    return f"{type(error).__name__}: {message}" if message else type(error).__name__
