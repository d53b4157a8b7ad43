"""Compares what enters the projection after an attention with and without interventions.

The projection is found without knowledge of the model: of all products with a parameter, it is the
first one with an operand that an intervention changes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from transformers import PreTrainedModel

from bertviz_space.capture import Capture, capture_with
from bertviz_space.trace import LayerAttention
from bertviz_space.trace.interventions import EdgeCut, HeadOff, Intervention

# Functions of torch that multiply an operand with a parameter.
_PRODUCTS = {"linear", "addmm", "einsum", "matmul", "__matmul__", "bmm", "mm", "conv1d"}

# The largest allowed difference, relative to the largest value of the operand.
TOLERANCE = 1e-5

# The smallest part of an operand, relative to its size divided by the number of heads, that counts
# as that of a head.
_SMALLEST_PART = 0.4

# The weight of a cut edge in the plain pass. An edge with all the weight would leave no other.
_SMALLEST_WEIGHT, _LARGEST_WEIGHT = 0.02, 0.9


@dataclass(frozen=True)
class Exactness:
    """Which interventions change a model's attention as they are defined.

    Attributes:
        zero: what enters the projection is 0 for a head that is off, and unchanged for all others.
        mean: it is the mean over the positions for that head, and unchanged for all others.
        cut: a cut edge has no weight, its query's other weights grow in proportion, and what enters
            the projection changes for that head only.
    """

    zero: bool
    mean: bool
    cut: bool


def exactness(model: PreTrainedModel, inputs: Mapping[str, Tensor], plain: Capture) -> Exactness:
    """Compare interventions in one head of one layer of each component; all must be exact."""
    found = [
        _of_layer(model, inputs, plain, layers[len(layers) // 2])
        for layers in plain.layers.values()
    ]
    return Exactness(
        zero=all(each.zero for each in found),
        mean=all(each.mean for each in found),
        cut=all(each.cut for each in found),
    )


def _of_layer(
    model: PreTrainedModel, inputs: Mapping[str, Tensor], plain: Capture, layer: LayerAttention
) -> Exactness:
    head = layer.num_heads - 1
    place = {"layer": layer.layer, "component": layer.component}

    def run(*interventions: Intervention) -> tuple[Capture, list[Tensor]]:
        with _Operands() as operands:
            captured = capture_with(model, inputs, interventions, plain)
        return captured, operands.found

    _, before = run()
    _, off = run(HeadOff(head=head, by="zero", **place))
    _, averaged = run(HeadOff(head=head, by="mean", **place))
    zeroed = _first_changed(before, off)
    mean = _first_changed(before, averaged)
    is_of_head = _is_zeroed(*zeroed, layer.num_heads) if zeroed else None
    edge = _edge(layer, head)
    if edge is None:
        return Exactness(is_of_head is not None, _is_mean(is_of_head, mean, layer), False)
    query, key = edge
    captured, cut = run(EdgeCut(query=query, key=key, head=head, **place))
    changed = _first_changed(before, cut)
    after = next(each for each in captured.layers[layer.component] if each.layer == layer.layer)
    return Exactness(
        zero=is_of_head is not None,
        mean=_is_mean(is_of_head, mean, layer),
        cut=_is_cut(layer, after, (head, query, key)) and _is_inside(is_of_head, changed),
    )


class _Operands(TorchFunctionMode):
    """Keeps a copy of each operand that a model multiplies with a parameter."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Tensor] = []

    def __torch_function__(
        self,
        func: Any,
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        if getattr(func, "__name__", "") in _PRODUCTS:
            tensors = [each for each in (*args, *kwargs.values()) if isinstance(each, Tensor)]
            if any(_is_parameter(each) for each in tensors):
                self.found += [each.clone() for each in tensors if not _is_parameter(each)]
        return func(*args, **kwargs)


def _is_parameter(tensor: Tensor) -> bool:
    base = tensor._base if tensor._base is not None else tensor  # a transposed parameter
    return isinstance(base, nn.Parameter)


def _first_changed(
    before: Sequence[Tensor], after: Sequence[Tensor]
) -> tuple[Tensor, Tensor] | None:
    """Return the first operand that differs between two passes, as it is in both."""
    for one, other in zip(before, after, strict=False):
        if one.shape != other.shape:
            return None
        if (one - other).abs().max() > TOLERANCE * one.abs().max():
            return one, other
    return None


def _is_zeroed(before: Tensor, after: Tensor, num_heads: int) -> Tensor | None:
    """Return where an operand belongs to the head that is off, if exactly that part is zero.

    Returns:
        A mask of the operand's shape; ``None`` if another part has changed too.
    """
    changed = before != after
    size = before.numel() // num_heads
    if changed.sum() > size or (after[changed] != 0).any():
        return None
    # A few numbers of a head may be 0 in both passes, and half of the operand may have another
    # origin (ConvBERT).
    return changed if changed.sum() > _SMALLEST_PART * size else None


def _is_mean(
    is_of_head: Tensor | None, operands: tuple[Tensor, Tensor] | None, layer: LayerAttention
) -> bool:
    if is_of_head is None or operands is None:
        return False
    before, after = operands
    bound = TOLERANCE * before.abs().max()
    if (before - after)[~is_of_head].abs().max() > bound:
        return False
    axes = [axis for axis, size in enumerate(before.shape) if size == layer.num_queries]
    return any(
        (after - before.mean(axis, keepdim=True))[is_of_head].abs().max() <= bound for axis in axes
    )


def _edge(layer: LayerAttention, head: int) -> tuple[int, int] | None:
    """Return a query and a key of a head, between which there is a part of the weight."""
    weights = layer.weights()[head]
    in_bounds = (weights > _SMALLEST_WEIGHT) & (weights < _LARGEST_WEIGHT)
    edges = in_bounds.nonzero()
    return None if not len(edges) else (int(edges[-1][0]), int(edges[-1][1]))


def _is_cut(before: LayerAttention, after: LayerAttention, edge: tuple[int, int, int]) -> bool:
    head, query, key = edge
    expected = before.weights()
    row = expected[head, query]
    row /= 1 - row[key]
    row[key] = 0.0
    own = after.largest_difference()
    is_lawful = own is not None and own <= TOLERANCE
    return is_lawful and bool((after.weights() - expected).abs().max() <= TOLERANCE)


def _is_inside(is_of_head: Tensor | None, operands: tuple[Tensor, Tensor] | None) -> bool:
    """Return whether only the part of an operand that belongs to the head has changed."""
    if is_of_head is None or operands is None:
        return False
    before, after = operands
    return bool((before - after)[~is_of_head].abs().max() <= TOLERANCE * before.abs().max())
