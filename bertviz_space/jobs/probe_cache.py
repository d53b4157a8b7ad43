"""Keeps the scores of probes, which are the same for every reader of a model's commit."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Condition

from ..cancellation import Cancellation
from ..limits import MAX_KEPT_PROBES
from ..models.hub.checkpoints import Checkpoint
from ..trace.repeated_tokens import Probe


class ProbeCache:
    """The probes of the models that were used most recently.

    It does not check who may read a model: the caller must have done this.
    """

    def __init__(self) -> None:
        # Guards the attributes below, which have keys of a model's id and its commit. Notified when
        # a run ends, or when a reader no longer waits for one.
        self._changed = Condition()
        self._running: set[tuple[str, str]] = set()
        self._probes: OrderedDict[tuple[str, str], Probe] = OrderedDict()

    def get(
        self, checkpoint: Checkpoint, run: Callable[[], Probe], cancellation: Cancellation
    ) -> Probe:
        """Return the probe of a model's commit, which runs once for all readers who wait for it.

        If a run fails or is canceled, another reader who waits for it runs the model.

        Args:
            checkpoint: the model's commit.
            run: runs the model.
            cancellation: ends the wait for the run of another reader. ``run`` must check it itself.

        Raises:
            RunStopped: if the cancellation is requested during the wait.
            SpaceError: any error of ``run``.
        """
        key = checkpoint.model_id, checkpoint.revision
        with self._changed:
            while key in self._running:
                with cancellation.waking(self._wake):
                    self._changed.wait_for(
                        lambda: key not in self._running or cancellation.is_requested
                    )
                cancellation.check()
            if key in self._probes:
                self._probes.move_to_end(key)
                return self._probes[key]
            self._running.add(key)
        probe = None
        try:
            probe = run()
            return probe
        finally:
            with self._changed:
                self._running.remove(key)
                if probe is not None:
                    self._keep(key, probe)
                self._changed.notify_all()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _keep(self, key: tuple[str, str], probe: Probe) -> None:
        """Keep a probe, and drop the least recently used one if there are too many."""
        self._probes[key] = probe
        if len(self._probes) > MAX_KEPT_PROBES:
            self._probes.popitem(last=False)
