"""Find and bound the files of the Hub's models on this machine.

The ordinary Hugging Face cache belongs to the machine's owner: this Space reads it, and never
writes to it or deletes from it. This Space downloads into its own folders, one for each model and
commit. They are bounded in bytes together. Files in the ordinary cache are linked instead of
downloaded again. Restricted models, downloaded with a reader's own token, have separate folders.
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

# The parent folders of downloads that every reader may use, and of restricted ones.
_OPEN, _RESTRICTED = "open", "restricted"


class NoRoom(Exception):
    """The disk has no room for a download, because models in use cannot be deleted."""


@dataclass(frozen=True)
class Commit:
    """A model at one commit. Each download folder belongs to one commit.

    Attributes:
        model_id: its id.
        revision: the Hub's commit hash.
        is_restricted: True for a gated or private model that is fetched with a reader's own token.
        asked: the name that the reader asked for. The ordinary cache may have files under it.
    """

    model_id: str
    revision: str
    is_restricted: bool = False
    asked: str = ""


@dataclass(frozen=True)
class Snapshot:
    """The files of a model at one commit, in the ordinary cache or in this Space's folders.

    Attributes:
        model_id: its id.
        path: the folder of the files.
        is_own: True if the files are in this Space's own folders.
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

    The least recently used folders are deleted first, completely and with unfinished downloads. A
    folder with a ``Lease`` is not deleted: its model is loaded, being loaded, or being fetched.

    Args:
        root: the parent of the folders.
        ordinary: the machine's ordinary Hugging Face cache.

    Attributes:
        aliases: other names of the models.
    """

    def __init__(self, root: Path, ordinary: Path) -> None:
        self._root = root
        self._ordinary = ordinary
        self.aliases = Aliases(root / "aliases")
        self._lock = Lock()  # acquired to decide which folders are deleted
        # Folders with a download in progress, and the bytes of each when it is complete.
        self._in_progress: list[tuple[Path, int]] = []

    def folder(self, commit: Commit) -> Path:
        """Return the cache folder that a commit is fetched into, whether it exists or not."""
        parent = _RESTRICTED if commit.is_restricted else _OPEN
        return self._root / parent / _repo_name(commit.model_id) / commit.revision

    def snapshot(self, commit: Commit) -> Path:
        """Return where the files of a commit are after they were fetched into ``folder``."""
        return _snapshot(self.folder(commit), commit)

    def link(self, commit: Commit, names: Iterable[str]) -> None:
        """Link a commit's files from the ordinary cache, as far as it has them."""
        ordinary, own = self._ordinary_snapshot(commit), self.snapshot(commit)
        for name in names:
            if has_file(ordinary, name) and not has_file(own, name):
                with suppress(OSError):  # a disk without links: the file is fetched instead
                    own.mkdir(parents=True, exist_ok=True)
                    (own / name).unlink(missing_ok=True)
                    (own / name).symlink_to((ordinary / name).resolve())

    def room(self, commit: Commit, files: Mapping[str, int]) -> int:
        """Return the bytes that a model's files may take if all other downloads are deleted.

        Args:
            commit: the model.
            files: bytes of each of its files, by name. Files that are already on this machine need
                no more room.
        """
        ordinary, own = self._ordinary_snapshot(commit), self.snapshot(commit)
        linked = sum(files[name] for name in files if has_file(ordinary, name))
        present = sum(
            files[name] for name in files if has_file(ordinary, name) or has_file(own, name)
        )
        downloaded = sum(_num_bytes(folder) for folder in self._folders())
        free = free_disk(self._root) - FREE_DISK_BYTES
        return max(present, linked + min(max_disk_bytes(), free + downloaded))

    @contextmanager
    def room_for(self, folder: Path, num_bytes: int) -> Iterator[None]:
        """Reserve room for a download until the block ends, deleting unused folders if needed.

        Args:
            folder: a folder of this Space, with a lease.
            num_bytes: bytes that will be downloaded into it.

        Raises:
            NoRoom: deleting every unused folder would not make enough room; none is deleted.
        """
        with self._lock:
            download = (folder, _num_bytes(folder) + num_bytes)
            self._in_progress.append(download)
            try:
                self._make_room()
            except NoRoom:
                self._in_progress.remove(download)
                raise
        try:
            yield
        finally:
            with self._lock:
                self._in_progress.remove(download)

    def found(self, model_id: str | None = None) -> list[Snapshot]:
        """Return the snapshots of a model, or of all models, that every reader may use.

        Complete snapshots come first, then those of ``main``, then the newest.
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

    def _ordinary_snapshot(self, commit: Commit) -> Path:
        """Return the folder of a commit in the ordinary cache, whether it exists or not."""
        path = _snapshot(self._ordinary, commit)
        if commit.asked and not path.exists():
            return _snapshot(self._ordinary, replace(commit, model_id=commit.asked))
        return path

    def _folders(self) -> list[Path]:
        """Return the folders of this Space, the least recently used first."""
        folders = [path for path in _glob(self._root, "*/models--*/*") if path.is_dir()]
        return sorted(folders, key=last_use)

    def _make_room(self) -> None:
        """Delete unused folders until the downloads in progress fit.

        Raises:
            NoRoom: there is not enough room; nothing is deleted, unless a folder came into use
                after the room was calculated.
        """
        sizes = {folder: _num_bytes(folder) for folder in self._folders()}
        final_sizes = dict(sizes)  # after the downloads in progress
        for folder, num_bytes in self._in_progress:
            sizes.setdefault(folder, 0)
            final_sizes[folder] = max(final_sizes.get(folder, 0), num_bytes)

        def excess() -> int:
            """Return the bytes above the bound or above the disk's free room."""
            to_download = sum(final_sizes[folder] - sizes[folder] for folder in final_sizes)
            free = free_disk(self._root) - FREE_DISK_BYTES
            return max(sum(final_sizes.values()) - max_disk_bytes(), to_download - free)

        unused = [folder for folder in sizes if not is_in_use(folder)]
        if excess() > sum(sizes[folder] for folder in unused):
            raise NoRoom
        for folder in unused:
            if excess() <= 0:
                return
            if delete_unused(folder):
                del sizes[folder], final_sizes[folder]
        if excess() > 0:  # a folder came into use meanwhile
            raise NoRoom


