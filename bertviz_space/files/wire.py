"""Write a trace as the files that the page reads (``assets/core/data/trace.js``).

No other Python module knows their format. ``manifest.json`` names the model, the tokens and, for
each component, the files in the same folder. Each of these files can be written on its own when the
page requests it; ``ready`` names the files that exist already:

* ``<component>-<layer>.safetensors`` contains the terms of the formula that are tensors. The page
  computes the weights from them, so the bytes that travel grow with the text and not with its
  square:

  * ``query``: float32 ``[head, query, head_dim]``.
  * ``key``: float32 ``[key_value_head, key, head_dim]``.
  * ``allowed``: uint8 ``[head or 1, query, key]``, unless the manifest's ``reach`` describes the
    whole mask.
  * The bias in one of the forms of ``compact_terms``, and ``sink``: float32 ``[head]``.
  * ``logsumexp``: float32 ``[head, query]``, the logarithm of the softmax's denominator; 0 for a
    query that sees no key. With it the page computes one weight, ``exp(score - logsumexp)``, from
    one dot product, without the rest of the row.
  * ``model_weights``: float32 ``[head, row, key]``, the model's own weights for the queries
    ``model_queries``, int32 ``[row]``. The page compares its own weights with them.

* ``<component>-overview-<layer>.safetensors`` contains the overviews of one or more layers, each
  uint8 ``[head, query_bin, key_bin]`` under the layer's number (``trace/overview.py``). A short
  text has one file for all layers, and a long text one file for each layer.

* ``<component>-overview-<layer>~<filter>.safetensors`` contains what a filter leaves of these
  overviews (``trace/filter.py``), and how much it hides: float32 ``[head, query segment, key
  segment, 4]`` under the layer's number with ``-hidden``. The manifest does not name the file:
  there are too many filters.

* ``<component>-scores-<layer>.safetensors`` contains the scores of the heads of these layers, each
  float32 ``[head, score]`` under the layer's number (``trace/head_scores.py``).

* ``predictions.safetensors`` contains what the model predicts (``trace/predictions.py``), unless
  the manifest says why that is not known:

  * ``tokens``: int32 ``[position, listed]``, places in ``vocabulary``.
  * ``probabilities``: float32 ``[position, listed]``.
  * ``ranks``: int32 ``[position]``, and ``log_probabilities``: float32 ``[position]``.
  * ``vocabulary``: uint8 ``[byte]``, a JSON list of the text and the spelling of each token.

A trace that is compared with another pass (``trace/comparison.py``) has more files:

* ``other-<component>-<layer>.safetensors`` and ``other-predictions.safetensors`` contain the layers
  and the predictions of the other pass. The manifest contains its manifest.
* ``changes.safetensors`` contains how the predictions differ: ``divergences`` and
  ``likeliest_log_probabilities``, both float32 ``[position]``.

All are safetensors files, which declare the dtype and shape of each array and store it in
little-endian bytes.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

from safetensors.torch import save_file
from torch import Tensor

from ..trace import LayerAttention, Trace
from ..trace.comparison import Comparison, PredictionChanges
from ..trace.head_scores import SCORES, score_matrix, score_names
from ..trace.overview import overview
from .filtered_overviews import FilteredOverviews, make_room
from .interventions_in_words import in_words
from .pass_files import PREDICTIONS, PassFiles
from .writing import write_file, write_text

# The name of the file that says how the predictions of two passes differ.
CHANGES = "changes.safetensors"

# The first characters of the names of the other pass's files.
_OTHER = "other-"

# The names of files about several layers.
_OF_MANY_LAYERS = re.compile("-(overview|scores)-")

# Weights that are pooled for one overview file, so that it takes a fraction of a second: 21 layers
# of 12 heads and 512 tokens. A layer of 9 heads and 4,096 tokens has a file of its own.
WEIGHTS_PER_FILE = 2**26


class TraceFiles:
    """The files of one trace in one folder, each written on its own and in bounded memory.

    Several threads may write files at the same time, even the same file: a file that exists is
    complete.

    Attributes:
        trace: the trace.
        folder: the folder of the files.
        names: the names of the files, in the order in which the views are likely to fetch them.
        filtered: the files of filtered overviews, which ``names`` does not contain.
    """

    def __init__(self, trace: Trace, model_id: str, revision: str, folder: Path) -> None:
        """Name the files without writing any.

        Args:
            trace: the trace, such as the result of ``extract``.
            model_id: the model's id, which the page shows.
            revision: the model's commit.
            folder: an empty folder.
        """
        self.folder = folder
        self.trace = trace
        self._pass = PassFiles(trace, model_id, revision)
        self._other = _files_of_other(trace.compared, model_id, revision)
        overview_layers = {
            _overview_file(group): group
            for layers in trace.layers.values()
            for group in _groups(layers)
        }
        overviews = {
            name: partial(self._overview_tensors, group) for name, group in overview_layers.items()
        }
        self.filtered = FilteredOverviews(trace, overview_layers)
        scores = {
            _scores_file(group): partial(self._score_tensors, group)
            for layers in trace.layers.values()
            for group in _groups(layers)
        }
        layers, predictions = self._pass.layers, self._pass.predictions
        other: dict[str, Callable[[], dict[str, Tensor]]] = {}
        if self._other is not None:
            other = self._other.layers | self._other.predictions
        changes = None if trace.compared is None else trace.compared.changes
        if changes is not None:
            predictions = predictions | {CHANGES: partial(_change_tensors, changes)}
        # The head view starts with the first layer, and the model view shows all overviews. Nothing
        # waits for the scores.
        first = next(iter(layers))
        self._tensors = {first: layers[first]} | overviews | layers | predictions | other | scores
        self.names = tuple(self._tensors)

    def names_for(self, layer: int, with_overviews: bool) -> tuple[str, ...]:
        """Return the names of the files of one layer in each component, and of the overviews.

        The scores belong to the overviews, and the predictions to every layer.

        Args:
            layer: the layer's true number.
            with_overviews: whether to name the overviews.
        """
        endings = (f"-{layer}.safetensors", PREDICTIONS, CHANGES)
        return tuple(
            name
            for name in self.names
            if (with_overviews if _OF_MANY_LAYERS.search(name) else name.endswith(endings))
        )

    def write(self, name: str) -> None:
        """Write one of the files, or a file of filtered overviews, unless it exists.

        Raises:
            ResultNotWritten: if it cannot be written, for example because the folder was deleted.
        """
        path = self.folder / name
        if path.exists():
            return
        if name in self._tensors:
            tensors = self._tensors[name]()
        else:
            make_room(self.folder)
            tensors = self.filtered.tensors(name)
        write_file(path, lambda partial_path: save_file(tensors, partial_path))

    def write_manifest(self) -> Path:
        """Write the manifest, with the files that exist now as ready, and return its path.

        Raises:
            ResultNotWritten: if it cannot be written.
        """
        text = json.dumps(self.manifest(), ensure_ascii=False)
        return write_text(self.folder / "manifest.json", text)

    def manifest(self) -> dict[str, object]:
        """Return the manifest, with the files that exist now as ready."""
        trace = self.trace
        manifest = self._pass.manifest()
        components = zip(manifest["components"], trace.layers.values(), strict=True)
        return manifest | {
            "components": [entry | self._of_many_layers(layers) for entry, layers in components],
            "scores": [{"name": name} | asdict(SCORES[name]) for name in score_names(trace)],
            "intervened": self._intervened(),
            "compared": self._compared(),
            "ready": [name for name in self.names if (self.folder / name).exists()],
        }

    def _of_many_layers(self, layers: Sequence[LayerAttention]) -> dict[str, object]:
        """Return the entries of a component's files about several layers."""
        return {
            kind: [
                {"file": file_of(group), "layers": [each.layer for each in group]}
                for group in _groups(layers)
            ]
            for kind, file_of in (("overviews", _overview_file), ("scores", _scores_file))
        }

    def _intervened(self) -> dict[str, object] | None:
        intervened = self.trace.intervened
        if intervened is None:
            return None
        return {
            "interventions": [
                {"spelling": each.spelling, "words": in_words(self.trace, each)}
                for each in intervened.interventions
            ],
            "replaced": {at: asdict(token) for at, token in intervened.replaced.items()},
        }

    def _compared(self) -> dict[str, object] | None:
        compared = self.trace.compared
        if compared is None or self._other is None:
            return None
        return {
            "differs": compared.differs,
            "source": compared.source,
            "target": compared.target,
            "changes": None if compared.changes is None else CHANGES,
            "other": self._other.manifest(),
        }

    def _overview_tensors(self, layers: Sequence[LayerAttention]) -> dict[str, Tensor]:
        component = layers[0].component
        query_tokens = self.trace.query_tokens(component)
        key_tokens = self.trace.key_tokens(component)
        return {str(layer.layer): overview(layer, query_tokens, key_tokens) for layer in layers}

    def _score_tensors(self, layers: Sequence[LayerAttention]) -> dict[str, Tensor]:
        return {str(layer.layer): score_matrix(self.trace, layer) for layer in layers}


