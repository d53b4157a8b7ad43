"""Downloads are bounded on disk, and no other file is ever deleted."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from bertviz_space.errors import DiskFull, ModelUnavailable
from bertviz_space.limits import FREE_DISK_BYTES
from bertviz_space.machine import MAX_DISK_VARIABLE
from bertviz_space.models.cache import ModelCache
from bertviz_space.models.hub import checkpoints, downloads
from bertviz_space.models.hub.downloads import Downloads, has_weights
from bertviz_space.models.hub.leases import Lease
from bertviz_space.models.type_check import check_model_type
from tests.hub_server import REVISION, Hub

IDS = ["someone/first", "someone/second", "someone/third"]


class Disk:
    """A disk for one test, whose size the test sets.

    Attributes:
        own: where this Space's downloads lie.
        ordinary: the Hugging Face cache that was there before.
        size: bytes of one model as it lies there.
        free: bytes that are free when nothing is fetched.
    """

    def __init__(self, root: Path, size: int) -> None:
        self.own = root / "own"
        self.ordinary = root / "ordinary"
        self.size = size
        self.free = 10**12

    def used(self) -> int:
        """Return the bytes of all downloads."""
        num_bytes = 0
        for parent, _, names in os.walk(self.own):
            for path in (Path(parent, name) for name in names):
                with suppress(FileNotFoundError):  # another thread deletes or renames the file
                    num_bytes += 0 if path.is_symlink() else path.stat().st_size
        return num_bytes

    def here(self) -> list[str]:
        """Return the models whose weights this Space has downloaded."""
        found = self.own.glob("*/models--*/*/models--*/snapshots/*")
        return sorted({_id(path) for path in found if has_weights(path)}, key=IDS.index)

    def folder(self, model_id: str) -> Path:
        """Return the cache folder of a model."""
        return self.own / "open" / f"models--{model_id.replace('/', '--')}" / REVISION


def _id(snapshot: Path) -> str:
    return snapshot.parent.parent.name.removeprefix("models--").replace("--", "/")


@pytest.fixture
def disk(hub: Hub, hub_model: str, tmp_path: Path, monkeypatch) -> Iterator[Disk]:
    """Put three models of one size on the Hub; bound the disk to two and a half of them."""
    folder = hub.models.pop(hub_model)
    hub.models |= dict.fromkeys(IDS, folder)
    disk = Disk(tmp_path, sum(path.stat().st_size for path in folder.iterdir()))
    monkeypatch.setattr(checkpoints, "_downloads", Downloads(disk.own, disk.ordinary))
    monkeypatch.setattr(downloads, "free_disk", lambda _: disk.free - disk.used())
    monkeypatch.setattr(downloads, "FREE_DISK_BYTES", FREE_DISK_BYTES)
    monkeypatch.setenv(MAX_DISK_VARIABLE, str(2.5 * disk.size / 1e9))
    yield disk
    assert (
        disk.used() <= 2.5 * disk.size + 10_000
    )  # listings that the Hub's client stores beside the files


@pytest.fixture
def models() -> ModelCache:
    """Return a cache that keeps one model in memory."""
    return ModelCache(max_bytes=1)


def test_the_least_recently_used_model_is_deleted_first(disk, hub):
    first, second, third = IDS
    for model_id in (first, second, first, third):
        ModelCache().get(model_id)
    assert disk.here() == [first, third]
    hub.asked.clear()
    ModelCache().get(second)
    assert hub.asked.count("model.safetensors") == 1
    assert disk.here() == [second, third]


def test_the_files_of_loaded_models_are_not_deleted_but_a_model_is_dropped_for_room(disk):
    models = ModelCache()  # keeps all three in memory
    first = models.get(IDS[0])
    models.get(IDS[1])
    models.get(IDS[2])
    assert disk.here() == [IDS[0], IDS[2]]
    assert has_weights(first.checkpoint.folder)


def test_if_all_models_are_in_use_a_load_is_refused_and_nothing_is_deleted(disk, models):
    used = [models.get(model_id) for model_id in IDS[:2]]
    with pytest.raises(DiskFull, match="someone/third has no room on this machine's disk while"):
        models.get(IDS[2])
    assert disk.here() == IDS[:2]
    used.pop()
    assert models.get(IDS[2])
    assert disk.here() == [IDS[0], IDS[2]]


def test_a_model_that_is_being_fetched_is_not_deleted(disk, hub, models):
    checkpoint = hub_checkpoint(IDS[0])
    models.get(IDS[1])
    models.get(IDS[2])
    assert disk.here() == [IDS[1], IDS[2]]
    hub.asked.clear()
    fetch(checkpoint)
    assert hub.asked == ["model.safetensors"]
    assert disk.here() == [IDS[0], IDS[2]]


def test_a_model_that_another_process_uses_is_not_deleted(disk, models):
    models.get(IDS[0])
    lock = disk.folder(IDS[0]).with_name(f"{REVISION}.lock")
    hold = "import fcntl, sys; file = open(sys.argv[1]); fcntl.flock(file, fcntl.LOCK_SH)"
    other = subprocess.Popen(
        [sys.executable, "-c", f"{hold}; print(flush=True); input()", str(lock)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with other:
        assert other.stdout is not None
        assert other.stdout.readline()
        models.get(IDS[1])
        models.get(IDS[2])
        assert disk.here() == [IDS[0], IDS[2]]
        other.communicate(b"\n")
    models.get(IDS[1])
    assert disk.here() == [IDS[1], IDS[2]]


def test_files_of_the_ordinary_cache_are_used_and_never_deleted(disk, hub, models):
    before = disk.ordinary / "models--someone--first" / "snapshots" / REVISION
    shutil.copytree(hub.models[IDS[0]], before)
    there = {path: path.stat().st_mtime_ns for path in disk.ordinary.rglob("*")}
    models.get(IDS[0])
    assert hub.asked == ["?"]  # no file is fetched
    for model_id in (*IDS, *IDS):
        models.get(model_id)
    assert disk.here() == IDS  # the files of the cached model are links, which take no room
    shutil.rmtree(disk.own)
    assert {path: path.stat().st_mtime_ns for path in disk.ordinary.rglob("*")} == there


def test_a_file_that_the_ordinary_cache_lacks_is_fetched(disk, hub, models):
    before = disk.ordinary / "models--someone--first" / "snapshots" / REVISION
    shutil.copytree(hub.models[IDS[0]], before)
    (before / "tokenizer.json").unlink()
    models.get(IDS[0])
    assert hub.asked == ["?", "tokenizer.json"]
    assert not (before / "tokenizer.json").exists()
    # If the owner deletes the model, its links are broken, and it is fetched.
    shutil.rmtree(before)
    hub.asked.clear()
    assert ModelCache().get(IDS[0])
    assert hub.asked.count("model.safetensors") == 1


def test_on_a_full_disk_the_oldest_models_are_deleted_first(disk, models):
    disk.free = FREE_DISK_BYTES + int(1.5 * disk.size)
    for model_id in IDS:
        models.get(model_id)
        assert disk.here() == [model_id]


def test_a_model_larger_than_the_disk_is_refused_and_nothing_is_deleted(disk, hub, models):
    models.get(IDS[0])
    hub.more[IDS[1]] = {"siblings": [
        {"rfilename": path.name, "size": 3 * disk.size if path.suffix == ".safetensors" else 1}
        for path in hub.models[IDS[1]].iterdir()
    ]}  # fmt: skip
    hub.asked.clear()
    with pytest.raises(ModelUnavailable, match=r"and this machine's disk has room for 0\.0 GB"):
        models.options(IDS[1])
    assert hub.asked == ["?"]
    assert disk.here() == [IDS[0]]


def test_files_on_this_machine_are_used_on_a_full_disk(disk, models):
    models.get(IDS[0])
    disk.free = disk.used()
    assert ModelCache().get(IDS[0])


def test_an_unfinished_download_counts_and_is_deleted_with_its_model(disk, models):
    models.options(IDS[0])
    left = disk.folder(IDS[0]) / "models--someone--first" / "blobs" / "killed.incomplete"
    left.write_bytes(bytes(disk.size))
    models.get(IDS[1])
    assert left.exists()
    models.get(IDS[2])
    assert not left.exists()
    assert disk.here() == IDS[1:]


def test_an_abandoned_unfinished_download_is_deleted_before_the_next_one(disk, models):
    models.options(IDS[0])
    left = disk.folder(IDS[0]) / "models--someone--first" / "blobs" / "killed.incomplete"
    left.write_bytes(bytes(2 * disk.size))
    with_it = Lease(disk.folder(IDS[0]))  # another process may be writing the file
    assert not left.exists()
    left.write_bytes(bytes(disk.size))
    assert models.get(IDS[0])
    assert left.exists()
    del with_it


def hub_checkpoint(model_id: str) -> checkpoints.Checkpoint:
    return checkpoints.locate(model_id, check_model_type)


def fetch(checkpoint: checkpoints.Checkpoint) -> None:
    checkpoints.fetch_weights(checkpoint)


def test_simultaneous_downloads_keep_the_bound_and_the_files_in_use(disk):
    def use(turn: int) -> bool:
        try:
            checkpoint = hub_checkpoint(IDS[turn % 3])
            fetch(checkpoint)
        except DiskFull:
            return False
        with checkpoints._downloads._lock:  # no thread deletes a model while the sizes are added
            assert disk.used() <= 2.5 * disk.size + 10_000
        return has_weights(checkpoint.folder) and (checkpoint.folder / "config.json").is_file()

    with ThreadPoolExecutor(4) as threads:
        used = list(threads.map(use, range(40)))
    assert used.count(True) >= 20
    # The last thread that was refused may have deleted a model for nothing, because the next
    # model to delete came into use meanwhile.
    for model_id in IDS[:2]:
        fetch(hub_checkpoint(model_id))
    assert disk.here() == IDS[:2]
