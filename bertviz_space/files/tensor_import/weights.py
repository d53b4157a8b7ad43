"""Which tensors of a reader's file are read, and whether they fit, told before any is read."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast, get_args

from torch import Tensor

from ...errors import TensorsUnreadable
from ...limits import (
    MAX_HEAD_DIM,
    MAX_HEADS,
    MAX_LAYERS,
    MAX_LAYERS_BY_HEADS,
    MAX_TENSOR_NUMBERS,
    MAX_TENSORS_BYTES,
)
from ...trace import Component
from .tensor_file import ArrayHeader, TensorFile

_COMPONENTS = get_args(Component)
_ONE_LAYER = re.compile(rf"({'|'.join(_COMPONENTS)})\.([0-9]{{1,4}})")
_MAX_LAYER_NUMBER = 9_999  # four digits, as in a name
_AXES = ("layers", "heads", "queries", "keys")

# Names that stand beside weights.
_BESIDE = {"tokens", "target_tokens", "scaling", "layers"}
# Names of other tensors that an error message quotes, and how many of them.
_QUOTED = re.compile(r"[\w./-]{1,40}")
_MOST_QUOTED = 3

FEWER = "Keep fewer layers or heads."


@dataclass(frozen=True)
class StoredWeights:
    """A tensor of weights in the file.

    Attributes:
        name: its name.
        component: which attention it is of.
        numbers: the numbers of its layers.
        batch_axis: the axis of one text, which is taken away; ``None`` where there is none.
        shape: layers, heads, queries and keys.
        header: what the file says of it.
    """

    name: str
    component: Component
    numbers: tuple[int, ...]
    batch_axis: int | None
    shape: tuple[int, int, int, int]
    header: ArrayHeader

    def layers_of(self, tensor: Tensor) -> Iterator[tuple[int, Tensor]]:
        """Return number and weights ``[head, query, key]`` of each layer, as the file has them."""
        if self.batch_axis is not None:
            tensor = tensor.squeeze(self.batch_axis)
        whole = tensor[None] if tensor.ndim == len(_AXES) - 1 else tensor
        return zip(self.numbers, whole, strict=True)


@dataclass(frozen=True)
class StoredVectors:
    """The query or the key vectors of one layer in the file.

    Attributes:
        name: the tensor's name.
        batch_axis: as of ``StoredWeights``.
        shape: heads, positions and numbers of a vector.
        header: what the file says of the tensor.
    """

    name: str
    batch_axis: int | None
    shape: tuple[int, int, int]
    header: ArrayHeader

    def of(self, tensor: Tensor) -> Tensor:
        """Return the vectors ``[head, position, head_dim]``, as the file has them."""
        return tensor if self.batch_axis is None else tensor.squeeze(self.batch_axis)


def stored_weights(file: TensorFile) -> list[StoredWeights]:
    """Return the tensors of weights, components in their own order, layers by their numbers.

    Raises:
        TensorsUnreadable: if there are none, if their shapes are wrong, or if they are too many.
    """
    numbers = file.hint("layers")
    stored = list[StoredWeights]()
    for component in _COMPONENTS:
        if component in file.names:
            header = file.header(component)
            shape, batch_axis = _four_axes(component, header)
            known = _layer_numbers(numbers, component, shape[0])
            stored.append(StoredWeights(component, component, known, batch_axis, shape, header))
    of_layers = sorted(name for name in file.names if _ONE_LAYER.fullmatch(name))
    if len(of_layers) > MAX_LAYERS * len(_COMPONENTS):
        raise TensorsUnreadable(_too_many("layers", len(of_layers), MAX_LAYERS))
    for name in of_layers:
        component, number = name.split(".")
        header = file.header(name)
        shape, batch_axis = _of_one_layer(name, header)
        stored.append(
            StoredWeights(
                name, cast(Component, component), (int(number),), batch_axis, shape, header
            )
        )
    if not stored:
        raise TensorsUnreadable(_no_weights(file.names))
    _check_components(stored)
    return sorted(stored, key=lambda each: (_COMPONENTS.index(each.component), min(each.numbers)))


def stored_vectors(file: TensorFile, name: str) -> tuple[StoredVectors, StoredVectors] | None:
    """Return where query and key of a layer lie, ``None`` unless the file has both.

    Args:
        file: the file.
        name: of the layer, such as ``self.3``.

    Raises:
        TensorsUnreadable: if a shape is wrong.
    """
    names = f"{name}.query", f"{name}.key"
    if not all(each in file.names for each in names):
        return None
    query, key = (_vectors(each, file.header(each)) for each in names)
    return query, key


def check_sizes(headers: Sequence[ArrayHeader]) -> None:
    """Refuse tensors that do not fit into memory together, before any of them is read.

    Raises:
        TensorsUnreadable: if they are more than ``MAX_TENSORS_BYTES`` or ``MAX_TENSOR_NUMBERS``.
    """
    if sum(header.num_bytes for header in headers) > MAX_TENSORS_BYTES:
        raise TensorsUnreadable(
            f"The arrays have more than {MAX_TENSORS_BYTES / 1e6:,.0f} MB unpacked. {FEWER}"
        )
    numbers = sum(header.num_entries for header in headers)
    if numbers > MAX_TENSOR_NUMBERS:
        raise TensorsUnreadable(
            f"The tensors hold {numbers:,} numbers, and at most {MAX_TENSOR_NUMBERS:,} fit into "
            f"memory, each as a float32. {FEWER}"
        )


def _four_axes(name: str, header: ArrayHeader) -> tuple[tuple[int, int, int, int], int | None]:
    """Return layers, heads, queries and keys of a whole component, and the axis of its one text."""
    shape, batch_axis = header.shape, None
    if len(shape) == len(_AXES) + 1:
        batch_axis = next((axis for axis in (0, 1) if shape[axis] == 1), None)
        if batch_axis is None:
            raise TensorsUnreadable(
                f"{name} has the shape {header.axes}, five axes: one of them counts texts. Keep "
                f"one text: index the second axis, weights[:, 0], where torch.stack has made "
                "[layer, text, head, query, key], or the first, weights[0]."
            )
        shape = (*shape[:batch_axis], *shape[batch_axis + 1 :])
    if len(shape) == len(_AXES) - 1:
        shape = (1, *shape)
    if len(shape) != len(_AXES) or 0 in shape:
        remedy = ""
        if len(shape) == 2:
            remedy = " One head of one layer is weights[None, None]."
        raise TensorsUnreadable(
            f"{name} has the shape {header.axes}: it should be layers, heads, queries, "
            f"keys.{remedy or _empty(shape, _AXES)}"
        )
    _check_floats(name, header)
    layers, heads, queries, keys = shape
    _check_counts(name, layers, heads)
    return (layers, heads, queries, keys), batch_axis


def _of_one_layer(name: str, header: ArrayHeader) -> tuple[tuple[int, int, int, int], int | None]:
    """Return as ``_four_axes`` does for a tensor of one layer."""
    shape, batch_axis = header.shape, None
    if len(shape) == len(_AXES):
        if shape[0] != 1:
            raise TensorsUnreadable(
                f"{name} has the shape {header.axes}, four axes: it should be heads, queries, keys "
                "of one text. Index the first axis if it counts texts: weights[0]."
            )
        shape, batch_axis = shape[1:], 0
    if len(shape) != len(_AXES) - 1 or 0 in shape:
        remedy = " One head is weights[None]." if len(shape) == 2 else ""
        raise TensorsUnreadable(
            f"{name} has the shape {header.axes}: it should be heads, queries, "
            f"keys.{remedy or _empty(shape, _AXES[1:])}"
        )
    _check_floats(name, header)
    heads, queries, keys = shape
    _check_counts(name, 1, heads)
    return (1, heads, queries, keys), batch_axis


def _vectors(name: str, header: ArrayHeader) -> StoredVectors:
    shape, batch_axis = header.shape, None
    if len(shape) == len(_AXES) and shape[0] == 1:
        shape, batch_axis = shape[1:], 0
    if len(shape) != len(_AXES) - 1 or 0 in shape:
        raise TensorsUnreadable(
            f"{name} has the shape {header.axes}: it should be heads, positions, numbers of a "
            "vector."
        )
    _check_floats(name, header)
    heads, positions, head_dim = shape
    if head_dim > MAX_HEAD_DIM:
        raise TensorsUnreadable(
            f"The vectors of {name} have {head_dim:,} numbers, and at most {MAX_HEAD_DIM:,} can be "
            "shown. Its axes are heads, positions, numbers of a vector."
        )
    return StoredVectors(name, batch_axis, (heads, positions, head_dim), header)


def _empty(shape: Sequence[int], axes: Sequence[str]) -> str:
    """Say which axis has no entries."""
    if len(shape) != len(axes):
        return ""
    return "".join(
        f" Here there are no {axis}." for axis, size in zip(axes, shape, strict=True) if not size
    )


def _check_floats(name: str, header: ArrayHeader) -> None:
    if header.epsilon is None:
        raise TensorsUnreadable(
            f"{name} is not of floating-point numbers but of {header.dtype}. Write it as float32."
        )


def _check_counts(name: str, layers: int, heads: int) -> None:
    for what, count, most in (("layers", layers, MAX_LAYERS), ("heads", heads, MAX_HEADS)):
        if count > most:
            raise TensorsUnreadable(f"{name}: {_too_many(what, count, most)}")


def _too_many(what: str, count: int, most: int) -> str:
    return (
        f"There are {count:,} {what}, and at most {most:,} of one component can be shown. "
        f"The axes are layers, heads, queries, keys. {FEWER}"
    )


def _no_weights(names: Collection[str]) -> str:
    """Say which names weights have, and which names the file has instead."""
    other = set(names) - _BESIDE
    quoted = sorted(name for name in other if _QUOTED.fullmatch(name))[:_MOST_QUOTED]
    others = f" and {len(other) - len(quoted):,} more" if len(other) > len(quoted) else ""
    held = f" The file has {', '.join(quoted)}{others} instead." if quoted else ""
    return (
        'The file has no weights: a tensor "self" of layers, heads, queries, keys, or "self.0", '
        f'"self.1" and so on of heads, queries, keys.{held} Write the weights under such names.'
    )


def _check_components(stored: Sequence[StoredWeights]) -> None:
    """Refuse weights that do not belong together."""
    components = {each.component for each in stored}
    if "self" in components and len(components) > 1:
        raise TensorsUnreadable(
            'Either "self", or "encoder", "decoder" and "cross": not both. Keep those of one model.'
        )
    for component in components:
        own = [each for each in stored if each.component == component]
        numbers = [number for each in own for number in each.numbers]
        twice = next((number for number in numbers if numbers.count(number) > 1), None)
        if twice is not None:
            raise TensorsUnreadable(
                f"The file has layer {twice} of {component} twice. Keep one of the tensors."
            )
        if len(numbers) > MAX_LAYERS:
            raise TensorsUnreadable(_too_many("layers", len(numbers), MAX_LAYERS))
        heads = sum(each.shape[0] * each.shape[1] for each in own)
        if heads > MAX_LAYERS_BY_HEADS:
            raise TensorsUnreadable(_too_many("heads in all layers", heads, MAX_LAYERS_BY_HEADS))


def _layer_numbers(said: Any, component: Component, count: int) -> tuple[int, ...]:
    """Return the layers' true numbers if the file says some that fit, else 0, 1, 2 and so on."""
    own = said.get(component) if isinstance(said, dict) else said
    own = own if isinstance(own, list) else []
    numbers = [int(each) if _is_number(each) else -1 for each in own[: count + 1]]
    is_right = len(numbers) == len(set(numbers)) == count
    if is_right and min(numbers) >= 0 and max(numbers) <= _MAX_LAYER_NUMBER:
        return tuple(numbers)
    return tuple(range(count))


def _is_number(said: Any) -> bool:
    """Return whether a value is the number of a layer, as a number or as text."""
    if isinstance(said, str):
        return bool(re.fullmatch(r"[0-9]{1,4}", said))
    return type(said) is int and -1 <= said <= _MAX_LAYER_NUMBER
