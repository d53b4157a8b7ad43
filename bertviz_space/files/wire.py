"""A trace as files: the only Python that knows what the page reads (``assets/core/data/trace.js``).

``manifest.json`` names the model, the tokens and, for each component, its files beside it, each of
which can be made by itself, when it is asked for; ``ready`` names those that are there from the
start:

* ``<component>-<layer>.safetensors``: float32 ``query`` ``[head, query, head_dim]`` and ``key``
  ``[key_value_head, key, head_dim]``, with the terms of the formula that are tensors: ``allowed``
  uint8 ``[head or 1, query, key]`` where the manifest's ``reach`` does not say it all, one of the
  forms of the bias (``short_forms``), and ``sink`` float32 ``[head]``. The page makes the weights
  from these, by the same formula, so that what travels grows with the text and not with its square.
  ``logsumexp`` float32 ``[head, query]`` is the logarithm of what the softmax divides by, 0 for a
  query that sees no key: with it one weight costs one product, ``exp(score - logsumexp)``, and no
  row has to be made for it. ``model_weights`` float32 ``[head, row, key]`` are the model's own
  weights of the queries ``model_queries`` int32 ``[row]``: the page holds its own against them.
* ``<component>-overview-<layer>.safetensors``: every head of some layers at a glance, uint8
  ``[head, query_bin, key_bin]`` under each layer's number, see ``overviews``. All layers of a short
  text are in one file, and each of a long one in its own.

safetensors is the format of both: it says dtype and shape of each array, in little-endian bytes.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from ..trace import Component, LayerAttention, Trace
from ..trace.overview import bin_size, overview
from .compact_terms import ShortForms
from .writing import write_file, write_text

# The page refuses a manifest of another version rather than draw it wrongly.
VERSION = 3

# Weights that are pooled for one overview file, so that a file is made in a fraction of a second:
# all layers of 12 heads and 512 tokens, or one of 9 heads and 4,096.
WEIGHTS_A_FILE = 2**26


class TraceFiles:
    """The files of one trace in one folder, each made by itself and in bounded memory.

    Threads may make files at the same time, and the same one: whoever finds a file finds all of it.

    Attributes:
        trace: what they are made from.
        folder: where they lie.
        names: the files that the views fetch, in the order in which they are likely to.
    """

    def __init__(self, trace: Trace, model_id: str, revision: str, folder: Path) -> None:
        """Make nothing yet.

        Args:
            trace: the result of ``extract``.
            model_id: the model's id, shown to the reader.
            revision: the model's commit.
            folder: an empty folder.
        """
        self.folder = folder
        self.trace = trace
        self._model = {"model_id": model_id, "revision": revision}
        self._forms = ShortForms()
        layers = {
            _layer_file(layer): partial(self._layer, layer)
            for layers in trace.layers.values()
            for layer in layers
        }
        overviews = {
            _overview_file(group): partial(self._overviews, group)
            for layers in trace.layers.values()
            for group in _groups(layers)
        }
        # The head view begins with the first layer; the model view shows all overviews.
        first = next(iter(layers))
        self._tensors = {first: layers[first]} | overviews | layers
        self.names = tuple(self._tensors)

    def names_for(self, layer: int, with_overviews: bool) -> tuple[str, ...]:
        """The files that show one layer of each component, and those that show all at a glance."""
        number = f"-{layer}.safetensors"
        return tuple(
            name
            for name in self.names
            if (with_overviews if "-overview-" in name else name.endswith(number))
        )

    def write(self, name: str) -> None:
        """Make one of the files, if it is not there.

        Raises:
            ResultNotWritten: if it cannot be written, such as when the folder is gone.
        """
        path = self.folder / name
        if not path.exists():
            tensors = self._tensors[name]()
            write_file(path, lambda beside: save_file(tensors, beside))

    def write_manifest(self) -> Path:
        """Write the manifest, which names the files that are there as ready; return its path.

        Raises:
            ResultNotWritten: if it cannot be written.
        """
        text = json.dumps(self.manifest(), ensure_ascii=False)
        return write_text(self.folder / "manifest.json", text)

    def manifest(self) -> dict[str, object]:
        """The manifest as it is now."""
        trace = self.trace
        return {
            "version": VERSION,
            "model": self._model,
            "source": [asdict(token) for token in trace.source],
            "target": None if trace.target is None else [asdict(token) for token in trace.target],
            "components": [self._component(component) for component in trace.components],
            "ready": [name for name in self.names if (self.folder / name).exists()],
        }

    def _component(self, component: Component) -> dict[str, object]:
        trace, layers = self.trace, self.trace.layers[component]
        query_tokens, key_tokens = trace.query_tokens(component), trace.key_tokens(component)
        return {
            "component": component,
            "query_tokens": "target" if query_tokens is trace.target else "source",
            "key_tokens": "target" if key_tokens is trace.target else "source",
            "query_bin": bin_size(query_tokens),
            "key_bin": bin_size(key_tokens),
            "overviews": [
                {"file": _overview_file(group), "layers": [each.layer for each in group]}
                for group in _groups(layers)
            ],
            "layers": [
                {
                    "layer": layer.layer,
                    "file": _layer_file(layer),
                    "num_heads": layer.num_heads,
                    "num_key_value_heads": layer.num_key_value_heads,
                    "head_dim": layer.head_dim,
                    "scaling": layer.scaling,
                    "softcap": layer.softcap,
                    "reach": self._forms.mask(layer)[0],
                    "rotation": None if layer.rotation is None else asdict(layer.rotation),
                }
                for layer in layers
            ],
        }

    def _layer(self, layer: LayerAttention) -> dict[str, Tensor]:
        # A query that may see no key has no weight anywhere: exp(-inf - 0).
        logsumexp = layer.log_normalizers().nan_to_num(neginf=0.0)
        tensors = {"query": layer.query, "key": layer.key, "logsumexp": logsumexp}
        _, allowed = self._forms.mask(layer)
        if allowed is not None:
            tensors["allowed"] = allowed.to(torch.uint8).contiguous()
        if layer.bias is not None:
            name, bias = self._forms.bias(layer)
            tensors[name] = bias.contiguous()
        if layer.sink is not None:
            tensors["sink"] = layer.sink
        if layer.model_weights is not None:
            tensors["model_queries"] = layer.model_weights.queries.int()
            tensors["model_weights"] = layer.model_weights.weights.contiguous()
        return tensors

    def _overviews(self, layers: Sequence[LayerAttention]) -> dict[str, Tensor]:
        component = layers[0].component
        query_tokens = self.trace.query_tokens(component)
        key_tokens = self.trace.key_tokens(component)
        return {str(layer.layer): overview(layer, query_tokens, key_tokens) for layer in layers}


def write_trace(trace: Trace, model_id: str, revision: str, folder: Path) -> Path:
    """Write all files of a trace at once; the arguments are those of ``TraceFiles``.

    Returns:
        The path of the manifest.
    """
    files = TraceFiles(trace, model_id, revision, folder)
    for name in files.names:
        files.write(name)
    return files.write_manifest()


def _layer_file(layer: LayerAttention) -> str:
    return f"{layer.component}-{layer.layer}.safetensors"


def _overview_file(layers: Sequence[LayerAttention]) -> str:
    return f"{layers[0].component}-overview-{layers[0].layer}.safetensors"


def _groups(layers: Sequence[LayerAttention]) -> Iterator[Sequence[LayerAttention]]:
    """Layers whose overviews lie in one file."""
    largest = max(layer.num_heads * layer.num_queries * layer.num_keys for layer in layers)
    size = max(1, WEIGHTS_A_FILE // largest)
    for begin in range(0, len(layers), size):
        yield layers[begin : begin + size]
