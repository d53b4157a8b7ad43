"""Passes the answer of a run, or its error, from another process to this one."""

import logging
import pickle
from collections.abc import Callable
from typing import Any

from ..errors import SpaceError

_log = logging.getLogger(__name__)


def pickled_answer(run: Callable[[], object]) -> bytes:
    """Call a function, and return its pickled answer or its pickled error.

    An error that is not for the reader is logged here. The other process gets a
    ``RuntimeError`` that contains only the name of its type.
    """
    try:
        answer = run()
    except SpaceError as error:
        answer = error
    except Exception as error:
        _log.exception("a run in this process failed")
        answer = RuntimeError(f"a run in another process failed: {type(error).__name__}")
    return pickle.dumps(answer, protocol=pickle.HIGHEST_PROTOCOL)


def answer_in(pickled: bytes | bytearray) -> Any:
    """Return the answer in what ``pickled_answer`` has returned, or raise the error in it.

    Reading a pickle can run any code, so it must come from a process that this one trusts.
    """
    answer = pickle.loads(pickled)
    if isinstance(answer, Exception):
        raise answer
    return answer
