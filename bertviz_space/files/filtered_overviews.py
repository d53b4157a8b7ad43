"""Overviews of what a filter shows, each computed when a view asks for its file (``wire``)."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from torch import Tensor

from ..errors import InvalidFilter
from ..trace import LayerAttention, Trace
from ..trace.filter import Filter, parse_filter
from ..trace.overview import filtered_overview
from ..trace.shown_weights import ShownWeights
from .writing import disk_errors

# Files of filtered overviews in one folder, about 600 kB each: the oldest is removed for a new one.
MAX_FILES = 32

# The name of a file: that of the file of the overviews without a filter, and the filter.
_NAME = re.compile(r"([a-z]+-overview-\d+)~(.+)(\.safetensors)")


class FilteredOverviews:
    """The overviews of a trace after any filter.

    Args:
        trace: the trace.
        layers: the layers of each file of overviews, by the file's name.
    """

    def __init__(self, trace: Trace, layers: Mapping[str, Sequence[LayerAttention]]) -> None:
        self._trace = trace
        self._layers = layers

    def names(self, filter_: Filter) -> list[str]:
        """Return the names of the files for a filter; none if it shows all weights of tokens."""
        if not str(filter_):
            return []
        return [f"{Path(name).stem}~{filter_}.safetensors" for name in self._layers]

    def contains(self, name: str) -> bool:
        """Return whether a name is that of a file for one of the filters that fit the text."""
        try:
            return self._layers_and_filter(name) is not None
        except InvalidFilter:
            return False

    def tensors(self, name: str) -> dict[str, Tensor]:
        """Compute the content of a file.

        Args:
            name: a name that ``contains`` accepts.

        Returns:
            For each layer, uint8 ``[head, query_bin, key_bin]`` by the layer's number, and what
            the filter hides by the number and ``-hidden`` (``trace.overview.FilteredOverview``).
        """
        found = self._layers_and_filter(name)
        if found is None:
            raise KeyError(name)
        layers, filter_ = found
        shown = ShownWeights(self._trace, layers[0].component, filter_)
        tensors = {}
        for layer in layers:
            found = filtered_overview(layer, shown)
            tensors |= {f"{layer.layer}": found.cells, f"{layer.layer}-hidden": found.hidden}
        return tensors

    def _layers_and_filter(self, name: str) -> tuple[Sequence[LayerAttention], Filter] | None:
        """Return the layers and the filter of a file, ``None`` for other names.

        Raises:
            InvalidFilter: if the filter cannot be read, or does not fit the text.
        """
        found = _NAME.fullmatch(name)
        layers = self._layers.get(f"{found[1]}{found[3]}") if found else None
        if not found or layers is None:
            return None
        filter_ = parse_filter(found[2])
        if str(filter_) != found[2]:  # one file for one filter
            raise InvalidFilter(f"{found[2]!r} is spelled {filter_}")
        filter_.hidden_keys(self._trace, layers[0].component)
        return layers, filter_


def make_room(folder: Path) -> None:
    """Remove the oldest files of filtered overviews, so that one more may be written.

    Raises:
        ResultNotWritten: if the disk does not allow it.
    """
    with disk_errors():
        paths = sorted(folder.glob("*~*"), key=lambda path: path.stat().st_mtime_ns)
        for path in paths[: max(0, len(paths) - MAX_FILES + 1)]:
            path.unlink(missing_ok=True)
