"""What transformers computes without this project: the tests' oracle."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from transformers import AttentionInterface, PreTrainedModel

from bertviz_space.trace import Component


@contextmanager
def stock_transformers() -> Iterator[None]:
    """Remove this project's function from transformers' registry during a block.

    The registry of transformers itself has no ``"eager"``: without it, each modeling file uses its
    own function.
    """
    registry = AttentionInterface._global_mapping
    ours = registry.pop("eager", None)  # None before the first capture
    assert ours is None or ours.__module__ == "bertviz_space.capture.interface"
    try:
        yield
    finally:
        if ours is not None:
            registry["eager"] = ours


def stock_copy(model: PreTrainedModel) -> Any:
    """Return a second model with the same weights, built from the configuration."""
    config = copy.deepcopy(model.config)
    # The cache of a decoder alone raises an error if the encoder has fewer layers (BART).
    config.use_cache = False
    if hasattr(config, "attention_type") and config.attention_type == "block_sparse":
        # For a short text, BigBird replaces its sparse attention and then reports no weights.
        config.attention_type = "original_full"
    twin = type(model)._from_config(config, attn_implementation="eager", dtype=model.dtype)
    twin.load_state_dict(model.state_dict())
    return twin.eval()


@torch.no_grad()
def stock_weights(model: PreTrainedModel, inputs: dict[str, Any]) -> dict[Component, list[Tensor]]:
    """Return the attention weights that transformers reports.

    Args:
        model: the model. A second model with the same parameters runs in its place.
        inputs: the model's inputs, a batch of one.

    Returns:
        For each component, the weights of each layer: float32 ``[head, query, key]``.
    """
    with stock_transformers():
        outputs = stock_copy(model)(**inputs, output_attentions=True, return_dict=True)
    names: dict[Component, str] = {
        "self": "attentions",
        "encoder": "encoder_attentions",
        "decoder": "decoder_attentions",
        "cross": "cross_attentions",
    }
    found: dict[Component, list[Tensor]] = {}
    for component, name in names.items():
        layers = getattr(outputs, name, None)
        if layers:
            found[component] = [layer[0] for layer in layers]
    return found
