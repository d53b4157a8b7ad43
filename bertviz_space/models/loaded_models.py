"""Keeps loaded models in memory, within a number of bytes."""

from collections import OrderedDict
from threading import Lock

from ..limits import MAX_LOADED_BYTES
from .loading import LoadedModel


class LoadedModels:
    """Loaded models by name; the least recently used is dropped first.

    A run that uses a dropped model keeps it in memory until the run ends. Every method may be
    called from any thread.

    Args:
        max_bytes: bytes of the parameters of all models. A larger model is the only one kept.
    """

    def __init__(self, max_bytes: int = MAX_LOADED_BYTES) -> None:
        self._max_bytes = max_bytes
        self._models: OrderedDict[str, LoadedModel] = OrderedDict()
        self._lock = Lock()

    def get(self, name: str) -> LoadedModel | None:
        """Return a model, which becomes the one that was used last; ``None`` if it is not kept."""
        with self._lock:
            if name in self._models:
                self._models.move_to_end(name)
            return self._models.get(name)

    def make_room(self, num_bytes: int) -> None:
        """Drop the least recently used models until ``num_bytes`` more bytes fit.

        Call this before a load, so that the memory of the dropped models and of the new model never
        adds up.
        """
        with self._lock:
            room = self._max_bytes - num_bytes
            while self._models and sum(each.num_bytes for each in self._models.values()) > room:
                self._models.popitem(last=False)

    def add(self, name: str, loaded: LoadedModel) -> None:
        """Keep a model."""
        with self._lock:
            self._models[name] = loaded

    def drop_oldest(self) -> bool:
        """Drop the least recently used model; return False if no model is kept."""
        with self._lock:
            if not self._models:
                return False
            self._models.popitem(last=False)
            return True
