"""Read a trace from a reader's own file of tensors, without a model.

The file is a safetensors file, or an npz file of NumPy. It contains:

* ``self``, or ``encoder``, ``decoder`` and ``cross``: weights ``[layer, head, query, key]``; or the
  weights ``[head, query, key]`` of one layer under a name such as ``self.3``. The numbers are
  floating-point, of any size and byte order. An axis that counts one text, as in
  ``[layer, 1, head, query, key]``, is removed.
* Optionally, for the neuron view, ``self.3.query`` ``[head, query, head_dim]`` and ``self.3.key``
  ``[key_value_head, key, head_dim]``, as the model multiplies them. The softmax of their scaled
  products, over the keys with a weight above 0, must equal the weights.
* ``tokens``, and for an encoder-decoder model ``target_tokens``: texts, or spellings of a
  vocabulary. They are JSON in the metadata of a safetensors file, and an array or JSON in an npz
  file.
* Optionally, in the same places, ``scaling``: a number, or a number for each name such as
  ``self.3``. The default is ``head_dim ** -0.5``.

Other tensors are neither read nor checked. The files of ``tensor_export``, and the files that the
page saves of a whole text, have this format.

A file is opened in the server's own process, within bounds: a process with torch takes two seconds
to start and 220 MB. Only the parsing of names and texts can hold Python's lock for long, a quarter
of a second for ``MAX_DESCRIPTION_BYTES``. Everything else runs in steps that release the lock, in
bounded memory, and within ``MAX_OPENING_SECONDS``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ...cancellation import Cancellation
from ...errors import TensorsUnreadable
from ...limits import MAX_TENSORS_BYTES
from ...trace import Component, LayerAttention, Token, Trace
from ...trace.known_weights import layer_of_weights
from .layers import layer_of_vectors, weights_of_layer
from .npz_file import is_npz, open_npz
from .safetensors_file import open_safetensors
from .stored_arrays import FEWER, StoredVectors, StoredWeights
from .tensor_file import TensorFile, Watch
from .tokens import tokens_of_file
from .weights import check_sizes, stored_vectors, stored_weights

_Vectors = dict[str, tuple[StoredVectors, StoredVectors]]  # by the layer's name


def read_trace(path: Path, cancellation: Cancellation | None = None) -> Trace:
    """Return the trace in a file.

    Args:
        path: the path of a safetensors or npz file; its first bytes determine the format.
        cancellation: checked between two steps.

    Raises:
        TensorsUnreadable: if the file has another format, is too large, or lacks something; the
            message names the tensor, the reason, and what to do.
        RunStopped: once the cancellation is requested.
    """
    watch = Watch(cancellation or Cancellation())
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
        scaling = file.value("scaling") if vectors else None
        layers: dict[Component, tuple[LayerAttention, ...]] = {}
        for each in stored:
            read = tuple(_layers(file, each, vectors, scaling, watch))
            own = (*layers.get(each.component, ()), *read)
            layers[each.component] = tuple(sorted(own, key=lambda layer: layer.layer))
    return Trace(source, target, layers)


@contextmanager
def _opened(path: Path, watch: Watch) -> Iterator[TensorFile]:
    """Open a file in the format that its first bytes have."""
    if path.stat().st_size > MAX_TENSORS_BYTES:
        raise TensorsUnreadable(
            f"The file is larger than {MAX_TENSORS_BYTES / 1e6:,.0f} MB. {FEWER}"
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
            "No tokens found. Add a list of texts, one for each position: as JSON in the metadata "
            'of a safetensors file, {"tokens": json.dumps(tokens)}, or as an array named "tokens" '
            "in an npz file."
        )
    if target is None and {"decoder", "cross"} & {each.component for each in stored}:
        raise TensorsUnreadable(
            "The file has decoder or cross attention, but no target_tokens. Write them in the same "
            "way as tokens: a list of texts, one for each position of the decoder."
        )
    return source, target


def _check_positions(
    stored: list[StoredWeights], source: tuple[Token, ...], target: tuple[Token, ...] | None
) -> None:
    """Check that the axes of the weights have as many positions as there are tokens.

    Raises:
        TensorsUnreadable: if they do not.
    """
    for each in stored:
        queries = target if each.component in ("decoder", "cross") else source
        keys = source if each.component == "cross" else queries
        axes = len(queries or ()), len(keys or ())
        if each.shape[2:] == axes:
            continue
        remedy = "Write one token for each position, including special tokens such as [CLS]."
        if each.shape[2:] == axes[::-1]:
            remedy = "The axis of queries comes first: write weights.transpose(-1, -2)."
        raise TensorsUnreadable(
            f"{each.name} has {each.shape[2]:,} queries and {each.shape[3]:,} keys, but the file "
            f"has {axes[0]:,} and {axes[1]:,} tokens for them. {remedy}"
        )


def _layers(
    file: TensorFile, stored: StoredWeights, vectors: _Vectors, scaling: Any, watch: Watch
) -> Iterator[LayerAttention]:
    """Yield the layers of one array of weights."""
    watch.check()
    for number, weights in stored.layers_of(file.tensor(stored.name)):
        watch.check()
        pair = vectors.get(f"{stored.component}.{number}")
        if pair is None:
            checked = weights_of_layer(stored, number, weights)
            yield layer_of_weights(stored.component, number, checked)
        else:
            yield layer_of_vectors(stored, number, weights, pair, scaling, file, watch)
