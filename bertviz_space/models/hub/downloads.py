"""What lies on this machine of the Hub's models, and how much of it may lie there.

The ordinary Hugging Face cache belongs to the machine: it is read, and never written or deleted.
What this Space fetches goes into folders of its own, one of each model and commit, bounded in bytes
together. Files that the ordinary cache has are linked there, not fetched again. What came in a
reader's own name, restricted to those who may read it, lies apart.
"""

import glob
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

from ...limits import FREE_DISK_BYTES
from ...machine import free_disk, max_disk_bytes
from .aliases import Aliases
from .leases import delete_unused, is_in_use, last_use
from .repository_files import UnusableFiles, weights_in

_OPEN, _RESTRICTED = "open", "restricted"


class NoRoom(Exception):
    """Models that are in use take the room on disk that is needed."""


@dataclass(frozen=True)
class Commit:
    """A model at one commit: what a folder is of.

    Attributes:
        model_id: its id.
        revision: the Hub's commit hash.
        is_restricted: True for a gated or private model that came in a reader's own name.
        asked: the name that the reader asked for, under which the ordinary cache may have files.
    """

    model_id: str
    revision: str
    is_restricted: bool = False
    asked: str = ""


@dataclass(frozen=True)
class Snapshot:
    """The files of a model at one commit, in some cache.

    Attributes:
        model_id: its id.
        path: the folder of the files.
        is_own: True if this Space fetched them.
    """

    model_id: str
    path: Path
    is_own: bool

    @property
    def revision(self) -> str:
        """The Hub's commit hash."""
        return self.path.name


class Downloads:
    """This Space's own folders, each laid out as a Hugging Face cache of one model and commit.

    The least recently used leave first, as wholes, with what a download left half done in them. One
    that a ``Lease`` is held of stays: it is loaded, being loaded, or being fetched.

    Attributes:
        aliases: other names of the models.
    """

    def __init__(self, root: Path, ordinary: Path) -> None:
        self._root = root
        self._ordinary = ordinary
        self.aliases = Aliases(root / "aliases")
        self._lock = Lock()  # held while it is decided what leaves
        self._coming: list[tuple[Path, int]] = []  # folders, and bytes that each will have

    def folder(self, commit: Commit) -> Path:
        """The cache folder that a commit is fetched into; it need not be there."""
        shelf = _RESTRICTED if commit.is_restricted else _OPEN
        return self._root / shelf / _repo_name(commit.model_id) / commit.revision

    def snapshot(self, commit: Commit) -> Path:
        """Where the files of a commit are, once they were fetched into ``folder``."""
        return _snapshot(self.folder(commit), commit)

    def link(self, commit: Commit, names: Iterable[str]) -> None:
        """Take what the ordinary cache has of a commit's files."""
        lent, own = self._lent(commit), self.snapshot(commit)
        for name in names:
            if has_file(lent, name) and not has_file(own, name):
                with suppress(OSError):  # a disk without links: it is fetched
                    own.mkdir(parents=True, exist_ok=True)
                    (own / name).unlink(missing_ok=True)
                    (own / name).symlink_to((lent / name).resolve())

    def room(self, commit: Commit, files: Mapping[str, int]) -> int:
        """Bytes that a model's files may take, once all others that were fetched have left.

        Args:
            commit: the model.
            files: bytes of each file that would be fetched, by name; those that are here need no
                more room.
        """
        lent, own = self._lent(commit), self.snapshot(commit)
        of_others = sum(files[name] for name in files if has_file(lent, name))
        here = sum(files[name] for name in files if has_file(lent, name) or has_file(own, name))
        fetched = sum(_num_bytes(folder) for folder in self._folders())
        free = free_disk(self._root) - FREE_DISK_BYTES
        return max(here, of_others + min(max_disk_bytes(), free + fetched))

    @contextmanager
    def room_for(self, folder: Path, num_bytes: int) -> Iterator[None]:
        """Have room for a download until the block ends.

        Args:
            folder: a folder of this Space, with a lease.
            num_bytes: bytes that will come into it.

        Raises:
            NoRoom: if there is none, even when all has left that may; then nothing leaves.
        """
        with self._lock:
            coming = (folder, _num_bytes(folder) + num_bytes)
            self._coming.append(coming)
            try:
                self._make_room()
            except NoRoom:
                self._coming.remove(coming)
                raise
        try:
            yield
        finally:
            with self._lock:
                self._coming.remove(coming)

    def found(self, model_id: str | None = None) -> list[Snapshot]:
        """What is here for everyone of a model, or of all: the best first.

        That is one that is whole, then ``main``, then the newest.
        """
        if model_id is None:
            names = ["models--*"]
        else:
            own_id = self.aliases.model_id_of(model_id)
            known = {model_id, own_id, *self.aliases.names_of(own_id)}
            names = [_repo_name(each) for each in sorted(known)]
        ordinary, own = list[Path](), list[Path]()
        for name in names:
            ordinary += _glob(self._ordinary, f"{name}/snapshots/*")
            own += _glob(self._root / _OPEN, f"{name}/*/{name}/snapshots/*")
        found = [Snapshot(_model_id(path), path, is_own=False) for path in ordinary]
        found += [Snapshot(_model_id(path), path, is_own=True) for path in own]
        return sorted(found, key=_rank, reverse=True)

    def _lent(self, commit: Commit) -> Path:
        """The snapshot folder of a commit in the ordinary cache; it need not be there."""
        own_id = _snapshot(self._ordinary, commit)
        if commit.asked and not own_id.exists():
            return _snapshot(self._ordinary, replace(commit, model_id=commit.asked))
        return own_id

    def _folders(self) -> list[Path]:
        """The folders of this Space, the least recently used first."""
        folders = [path for path in _glob(self._root, "*/models--*/*") if path.is_dir()]
        return sorted(folders, key=last_use)

    def _make_room(self) -> None:
        now = {folder: _num_bytes(folder) for folder in self._folders()}
        then = dict(now)  # what is there, or will be
        for folder, num_bytes in self._coming:
            now.setdefault(folder, 0)
            then[folder] = max(then.get(folder, 0), num_bytes)

        def excess() -> int:
            """Bytes too many, by the bound or by the room on the disk."""
            to_come = sum(then[folder] - now[folder] for folder in then)
            free = free_disk(self._root) - FREE_DISK_BYTES
            return max(sum(then.values()) - max_disk_bytes(), to_come - free)

        leaving = [folder for folder in now if not is_in_use(folder)]
        if excess() > sum(now[folder] for folder in leaving):
            raise NoRoom
        for folder in leaving:
            if excess() <= 0:
                return
            if delete_unused(folder):
                del now[folder], then[folder]
        if excess() > 0:  # one came into use meanwhile
            raise NoRoom


