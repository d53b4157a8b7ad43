"""Read attention in the forms in which programs have it.

Each form gives the weights of every layer, ``[head, query, key]``, by the layer's number.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..errors import InvalidInput
from ..files.tensor_import.weight_values import checked_weights

# A layer's weights in the cache of TransformerLens.
_HOOK = re.compile(r"blocks\.([0-9]{1,4})\.attn\.hook_pattern")

# The message for attention without a value, with the place of its name.
NO_WEIGHTS = (
    "{name} is None, because the model did not return its weights. Load the model with "
    'attn_implementation="eager" and call it with output_attentions=True, because the default '
    "implementation (SDPA) does not compute weights. Or pass the model instead of its attention, "
    "which needs neither: head_view(model, tokenizer, text)."
)
_FORMS = (
    "Pass the attentions of a model's output: one array [batch, head, query, key] for each layer."
)


def weights_of_layers(name: str, attention: Any, batch_index: int | None) -> dict[int, Tensor]:
    """Return the weights of each layer.

    Args:
        name: the argument's name, for error messages.
        attention: one of these forms. Arrays are torch tensors of any dtype and device, or anything
            that ``numpy.asarray`` accepts.

            * one array ``[batch, head, query, key]`` or ``[head, query, key]`` for each layer, as a
              sequence or as one array; ``None`` for a layer without attention.
            * such a sequence for each generated token, as ``generate(output_attentions=True)``
              returns it.
            * a mapping with such an array under names like ``blocks.0.attn.hook_pattern``.
        batch_index: the text of a batch; ``None`` if the batch has one text.

    Returns:
        The weights, float32 ``[head, query, key]`` on the CPU, by the number of the layer. They
        share no memory with the arguments.

    Raises:
        InvalidInput: if the attention has another form, or its numbers are not weights.
    """
    layers = {
        number: _checked(f"{name}[{number}]", _one_text(name, each, batch_index))
        for number, each in _by_layer(name, attention).items()
    }
    if not layers:
        raise InvalidInput(NO_WEIGHTS.format(name=name))
    return layers


def is_of_generation(attention: Any) -> bool:
    """Return whether attention has an item for each generated token instead of for each layer."""
    is_list = isinstance(attention, (list, tuple)) and bool(attention)
    return is_list and all(isinstance(step, (list, tuple)) and bool(step) for step in attention)


def _by_layer(name: str, attention: Any) -> dict[int, Tensor]:
    """Return an array of each layer, in its own shape."""
    if isinstance(attention, Mapping):
        hooks = {_HOOK.fullmatch(str(key)): value for key, value in attention.items()}
        found = {int(hook[1]): _array(name, value) for hook, value in hooks.items() if hook}
        if not found:
            raise InvalidInput(
                f"{name} is a mapping without a name such as blocks.0.attn.hook_pattern. {_FORMS}"
            )
        return dict(sorted(found.items()))
    if isinstance(attention, (str, bytes)) or not hasattr(attention, "__getitem__"):
        raise InvalidInput(f"{name} is a {type(attention).__name__}. {_FORMS}")
    if hasattr(attention, "shape") and len(attention.shape) not in (4, 5):
        raise InvalidInput(
            f"{name} is an array with the axes {list(attention.shape)}. An array of all layers has "
            "the axes [layer, head, query, key], or [layer, batch, head, query, key]."
        )
    layers = list(attention)
    if is_of_generation(attention):
        return _of_generation(name, layers)
    return {
        number: _array(f"{name}[{number}]", layer)
        for number, layer in enumerate(layers)
        if layer is not None
    }


def _of_generation(name: str, steps: Sequence[Sequence[Any]]) -> dict[int, Tensor]:
    """Return the rows of all steps of a generation as one array for each layer.

    A step has the rows of the tokens that it reads, and keys up to the last of them. A row has no
    weight on later keys.
    """
    if any(layer is None for step in steps for layer in step):
        raise InvalidInput(NO_WEIGHTS.format(name=name))
    if len({len(step) for step in steps}) > 1:
        raise InvalidInput(f"{name} has steps with different numbers of layers. {_FORMS}")
    layers = {}
    for number, rows in enumerate(zip(*steps, strict=True)):
        arrays = [_array(f"{name}[{step}][{number}]", row) for step, row in enumerate(rows)]
        if len({each.shape[:-2] for each in arrays}) > 1:
            raise InvalidInput(f"{name} has steps with different numbers of texts or heads.")
        num_keys = max(each.shape[-1] for each in arrays)
        padded = [torch.nn.functional.pad(each, (0, num_keys - each.shape[-1])) for each in arrays]
        layers[number] = torch.cat(padded, dim=-2)
    return layers


def _array(name: str, value: Any) -> Tensor:
    """Return an array of floating-point numbers on the CPU with 3 or 4 axes.

    Raises:
        InvalidInput: if it is something else.
    """
    array = value.detach().cpu() if isinstance(value, Tensor) else _from_numpy(name, value)
    if not array.dtype.is_floating_point:
        raise InvalidInput(f"{name} has the type {array.dtype}, but weights are floats. {_FORMS}")
    if array.ndim not in (3, 4) or 0 in array.shape:
        raise InvalidInput(
            f"{name} has the axes {list(array.shape)}, but the attention of a layer has the axes "
            "[batch, head, query, key] or [head, query, key]. For one head, write weights[None]."
        )
    return array


def _from_numpy(name: str, value: Any) -> Tensor:
    try:
        array = np.asarray(value)
        # NumPy knows types that torch does not, such as bfloat16 of other libraries.
        is_known = array.dtype in (np.float16, np.float32, np.float64)
        return torch.from_numpy(array.copy() if is_known else array.astype(np.float32))
    except (TypeError, ValueError):
        raise InvalidInput(f"{name} is a {type(value).__name__}, not an array. {_FORMS}") from None


def _one_text(name: str, array: Tensor, batch_index: int | None) -> Tensor:
    """Return the attention of one text, ``[head, query, key]``.

    Raises:
        InvalidInput: if the batch has several texts and no index, or not this index.
    """
    if array.ndim == 3:
        return array
    size = len(array)
    if batch_index is None and size > 1:
        raise InvalidInput(
            f"{name} is a batch of {size} texts. Choose one of them: batch_index=0 for the first."
        )
    if not -size <= (batch_index or 0) < size:
        raise InvalidInput(
            f"batch_index is {batch_index}, but {name} is a batch of {size}, counted from 0."
        )
    return array[batch_index or 0]


def _checked(name: str, weights: Tensor) -> Tensor:
    """Return a float32 copy of weights after the softmax.

    Raises:
        TensorsUnreadable: an ``InvalidInput``, if the numbers cannot be weights.
    """
    numbers = torch.finfo(weights.dtype)
    rounding = numbers.eps + weights.shape[-1] * numbers.smallest_normal / 2
    return checked_weights(name, weights, rounding)
