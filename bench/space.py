"""Runs the Space in a process of its own, which prints its URL and the end of each forward pass."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from functools import wraps
from threading import Thread
from typing import Any

from bench.processes import usage


class Space:
    """A running Space.

    Its process inherits the environment of this process: call ``tests.hub_cache.use_cache_of``
    before you create it.

    Attributes:
        url: the URL of the page.
    """

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.space"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.url: str = self._next_line()["url"]
        self._ends: list[float] = []
        Thread(target=self._listen, daemon=True).start()

    def _next_line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._ends.append(json.loads(line)["pass_ended"])

    def pass_ended(self) -> float:
        """Return when the last forward pass ended, in milliseconds of Unix time."""
        return self._ends[-1]

    @property
    def peak_mb(self) -> float:
        """The peak memory of the server, including its models, in 10^6 bytes."""
        return usage(self._process.pid).peak_mb

    def close(self) -> None:
        """Stop the server."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()


def _report(**values: object) -> None:
    print(json.dumps(values), file=sys.__stdout__, flush=True)


def _saying_ends(run: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(run)
    def run_and_say(*values: Any, **named: Any) -> Any:
        result = run(*values, **named)
        _report(pass_ended=time.time() * 1000)
        return result

    return run_and_say


def _no_result(self: Any, key: Any) -> None:
    """Replace ``ResultCache.get``: no result is kept."""


def _serve() -> None:
    """Serve until standard input ends, as it does when the parent process ends."""
    from bertviz_space.jobs import handler
    from bertviz_space.jobs.result_cache import ResultCache
    from bertviz_space.space import build_demo, launch

    handler.extract = _saying_ends(handler.extract)
    # A reader who presses Run on a new text waits for a pass; every visit is to be such a one.
    ResultCache.get = _no_result
    # Standard output is for the reports only: what Gradio prints goes to standard error.
    with redirect_stdout(sys.stderr):
        demo = build_demo()
        _, url, _ = launch(demo, prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
        _report(url=url)
        sys.stdin.read()
        demo.close()


if __name__ == "__main__":
    _serve()
