"""Uploaded files are kept within limits, and no other file can be read as an upload."""

import os
import shutil
import time
from threading import Event

import pytest

from bertviz_space.errors import UploadMissing
from bertviz_space.jobs import uploads as module
from bertviz_space.jobs.uploads import Uploads
from bertviz_space.limits import MAX_UPLOAD_SECONDS


@pytest.fixture
def folder(tmp_path):
    for name, file in (("abc", "own.npz"), ("results", "manifest.json"), ("results/token", "x")):
        (tmp_path / "up" / name).mkdir(parents=True, exist_ok=True)
        (tmp_path / "up" / name / file).write_text("content")
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "file").write_text("secret")
    return tmp_path / "up"


def test_an_upload_has_a_private_path_that_is_removed_afterwards(folder):
    uploads = Uploads(folder, excluded=folder / "results")
    upload = {"path": str(folder / "abc" / "own.npz"), "orig_name": "other"}
    with pytest.raises(ZeroDivisionError), uploads.private_path(upload) as path:
        assert (path.name, path.read_text()) == ("own.npz", "content")
        raise ZeroDivisionError
    assert not path.parent.exists()


def test_two_readers_can_open_the_same_upload_at_once(folder):
    uploads = Uploads(folder, excluded=folder / "results")
    upload = {"path": str(folder / "abc" / "own.npz")}
    with uploads.private_path(upload) as one:
        with uploads.private_path(upload) as other:
            assert other.read_text() == "content"
        shutil.rmtree(folder / "abc")  # as if it had expired
        assert one.read_text() == "content"
    with pytest.raises(UploadMissing), uploads.private_path(upload):
        pass


@pytest.mark.parametrize(
    "upload",
    [
        None, "own.npz", {}, {"path": 5}, {"path": ""}, {"path": "a\0b"}, {"path": "/etc/passwd"},
        {"path": "{up}"}, {"path": "{up}/abc"}, {"path": "{up}/results/manifest.json"},
        {"path": "{up}/results/token/x"}, {"path": "{up}/../secret/file"},
        {"path": "{up}/abc/../../secret/file"}, {"path": "{up}/../up/../secret/file"},
        {"path": "{up}/link/file"}, {"path": "{up}/abc/link"}, {"path": "{up}/abc/gone.npz"},
    ],
)  # fmt: skip
def test_a_file_that_is_not_an_upload_is_neither_read_nor_removed(folder, upload):
    (folder / "abc" / "link").symlink_to(folder.parent / "secret" / "file")
    before = sorted(folder.parent.rglob("*"))
    if isinstance(upload, dict) and isinstance(upload.get("path"), str):
        upload = {"path": upload["path"].replace("{up}", str(folder))}
    uploads = Uploads(folder, excluded=folder / "results")
    with pytest.raises(UploadMissing, match="Open it again"), uploads.private_path(upload):
        pass
    assert sorted(folder.parent.rglob("*")) == before


def test_the_oldest_uploads_are_removed_when_the_total_exceeds_the_bound(folder, monkeypatch):
    swept = Event()

    def remove_and_note(folders, max_bytes):
        remove_oldest(folders, max_bytes)
        swept.set()

    remove_oldest = module.remove_oldest
    monkeypatch.setattr(module, "remove_oldest", remove_and_note)
    (folder / "newer").mkdir()
    (folder / "newer" / "own.npz").write_text("content")
    (folder / "tmpcut_short").write_text("content")
    # A clock of the file system may give all of them one time.
    later = time.time() + 1
    os.utime(folder / "newer", (later, later))
    earlier = time.time() - MAX_UPLOAD_SECONDS / 2  # too young to be removed for its age
    os.utime(folder / "tmpcut_short", (earlier, earlier))
    uploads = Uploads(folder, excluded=folder / "results")
    uploads.keep_within_limits(max_bytes=10, interval=0.01)
    swept.wait()
    uploads.close()
    assert not (folder / "abc").exists()
    assert not (folder / "tmpcut_short").exists()
    assert (folder / "newer" / "own.npz").exists()
    assert (folder / "results" / "manifest.json").exists()


def test_an_expired_upload_is_removed(folder, monkeypatch):
    swept = Event()
    monkeypatch.setattr(module, "remove_oldest", lambda *_: swept.set())
    os.utime(folder / "abc", (0, 0))
    os.utime(folder / "results", (0, 0))
    (folder / "newer").mkdir()
    (folder / "tmpcut_short").write_text("content")
    (folder / "tmpcoming").write_text("content")
    os.utime(folder / "tmpcut_short", (0, 0))
    uploads = Uploads(folder, excluded=folder / "results")
    uploads.keep_within_limits(max_age=60, interval=0.01)
    swept.wait()
    uploads.close()
    remaining = sorted(each.name for each in folder.iterdir())
    assert remaining == ["newer", "results", "tmpcoming"]
