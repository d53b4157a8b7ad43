"""A model set for a pass that can be seen, and set back."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any
from weakref import WeakKeyDictionary

import torch
from transformers import PreTrainedModel

# One pass of a model at a time: threads may share a model that has to be set for the pass and back.
_locks: WeakKeyDictionary[PreTrainedModel, Any] = WeakKeyDictionary()
_locks_guard = RLock()


@contextmanager
def for_inference(model: PreTrainedModel) -> Iterator[None]:
    """No gradients, no dropout, and the attention function that can be seen; undone at the end.

    The thread that is in may enter again.
    """
    with _locks_guard:
        lock = _locks.setdefault(model, RLock())
    with lock, torch.no_grad():
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


@contextmanager
def attention_type_kept(model: PreTrainedModel) -> Iterator[Any]:
    """Undo what BigBird does to itself: for a short text it exchanges its attention, for good.

    Yields:
        A function that says whether the model attends sparsely, as it does to a long text.
    """
    kept = [
        (module, module.attention_type, dict(module._modules))
        for module in model.modules()
        if vars(module).get("attention_type") == "block_sparse"
    ]

    def attends_sparsely() -> bool:
        return any(module.attention_type == "block_sparse" for module, _, _ in kept)

    try:
        yield attends_sparsely
    finally:
        for module, attention_type, submodules in kept:
            module.attention_type = attention_type
            module._modules.update(submodules)
