"""Attention that a reader brings along, as a file of tensors: a trace without a model.

The file is a safetensors file, or an npz file of NumPy:

* ``self``, or ``encoder``, ``decoder`` and ``cross``: weights ``[layer, head, query, key]``; or of
  one layer ``[head, query, key]`` under a name such as ``self.3``.
* For the neuron view, if at all, ``self.3.query`` ``[head, query, head_dim]`` and ``self.3.key``
  ``[key_value_head, key, head_dim]``, as they are multiplied. The softmax of their scaled products,
  over the keys that have any weight, has to be the weights.
* ``tokens``, and for an encoder-decoder ``target_tokens``: texts; as JSON in the metadata of a
  safetensors file, as an array in an npz file. Likewise ``scaling``, a number, or a number for
  each name such as ``self.3``; ``head_dim ** -0.5`` where it is left out.

What ``answers`` writes, and what the page saves of a whole text, are such files.
"""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import torch
from torch import Tensor

from .attention import Component, LayerAttention, ModelWeights, Token, Trace
from .errors import TensorsUnreadable
from .limits import MAX_CHARACTERS, MAX_TOKENS
from .tensor_files import TensorFile, read_tensors

# Weights may be float16, and sums of 4,096 of them.
_TOLERANCE = 1e-2
# How far the formula may be from weights that a float16 model made of float16 vectors.
_MOST_DIFFERENCE = 2e-3
# Queries of which the page has the weights of the file itself, to hold its own against them.
_CHECKED_QUERIES = 64


def read_trace(path: Path) -> Trace:
    """The trace that a file holds.

    Args:
        path: of a safetensors or npz file, told apart by its contents.

    Raises:
        TensorsUnreadable: if it is none, too large, or does not hold what it should; the sentence
            says which tensor is wrong.
    """
    file = read_tensors(path)
    source = _tokens(file, "tokens")
    target = _tokens(file, "target_tokens") if "target_tokens" in file.words else None
    weights = _weights(file)
    if source is None:
        raise TensorsUnreadable("The file has no tokens: a list of texts, one a position.")
    if target is None and {"decoder", "cross"} & weights.keys():
        raise TensorsUnreadable("Decoder and cross attention need target_tokens.")
    axes: dict[Component, tuple[int, int]] = {}
    for component in weights:
        queries = target if component in ("decoder", "cross") else source
        keys = source if component == "cross" else queries
        axes[component] = len(queries or ()), len(keys or ())
    layers: dict[Component, tuple[LayerAttention, ...]] = {
        component: tuple(
            _layer(component, number, tensor, axes[component], file)
            for number, tensor in sorted(weights[component].items())
        )
        for component in weights
    }
    return Trace(source, target, layers)


def _tokens(file: TensorFile, name: str) -> tuple[Token, ...] | None:
    texts = file.words.get(name)
    if texts is None:
        return None
    if not (isinstance(texts, list) and texts and all(isinstance(each, str) for each in texts)):
        raise TensorsUnreadable(f"{name} is a list of texts, one a position.")
    if len(texts) > MAX_TOKENS:
        raise TensorsUnreadable(f"There are {len(texts):,} {name}, and at most {MAX_TOKENS:,} fit.")
    if sum(map(len, texts)) > 10 * MAX_CHARACTERS:
        raise TensorsUnreadable(f"The {name} have more than {10 * MAX_CHARACTERS:,} characters.")
    tokens, start = list[Token](), 0
    for text in texts:
        # Lone surrogates cannot be written to the page's files.
        text = text.encode("utf-8", "replace").decode()
        end = start + len(text)
        tokens.append(Token(text, text, -1, start, end, "A", special=False))
        start = end + 1  # as in the tokens joined by blanks
    return tuple(tokens)


