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
    """The sender of a request, and the connection to it while the request is answered.

    Attributes:
        reader: the reader whose access to models the Hub checks.
        cancellation: requested when the sender no longer waits for the answer.
        report: receives a message at the beginning of each step. It must be quick.
        report_written: receives a message with the text that the model has written so far.
        stop_writing: requested when the sender wants the model to write no further token.
    """

    reader: Reader = ANONYMOUS
    cancellation: Cancellation = field(default_factory=Cancellation)
    report: Callable[[str], object] = _ignore
    report_written: Callable[[str], object] = _ignore
    stop_writing: Cancellation = field(default_factory=Cancellation)

    def download_progress(self, model_id: str) -> Progress:
        """Return a function that reports the progress of a model's download in megabytes."""

        def report(done: int, total: int) -> None:
            self.report(f"Fetching {model_id}: {done / 1e6:,.1f} of {total / 1e6:,.1f} MB …")

        return report
