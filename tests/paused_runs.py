"""Pauses runs in a layer, so that a test can act in the meantime."""

from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Event, Lock
from typing import Any

from torch import nn
from torch.nn.modules.module import register_module_forward_pre_hook

from bertviz_space import errors
from bertviz_space.jobs import handler


class PausedRuns:
    """The runs in this process; those of one kind of model pause in their first layer.

    Attributes:
        entered: set when a run reaches its first layer.
        let_go: the test sets it, so that all runs continue.
        ended: set when a paused run has finished or was stopped.
        num_layers: the number of layers that have started in all paused runs together.
        begun: the texts of all runs that have started, in this order.
        canceled: the texts of the runs that were canceled, in this order.
        stopped: the texts of the canceled runs that have ended, in this order.
    """

    def __init__(self) -> None:
        self.entered = Event()
        self.let_go = Event()
        self.ended = Event()
        self.num_layers = 0
        self.begun = SimpleQueue[str]()
        self.canceled = SimpleQueue[str]()
        self.stopped = SimpleQueue[str]()


@contextmanager
def paused_runs(layer_class: type[nn.Module], monkeypatch: Any) -> Iterator[PausedRuns]:
    """Pause every run in each layer of a class until ``let_go`` is set."""
    runs, lock = PausedRuns(), Lock()
    extract = handler.extract

    def before_layer(module: nn.Module, _: Any) -> None:
        if isinstance(module, layer_class):
            with lock:
                runs.num_layers += 1
            runs.entered.set()
            runs.let_go.wait()

    def extract_and_note(model: Any, tokenizer: Any, text: str, **options: Any) -> Any:
        options["cancellation"].add_callback(lambda: runs.canceled.put(text))
        runs.begun.put(text)
        try:
            return extract(model, tokenizer, text, **options)
        except errors.RunStopped:
            runs.stopped.put(text)
            raise
        finally:
            if any(isinstance(module, layer_class) for module in model.modules()):
                runs.ended.set()

    monkeypatch.setattr(handler, "extract", extract_and_note)
    handle = register_module_forward_pre_hook(before_layer)
    try:
        yield runs
    finally:
        runs.let_go.set()
        handle.remove()
