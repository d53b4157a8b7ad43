"""Describe the arrays of weights and vectors in a reader's file, with their shapes checked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from torch import Tensor

from ...errors import TensorsUnreadable
from ...limits import MAX_HEAD_DIM, MAX_HEADS, MAX_LAYERS
from ...trace import Component
from .tensor_file import ArrayHeader

_AXES = ("layers", "heads", "queries", "keys")

FEWER = "Keep fewer layers or heads."


@dataclass(frozen=True)
class StoredWeights:
    """An array of weights in the file.

    Attributes:
        name: the array's name.
        component: the component of its layers.
        numbers: the true numbers of its layers.
        batch_axis: the axis that counts one text, which is removed; ``None`` without such an axis.
        shape: the numbers of layers, heads, queries and keys.
        header: the array's header.
    """

    name: str
    component: Component
    numbers: tuple[int, ...]
    batch_axis: int | None
    shape: tuple[int, int, int, int]
    header: ArrayHeader

    def layers_of(self, tensor: Tensor) -> Iterator[tuple[int, Tensor]]:
        """Yield the number of each layer and its weights ``[head, query, key]``.

        Args:
            tensor: the whole array, in the type and shape of its header.
        """
        if self.batch_axis is not None:
            tensor = tensor.squeeze(self.batch_axis)
        whole = tensor[None] if tensor.ndim == len(_AXES) - 1 else tensor
        return zip(self.numbers, whole, strict=True)


@dataclass(frozen=True)
class StoredVectors:
    """An array of the query or key vectors of one layer in the file.

    Attributes:
        name: the array's name.
        batch_axis: the axis that counts one text, which is removed; ``None`` without such an axis.
        shape: the numbers of heads, of positions, and of numbers in a vector.
        header: the array's header.
    """

    name: str
    batch_axis: int | None
    shape: tuple[int, int, int]
    header: ArrayHeader

    def of(self, tensor: Tensor) -> Tensor:
        """Return the vectors ``[head, position, head_dim]``, in the type of the file.

        Args:
            tensor: the whole array, in the type and shape of its header.
        """
        return tensor if self.batch_axis is None else tensor.squeeze(self.batch_axis)


def shape_of_component(
    name: str, header: ArrayHeader
) -> tuple[tuple[int, int, int, int], int | None]:
    """Return the shape of an array of all layers of a component, and its batch axis if it has one.

    Returns:
        The numbers of layers, heads, queries and keys; and the axis that counts one text.

    Raises:
        TensorsUnreadable: if the array has another shape or type, or too many layers or heads.
    """
    shape, batch_axis = header.shape, None
    if len(shape) == len(_AXES) + 1:
        batch_axis = next((axis for axis in (0, 1) if shape[axis] == 1), None)
        if batch_axis is None:
            raise TensorsUnreadable(
                f"{name} has five axes, {header.axes}, so one of them counts texts. Keep one text: "
                "write weights[:, 0] if the axes are [layer, text, head, query, key], as "
                "torch.stack makes them, or weights[0] if the first axis counts texts."
            )
        shape = (*shape[:batch_axis], *shape[batch_axis + 1 :])
    if len(shape) == len(_AXES) - 1:
        shape = (1, *shape)
    if len(shape) != len(_AXES) or 0 in shape:
        remedy = ""
        if len(shape) == 2:
            remedy = " For one head of one layer, write weights[None, None]."
        raise TensorsUnreadable(
            f"{name} has the shape {header.axes}, but its axes should be layers, heads, queries, "
            f"keys.{remedy or _empty_axes(shape, _AXES)}"
        )
    _check_floats(name, header)
    layers, heads, queries, keys = shape
    _check_counts(name, layers, heads)
    return (layers, heads, queries, keys), batch_axis


def shape_of_layer(name: str, header: ArrayHeader) -> tuple[tuple[int, int, int, int], int | None]:
    """Return the shape of an array of one layer, and its batch axis if it has one.

    Returns:
        1, and the numbers of heads, queries and keys; and the axis that counts one text.

    Raises:
        TensorsUnreadable: if the array has another shape or type, or too many heads.
    """
    shape, batch_axis = header.shape, None
    if len(shape) == len(_AXES):
        if shape[0] != 1:
            raise TensorsUnreadable(
                f"{name} has four axes, {header.axes}, but its axes should be heads, queries, keys "
                "of one text. If the first axis counts texts, write weights[0]."
            )
        shape, batch_axis = shape[1:], 0
    if len(shape) != len(_AXES) - 1 or 0 in shape:
        remedy = " For one head, write weights[None]." if len(shape) == 2 else ""
        raise TensorsUnreadable(
            f"{name} has the shape {header.axes}, but its axes should be heads, queries, "
            f"keys.{remedy or _empty_axes(shape, _AXES[1:])}"
        )
    _check_floats(name, header)
    heads, queries, keys = shape
    _check_counts(name, 1, heads)
    return (1, heads, queries, keys), batch_axis


def vectors_of(name: str, header: ArrayHeader) -> StoredVectors:
    """Return the array of query or key vectors of one layer.

    Raises:
        TensorsUnreadable: if the array has another shape or type, or vectors that are too long.
    """
    shape, batch_axis = header.shape, None
    if len(shape) == len(_AXES) and shape[0] == 1:
        shape, batch_axis = shape[1:], 0
    if len(shape) != len(_AXES) - 1 or 0 in shape:
        raise TensorsUnreadable(
            f"{name} has the shape {header.axes}, but its axes should be heads, positions, numbers "
            "of a vector."
        )
    _check_floats(name, header)
    heads, positions, head_dim = shape
    if head_dim > MAX_HEAD_DIM:
        raise TensorsUnreadable(
            f"The vectors of {name} have {head_dim:,} numbers, and at most {MAX_HEAD_DIM:,} can be "
            "shown. Its axes should be heads, positions, numbers of a vector."
        )
    return StoredVectors(name, batch_axis, (heads, positions, head_dim), header)


def _empty_axes(shape: Sequence[int], axes: Sequence[str]) -> str:
    """Return the part of an error message that names the axes of size 0."""
    if len(shape) != len(axes):
        return ""
    return "".join(
        f" The number of {axis} is 0." for axis, size in zip(axes, shape, strict=True) if not size
    )


def _check_floats(name: str, header: ArrayHeader) -> None:
    if header.epsilon is None:
        raise TensorsUnreadable(
            f"{name} contains {header.dtype} instead of floating-point numbers. Write it as "
            "float32."
        )


def _check_counts(name: str, layers: int, heads: int) -> None:
    for what, count, most in (("layers", layers, MAX_LAYERS), ("heads", heads, MAX_HEADS)):
        if count > most:
            raise TensorsUnreadable(f"{name}: {too_many(what, count, most)}")


def too_many(what: str, count: int, most: int) -> str:
    """Return the error message for more layers or heads than a component may have."""
    return (
        f"There are {count:,} {what}, and at most {most:,} of one component can be shown. The axes "
        f"should be layers, heads, queries, keys. {FEWER}"
    )
