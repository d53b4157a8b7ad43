"""Keeps the scores of probes, which are the same for every reader of a model's commit."""

from collections import OrderedDict
from threading import Lock

from ..limits import MAX_KEPT_PROBES
from ..models.hub.checkpoints import Checkpoint
from ..trace.repeated_tokens import Probe


class ProbeCache:
    """The probes of the models that were used most recently.

    It does not check who may read a model: the caller must have done this.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._probes: OrderedDict[tuple[str, str], Probe] = OrderedDict()  # by model id and commit

    def get(self, checkpoint: Checkpoint) -> Probe | None:
        """Return the probe of a model's commit, if it is kept."""
        key = checkpoint.model_id, checkpoint.revision
        with self._lock:
            if key in self._probes:
                self._probes.move_to_end(key)
            return self._probes.get(key)

    def add(self, checkpoint: Checkpoint, probe: Probe) -> None:
        """Keep a probe, and drop the least recently used one if there are too many."""
        with self._lock:
            self._probes[checkpoint.model_id, checkpoint.revision] = probe
            if len(self._probes) > MAX_KEPT_PROBES:
                self._probes.popitem(last=False)
