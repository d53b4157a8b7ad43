"""Other names of the Hub's models, such as one from before a model was renamed.

The Hub answers a question about another name with the model's own id, which names results, links
and files from then on. The names are kept on disk, so that a model is found under each of them
after a restart without the Hub. No name of a restricted model is kept there.
"""

import os
from contextlib import suppress
from pathlib import Path
from threading import get_ident

from ...limits import MAX_KNOWN_ALIASES


class Aliases:
    """Names that stand for a model's own id, in a folder with one small file for each name.

    The names that were used longest ago leave first.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def model_id_of(self, name: str) -> str:
        """Return the id of the model that a name stands for; the name itself if none is known."""
        try:
            return self._file(name).read_text(encoding="ascii")
        except (OSError, ValueError):
            return name

    def names_of(self, model_id: str) -> list[str]:
        """Return the other names that are known of a model."""
        files = self._folder.glob("*") if self._folder.is_dir() else []
        names = [path.name.replace("--", "/") for path in files if not path.name.startswith(".")]
        return sorted(name for name in names if self.model_id_of(name) == model_id)

    def remember(self, name: str, model_id: str) -> None:
        """Keep on disk that a name stands for a model; nothing on a disk that cannot be written."""
        if self.model_id_of(name) == model_id:
            return
        with suppress(OSError):
            if name == model_id:  # it stood for another model before
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
        files = sorted(self._folder.glob("[!.]*"), key=_time)
        for path in files[: max(0, len(files) - MAX_KNOWN_ALIASES)]:
            path.unlink(missing_ok=True)


def _time(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:  # it leaves meanwhile
        return 0
