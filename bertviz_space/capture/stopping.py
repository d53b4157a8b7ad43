"""Stops a forward pass between two layers when it is canceled or exceeds its time limit."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from torch import nn

from ..cancellation import Cancellation
from ..errors import RunTooLong


def stopping_check(
    cancellation: Cancellation, max_seconds: float = math.inf
) -> Callable[..., None]:
    """Return a function that raises an error if work is to stop; it ignores its arguments.

    Args:
        cancellation: stops the work.
        max_seconds: the time limit in seconds, counted from now.

    Raises:
        RunStopped: once the cancellation is requested. The returned function raises it.
        RunTooLong: once the time is over. The returned function raises it.
    """
    end = monotonic() + max_seconds

    def check(*_: Any) -> None:
        cancellation.check()
        if monotonic() >= end:
            raise RunTooLong(max_seconds)

    return check


@contextmanager
def stopping_between_layers(
    model: nn.Module, cancellation: Cancellation, max_seconds: float = math.inf
) -> Iterator[Callable[[], None]]:
    """Check before each layer of every forward pass in this block whether to stop.

    The checks are hooks, which are removed when the block ends.

    Args:
        model: a model of transformers, whose layers are in lists of modules.
        cancellation: stops the pass.
        max_seconds: the time limit of all passes in the block together. The layer that is running
            when the time is over is completed.

    Raises:
        RunStopped: once the cancellation is requested. The pass itself raises it.
        RunTooLong: once the time is over. The pass itself raises it.
    """
    check = stopping_check(cancellation, max_seconds)
    lists = [module for module in model.modules() if isinstance(module, nn.ModuleList)]
    handles = [layer.register_forward_pre_hook(check) for layers in lists for layer in layers]
    try:
        yield check
    finally:
        for handle in handles:
            handle.remove()
