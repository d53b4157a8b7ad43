"""Reads a layer as the page does, from the manifest and its file, with plain loops."""

from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor

from bertviz_space import Component, LayerAttention
from bertviz_space.trace import ModelWeights, Rotation


def read_layer(folder: Path, component: Component, entry: dict[str, Any]) -> LayerAttention:
    """Return one layer of a written trace. ``entry`` is the layer's entry in the manifest."""
    tensors = load_file(folder / entry["file"])
    num_queries, num_keys = tensors["query"].shape[1], tensors["key"].shape[1]
    bias = tensors.get("bias")
    if "bias_by_key" in tensors:
        bias = tensors["bias_by_key"][:, None, :].expand(-1, num_queries, -1)
    if "bias_by_distance" in tensors:
        bias = torch.zeros(len(tensors["bias_by_distance"]), num_queries, num_keys)
        for query in range(num_queries):
            for key in range(num_keys):
                column = key - query + num_queries - 1
                bias[:, query, key] = tensors["bias_by_distance"][:, column]
    allowed = tensors["allowed"].bool() if "allowed" in tensors else None
    if entry["reach"] is not None:
        reached = in_reach(entry["reach"], num_queries, num_keys)
        allowed = reached if allowed is None else allowed & reached
    layer = LayerAttention(
        component=component,
        layer=entry["layer"],
        query=tensors["query"],
        key=tensors["key"],
        scaling=entry["scaling"],
        allowed=allowed,
        bias=bias,
        softcap=entry["softcap"],
        sink=tensors.get("sink"),
        rotation=None if entry["rotation"] is None else Rotation(**entry["rotation"]),
        model_weights=ModelWeights(tensors["model_queries"].long(), tensors["model_weights"])
        if "model_weights" in tensors
        else None,
    )
    sizes = (layer.num_heads, layer.num_key_value_heads, layer.head_dim)
    assert sizes == (entry["num_heads"], entry["num_key_value_heads"], entry["head_dim"])
    return layer


def in_reach(reach: dict[str, int | None], num_queries: int, num_keys: int) -> Tensor:
    """Return which keys are in reach of each query: bool ``[1, query, key]``."""
    reached = torch.ones(1, num_queries, num_keys, dtype=torch.bool)
    for query in range(num_queries):
        for key in range(num_keys):
            if reach["before"] is not None and query - key > reach["before"]:
                reached[0, query, key] = False
            if reach["after"] is not None and key - query > reach["after"]:
                reached[0, query, key] = False
    return reached