def _weights(file: TensorFile) -> dict[Component, dict[int, Tensor]]:
    """Weights ``[head, query, key]`` by component and layer, in the components' own order."""
    found: dict[Component, dict[int, Tensor]] = {}
    for component in get_args(Component):
        whole = file.numbers(component)
        if whole is not None:
            if whole.ndim == 3:
                whole = whole[None]
            if whole.ndim != 4 or 0 in whole.shape:
                raise TensorsUnreadable(
                    f"{component} has the shape {_shape(whole)}: it should be layers, heads, "
                    "queries, keys."
                )
            found[component] = dict(
                zip(_layer_numbers(file.words, component, len(whole)), whole, strict=True)
            )
        for name in file.tensors:
            first, _, number = name.partition(".")
            if first == component and number.isdecimal() and len(number) <= 4:
                tensor = file.numbers(name)
                assert tensor is not None
                if tensor.ndim != 3 or 0 in tensor.shape:
                    raise TensorsUnreadable(
                        f"{name} has the shape {_shape(tensor)}: it should be heads, queries, keys."
                    )
                found.setdefault(component, {})[int(number)] = tensor
    if not found:
        raise TensorsUnreadable(
            'The file has no weights: a tensor "self" of layers, heads, queries, keys.'
        )
    if "self" in found and len(found) > 1:
        raise TensorsUnreadable('Either "self", or "encoder", "decoder" and "cross": not both.')
    return found


def _layer_numbers(words: Mapping[str, Any], component: Component, count: int) -> list[int]:
    """The layers' true numbers, if the file says some that fit."""
    said = words.get("layers")
    numbers = said.get(component) if isinstance(said, dict) else None
    if not isinstance(numbers, list) or not all(type(each) is int for each in numbers):
        return list(range(count))
    is_right = len(numbers) == len(set(numbers)) == count and min(numbers) >= 0
    return numbers if is_right else list(range(count))


def _layer(
    component: Component, number: int, weights: Tensor, axes: tuple[int, int], file: TensorFile
) -> LayerAttention:
    name = f"{component}.{number}"
    if weights.shape[1:] != axes:
        raise TensorsUnreadable(
            f"{name} attends from {weights.shape[1]} to {weights.shape[2]} positions, and its "
            f"tokens are {axes[0]} and {axes[1]}."
        )
    sums = weights.sum(-1)
    if weights.min() < 0 or sums.max() > 1 + _TOLERANCE:
        raise TensorsUnreadable(
            f"{name} holds no weights after the softmax: they are at least 0, and those of a query "
            f"sum to at most 1; here the least is {weights.min():.3g} and the largest sum "
            f"{sums.max():.3g}."
        )
    allowed = weights > 0
    allowed = None if bool(allowed.all()) else allowed
    query, key = file.numbers(f"{name}.query"), file.numbers(f"{name}.key")
    if query is None or key is None:
        # No vectors: the weights are all there is, as a bias that nothing is added to.
        nothing = weights.new_zeros(weights.shape[0], axes[0], 0)
        return LayerAttention(
            component,
            number,
            nothing,
            weights.new_zeros(weights.shape[0], axes[1], 0),
            scaling=1.0,
            allowed=allowed,
            bias=torch.where(weights > 0, weights, 1).log(),
            logsumexp=weights.new_zeros(weights.shape[:2]),
        )
    queries = torch.linspace(0, axes[0] - 1, min(axes[0], _CHECKED_QUERIES)).long()
    try:
        layer = LayerAttention(
            component,
            number,
            query.contiguous(),
            key.contiguous(),
            scaling=_scaling(file.words.get("scaling"), name, query.shape[-1]),
            allowed=allowed,
            model_weights=ModelWeights(queries, weights[:, queries].contiguous()),
        )
        if layer.num_heads != weights.shape[0] or (layer.num_queries, layer.num_keys) != axes:
            raise ValueError("they do not fit the weights")
    except ValueError as error:
        raise TensorsUnreadable(
            f"{name}.query {_shape(query)} and {name}.key {_shape(key)} should be heads, "
            f"positions, numbers: {weights.shape[0]} heads, {axes[0]} and {axes[1]} positions."
        ) from error
    difference = (layer.weights() - weights).abs().max().item()
    if difference > _MOST_DIFFERENCE:
        raise TensorsUnreadable(
            f"The weights {name} are not the softmax of scaling × query · key: they differ by up "
            f"to {difference:.2g}. Say the right scaling, or leave query and key out."
        )
    return layer


def _scaling(said: Any, name: str, head_dim: int) -> float:
    value = said.get(name) if isinstance(said, dict) else said
    if value is None:
        return max(head_dim, 1) ** -0.5
    if not isinstance(value, (int, float)) or not math.isfinite(value):
        raise TensorsUnreadable("scaling is a number, or a number for each name such as self.3.")
    return float(value)


def _shape(tensor: Tensor) -> str:
    sizes: Sequence[int] = tensor.shape
    return "[" + ", ".join(map(str, sizes)) + "]"