def has_file(folder: Path, name: str) -> bool:
    """True if there is such a file; anyone's name, also one that no disk takes."""
    return os.path.exists(folder / name)  # noqa: PTH110 # Path.exists raises for a long name


def has_weights(folder: Path) -> bool:
    """True if a folder has every file that transformers loads the weights from."""
    try:
        return all((folder / name).is_file() for name in weights_in(folder))
    except (OSError, UnusableFiles):
        return False


def _repo_name(model_id: str) -> str:
    """The folder of a model in a Hugging Face cache."""
    return "--".join(["models", *model_id.split("/")])


def _model_id(snapshot: Path) -> str:
    return "/".join(snapshot.parent.parent.name.split("--")[1:])


def _snapshot(cache: Path, commit: Commit) -> Path:
    return cache / _repo_name(commit.model_id) / "snapshots" / commit.revision


def _rank(snapshot: Snapshot) -> tuple[bool, bool, float]:
    try:
        main = (snapshot.path.parent.parent / "refs" / "main").read_text(encoding="ascii")
    except (OSError, ValueError):  # what this Space fetched lies there by its commit alone
        main = ""
    is_main = main.strip() == snapshot.revision
    with suppress(OSError):  # it leaves meanwhile
        return has_weights(snapshot.path), is_main, snapshot.path.stat().st_mtime
    return False, False, 0.0


def _glob(folder: Path, pattern: str) -> list[Path]:
    """As ``Path.glob``, which raises where a folder leaves meanwhile (Python 3.12)."""
    return [folder / name for name in glob.glob(pattern, root_dir=folder)]  # noqa: PTH207


def _num_bytes(folder: Path) -> int:
    """Bytes of a folder's own files: links lead into the ordinary cache, or to one of these."""
    num_bytes = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):  # a download gives a file its name meanwhile
                status = (Path(parent) / name).lstat()
                num_bytes += status.st_size if stat.S_ISREG(status.st_mode) else 0
    return num_bytes
