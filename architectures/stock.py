"""What transformers computes by itself, with nothing of ours in the way: the tests' oracle."""

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
    """Take our function out of transformers' table, as if this project had never been imported.

    A stock table has no ``"eager"``: every modelling file then falls back on its own function.
    """
    table = AttentionInterface._global_mapping
    ours = table.pop("eager")
    assert ours.__module__ == "bertviz_space.capture.interface"
    try:
        yield
    finally:
        table["eager"] = ours


def stock_copy(model: PreTrainedModel) -> Any:
    """A second model with the same weights, built from the configuration."""
    config = copy.deepcopy(model.config)
    config.use_cache = False  # that of a decoder alone fails where the encoder is less deep (BART)
    if hasattr(config, "attention_type") and config.attention_type == "block_sparse":
        # BigBird exchanges its attention for a short text, and then reports none.
        config.attention_type = "original_full"
    twin = type(model)._from_config(config, attn_implementation="eager", dtype=model.dtype)
    twin.load_state_dict(model.state_dict())
    return twin.eval()


@torch.no_grad()
def stock_weights(model: PreTrainedModel, inputs: dict[str, Any]) -> dict[Component, list[Tensor]]:
    """The weights that transformers reports: for each component and layer ``[head, query, key]``.

    Args:
        model: the model whose weights a second model is given.
        inputs: the model's inputs, a batch of one.
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
