"""The models that are loaded, and what is known of others: the ones last used, within bounds."""

import os
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from threading import Lock
from typing import TypeVar

from ..cancellation import always
from ..errors import DiskFull
from ..limits import MAX_KEPT_OUTLINES, MAX_KNOWN_ALIASES, MAX_KNOWN_OPTIONS, MAX_LOADED_BYTES
from .hub.access import ANONYMOUS, Reader
from .hub.checkpoints import Checkpoint, check_access, fetch_weights, locate
from .hub.progress import Progress, ignore_progress
from .load_queue import Load, Loads
from .loading import (
    LoadedModel,
    Outline,
    check_model_type,
    generation_config,
    load_weights,
    outline,
    read,
)
from .options import ModelOptions, model_options
from .weight_files import loaded_bytes

# One load at a time in this process: two visitors who ask for the same model share it, and the
# memory of two loads never adds up. Nor may they overlap: transformers 5.23 switches the tying of
# weights off and on for all threads, and a load beside another one can come without its head.
# Models that are there already do not wait for it.
_loads = Loads()

_Got = TypeVar("_Got")


class ModelCache:
    """The loaded models, bounded in bytes; the least recently used leaves first.

    There is one copy of a model, whoever loaded it, and nobody gets it who may not read it: of a
    restricted one (``Checkpoint.is_restricted``) the Hub is asked each time, in the name of the one
    who wants it. A model that was open when it came stays so while it is kept.
    """

    def __init__(self, max_bytes: int = MAX_LOADED_BYTES) -> None:
        self._max_bytes = max_bytes
        self._loaded: OrderedDict[str, LoadedModel] = OrderedDict()
        # Each with its checkpoint, without the lease that would keep the files.
        self._options: OrderedDict[str, tuple[ModelOptions, Checkpoint]] = OrderedDict()
        self._outlines: OrderedDict[str, tuple[Outline, Checkpoint]] = OrderedDict()
        # The Hub's own id of each model that came under another name: all that is kept is kept by
        # the Hub's own id.
        self._own_ids: OrderedDict[str, str] = OrderedDict()
        self._lock = Lock()

    def get(
        self,
        model_id: str,
        on_progress: Progress = ignore_progress,
        reader: Reader = ANONYMOUS,
        is_wanted: Callable[[], bool] = always,
    ) -> LoadedModel:
        """The model of an id, from the cache or loaded now.

        A model stays at the commit that it was loaded at for as long as it is kept.

        Args:
            model_id: an id of the Hub, or a demo model's name.
            on_progress: told how far the download is, if there is one.
            reader: who wants it.
            is_wanted: asked now and then during a load.

        Raises:
            UnknownModel, ModelUnavailable: see ``hub.locate``; also for files that do not load.
            AttentionUnavailable: for a type of model whose attention cannot be shown.
            LoadTooLong: once a load has exceeded its time. The load goes on, and its model is kept.
            RunStopped: once ``is_wanted`` says False.
        """
        loaded, is_new = self._kept(model_id), False
        if loaded is None:
            loaded, is_new = _loads.run(
                model_id,
                lambda load: self._load(model_id, load, on_progress, reader),
                lambda: self._kept(model_id),
                is_wanted,
            )
        return loaded if is_new else _given(loaded, loaded.checkpoint, model_id, reader)

    def options(self, model_id: str, reader: Reader = ANONYMOUS) -> ModelOptions:
        """What the model of an id takes, from its small files alone; kept for the next one to ask.

        Raises:
            SpaceError: as ``get``.
        """
        with self._lock:
            known = self._options.get(self._own_id(model_id))
        if known is not None:
            return _given(*known, model_id, reader)
        checkpoint = self._locate(model_id, reader)
        config, tokenizer = read(checkpoint)
        options = model_options(config, tokenizer, generation_config(checkpoint, config))
        with self._lock:
            self._options[checkpoint.model_id] = options, replace(checkpoint, lease=None)
            if len(self._options) > MAX_KNOWN_OPTIONS:
                self._options.popitem(last=False)
        return options

    def outline(self, model_id: str, reader: Reader = ANONYMOUS) -> Outline:
        """The model of an id without its weights; with them if it is loaded. Waits for no load.

        Raises:
            SpaceError: as ``get``.
        """
        known = self._known_outline(model_id)
        if known is not None:
            return _given(*known, model_id, reader)
        checkpoint = self._locate(model_id, reader)
        known = self._known_outline(checkpoint.model_id)
        if known is not None:  # under another name
            return _given(*known, model_id, reader)
        made = outline(checkpoint)
        with self._lock:
            self._outlines[checkpoint.model_id] = made, replace(checkpoint, lease=None)
            if len(self._outlines) > MAX_KEPT_OUTLINES:
                self._outlines.popitem(last=False)
        return made

    def _known_outline(self, model_id: str) -> tuple[Outline, Checkpoint] | None:
        with self._lock:
            own_id = self._own_id(model_id)
            if own_id in self._outlines:
                self._outlines.move_to_end(own_id)
            loaded = self._loaded.get(own_id)
            return self._outlines.get(own_id) if loaded is None else (loaded, loaded.checkpoint)

    def _own_id(self, model_id: str) -> str:
        """The Hub's own id, where the model came under another name; to be called with the lock."""
        return self._own_ids.get(model_id, model_id)

    def _kept(self, model_id: str) -> LoadedModel | None:
        with self._lock:
            own_id = self._own_id(model_id)
            if own_id in self._loaded:
                self._loaded.move_to_end(own_id)
            return self._loaded.get(own_id)

    def _locate(self, model_id: str, reader: Reader) -> Checkpoint:
        checkpoint = self._with_room(lambda: locate(model_id, check_model_type, reader))
        with self._lock:
            self._own_ids.pop(model_id, None)
            if checkpoint.model_id != model_id:
                self._own_ids[model_id] = checkpoint.model_id
                if len(self._own_ids) > MAX_KNOWN_ALIASES:
                    self._own_ids.popitem(last=False)
        return checkpoint

    def _load(
        self, model_id: str, load: Load, on_progress: Progress, reader: Reader
    ) -> LoadedModel:
        """Load a model whose small files are read before its weights are fetched, and keep it."""
        with load.downloading():
            checkpoint = self._locate(model_id, reader)
        kept = self._kept(checkpoint.model_id)
        if kept is not None:  # under another name
            return _given(kept, kept.checkpoint, model_id, reader)
        config, tokenizer = read(checkpoint)
        with load.downloading():
            self._with_room(lambda: fetch_weights(checkpoint, on_progress, reader))
        # Before it is loaded: what it takes and what it drives out are never there together.
        self._make_room(loaded_bytes(checkpoint.folder))
        loaded = load_weights(checkpoint, config, tokenizer)
        with self._lock:
            self._loaded[checkpoint.model_id] = loaded
            self._outlines.pop(checkpoint.model_id, None)
        return loaded

    def _with_room(self, fetch: Callable[[], _Got]) -> _Got:
        """What ``fetch`` gives, or what it raises.

        Files of a loaded model are never deleted: the least recently used model leaves memory where
        others' files need the room of its own.
        """
        while True:
            try:
                return fetch()
            except DiskFull:
                with self._lock:
                    if not self._loaded:
                        raise
                    self._loaded.popitem(last=False)

    def _make_room(self, num_bytes: int) -> None:
        """Drop the least recently used models until so many bytes fit; a run keeps what it uses."""
        with self._lock:
            room = self._max_bytes - num_bytes
            while self._loaded and sum(each.num_bytes for each in self._loaded.values()) > room:
                self._loaded.popitem(last=False)


def _given(kept: _Got, checkpoint: Checkpoint, model_id: str, reader: Reader) -> _Got:
    """What is kept of a model, to one who may read it at this moment.

    Args:
        kept: what is kept.
        checkpoint: the model.
        model_id: the name that the reader asked for. A sentence for one who may not read the model
            names nothing else.
        reader: who asks.
    """
    if checkpoint.is_restricted:
        check_access(checkpoint.model_id, reader, asked=model_id)
    return kept


@cache
def fork_between_loads() -> None:
    """Let processes be forked between two loads from now on, for a load's switches are global."""
    os.register_at_fork(
        before=_loads.lock.acquire,
        after_in_parent=_loads.lock.release,
        after_in_child=_loads.lock.release,
    )
