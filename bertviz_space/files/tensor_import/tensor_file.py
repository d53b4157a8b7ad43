"""The interface of a reader's open file of tensors: headers of arrays, arrays, and other values.

``npz_file`` and ``safetensors_file`` read the two formats. No size that a file declares is trusted:
names, shapes and texts are bounded in bytes before Python makes objects of them, and an array is
read only once its numbers and bytes are known to fit into memory.
"""

import json
import math
import time
from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from ...cancellation import Cancellation
from ...errors import TensorsUnreadable
from ...limits import MAX_OPENING_SECONDS

# Axes that an error message names with their sizes.
_NAMED_AXES = 6

NOT_READABLE = (
    "The file is neither a safetensors nor an npz file, or it is damaged. The page says how to "
    "write one."
)


@dataclass(frozen=True)
class ArrayHeader:
    """The header of one array.

    Attributes:
        shape: the sizes of its axes, which are not negative.
        dtype: the name of its type, as the file's format spells it.
        num_bytes: the bytes of its numbers.
        epsilon: the distance from 1 to the next number of this type; ``None`` if it is not a
            floating-point type.
        smallest: the smallest number above 0 of this type.
    """

    shape: tuple[int, ...]
    dtype: str
    num_bytes: int
    epsilon: float | None
    smallest: float = 0.0

    @property
    def num_entries(self) -> int:
        """The number of entries in the array."""
        return math.prod(self.shape)

    def rounding_of_sum(self, count: int) -> float:
        """Return by how much the sum of ``count`` weights can be above 1 because of rounding."""
        return (self.epsilon or 0.0) + count * self.smallest / 2

    @property
    def axes(self) -> str:
        """The shape as error messages show it, such as ``[2, 4, 3, 3]``."""
        if len(self.shape) > _NAMED_AXES:
            return f"of {len(self.shape)} axes"
        return "[" + ", ".join(map(str, self.shape)) + "]"


class TensorFile(ABC):
    """An open file, which reads only the arrays that are requested."""

    @property
    @abstractmethod
    def names(self) -> Collection[str]:
        """The names of its arrays."""

    @abstractmethod
    def header(self, name: str) -> ArrayHeader:
        """Return the header of an array whose name is in ``names``.

        Raises:
            TensorsUnreadable: if the header is damaged, or the array contains Python objects.
        """

    @abstractmethod
    def tensor(self, name: str) -> Tensor:
        """Return an array of floating-point numbers, in the type and shape of its header.

        The caller checks the size in the header first.

        Raises:
            TensorsUnreadable: if its bytes are damaged.
        """

    @abstractmethod
    def value(self, name: str) -> Any:
        """Return a value other than weights and vectors: tokens, scaling or layers.

        Returns:
            Texts, numbers, and lists of them; JSON is decoded. ``None`` if there is no value.

        Raises:
            TensorsUnreadable: if it is too large, or cannot be read.
        """

    def value_or_none(self, name: str) -> Any:
        """Return what ``value`` returns, or ``None`` if it cannot be read.

        A tensor with another purpose can have the same name.
        """
        try:
            return self.value(name)
        except TensorsUnreadable:
            return None


class Watch:
    """Stops the reading of a file that is canceled or exceeds its time limit.

    Args:
        cancellation: checked between two steps, each of which is short.
        seconds: the time limit, counted from now on.
    """

    def __init__(self, cancellation: Cancellation, seconds: float = MAX_OPENING_SECONDS) -> None:
        self._cancellation = cancellation
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    def check(self) -> None:
        """Raise an error if the reading is canceled or has no time left.

        Raises:
            RunStopped: once the cancellation is requested.
            TensorsUnreadable: once the time is over.
        """
        self._cancellation.check()
        if time.monotonic() > self._end:
            raise TensorsUnreadable(
                f"Opening the file took more than {self._seconds:g} seconds, the limit for one "
                "file. Keep fewer layers or heads, and write npz without compression."
            )


def from_json(text: str) -> Any:
    """Return the value of a JSON text, or the text itself if it is not JSON.

    The caller checks the length of the text first.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
