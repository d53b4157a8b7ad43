"""The state that a model needs for a recorded pass, and its restoration afterwards."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import RLock
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

import torch
from transformers import PreTrainedModel

# The models inside ``for_inference``. Only the thread that has the model's lock looks for it here.
_prepared: WeakSet[PreTrainedModel] = WeakSet()

# Only one thread at a time runs a model, because ``for_inference`` changes the model's state.
_locks: WeakKeyDictionary[PreTrainedModel, Any] = WeakKeyDictionary()
_locks_guard = RLock()


@contextmanager
def for_inference(model: PreTrainedModel) -> Iterator[None]:
    """Run a block without gradients and dropout, and with eager attention.

    The model's state is restored at the end of the block, with what BigBird replaces in a pass. One
    thread at a time can use a model in such a block; that thread may enter another block of the
    same model inside it.
    """
    with _locks_guard:
        lock = _locks.setdefault(model, RLock())
    with lock, torch.no_grad():
        if model in _prepared:
            yield
            return
        with _prepared_for_inference(model):
            _prepared.add(model)
            try:
                yield
            finally:
                _prepared.discard(model)


@contextmanager
def _prepared_for_inference(model: PreTrainedModel) -> Iterator[None]:
    """Prepare a model for the outermost block, and restore it."""
    with restored_attention_type(model):
        training = [module for module in model.modules() if module.training]
        implementation = model.config._attn_implementation or "eager"
        if training:
            model.eval()
        model.set_attn_implementation("eager")
        try:
            yield
        finally:
            for module in training:
                module.training = True
            model.set_attn_implementation(implementation)


def without_cache(running: PreTrainedModel, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs with the request for no cache, if the model takes it.

    A single pass needs no cache, and ProphetNet's cache raises an error in it.
    """
    takes_cache = "use_cache" in inspect.signature(running.forward).parameters
    return {**inputs, "use_cache": False} if takes_cache else dict(inputs)


@contextmanager
def restored_attention_type(model: PreTrainedModel) -> Iterator[Callable[[], bool]]:
    """Restore the attention modules that BigBird replaces during a pass.

    For a short text, BigBird replaces its sparse attention with full attention permanently.

    Yields:
        A function that returns whether the model now attends sparsely, as it does to a long text.
    """
    sparse = [
        (module, module.attention_type, dict(module._modules))
        for module in model.modules()
        if vars(module).get("attention_type") == "block_sparse"
    ]

    def attends_sparsely() -> bool:
        return any(module.attention_type == "block_sparse" for module, _, _ in sparse)

    try:
        yield attends_sparsely
    finally:
        for module, attention_type, submodules in sparse:
            module.attention_type = attention_type
            module._modules.update(submodules)
