"""What interventions change in the attention of single layers."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from ..errors import InterventionNotPossible
from ..limits import MAX_RUN_BYTES
from ..trace import Component, LayerAttention
from ..trace.interventions import EdgeCut, HeadOff, Intervention

# The layer of a component, by its number.
LayerKey = tuple[Component, int]

# The part of a run's memory that masks with cut edges may use.
_MAX_MASK_BYTES = MAX_RUN_BYTES // 4
# Bytes of a mask for each score while the layer runs (float32), and in the trace (bool).
_BYTES_PER_SCORE = 5


@dataclass(frozen=True, eq=False)
class LayerChange:
    """The interventions in one layer.

    Attributes:
        zero: the heads that output zeros.
        mean: the heads that output the mean of their own output over the positions.
        cut: bool ``[head or 1, query, key]``, True where an edge is cut; ``None`` for none.
    """

    zero: tuple[int, ...] = ()
    mean: tuple[int, ...] = ()
    cut: Tensor | None = field(default=None)

    def of_output(self, output: Tensor, head_axis: int, query_axis: int) -> Tensor:
        """Return the output of an attention with the heads that are off replaced.

        The weights of an attention may take the place of its output, which is linear in them: the
        mean of all rows of weights results in the mean of the output.

        Args:
            output: the output, or the weights, of any shape.
            head_axis: the axis of the heads.
            query_axis: the axis of the queries.
        """
        for heads, replacement in (
            (self.zero, output.new_zeros(())),
            (self.mean, output.mean(query_axis, keepdim=True) if self.mean else None),
        ):
            if heads and replacement is not None:
                output = output.where(~_of_heads(heads, output, head_axis), replacement)
        return output

    def of_mask(self, mask: Tensor | None, like: Tensor, axes: tuple[int, int]) -> Tensor | None:
        """Return an attention mask in which the cut edges are forbidden.

        Args:
            mask: bool, or additive, ``[1, head or 1, query or 1, key]``; ``None`` allows all keys.
            like: a tensor of the dtype and on the device of the scores.
            axes: the number of queries and of keys.
        """
        if self.cut is None:
            return mask
        if mask is None:
            mask = like.new_zeros(1, 1, *axes)
        mask, cut = mask[..., : axes[1]], self.cut.to(mask.device)
        if mask.dtype == torch.bool:
            return mask & ~cut
        return mask.masked_fill(cut, torch.finfo(mask.dtype).min)


def _of_heads(heads: tuple[int, ...], output: Tensor, axis: int) -> Tensor:
    """Return a mask that is True for some heads: bool, 1 on all other axes."""
    mask = torch.zeros(output.shape[axis], dtype=torch.bool, device=output.device)
    for head in heads:  # one after another, because a list would be copied to a GPU
        mask[head] = True
    shape = [1] * output.ndim
    shape[axis] = -1
    return mask.view(shape)


def changes_of(
    interventions: Iterable[Intervention], layers: Mapping[Component, Sequence[LayerAttention]]
) -> Mapping[LayerKey, LayerChange]:
    """Return what interventions change in each layer of a pass.

    Args:
        interventions: the interventions. Masked tokens change no layer.
        layers: the layers of the same pass without interventions.

    Raises:
        InterventionNotPossible: if a layer, head or position does not exist, or if an edge is the
            last one of its query.
    """
    off = defaultdict[LayerKey, list[HeadOff]](list)
    cut = defaultdict[LayerKey, list[EdgeCut]](list)
    for each in interventions:
        if isinstance(each, HeadOff):
            layer = _layer(layers, each.component, each.layer)
            _check_head(layer, each.head)
            off[layer.component, layer.layer].append(each)
        elif isinstance(each, EdgeCut):
            for layer in _layers_of_edge(layers, each):
                cut[layer.component, layer.layer].append(each)
    _check_memory(layers, cut)
    # Layers with the same cut edges share their mask.
    masks: dict[tuple[object, ...], Tensor] = {}
    changes = {}
    for key in sorted(off.keys() | cut.keys()):
        layer = _layer(layers, *key)
        mask = None
        if key in cut:
            mask = _shared_mask(masks, layer, cut[key])
            _check_rows(layer, mask)
        by = {name: tuple(e.head for e in off[key] if e.by == name) for name in ("zero", "mean")}
        if both := set(by["zero"]) & set(by["mean"]):
            raise InterventionNotPossible(
                f"Head {min(both)} of layer {layer.layer} is replaced by zero and by its mean. "
                "Undo one of them."
            )
        changes[key] = LayerChange(by["zero"], by["mean"], mask)
    return changes


def _layer(
    layers: Mapping[Component, Sequence[LayerAttention]], component: Component, number: int
) -> LayerAttention:
    """Return a layer, found by its number in the model."""
    numbers = [layer.layer for layer in _of_component(layers, component)]
    if number not in numbers:
        of = "" if component == "self" else f" of the {component} attention"
        raise InterventionNotPossible(
            f"There is no layer {number}{of} in this model: its layers are {numbers[0]} to "
            f"{numbers[-1]}. Choose one of them."
        )
    return layers[component][numbers.index(number)]


def _of_component(
    layers: Mapping[Component, Sequence[LayerAttention]], component: Component
) -> Sequence[LayerAttention]:
    if component not in layers:
        raise InterventionNotPossible(
            f"This model has no {component} attention. Name one of its attentions: "
            f"{', '.join(layers)}."
        )
    return layers[component]


def _check_head(layer: LayerAttention, head: int) -> None:
    if not 0 <= head < layer.num_heads:
        raise InterventionNotPossible(
            f"There is no head {head} in layer {layer.layer}: its heads are 0 to "
            f"{layer.num_heads - 1}. Choose one of them."
        )


def _layers_of_edge(
    layers: Mapping[Component, Sequence[LayerAttention]], edge: EdgeCut
) -> Sequence[LayerAttention]:
    """Return the layers in which an edge is cut, after checking its head and its positions."""
    if edge.layer is None:
        its = _of_component(layers, edge.component)
    else:
        its = [_layer(layers, edge.component, edge.layer)]
    for layer in its:
        if edge.head is not None:
            _check_head(layer, edge.head)
    for name, position, count in (
        ("query", edge.query, its[0].num_queries),
        ("key", edge.key, its[0].num_keys),
    ):
        if position is not None and not 0 <= position < count:
            raise InterventionNotPossible(
                f"There is no {name} at position {position}: the positions are 0 to {count - 1}. "
                "Choose one of them."
            )
    return its


def _check_memory(
    layers: Mapping[Component, Sequence[LayerAttention]],
    cut: Mapping[LayerKey, Sequence[EdgeCut]],
) -> None:
    """Check that the masks of cut edges do not need too much memory."""
    masks = {_mask_key(_layer(layers, *key), edges) for key, edges in cut.items()}
    num_bytes = _BYTES_PER_SCORE * sum(math.prod(shape) for shape, *_ in masks)
    if num_bytes > _MAX_MASK_BYTES:
        raise InterventionNotPossible(
            f"The cut edges would need {num_bytes / 1e9:.1f} GB of memory for a text of this "
            "length. Cut them in all layers and heads instead of single ones, or shorten the text."
        )


def _mask_key(
    layer: LayerAttention, edges: Sequence[EdgeCut]
) -> tuple[tuple[int, int, int], bool, tuple[tuple[int | None, ...], ...]]:
    """Return what determines the mask of cut edges in a layer.

    Returns:
        The mask's shape; whether a token keeps its edge to itself; and query, key and head of each
        edge.
    """
    has_heads = any(edge.head is not None for edge in edges)
    shape = (layer.num_heads if has_heads else 1, layer.num_queries, layer.num_keys)
    # In cross attention, a query and a key at the same position are different tokens.
    keeps_itself = layer.component != "cross"
    return shape, keeps_itself, tuple((edge.query, edge.key, edge.head) for edge in edges)


def _shared_mask(
    masks: dict[tuple[object, ...], Tensor], layer: LayerAttention, edges: Sequence[EdgeCut]
) -> Tensor:
    """Return a mask of cut edges: bool ``[head or 1, query, key]``."""
    key = shape, keeps_itself, _ = _mask_key(layer, edges)
    if key not in masks:
        mask = torch.zeros(shape, dtype=torch.bool)
        for edge in edges:
            heads = slice(None) if edge.head is None else edge.head
            if edge.query is not None:
                mask[heads, edge.query, edge.key] = True
                continue
            others = torch.arange(layer.num_queries)
            mask[heads, others[(others != edge.key) | (not keeps_itself)], edge.key] = True
        masks[key] = mask
    return masks[key]


def _check_rows(layer: LayerAttention, cut: Tensor) -> None:
    """Check that every query that is allowed a key keeps one."""
    allowed = layer.allowed
    if allowed is None:
        allowed = torch.ones(1, layer.num_queries, layer.num_keys, dtype=torch.bool)
        allowed = allowed.tril() if layer.causal else allowed
    emptied = allowed.any(-1) & ~(allowed & ~cut).any(-1)
    if emptied.any():
        query = int(emptied.any(0).nonzero()[0])
        raise InterventionNotPossible(
            f"Without its cut edges, the query at position {query} attends to no token in layer "
            f"{layer.layer}. Undo one of its edges."
        )
