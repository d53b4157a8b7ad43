"""How far a download is, told in bytes."""

import io
import time
from collections.abc import Callable
from typing import Any

from huggingface_hub.utils import tqdm

# Told of bytes that are here, and of how many there will be.
Progress = Callable[[int, int], None]

# seconds between two words on how far it is.
_PAUSE = 0.5

# Of the bars that snapshot_download of huggingface_hub 2.4 makes, the one that counts bytes of all
# files as they are written.
_BAR = "huggingface_hub.snapshot_download"


def ignore_progress(done: int, of: int) -> None:
    """For whom does not want to know."""


def bar_that_tells(on_progress: Progress) -> type[tqdm]:
    """A class of progress bars that draw nothing, and tell of bytes."""

    class Bar(tqdm):
        def __init__(self, *args: Any, name: str | None = None, **kwargs: Any) -> None:
            self._tells = name == _BAR
            self._told = 0.0
            # On no terminal a bar would not even count.
            super().__init__(*args, **{**kwargs, "disable": False, "file": io.StringIO()})

        def update(self, n: float | None = 1) -> bool | None:
            updated = super().update(n)
            now = time.monotonic()
            if self._tells and self.total and now - self._told > _PAUSE:
                self._told = now
                on_progress(int(self.n), int(self.total))
            return updated

    return Bar
