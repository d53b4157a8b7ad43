"""A process removes its folders when it ends, and the folders of killed processes at its start."""

import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bertviz_space.server import process_folders

# Imports the module alone: the package takes seconds to import.
CODE = """
import os, sys
sys.path.insert(0, sys.argv[1])
os.umask(int(sys.argv[3], 8))
import process_folders
folder = process_folders.own_folder(process_folders.Path(sys.argv[2]))
(folder / "file").write_text("content")
print(folder, flush=True)
if sys.stdin.read() == "fork":
    if os.fork() == 0:
        sys.exit()  # runs the functions that are registered with atexit
    os.wait()
    print(folder.exists(), flush=True)
"""


class Process:
    """A process with a folder of its own."""

    def __init__(self, parent: Path, umask: str = "022") -> None:
        command = [sys.executable, "-c", CODE, str(Path(process_folders.__file__).parent)]
        self.running = subprocess.Popen(
            [*command, str(parent), umask], stdin=-1, stdout=-1, text=True
        )
        assert self.running.stdout is not None
        self.folder = Path(self.running.stdout.readline().strip())

    def end(self, command: str = "") -> str:
        """Let the process end, and return what it printed."""
        return self.running.communicate(command)[0]

    def kill(self) -> None:
        self.running.send_signal(signal.SIGKILL)
        self.running.communicate()


@pytest.fixture
def parent(tmp_path) -> Iterator[Path]:
    yield tmp_path / "temporary"


def test_a_folder_is_removed_when_its_process_ends(parent):
    process = Process(parent)
    assert (process.folder / "file").exists()
    process.end()
    assert list(parent.iterdir()) == []


def test_a_forked_process_removes_nothing(parent):
    process = Process(parent)
    assert process.end("fork") == "True\n"
    assert list(parent.iterdir()) == []


def test_the_next_process_removes_only_the_folders_of_a_killed_process(parent):
    killed, running = Process(parent), Process(parent)
    killed.kill()
    assert killed.folder.exists()
    (parent / "bertviz-space-tests-abc").mkdir()  # a folder without a lock
    (parent / "elsewhere").mkdir()
    link = parent / (killed.folder.name + "link")
    link.symlink_to(parent / "elsewhere")
    newer = Process(parent)
    left = {path.name for path in parent.iterdir()}
    expected = {running.folder.name, newer.folder.name, link.name}
    assert left == expected | {"bertviz-space-tests-abc", "elsewhere"}
    assert (running.folder / "file").exists()
    running.end()
    newer.end()


@pytest.mark.parametrize("umask", ["000", "022", "077"])
def test_only_the_owner_can_read_a_folder_with_any_umask(parent, umask):
    process = Process(parent, umask)
    assert stat.S_IMODE(process.folder.stat().st_mode) == 0o700
    process.end()
