"""Opens files of tensors in a process whose memory the operating system limits.

``python -m tests.unit.opener`` reads one path per line from its standard input, and answers each
with a line of JSON.
"""

import json
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self


@dataclass(frozen=True)
class Opened:
    """The outcome of opening a file.

    Attributes:
        kind: ``opened``, or the name of the error's type; ``died`` if the process ended.
        text: the summary of the result, or the error's message.
        grown: the largest number of bytes by which the process grew while it opened the file.
    """

    kind: str
    text: str
    grown: int


class Opener:
    """The process, which ends with the block."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.unit.opener"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def open(self, path: Path) -> Opened:
        """Open a file and write the first files of its result, as for the page."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(f"{path}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        return Opened(*json.loads(answer)) if answer else Opened("died", "", 0)


def _main() -> None:
    from bertviz_space.jobs.caller import Caller
    from bertviz_space.jobs.handler import Handler
    from bertviz_space.jobs.store import Store
    from bertviz_space.limits import MAX_OPENING_MEMORY, MAX_TENSORS_BYTES
    from bertviz_space.models.cache import ModelCache

    bound = _status("VmSize") + MAX_OPENING_MEMORY * MAX_TENSORS_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
    for line in sys.stdin:
        Path("/proc/self/clear_refs").write_text("5")  # resets VmHWM, the largest size so far
        before = _status("VmRSS")
        with TemporaryDirectory() as folder:
            handler = Handler(ModelCache(), Store(Path(folder)))
            path = Path(line.rstrip("\n"))
            try:
                kind, text = "opened", handler.open_file(path, Caller()).summary
            except Exception as error:
                kind, text = type(error).__name__, str(error)
                left = list(Path(folder).rglob("*"))
                if left:
                    kind, text = "left files", str(left)
            grown = _status("VmHWM") - before
            handler.results.wait_until_idle()
        sys.stdout.write(f"{json.dumps([kind, text, grown])}\n")
        sys.stdout.flush()


def _status(name: str) -> int:
    """Return a size of this process in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(each.split()[1]) for each in lines if each.startswith(f"{name}:")) * 1024


if __name__ == "__main__":
    _main()
