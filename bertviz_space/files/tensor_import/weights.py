"""Find the arrays of weights and vectors in a reader's file, and check how large they are."""

import re
from collections.abc import Collection, Sequence
from typing import Any, cast, get_args

from ...errors import TensorsUnreadable
from ...limits import (
    MAX_LAYERS,
    MAX_LAYERS_BY_HEADS,
    MAX_TENSOR_NUMBERS,
    MAX_TENSORS_BYTES,
)
from ...trace import Component
from .stored_arrays import (
    FEWER,
    StoredVectors,
    StoredWeights,
    shape_of_component,
    shape_of_layer,
    too_many,
    vectors_of,
)
from .tensor_file import ArrayHeader, TensorFile

_COMPONENTS = get_args(Component)
_ONE_LAYER = re.compile(rf"({'|'.join(_COMPONENTS)})\.([0-9]{{1,4}})")
_MAX_LAYER_NUMBER = 9_999  # four digits, as in a name

# Names of values that are read, apart from weights and vectors.
_OTHER_NAMES = {"tokens", "target_tokens", "scaling", "layers"}
# Unknown names of arrays that an error message may quote, and how many it quotes.
_QUOTED = re.compile(r"[\w./-]{1,40}")
_MOST_QUOTED = 3


def stored_weights(file: TensorFile) -> list[StoredWeights]:
    """Return the arrays of weights, sorted by component and by the number of their first layer.

    Raises:
        TensorsUnreadable: if the file has no weights, weights of a wrong shape, or too many.
    """
    numbers = file.value_or_none("layers")
    stored = list[StoredWeights]()
    for component in _COMPONENTS:
        if component in file.names:
            header = file.header(component)
            shape, batch_axis = shape_of_component(component, header)
            known = _layer_numbers(numbers, component, shape[0])
            stored.append(StoredWeights(component, component, known, batch_axis, shape, header))
    of_layers = sorted(name for name in file.names if _ONE_LAYER.fullmatch(name))
    if len(of_layers) > MAX_LAYERS * len(_COMPONENTS):
        raise TensorsUnreadable(too_many("layers", len(of_layers), MAX_LAYERS))
    for name in of_layers:
        component, number = name.split(".")
        header = file.header(name)
        shape, batch_axis = shape_of_layer(name, header)
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
    """Return the arrays of a layer's query and key vectors, or ``None`` if one is missing.

    Args:
        file: the file.
        name: the layer's name, such as ``self.3``.

    Raises:
        TensorsUnreadable: if a shape is wrong.
    """
    names = f"{name}.query", f"{name}.key"
    if not all(each in file.names for each in names):
        return None
    query, key = (vectors_of(each, file.header(each)) for each in names)
    return query, key


def check_sizes(headers: Sequence[ArrayHeader]) -> None:
    """Check that arrays fit into memory together, before any of them is read.

    Raises:
        TensorsUnreadable: if they have more than ``MAX_TENSORS_BYTES`` or ``MAX_TENSOR_NUMBERS``.
    """
    if sum(header.num_bytes for header in headers) > MAX_TENSORS_BYTES:
        raise TensorsUnreadable(
            f"The arrays are larger than {MAX_TENSORS_BYTES / 1e6:,.0f} MB after unpacking. {FEWER}"
        )
    numbers = sum(header.num_entries for header in headers)
    if numbers > MAX_TENSOR_NUMBERS:
        raise TensorsUnreadable(
            f"The tensors contain {numbers:,} numbers, and at most {MAX_TENSOR_NUMBERS:,} fit into "
            f"memory as float32. {FEWER}"
        )


def _no_weights(names: Collection[str]) -> str:
    """Return the error message for a file without weights, which quotes some names in the file."""
    other = set(names) - _OTHER_NAMES
    quoted = sorted(name for name in other if _QUOTED.fullmatch(name))[:_MOST_QUOTED]
    others = f" and {len(other) - len(quoted):,} more" if len(other) > len(quoted) else ""
    found = f" Found: {', '.join(quoted)}{others}." if quoted else ""
    return (
        'No attention weights found. Add a tensor named "self" with the shape '
        '[layer, head, query, key], or tensors named "self.0", "self.1" and so on with the shape '
        f"[head, query, key].{found}"
    )


def _check_components(stored: Sequence[StoredWeights]) -> None:
    """Check that the arrays can belong to one model.

    Raises:
        TensorsUnreadable: if they cannot, if a layer is stored twice, or if there are too many
            layers or heads.
    """
    components = {each.component for each in stored}
    if "self" in components and len(components) > 1:
        raise TensorsUnreadable(
            'The file has "self" and also "encoder", "decoder" or "cross", which no model has '
            "together. Keep the tensors of one model."
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
            raise TensorsUnreadable(too_many("layers", len(numbers), MAX_LAYERS))
        heads = sum(each.shape[0] * each.shape[1] for each in own)
        if heads > MAX_LAYERS_BY_HEADS:
            raise TensorsUnreadable(too_many("heads in all layers", heads, MAX_LAYERS_BY_HEADS))


def _layer_numbers(value: Any, component: Component, count: int) -> tuple[int, ...]:
    """Return the layers' true numbers: those in the file if they are valid, else 0, 1, 2 and so on.

    Args:
        value: the value ``layers`` of the file.
        component: the component of the layers.
        count: the number of layers.
    """
    own = value.get(component) if isinstance(value, dict) else value
    own = own if isinstance(own, list) else []
    numbers = [int(each) if _is_number(each) else -1 for each in own[: count + 1]]
    is_right = len(numbers) == len(set(numbers)) == count
    if is_right and min(numbers) >= 0 and max(numbers) <= _MAX_LAYER_NUMBER:
        return tuple(numbers)
    return tuple(range(count))


def _is_number(value: Any) -> bool:
    """Return whether a value is the number of a layer, as a number or as text."""
    if isinstance(value, str):
        return bool(re.fullmatch(r"[0-9]{1,4}", value))
    return type(value) is int and -1 <= value <= _MAX_LAYER_NUMBER