def has_file(folder: Path, name: str) -> bool:
    """Return whether a file exists; False for a name that the file system does not allow."""
    return os.path.exists(folder / name)  # noqa: PTH110 # Path.exists raises for a long name


def has_weights(folder: Path) -> bool:
    """Return whether a folder has every file that transformers loads the weights from."""
    try:
        return all((folder / name).is_file() for name in weights_in(folder))
    except (OSError, UnusableFiles):
        return False


def _repo_name(model_id: str) -> str:
    """Return the name of a model's folder in a Hugging Face cache."""
    return "--".join(["models", *model_id.split("/")])


def _model_id(snapshot: Path) -> str:
    return "/".join(snapshot.parent.parent.name.split("--")[1:])


def _snapshot(cache: Path, commit: Commit) -> Path:
    return cache / _repo_name(commit.model_id) / "snapshots" / commit.revision


def _rank(snapshot: Snapshot) -> tuple[bool, bool, float]:
    try:
        main = (snapshot.path.parent.parent / "refs" / "main").read_text(encoding="ascii")
    except (OSError, ValueError):  # this Space's own folders have no refs, only commits
        main = ""
    is_main = main.strip() == snapshot.revision
    with suppress(OSError):  # another process deletes the folder meanwhile
        return has_weights(snapshot.path), is_main, snapshot.path.stat().st_mtime
    return False, False, 0.0


def _glob(folder: Path, pattern: str) -> list[Path]:
    """Return the paths that match a pattern.

    ``Path.glob`` of Python 3.12 raises an error if a folder is deleted meanwhile.
    """
    return [folder / name for name in glob.glob(pattern, root_dir=folder)]  # noqa: PTH207


def _num_bytes(folder: Path) -> int:
    """Return the bytes of a folder's files, without links.

    A link points into the ordinary cache or to another file of the folder.
    """
    num_bytes = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):  # a download renames the file meanwhile
                status = (Path(parent) / name).lstat()
                num_bytes += status.st_size if stat.S_ISREG(status.st_mode) else 0
    return num_bytes
