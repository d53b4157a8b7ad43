"""Write the weights of chosen layers and heads, or their query and key vectors, for programs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from ..errors import NoSuchHead
from ..trace import Component, LayerAttention, Trace
from .interventions_in_words import interventions_in_words
from .writing import write_file

_FLOAT32_BYTES = 4


@dataclass(frozen=True)
class LayersAndHeads:
    """The layers and heads that a program asks for; an empty tuple means all of them.

    Attributes:
        layers: the layers' true numbers, from 0.
        heads: the heads' numbers, from 0.
    """

    layers: tuple[int, ...] = ()
    heads: tuple[int, ...] = ()

    def layers_of(self, trace: Trace) -> dict[Component, list[LayerAttention]]:
        """Return the chosen layers of each component that has any of them, in ascending order.

        Raises:
            NoSuchHead: if no component has one of the layers, or one of these layers does not have
                one of the heads.
        """
        numbers = {layer.layer for layers in trace.layers.values() for layer in layers}
        for number in self.layers:
            if number not in numbers:
                raise NoSuchHead("layer", number, min(numbers), max(numbers))
        chosen: dict[Component, list[LayerAttention]] = {
            component: [layer for layer in layers if layer.layer in (self.layers or numbers)]
            for component, layers in trace.layers.items()
        }
        fewest = min(layer.num_heads for layers in chosen.values() for layer in layers)
        for number in self.heads:
            if not 0 <= number < fewest:
                raise NoSuchHead("head", number, 0, fewest - 1)
        return {component: layers for component, layers in chosen.items() if layers}

    def heads_of(self, layer: LayerAttention) -> list[int]:
        """Return the chosen heads of a layer in the order of ``heads``, each once."""
        return list(dict.fromkeys(self.heads)) or list(range(layer.num_heads))


ALL = LayersAndHeads()


def weights_bytes(trace: Trace, chosen: LayersAndHeads) -> int:
    """Return the bytes of the chosen weights in float32.

    Raises:
        NoSuchHead: see ``LayersAndHeads.layers_of``.
    """
    return sum(
        _FLOAT32_BYTES * len(chosen.heads_of(layer)) * layer.num_queries * layer.num_keys
        for layers in chosen.layers_of(trace).values()
        for layer in layers
    )


def write_weights(
    trace: Trace, chosen: LayersAndHeads, model_id: str, revision: str, path: Path
) -> Path:
    """Write weights as a safetensors file and return its path.

    The file grows with the square of the number of tokens, so it is written only on request. It
    contains one float32 tensor ``[layer, head, query, key]`` for each component, under the
    component's name. If the layers of a component have different numbers of heads (Laguna) and
    ``chosen`` names no heads, the file instead contains one tensor ``[head, query, key]`` for each
    layer of every component, under names such as ``self.3``.

    The metadata contains the axes, the model, and, as JSON, the true numbers of each component's
    layers and of each tensor's heads, the tokens, and the notes on how the texts were read.

    Raises:
        NoSuchHead: see ``LayersAndHeads.layers_of``.
        ResultNotWritten: if the file cannot be written. Nothing of the file is left.
    """
    layers = chosen.layers_of(trace)

    def weights(layer: LayerAttention) -> Tensor:
        return layer.weights()[chosen.heads_of(layer)]

    heads: dict[str, list[int]]
    counts = [{len(chosen.heads_of(layer)) for layer in each} for each in layers.values()]
    same_heads = all(len(each) == 1 for each in counts)
    if same_heads:
        tensors = {str(name): torch.stack([*map(weights, each)]) for name, each in layers.items()}
        heads = {name: chosen.heads_of(each[0]) for name, each in layers.items()}
    else:
        every = [layer for each in layers.values() for layer in each]
        tensors = {_name(layer): weights(layer) for layer in every}
        heads = {_name(layer): chosen.heads_of(layer) for layer in every}
    metadata = {
        "axes": "layer head query key" if same_heads else "head query key",
        **_numbers(layers, heads),
        **_origin(trace, model_id, revision),
    }
    return write_file(path, lambda partial: save_file(tensors, partial, metadata=metadata))


def write_query_key(
    trace: Trace, chosen: LayersAndHeads, model_id: str, revision: str, path: Path
) -> Path:
    """Write query and key vectors, as the model multiplies them, and return the file's path.

    For each layer, such as layer 3 of ``self``, the safetensors file contains:

    * ``self.3.query``: float32 ``[head, query, head_dim]``.
    * ``self.3.key``: float32 ``[head, key, head_dim]``. If query heads share a key head, each gets
      a copy of its vectors.
    * ``self.3.logsumexp``: float32 ``[head, query]``, the logarithm of the softmax's denominator; 0
      for a query that sees no key, so that ``exp(-inf - 0)`` is its weight of 0.

    The metadata is that of ``write_weights``, with the heads of each layer under its name, and
    ``scaling``: as JSON, the factor of each layer's dot products.

    Raises:
        NoSuchHead: see ``LayersAndHeads.layers_of``.
        ResultNotWritten: if the file cannot be written. Nothing of the file is left.
    """
    tensors: dict[str, Tensor] = {}
    scaling: dict[str, float] = {}
    heads: dict[str, list[int]] = {}
    layers = chosen.layers_of(trace)
    for layer in (layer for each in layers.values() for layer in each):
        name, numbers = _name(layer), chosen.heads_of(layer)
        shared = layer.num_heads // layer.num_key_value_heads
        tensors[f"{name}.query"] = layer.query[numbers].contiguous()
        tensors[f"{name}.key"] = layer.key[[head // shared for head in numbers]].contiguous()
        logsumexp = layer.log_normalizers()[numbers].nan_to_num(neginf=0.0)
        tensors[f"{name}.logsumexp"] = logsumexp.contiguous()
        scaling[name], heads[name] = layer.scaling, numbers
    metadata = {
        "axes": "head position head_dim",
        "scaling": json.dumps(scaling),
        **_numbers(layers, heads),
        **_origin(trace, model_id, revision),
    }
    return write_file(path, lambda partial: save_file(tensors, partial, metadata=metadata))


def _name(layer: LayerAttention) -> str:
    return f"{layer.component}.{layer.layer}"


def _numbers(
    layers: Mapping[Component, Sequence[LayerAttention]], heads: Mapping[str, list[int]]
) -> dict[str, str]:
    """Return the metadata entries ``layers`` and ``heads``."""
    numbers = {name: [layer.layer for layer in each] for name, each in layers.items()}
    return {"layers": json.dumps(numbers), "heads": json.dumps(heads)}


def _origin(trace: Trace, model_id: str, revision: str) -> dict[str, str]:
    """Return the metadata entries that name the model, the tokens and the notes."""
    sides = {"tokens": trace.source, "target_tokens": trace.target}
    texts = {
        name: json.dumps([token.text for token in side]) for name, side in sides.items() if side
    }
    notes = json.dumps(trace.notes)
    interventions = json.dumps(interventions_in_words(trace))
    names = {"model_id": model_id, "revision": revision, "interventions": interventions}
    return {**names, "notes": notes, **texts}
