"""Keeps the most recently used models: loaded, as outlines, or only their options."""

import os
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from threading import Lock
from typing import TypeVar

from ..cancellation import Cancellation
from ..errors import DiskFull
from ..limits import MAX_KEPT_OUTLINES, MAX_KNOWN_ALIASES, MAX_KNOWN_OPTIONS, MAX_LOADED_BYTES
from .config import read_generation_config
from .hub.access import ANONYMOUS, Reader
from .hub.checkpoints import Checkpoint, check_access, fetch_weights, locate
from .hub.progress import Progress, ignore_progress
from .load_queue import LoadQueue, LoadTimer
from .loaded_models import LoadedModels
from .loading import LoadedModel, LoadWeights, load_weights
from .options import ModelOptions, model_options
from .outline import Outline, read_config_and_tokenizer, read_outline
from .type_check import check_model_type
from .weight_files import loaded_bytes

# This process loads one model at a time, for three reasons. Readers who ask for the same model
# share one load. The memory of two loads never adds up. And transformers 5.23 switches the tying of
# weights off and on for all threads: with two simultaneous loads, a model can be left without the
# weights of its task head. Requests for models that are already loaded do not wait.
_loads = LoadQueue()

_T = TypeVar("_T")


class ModelCache:
    """The loaded models, within a number of bytes; the least recently used is dropped first.

    All readers share one copy of a model. For a restricted model (``Checkpoint.is_restricted``),
    each request asks the Hub whether the reader may read it. A model that was not restricted when
    it was loaded can be used by every reader as long as it is kept.

    Args:
        max_bytes: bytes of the parameters of all models. A larger model is the only one kept.
        load: loads a model from files on this machine; by default ``load_weights``.
    """

    def __init__(self, max_bytes: int = MAX_LOADED_BYTES, load: LoadWeights | None = None) -> None:
        self._load_weights = load
        self._loaded = LoadedModels(max_bytes)
        # Each entry has its model's checkpoint, without the lease: the files may be deleted.
        self._options: OrderedDict[str, tuple[ModelOptions, Checkpoint]] = OrderedDict()
        self._outlines: OrderedDict[str, tuple[Outline, Checkpoint]] = OrderedDict()
        # All models are kept under the Hub's own id. This maps other names (aliases) that readers
        # used to that id.
        self._own_ids: OrderedDict[str, str] = OrderedDict()
        self._lock = Lock()

    def get(
        self,
        model_id: str,
        on_progress: Progress = ignore_progress,
        reader: Reader = ANONYMOUS,
        cancellation: Cancellation | None = None,
    ) -> LoadedModel:
        """Return a model from the cache, or load it.

        A kept model stays at the commit that was loaded.

        Args:
            model_id: an id of the Hub, or a demo model's name.
            on_progress: receives the progress of the download, if there is one.
            reader: the reader who asks for the model.
            cancellation: ends the wait for a load.

        Raises:
            UnknownModel: if there is no such model; see ``hub.checkpoints.locate``.
            ModelUnavailable: if the model cannot be downloaded or its files cannot be loaded.
            AttentionUnavailable: if the attention of this type of model cannot be shown.
            LoadTooLong: if a load exceeds its time limit. The load continues, and its model is
                kept.
            RunStopped: if the cancellation is requested.
        """
        loaded, is_new = self._find_loaded(model_id), False
        if loaded is None:
            loaded, is_new = _loads.run(
                model_id,
                lambda load: self._load(model_id, load, on_progress, reader),
                lambda: self._find_loaded(model_id),
                cancellation or Cancellation(),
            )
        if not is_new:
            _check_reader(loaded.checkpoint, model_id, reader)
        return loaded

    def options(self, model_id: str, reader: Reader = ANONYMOUS) -> ModelOptions:
        """Return the options that a model supports, read from its small files or kept from before.

        Raises:
            SpaceError: see ``get``.
        """
        with self._lock:
            known = self._options.get(self._own_id(model_id))
        if known is not None:
            options, checkpoint = known
            _check_reader(checkpoint, model_id, reader)
            return options
        checkpoint = self._locate(model_id, reader)
        config, tokenizer = read_config_and_tokenizer(checkpoint)
        options = model_options(config, tokenizer, read_generation_config(checkpoint, config))
        with self._lock:
            self._options[checkpoint.model_id] = options, replace(checkpoint, lease=None)
            if len(self._options) > MAX_KNOWN_OPTIONS:
                self._options.popitem(last=False)
        return options

    def outline(self, model_id: str, reader: Reader = ANONYMOUS) -> Outline:
        """Return a model without its weights, or the loaded model; never wait for a load.

        Raises:
            SpaceError: see ``get``.
        """
        known = self._find_outline(model_id)
        if known is None:
            checkpoint = self._locate(model_id, reader)
            known = self._find_outline(checkpoint.model_id)  # kept since a request by another name
            if known is None:
                return self._keep_outline(checkpoint)
        outline, checkpoint = known
        _check_reader(checkpoint, model_id, reader)
        return outline

    def _keep_outline(self, checkpoint: Checkpoint) -> Outline:
        outline = read_outline(checkpoint)
        with self._lock:
            self._outlines[checkpoint.model_id] = outline, replace(checkpoint, lease=None)
            if len(self._outlines) > MAX_KEPT_OUTLINES:
                self._outlines.popitem(last=False)
        return outline

    def _find_outline(self, model_id: str) -> tuple[Outline, Checkpoint] | None:
        with self._lock:
            own_id = self._own_id(model_id)
            if own_id in self._outlines:
                self._outlines.move_to_end(own_id)
            outline = self._outlines.get(own_id)
        loaded = self._loaded.get(own_id)
        return outline if loaded is None else (loaded, loaded.checkpoint)

    def _find_loaded(self, model_id: str) -> LoadedModel | None:
        with self._lock:
            own_id = self._own_id(model_id)
        return self._loaded.get(own_id)

    def _own_id(self, model_id: str) -> str:
        """Return the Hub's own id for a name. The caller must have locked ``_lock``."""
        return self._own_ids.get(model_id, model_id)

    def _locate(self, model_id: str, reader: Reader) -> Checkpoint:
        """Find a model, fetch its small files, and remember the name that the reader used."""
        checkpoint = self._freeing_disk(lambda: locate(model_id, check_model_type, reader))
        with self._lock:
            self._own_ids.pop(model_id, None)
            if checkpoint.model_id != model_id:
                self._own_ids[model_id] = checkpoint.model_id
                if len(self._own_ids) > MAX_KNOWN_ALIASES:
                    self._own_ids.popitem(last=False)
        return checkpoint

    def _load(
        self, model_id: str, load: LoadTimer, on_progress: Progress, reader: Reader
    ) -> LoadedModel:
        """Fetch and load a model, and keep it; return the kept model if another name loaded it."""
        with load.downloading():
            checkpoint = self._locate(model_id, reader)
        kept = self._find_loaded(checkpoint.model_id)
        if kept is not None:
            _check_reader(kept.checkpoint, model_id, reader)
            return kept
        config, tokenizer = read_config_and_tokenizer(checkpoint)
        with load.downloading():
            self._freeing_disk(lambda: fetch_weights(checkpoint, on_progress, reader))
        self._loaded.make_room(loaded_bytes(checkpoint.folder))
        loaded = (self._load_weights or load_weights)(checkpoint, config, tokenizer)
        self._loaded.add(checkpoint.model_id, loaded)
        with self._lock:
            self._outlines.pop(checkpoint.model_id, None)
        return loaded

    def _freeing_disk(self, fetch: Callable[[], _T]) -> _T:
        """Call ``fetch``, and drop loaded models one by one while the disk has no room.

        The files of a loaded model are never deleted, so dropping the least recently used model
        from memory frees its room on disk.

        Raises:
            DiskFull: if there is no room even without loaded models.
            SpaceError: any other error of ``fetch``.
        """
        while True:
            try:
                return fetch()
            except DiskFull:
                if not self._loaded.drop_oldest():
                    raise


def _check_reader(checkpoint: Checkpoint, model_id: str, reader: Reader) -> None:
    """Check that a reader may use a kept model now.

    Args:
        checkpoint: the model.
        model_id: the name that the reader used. An error message contains no other name, so that it
            does not reveal a model that the reader may not read.
        reader: the reader who asks for the model.

    Raises:
        SpaceError: if the reader may not use it; see ``check_access``.
    """
    if checkpoint.is_restricted:
        check_access(checkpoint.model_id, reader, asked=model_id)


@cache
def fork_between_loads() -> None:
    """Delay every fork of this process until no load is running, because loads set global state."""
    os.register_at_fork(
        before=_loads.pause,
        after_in_parent=_loads.resume,
        after_in_child=_loads.resume,
    )
