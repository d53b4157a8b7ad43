"""The page or the program that sent a request."""

from collections.abc import Callable
from dataclasses import dataclass, field

from ..cancellation import Cancellation
from ..models.hub.access import ANONYMOUS, Reader
from ..models.hub.progress import Progress


def _ignore(message: str) -> None:
    """Ignore a message."""


@dataclass(frozen=True)
class Caller:
    """Who sent a request, and how to reach them while it is answered.

    Attributes:
        reader: the reader, in whose name the Hub is asked for a model.
        cancellation: requested once the caller waits no longer.
        report: receives a message at the beginning of each step. It must be quick.
    """

    reader: Reader = ANONYMOUS
    cancellation: Cancellation = field(default_factory=Cancellation)
    report: Callable[[str], object] = _ignore

    def download_progress(self, model_id: str) -> Progress:
        """Return a function that reports the progress of a model's download in megabytes."""

        def report(done: int, total: int) -> None:
            self.report(f"Fetching {model_id}: {done / 1e6:,.1f} of {total / 1e6:,.1f} MB …")

        return report
