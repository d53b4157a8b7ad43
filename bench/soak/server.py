"""Starts the Space in a process of its own, and observes the memory and output of that process."""

import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Self

import httpx

from bench.processes import usage

_ROOT = Path(__file__).parents[2]

# seconds
_START_TIMEOUT = 120.0
_SAMPLE_INTERVAL = 1.0
_IDLE_TIMEOUT = 60.0


class Server:
    """``python app.py`` on a free port of 127.0.0.1.

    Attributes:
        url: the URL of the page.
        uploads: the folder of its results and uploads.
        memory: its resident memory, one sample per second: ``(seconds since the start, bytes)``.
    """

    def __init__(self, home: Path) -> None:
        """Choose a port; ``with`` starts the process.

        Args:
            home: an empty folder for its files and its log.
        """
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.uploads = home / "uploads"
        self.memory: list[tuple[float, int]] = []
        self._log = home / "log"
        self._environment = os.environ | {
            "GRADIO_SERVER_PORT": str(port),
            "GRADIO_SERVER_NAME": "127.0.0.1",
            "GRADIO_TEMP_DIR": str(self.uploads),
        }
        self._ended = Event()

    def __enter__(self) -> Self:
        """Start the process, and wait until the page is served."""
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "app.py"],
                cwd=_ROOT,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._started = time.monotonic()
        while True:
            try:
                httpx.get(self.url, timeout=5).raise_for_status()
                break
            except httpx.HTTPError as error:
                late = time.monotonic() - self._started > _START_TIMEOUT
                if late or self._process.poll() is not None:
                    self._process.kill()
                    raise RuntimeError(f"the Space did not start: {self.log()}") from error
                time.sleep(0.2)
        Thread(target=self._sample, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """End the process."""
        self._ended.set()
        self._process.terminate()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def _sample(self) -> None:
        statm = Path(f"/proc/{self._process.pid}/statm")
        page = os.sysconf("SC_PAGE_SIZE")
        while not self._ended.wait(_SAMPLE_INTERVAL):
            try:
                resident = int(statm.read_text().split()[1]) * page
            except (FileNotFoundError, ProcessLookupError):
                return
            self.memory.append((time.monotonic() - self._started, resident))

    def wait_until_idle(self) -> None:
        """Wait until it uses no more CPU time: all requests are answered or canceled."""
        deadline = time.monotonic() + _IDLE_TIMEOUT
        before = usage(self._process.pid).cpu_ms
        while time.monotonic() < deadline:
            time.sleep(2)
            now = usage(self._process.pid).cpu_ms
            if now - before < 100:
                return
            before = now

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """False if the process has ended by itself."""
        return self._process.poll() is None

    @property
    def peak_mb(self) -> float:
        """The peak memory of the process, in 10^6 bytes."""
        return usage(self._process.pid).peak_mb

    def log(self) -> str:
        """Return everything that the process has printed."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def tracebacks(self) -> list[str]:
        """Return the last line of every traceback in the log."""
        found = re.findall(r"^Traceback .*?^(?=\S)(?!Traceback)([^\n]+)", self.log(), re.M | re.S)
        return [line.strip() for line in found]

    def files_left(self) -> tuple[int, int]:
        """Return the number of files in ``uploads``, and their size in bytes."""
        sizes = [path.stat().st_size for path in self.uploads.rglob("*") if path.is_file()]
        return len(sizes), sum(sizes)
