"""A trace as files: the only Python that knows what the page reads (``assets/core/trace.js``).

``manifest.json`` names the model, the tokens and, for each component, its files beside it:

* ``<component>-<layer>.safetensors``: float32 ``query`` ``[head, query, head_dim]`` and ``key``
  ``[key_value_head, key, head_dim]``, with the terms of the formula that are tensors: ``allowed``
  uint8 ``[head or 1, query, key]`` where the manifest's ``reach`` does not say it all, one of the
  forms of the bias (``short_forms``), and ``sink`` float32 ``[head]``. The page makes the weights
  from these, by the same formula, so that what travels grows with the text and not with its square.
  ``model_weights`` float32 ``[head, row, key]`` are the model's own weights of the queries
  ``model_queries`` int32 ``[row]``: the page holds what it made against them.
* ``<component>-overview.safetensors``: every head at a glance, see ``_overview``.

safetensors is the format of both: it says dtype and shape of each array, in little-endian bytes.
"""

import json
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from .attention import Component, LayerAttention, Token, Trace
from .short_forms import short_bias, short_mask

# The page refuses a manifest of another version rather than draw it wrongly.
VERSION = 2

# Queries or keys that an overview tells apart: a cell of the model view is some 80 pixels wide.
OVERVIEW_BINS = 64


def write_trace(trace: Trace, model_id: str, revision: str, folder: Path) -> Path:
    """Write all that the three views need.

    Args:
        trace: the result of ``extract``.
        model_id: the model's id, shown to the reader.
        revision: the model's commit.
        folder: an empty folder.

    Returns:
        The path of the manifest.
    """
    manifest = {
        "version": VERSION,
        "model": {"model_id": model_id, "revision": revision},
        "source": [asdict(token) for token in trace.source],
        "target": None if trace.target is None else [asdict(token) for token in trace.target],
        "components": [
            _write_component(trace, component, folder) for component in trace.components
        ],
    }
    path = folder / "manifest.json"
    path.write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
    return path


def write_weights(trace: Trace, model_id: str, revision: str, path: Path) -> Path:
    """Write the weights of all layers, for programs: quadratic in tokens, so only on request.

    One float32 tensor ``[layer, head, query, key]`` a component, under the component's name. The
    file's metadata holds the axes, the model, and, as JSON, the true numbers of the layers and the
    notes on what was done with the texts.
    """
    tensors = {
        str(component): torch.stack([layer.weights() for layer in layers])
        for component, layers in trace.layers.items()
    }
    numbers = {name: [layer.layer for layer in layers] for name, layers in trace.layers.items()}
    metadata = {
        "axes": "layer head query key",
        "model_id": model_id,
        "revision": revision,
        "layers": json.dumps(numbers),
        "notes": json.dumps(trace.notes),
    }
    save_file(tensors, path, metadata=metadata)
    return path


def _write_component(trace: Trace, component: Component, folder: Path) -> dict[str, object]:
    layers = trace.layers[component]
    query_edges = bin_edges(trace.query_tokens(component))
    key_edges = bin_edges(trace.key_tokens(component))
    overview: dict[str, Tensor] = {"query_edges": query_edges, "key_edges": key_edges}
    entries = []
    for layer in layers:
        reach, allowed = short_mask(layer)
        file = f"{component}-{layer.layer}.safetensors"
        save_file(_tensors(layer, allowed), folder / file)
        overview[str(layer.layer)] = _overview(layer.weights(), query_edges, key_edges)
        entries.append(
            {
                "layer": layer.layer,
                "file": file,
                "num_heads": layer.num_heads,
                "num_key_value_heads": layer.num_key_value_heads,
                "head_dim": layer.head_dim,
                "scaling": layer.scaling,
                "softcap": layer.softcap,
                "reach": reach,
                "rotation": None if layer.rotation is None else asdict(layer.rotation),
            }
        )
    overview_file = f"{component}-overview.safetensors"
    save_file(overview, folder / overview_file)
    return {
        "component": component,
        "query_tokens": "target" if trace.query_tokens(component) is trace.target else "source",
        "key_tokens": "target" if trace.key_tokens(component) is trace.target else "source",
        "overview": overview_file,
        "layers": entries,
    }


def _tensors(layer: LayerAttention, allowed: Tensor | None) -> dict[str, Tensor]:
    tensors = {"query": layer.query, "key": layer.key}
    if allowed is not None:
        tensors["allowed"] = allowed.to(torch.uint8).contiguous()
    if layer.bias is not None:
        name, bias = short_bias(layer)
        tensors[name] = bias.contiguous()
    if layer.sink is not None:
        tensors["sink"] = layer.sink
    if layer.model_weights is not None:
        tensors["model_queries"] = layer.model_weights.queries.int()
        tensors["model_weights"] = layer.model_weights.weights.contiguous()
    return tensors


def bin_edges(tokens: tuple[Token, ...], bins: int = OVERVIEW_BINS) -> Tensor:
    """Where the bins of an overview begin and end: int32 ``[bin + 1]``, from 0 to the last token.

    One bin a token where they fit. No bin reaches over the border between two segments, so that a
    block such as A to B is made of whole bins.
    """
    borders = [0, len(tokens)]
    segment_b = [position for position, token in enumerate(tokens) if token.segment == "B"]
    if segment_b:
        borders.insert(1, segment_b[0])
    if len(tokens) <= bins:
        return torch.arange(len(tokens) + 1, dtype=torch.int32)
    edges = [0]
    for begin, end in pairwise(borders):
        share = max(1, round(bins * (end - begin) / len(tokens)))
        steps = torch.linspace(begin, end, min(share, end - begin) + 1).round()
        edges += steps[1:].int().tolist()
    return torch.tensor(edges, dtype=torch.int32)


def _overview(weights: Tensor, query_edges: Tensor, key_edges: Tensor) -> Tensor:
    """Every head at a glance: the largest weight of each bin, as its square root in 255 steps.

    Mean pooling would hide what a reader looks for, thin diagonals and columns; the square root
    keeps small weights apart.

    Args:
        weights: float32 ``[head, query, key]``.
        query_edges: int32 ``[query_bin + 1]``.
        key_edges: int32 ``[key_bin + 1]``.

    Returns:
        uint8 ``[head, query_bin, key_bin]``.
    """
    pooled = _pool(_pool(weights, key_edges).transpose(1, 2), query_edges).transpose(1, 2)
    return (pooled.sqrt() * 255).round().to(torch.uint8).contiguous()


def _pool(values: Tensor, edges: Tensor) -> Tensor:
    """The largest of each bin along the last axis."""
    lengths = edges.diff().to(torch.int64)
    bins = torch.repeat_interleave(torch.arange(len(lengths)), lengths)
    pooled = values.new_zeros(*values.shape[:-1], len(lengths))
    return pooled.scatter_reduce(-1, bins.expand_as(values), values, "amax")
