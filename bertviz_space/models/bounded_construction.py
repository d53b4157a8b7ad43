"""A bound on the tensors and the time that building a model without weights may take."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from ..limits import MAX_OUTLINE_SECONDS, MAX_OUTLINE_TENSORS

_TENSOR_FACTORIES = {
    torch.arange, torch.empty, torch.eye, torch.full, torch.linspace, torch.ones, torch.rand,
    torch.randn, torch.zeros,
}  # fmt: skip


class ConstructionTooLarge(Exception):
    """Building a model takes more tensors, numbers or seconds than allowed."""


class BoundedConstruction(TorchFunctionMode):
    """Raise ``ConstructionTooLarge`` if building a model in this thread exceeds the bounds.

    The bounds are ``max_numbers``, ``MAX_OUTLINE_TENSORS`` and ``MAX_OUTLINE_SECONDS``.

    Args:
        max_numbers: the numbers that all tensors of the model may have.
    """

    def __init__(self, max_numbers: int) -> None:
        super().__init__()
        self._numbers_left = max_numbers
        self._tensors_left = MAX_OUTLINE_TENSORS
        self._end = time.monotonic() + MAX_OUTLINE_SECONDS

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Call ``func`` and count the tensor that it makes."""
        if time.monotonic() > self._end:
            raise ConstructionTooLarge
        result = func(*args, **(kwargs or {}))
        if func in _TENSOR_FACTORIES:
            self._tensors_left -= 1
            self._numbers_left -= math.prod(result.shape)
            if self._tensors_left < 0 or self._numbers_left < 0:
                raise ConstructionTooLarge
        return result
