"""Passes that stop between two layers once nobody waits for them, or their time is over."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from torch import nn

from ..errors import RunStopped, RunTooLong


@contextmanager
def stopping_between_layers(
    model: nn.Module, is_wanted: Callable[[], bool], max_seconds: float = math.inf
) -> Iterator[None]:
    """Ask before each layer of every pass in this block, from hooks that are gone after it.

    Args:
        model: the model that runs, of transformers: its layers stand in lists of modules.
        is_wanted: False to stop.
        max_seconds: what all passes of the block may take together, but for the layer that is under
            way when they are over.

    Raises:
        RunStopped: from within the pass.
        RunTooLong: likewise, once the time is over.
    """
    end = monotonic() + max_seconds

    def ask(*_: Any) -> None:
        if not is_wanted():
            raise RunStopped
        if monotonic() >= end:
            raise RunTooLong(max_seconds)

    lists = [module for module in model.modules() if isinstance(module, nn.ModuleList)]
    handles = [layer.register_forward_pre_hook(ask) for layers in lists for layer in layers]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
