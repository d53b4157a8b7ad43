"""Report the progress of a download in bytes."""

import io
import time
from collections.abc import Callable
from typing import Any

from huggingface_hub.utils import tqdm

# Called with the bytes that are downloaded, and with the bytes of the whole download.
Progress = Callable[[int, int], None]

# seconds between two reports.
_REPORT_INTERVAL = 0.5

# snapshot_download of huggingface_hub 2.4 makes several bars. The one with this name counts the
# bytes of all files as they are written.
_BYTES_BAR = "huggingface_hub.snapshot_download"


def ignore_progress(done: int, of: int) -> None:
    """Ignore progress."""


def reporting_bar(on_progress: Progress) -> type[tqdm]:
    """Return a class of progress bars that draw nothing and report bytes to ``on_progress``."""

    class Bar(tqdm):
        def __init__(self, *args: Any, name: str | None = None, **kwargs: Any) -> None:
            self._counts_bytes = name == _BYTES_BAR
            self._last_report = 0.0
            # By default a bar without a terminal is disabled, and does not count.
            super().__init__(*args, **{**kwargs, "disable": False, "file": io.StringIO()})

        def update(self, n: float | None = 1) -> bool | None:
            updated = super().update(n)
            now = time.monotonic()
            if self._counts_bytes and self.total and now - self._last_report > _REPORT_INTERVAL:
                self._last_report = now
                on_progress(int(self.n), int(self.total))
            return updated

    return Bar
