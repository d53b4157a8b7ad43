"""What the code of a model raises, as an error for the reader.

Anyone's configuration runs here, with any text. transformers does not check that they fit each
other, so its code ends in every kind of error: an index beyond a table, sizes that do not multiply,
an image that is not there. An error of this package's own code stays as it is: the page and the
endpoints log it.
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

# Functions that hand a call of the model on to torch (torch.overrides, torch.utils).
_HANDING_ON = {"__torch_function__", "__torch_dispatch__"}

# How torch 2.13 says, in a plain RuntimeError, that the CPU's memory or a GPU library's is full.
_OUT_OF_MEMORY = ("can't allocate memory", "not enough memory", "out of memory", "ALLOC_FAILED")

# The folders of an absolute path; an address has them after its host.
_FOLDERS = re.compile(r"(?<![\w.:/~-])/(?:[^\s/'\"`]+/)+")

# characters of the model's own sentence that the reader is shown.
_MAX_CHARACTERS = 160


@contextmanager
def explain_model_errors(model_type: str) -> Iterator[None]:
    """Turn what the model's code raises in this block into an error for the reader.

    The block calls the model and does nothing else. A ``SpaceError``, and what is no ``Exception``
    (a keyboard interrupt), goes through as it is.

    Args:
        model_type: the type of the model, as in its configuration.

    Raises:
        ModelFailed: naming the type of the model, the cause and what to do.
        MemoryExhausted: if memory is full.
    """

    def message(error: Exception) -> str:
        return (
            f"{a_model(model_type)} cannot be run on {_cause(error)} ({error_summary(error)}). "
            "Try another text, or choose another model."
        )

    with _told(message), explain_full_memory(a_model(model_type)):
        yield


@contextmanager
def explain_tokenizer_errors() -> Iterator[None]:
    """Turn what the code of a tokenizer raises in this block into an error for the reader.

    Some tokenizers read more than a text: TAPAS a table, LayoutLMv3 the places of words.

    Raises:
        ModelFailed: naming the cause and what to do.
    """
    with _told(
        lambda error: (
            f"This model's tokenizer cannot read this text alone ({error_summary(error)}). "
            "Try another text, or choose another model."
        )
    ):
        yield


@contextmanager
def _told(message: Callable[[Exception], str]) -> Iterator[None]:
    """Turn an error of code that is not this package's into ``ModelFailed``.

    Args:
        message: returns what the reader is told of an error.
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
def explain_full_memory(taker: str) -> Iterator[None]:
    """Turn the error of a memory that is full into one for the reader, and free what it holds.

    Args:
        taker: what needs the memory, at the beginning of a sentence.

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
        # The frames of the error hold the tensors that filled the memory.
        traceback.clear_frames(error.__traceback__)
        raise MemoryExhausted(
            f"{taker} runs out of memory: it needs more than this machine has free now. Shorten "
            "the text, choose a smaller model, or try again in a minute."
        ) from error


def _is_of_memory(error: Exception) -> bool:
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    said = str(error)
    return isinstance(error, RuntimeError) and any(each in said for each in _OUT_OF_MEMORY)


def _is_of_this_package(error: Exception) -> bool:
    """Return whether this package's own code failed: it watches the model while it runs."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    # The first ones called the model.
    called = list(dropwhile(lambda frame: _module(frame).startswith(_CALLING), frames))
    for frame in reversed(called):
        if frame.f_code.co_name in _HANDING_ON:
            continue
        if _module(frame).startswith((_OURS, _THEIRS)):
            return _module(frame).startswith(_OURS)
    return not called


def _module(frame: FrameType) -> str:
    return frame.f_globals.get("__name__", "") + "."


def _cause(error: Exception) -> str:
    """Return what the model was run on and why that fails, as far as the error says."""
    said = str(error)
    if isinstance(error, IndexError) or "out of bounds" in said:
        return "this text: a token or a position is beyond its tables"
    if "NoneType" in said or isinstance(error, TypeError | ValueError):
        return "a text alone: it asks for another input or setting"
    return "this text: its configuration, its weights and the text do not fit each other"


def error_summary(error: Exception) -> str:
    """Return an error's type and its own words, on one line, without folders of this machine."""
    said = _FOLDERS.sub("", " ".join(str(error).split())).rstrip(".")
    if len(said) > _MAX_CHARACTERS:
        said = said[:_MAX_CHARACTERS] + " …"
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
