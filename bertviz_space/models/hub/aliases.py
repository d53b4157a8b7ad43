"""Remember other names of the Hub's models, such as the name before a model was renamed.

The Hub answers a request for another name with the model's own id. From then on, results, links and
files use the own id. The names are stored on disk, so that after a restart without the Hub a model
is found under each of them. Names of restricted models are not stored.
"""

import os
from contextlib import suppress
from pathlib import Path
from threading import get_ident

from ...limits import MAX_KNOWN_ALIASES


class Aliases:
    """Other names of models, each stored with the model's own id in one small file.

    At most ``MAX_KNOWN_ALIASES`` names are stored; the oldest are deleted first.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def model_id_of(self, name: str) -> str:
        """Return the id of the model that a name stands for, or the name itself if unknown."""
        try:
            return self._file(name).read_text(encoding="ascii")
        except (OSError, ValueError):
            return name

    def names_of(self, model_id: str) -> list[str]:
        """Return the other names that are stored for a model."""
        files = self._folder.glob("*") if self._folder.is_dir() else []
        names = [path.name.replace("--", "/") for path in files if not path.name.startswith(".")]
        return sorted(name for name in names if self.model_id_of(name) == model_id)

    def remember(self, name: str, model_id: str) -> None:
        """Store that a name stands for a model; do nothing if the disk cannot be written."""
        if self.model_id_of(name) == model_id:
            return
        with suppress(OSError):
            if name == model_id:  # until now, the name stood for another model
                self._file(name).unlink(missing_ok=True)
                return
            self._folder.mkdir(parents=True, exist_ok=True)
            unfinished = self._folder / f".{os.getpid()}-{get_ident()}"
            unfinished.write_text(model_id, encoding="ascii")
            unfinished.replace(self._file(name))
            self._forget_oldest()

    def _file(self, name: str) -> Path:
        return self._folder / name.replace("/", "--")

    def _forget_oldest(self) -> None:
        files = sorted(self._folder.glob("[!.]*"), key=_modification_time)
        for path in files[: max(0, len(files) - MAX_KNOWN_ALIASES)]:
            path.unlink(missing_ok=True)


def _modification_time(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:  # another process has deleted the file meanwhile
        return 0
