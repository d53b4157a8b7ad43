"""Files for programs: weights of the layers and heads asked for, or the vectors that make them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from ..errors import NoSuchHead
from ..trace.attention import Component, LayerAttention, Trace
from .writing import write_file

_FLOAT32 = 4


@dataclass(frozen=True)
class Selection:
    """Which layers and heads of a trace: by their true numbers; all where none is named.

    Attributes:
        layers: numbers of layers.
        heads: numbers of heads.
    """

    layers: tuple[int, ...] = ()
    heads: tuple[int, ...] = ()

    def of(self, trace: Trace) -> dict[Component, list[LayerAttention]]:
        """The layers of each component; a component that has none of them is left out.

        Raises:
            NoSuchHead: for a number that no layer, or not every one of these layers, has.
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
        """The heads of a layer that are asked for, each once."""
        return list(dict.fromkeys(self.heads)) or list(range(layer.num_heads))


ALL = Selection()


def weights_bytes(trace: Trace, selection: Selection) -> int:
    """Bytes of the weights that are asked for, float32.

    Raises:
        NoSuchHead: see ``Selection.of``.
    """
    return sum(
        _FLOAT32 * len(selection.heads_of(layer)) * layer.num_queries * layer.num_keys
        for layers in selection.of(trace).values()
        for layer in layers
    )


def write_weights(
    trace: Trace, selection: Selection, model_id: str, revision: str, path: Path
) -> Path:
    """Write weights: quadratic in tokens, so only on request.

    One float32 tensor ``[layer, head, query, key]`` a component, under the component's name; or,
    where layers of one component have unlike numbers of heads (Laguna), one a layer,
    ``[head, query, key]``, all under names such as ``self.3``. With heads that are named all layers
    have as many.

    The file's metadata holds the axes, the model, and, as JSON, the true numbers of each
    component's layers and of each tensor's heads, and the notes on what was done with the texts.

    Raises:
        NoSuchHead: see ``Selection.of``.
    """
    chosen = selection.of(trace)

    def weights(layer: LayerAttention) -> Tensor:
        return layer.weights()[selection.heads_of(layer)]

    heads: dict[str, list[int]]
    counts = [{len(selection.heads_of(each)) for each in layers} for layers in chosen.values()]
    alike = all(len(each) == 1 for each in counts)
    if alike:
        tensors = {str(name): torch.stack([*map(weights, each)]) for name, each in chosen.items()}
        heads = {name: selection.heads_of(each[0]) for name, each in chosen.items()}
    else:
        every = [layer for layers in chosen.values() for layer in layers]
        tensors = {_name(layer): weights(layer) for layer in every}
        heads = {_name(layer): selection.heads_of(layer) for layer in every}
    metadata = {
        "axes": "layer head query key" if alike else "head query key",
        **_numbers(chosen, heads),
        **_origin(trace, model_id, revision),
    }
    return write_file(path, lambda beside: save_file(tensors, beside, metadata=metadata))


def write_query_key(
    trace: Trace, selection: Selection, model_id: str, revision: str, path: Path
) -> Path:
    """Write query and key vectors, as they are multiplied.

    For each component and layer, such as ``self.3``, float32 ``self.3.query`` ``[head, query,
    head_dim]`` and ``self.3.key`` ``[head, key, head_dim]``: of a key head that heads share, a copy
    for each of them; and ``self.3.logsumexp`` ``[head, query]``, the logarithm of what the softmax
    divides by. The metadata is as of ``write_weights``, the heads by layer, and ``scaling`` has, as
    JSON, the factor of the dot products, likewise.

    Raises:
        NoSuchHead: see ``Selection.of``.
    """
    tensors: dict[str, Tensor] = {}
    scaling: dict[str, float] = {}
    heads: dict[str, list[int]] = {}
    chosen = selection.of(trace)
    for layer in (each for layers in chosen.values() for each in layers):
        name, some = _name(layer), selection.heads_of(layer)
        shared = layer.num_heads // layer.num_key_value_heads
        tensors[f"{name}.query"] = layer.query[some].contiguous()
        tensors[f"{name}.key"] = layer.key[[head // shared for head in some]].contiguous()
        tensors[f"{name}.logsumexp"] = layer.log_normalizers()[some].contiguous()
        scaling[name], heads[name] = layer.scaling, some
    metadata = {
        "axes": "head position head_dim",
        "scaling": json.dumps(scaling),
        **_numbers(chosen, heads),
        **_origin(trace, model_id, revision),
    }
    return write_file(path, lambda beside: save_file(tensors, beside, metadata=metadata))


def _name(layer: LayerAttention) -> str:
    return f"{layer.component}.{layer.layer}"


def _numbers(
    chosen: Mapping[Component, Sequence[LayerAttention]], heads: Mapping[str, list[int]]
) -> dict[str, str]:
    layers = {name: [layer.layer for layer in each] for name, each in chosen.items()}
    return {"layers": json.dumps(layers), "heads": json.dumps(heads)}


def _origin(trace: Trace, model_id: str, revision: str) -> dict[str, str]:
    sides = {"tokens": trace.source, "target_tokens": trace.target}
    texts = {
        name: json.dumps([token.text for token in side]) for name, side in sides.items() if side
    }
    notes = json.dumps(trace.notes)
    return {"model_id": model_id, "revision": revision, "notes": notes, **texts}
