"""A bound for what is made while a model without numbers is put together."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from ..limits import MAX_OUTLINE_SECONDS, MAX_OUTLINE_TENSORS

# bytes of a number as models are loaded here.
_FLOAT32 = 4

_MAKES_TENSOR = {
    torch.arange, torch.empty, torch.eye, torch.full, torch.linspace, torch.ones, torch.rand,
    torch.randn, torch.zeros,
}  # fmt: skip


class TooMuch(Exception):
    """More tensors, bytes or seconds than a model may take that is put together here."""


class BoundedConstruction(TorchFunctionMode):
    """Stops the construction of a model in this thread that takes too much.

    Args:
        max_bytes: bytes of float32 that all tensors of the model may take.
    """

    def __init__(self, max_bytes: int) -> None:
        super().__init__()
        self._numbers_left = max_bytes // _FLOAT32
        self._tensors_left = MAX_OUTLINE_TENSORS
        self._end = time.monotonic() + MAX_OUTLINE_SECONDS

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Count what ``func`` makes."""
        if time.monotonic() > self._end:
            raise TooMuch
        result = func(*args, **(kwargs or {}))
        if func in _MAKES_TENSOR:
            self._tensors_left -= 1
            self._numbers_left -= math.prod(result.shape)
            if self._tensors_left < 0 or self._numbers_left < 0:
                raise TooMuch
        return result