def write_trace(trace: Trace, model_id: str, revision: str, folder: Path) -> Path:
    """Write all files of a trace, and return the path of the manifest.

    The arguments are those of ``TraceFiles``.

    Raises:
        ResultNotWritten: if a file cannot be written.
    """
    files = TraceFiles(trace, model_id, revision, folder)
    for name in files.names:
        files.write(name)
    return files.write_manifest()


def contains_scores(name: str) -> bool:
    """Return whether a file contains the scores of heads, for which no picture waits."""
    return "-scores-" in name


def _files_of_other(compared: Comparison | None, model_id: str, revision: str) -> PassFiles | None:
    if compared is None:
        return None
    return PassFiles(compared.trace, *(compared.model or (model_id, revision)), _OTHER)


def _change_tensors(changes: PredictionChanges) -> dict[str, Tensor]:
    return dict(vars(changes))


def _overview_file(layers: Sequence[LayerAttention]) -> str:
    return f"{layers[0].component}-overview-{layers[0].layer}.safetensors"


def _scores_file(layers: Sequence[LayerAttention]) -> str:
    return f"{layers[0].component}-scores-{layers[0].layer}.safetensors"


def _groups(layers: Sequence[LayerAttention]) -> Iterator[Sequence[LayerAttention]]:
    """Yield groups of layers: a group has one file of overviews and one file of scores."""
    largest = max(layer.num_heads * layer.num_queries * layer.num_keys for layer in layers)
    size = max(1, WEIGHTS_PER_FILE // largest)
    for begin in range(0, len(layers), size):
        yield layers[begin : begin + size]
