"""Attention that a reader brings along, as a file of tensors: a trace without a model.

The file is a safetensors file, or an npz file of NumPy:

* ``self``, or ``encoder``, ``decoder`` and ``cross``: weights ``[layer, head, query, key]``; or of
  one layer ``[head, query, key]`` under a name such as ``self.3``. Numbers are floating-point of
  any size and byte order. An axis that counts one text, as in ``[layer, 1, head, query, key]``, is
  taken away.
* For the neuron view, if at all, ``self.3.query`` ``[head, query, head_dim]`` and ``self.3.key``
  ``[key_value_head, key, head_dim]``, as they are multiplied. The softmax of their scaled products,
  over the keys that have any weight, has to be the weights.
* ``tokens``, and for an encoder-decoder ``target_tokens``: texts, or spellings of a vocabulary; as
  JSON in the metadata of a safetensors file, as an array or as JSON in an npz file.
* ``scaling``, in the same places: a number, or a number for each name such as ``self.3``;
  ``head_dim ** -0.5`` where it is left out.

Other tensors are neither read nor checked. What ``answers`` writes, and what the page saves of a
whole text, are such files.

Opening a file is bounded rather than done in a process of its own: a process with torch takes two
seconds to start and 220 MB, and all that can hold Python's lock for long, which is the parsing of
names and texts, takes a quarter of a second for ``MAX_DESCRIPTION_BYTES``. Everything else is done
in steps that release it, in bounded memory, and within ``MAX_OPENING_SECONDS``.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ...cancellation import always
from ...errors import TensorsUnreadable
from ...limits import MAX_TENSORS_BYTES
from ...trace import Component, LayerAttention, Token, Trace
from .layers import layer_of_vectors, layer_of_weights
from .npz_file import is_npz, open_npz
from .safetensors_file import open_safetensors
from .tensor_file import TensorFile, Watch
from .tokens import tokens_of_file
from .weights import (
    FEWER,
    StoredVectors,
    StoredWeights,
    check_sizes,
    stored_vectors,
    stored_weights,
)

_Vectors = dict[str, tuple[StoredVectors, StoredVectors]]  # by the layer's name


def read_trace(path: Path, is_wanted: Callable[[], bool] = always) -> Trace:
    """Return the trace that a file holds.

    Args:
        path: of a safetensors or npz file, told apart by its contents.
        is_wanted: asked between two steps.

    Raises:
        TensorsUnreadable: if it is none, too large, or does not hold what it should; the sentence
            says which tensor is wrong, why, and what to do.
        RunStopped: once ``is_wanted`` says False.
    """
    watch = Watch(is_wanted)
    with _opened(path, watch) as file:
        stored = stored_weights(file)
        vectors = _vectors(file, stored)
        check_sizes(
            [
                *(each.header for each in stored),
                *(each.header for pair in vectors.values() for each in pair),
            ]
        )
        source, target = _tokens(file, stored)
        _check_positions(stored, source, target)
        scaling = file.said("scaling") if vectors else None
        layers: dict[Component, tuple[LayerAttention, ...]] = {}
        for each in stored:
            read = tuple(_layers(file, each, vectors, scaling, watch))
            own = (*layers.get(each.component, ()), *read)
            layers[each.component] = tuple(sorted(own, key=lambda layer: layer.layer))
    return Trace(source, target, layers)


@contextmanager
def _opened(path: Path, watch: Watch) -> Iterator[TensorFile]:
    """Open a file in the format that it begins as."""
    if path.stat().st_size > MAX_TENSORS_BYTES:
        raise TensorsUnreadable(
            f"The file has more than {MAX_TENSORS_BYTES / 1e6:,.0f} MB. {FEWER}"
        )
    with open_npz(path, watch) if is_npz(path) else open_safetensors(path) as file:
        yield file


def _vectors(file: TensorFile, stored: list[StoredWeights]) -> _Vectors:
    names = [f"{each.component}.{number}" for each in stored for number in each.numbers]
    found = {name: stored_vectors(file, name) for name in names}
    return {name: pair for name, pair in found.items() if pair is not None}


def _tokens(
    file: TensorFile, stored: list[StoredWeights]
) -> tuple[tuple[Token, ...], tuple[Token, ...] | None]:
    """Return the tokens of the text, and of the target text if there is one."""
    source, target = (tokens_of_file(file, name) for name in ("tokens", "target_tokens"))
    if source is None:
        raise TensorsUnreadable(
            "The file has no tokens: a list of texts, one a position. Write it as JSON into the "
            'metadata of a safetensors file, {"tokens": json.dumps(tokens)}, or as the array '
            "tokens of an npz file."
        )
    if target is None and {"decoder", "cross"} & {each.component for each in stored}:
        raise TensorsUnreadable(
            "Decoder and cross attention need target_tokens, the texts of the decoder's positions, "
            "beside tokens."
        )
    return source, target


def _check_positions(
    stored: list[StoredWeights], source: tuple[Token, ...], target: tuple[Token, ...] | None
) -> None:
    """Compare the axes of weights with the tokens."""
    for each in stored:
        queries = target if each.component in ("decoder", "cross") else source
        keys = source if each.component == "cross" else queries
        axes = len(queries or ()), len(keys or ())
        if each.shape[2:] == axes:
            continue
        remedy = "Write one token a position, special tokens such as [CLS] included."
        if each.shape[2:] == axes[::-1]:
            remedy = "Queries come before keys: write weights.transpose(-1, -2)."
        raise TensorsUnreadable(
            f"{each.name} attends from {each.shape[2]} to {each.shape[3]} positions, and its "
            f"tokens are {axes[0]} and {axes[1]}. {remedy}"
        )


def _layers(
    file: TensorFile, stored: StoredWeights, vectors: _Vectors, scaling: Any, watch: Watch
) -> Iterator[LayerAttention]:
    """Return the layers of one tensor of weights."""
    watch.check()
    for number, weights in stored.layers_of(file.tensor(stored.name)):
        watch.check()
        pair = vectors.get(f"{stored.component}.{number}")
        if pair is None:
            yield layer_of_weights(stored.component, number, weights, stored.header)
        else:
            yield layer_of_vectors(
                stored.component, number, weights, stored.header, pair, scaling, file, watch
            )
