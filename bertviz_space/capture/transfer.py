"""Moves what a pass recorded from a GPU to the CPU, after the pass."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

import torch
from torch import Tensor

from ..trace import Component, LayerAttention

# Bytes that travel at once. They arrive in pinned memory, which a GPU writes to directly, and which
# torch keeps for the next transfer. Therefore it is bounded, and the result does not stay in it.
_BYTES_AT_ONCE = 256 * 1024**2

_CPU = torch.device("cpu")


def layers_on_cpu(
    layers: Mapping[Component, Sequence[LayerAttention]],
) -> Mapping[Component, tuple[LayerAttention, ...]]:
    """Return layers with all their tensors on the CPU. Tensors that layers share stay shared."""
    found = [_tensors(layer) for its in layers.values() for layer in its]
    moved = _on_cpu({id(each): each for tensors in found for each in tensors})

    def on_cpu(layer: LayerAttention) -> LayerAttention:
        return _replaced(layer, moved) if layer.query.device != _CPU else layer

    return {component: tuple(on_cpu(layer) for layer in its) for component, its in layers.items()}


def _tensors(layer: LayerAttention) -> list[Tensor]:
    """Return the tensors of a layer that are not on the CPU."""
    own = layer.model_weights
    terms = (*vars(layer).values(), *(vars(own).values() if own else ()))
    return [each for each in terms if isinstance(each, Tensor) and each.device != _CPU]


def _replaced(terms: Any, moved: Mapping[int, Tensor]) -> Any:
    """Return a layer or its ``model_weights`` with its tensors replaced, by their ids."""
    changed = {}
    for field in fields(terms):
        term = getattr(terms, field.name)
        if isinstance(term, Tensor):
            changed[field.name] = moved[id(term)]
        elif field.name == "model_weights" and term is not None:
            changed[field.name] = _replaced(term, moved)
    return replace(terms, **changed)


def _on_cpu(tensors: Mapping[int, Tensor]) -> dict[int, Tensor]:
    """Return contiguous copies of tensors on the CPU, by the same ids."""
    moved = {}
    for batch in _batches(tensors):
        moved |= zip(batch, _moved([tensors[each] for each in batch]), strict=True)
    return moved


def _batches(tensors: Mapping[int, Tensor]) -> Iterator[list[int]]:
    """Yield the ids of tensors that travel together; a tensor of more bytes travels alone."""
    batch, num_bytes = list[int](), 0
    for each, tensor in tensors.items():
        if batch and num_bytes + tensor.nbytes > _BYTES_AT_ONCE:
            yield batch
            batch, num_bytes = [], 0
        batch.append(each)
        num_bytes += tensor.nbytes
    if batch:
        yield batch


def _moved(tensors: Sequence[Tensor]) -> list[Tensor]:
    """Return copies of tensors in ordinary memory, after waiting for their device once."""
    if tensors[0].device.type != "cuda" or tensors[0].nbytes > _BYTES_AT_ONCE:
        return [each.to(_CPU, copy=True).contiguous() for each in tensors]
    arrived = [
        torch.empty(each.shape, dtype=each.dtype, pin_memory=True).copy_(each, non_blocking=True)
        for each in tensors
    ]
    torch.cuda.synchronize(tensors[0].device)
    return [each.clone() for each in arrived]
