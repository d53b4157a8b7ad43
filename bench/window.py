"""Opens one page in a browser, and measures when the outcome of an input was presented."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Playwright, Request, ViewportSize
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from bench.processes import Usage, usage
from bench.visits import Timing
from tests.chromium import launch_chromium

# Pixels. All pages use this window; it is high enough to show our whole head view.
_WIDTH, HEIGHT = 1280, 1400
_VIEWPORT = ViewportSize(width=_WIDTH, height=HEIGHT)

# Seconds to wait for a picture.
PATIENCE = 90

_PREFIX = "presented "
_SCRIPT = Path(__file__).parent / "presented.js"


class TooSlow(Exception):
    """An outcome was not presented within ``PATIENCE``."""


@dataclass(frozen=True)
class Presented:
    """The times of one action, in milliseconds of Unix time.

    Attributes:
        start: time of the input, or of the first byte of a page.
        first: time of the presented frame with the first part of the outcome.
        there: time when the page had completed the outcome, before it was presented.
        end: time of the presented frame with the complete outcome.
        fetched: time when the awaited file had arrived; ``start`` if there is no such file.
        cpu_ms: CPU time of the page's process from ``fetched`` to ``end``.
    """

    start: float
    first: float
    there: float
    end: float
    fetched: float
    cpu_ms: float

    def since(self, moment: float) -> Timing:
        """Return the timing from a moment in milliseconds of Unix time, without CPU time."""
        return Timing(self.end - moment, self.first - moment, None)

    @property
    def timing(self) -> Timing:
        """The timing from ``fetched``, with CPU time."""
        return replace(self.since(self.fetched), cpu_ms=self.cpu_ms)


class Window:
    """A new browser with one page, which shares its processes with no other page.

    Args:
        playwright: starts the browser.
        picture: for a page that draws without input, the selector of an element that exists once
            the page has drawn.
    """

    def __init__(self, playwright: Playwright, picture: str | None = None) -> None:
        # At least as large as the page: Chromium presents no frame for content off the screen.
        self._browser = launch_chromium(playwright, f"--window-size={_WIDTH},{HEIGHT + 100}")
        self._devtools = self._browser.new_browser_cdp_session()
        self.page = self._browser.new_page(viewport=_VIEWPORT)
        script = _SCRIPT.read_text(encoding="utf-8")
        if picture is not None:
            script += f"window.presented.followOpening({json.dumps(picture)});"
        self.page.add_init_script(script)
        self._finished: list[Request] = []
        self.page.on("requestfinished", self._on_finished)
        # The end of the URL of the file whose arrival starts the CPU time, and the usage then.
        self._file: str | None = None
        self._before = self.used()

    def close(self) -> None:
        """Close the browser, even if the page does not respond."""
        self._browser.close()

    def follow(self, act: Callable[[], None], event: str, done: str, **options: str) -> Presented:
        """Perform an action with real input, and wait until its outcome is presented.

        Args:
            act: performs the action.
            event: the type of the input event that the action causes.
            done: ``frame``, ``painted`` or ``ready``, as in ``Followed`` of presented.js.
            options: ``after``, ``host`` and ``file`` of ``Followed``.

        Raises:
            TooSlow: if it takes longer than ``PATIENCE``.
        """
        followed = {"event": event, "done": done, **options}
        self.page.evaluate("(followed) => void window.presented.follow(followed)", followed)
        self._file = options.get("file")
        return self._presented(act, str(followed))

    def open(self, url: str) -> Presented:
        """Open a page that draws without input, and wait until its picture is presented.

        Raises:
            TooSlow: if it takes longer than ``PATIENCE``.
        """
        return self._presented(lambda: self.go(url), url)

    def go(self, url: str) -> None:
        """Open a page without waiting until it has loaded."""
        self.page.goto(url, wait_until="commit")

    def _presented(self, act: Callable[[], None], what: str) -> Presented:
        self._before = self.used()
        try:
            with self.page.expect_console_message(_is_report, timeout=PATIENCE * 1000) as message:
                act()
        except PlaywrightTimeout as error:
            raise TooSlow(what) from error
        report = json.loads(message.value.text.removeprefix(_PREFIX))
        cpu_ms = self.used().cpu_ms - self._before.cpu_ms
        return Presented(**report, cpu_ms=cpu_ms)

    def _on_finished(self, request: Request) -> None:
        self._finished.append(request)
        if self._file is not None and request.url.endswith(self._file):
            self._before = self.used()

    def used(self) -> Usage:
        """Return the usage of the page's process; Chromium's spare process is idle."""
        info = self._devtools.send("SystemInfo.getProcessInfo")["processInfo"]
        renderers = [usage(each["id"]) for each in info if each["type"] == "renderer"]
        return Usage(
            cpu_ms=sum(each.cpu_ms for each in renderers),
            main_ms=sum(each.main_ms for each in renderers),
            waited_ms=sum(each.waited_ms for each in renderers),
            peak_mb=max(each.peak_mb for each in renderers),
        )

    def bytes_until(self, moment: float, belongs: Callable[[str], bool], since: float = 0) -> int:
        """Return the size of the files that had arrived at a moment, as transferred, in bytes.

        Args:
            moment: milliseconds of Unix time.
            belongs: returns whether a file counts, given its URL.
            since: milliseconds of Unix time; files that were requested earlier do not count.
        """
        return sum(
            each.sizes()["responseBodySize"]
            for each in self._finished
            if since <= each.timing["startTime"]
            and each.timing["startTime"] + each.timing["responseEnd"] <= moment
            and belongs(each.url)
        )

    def long_tasks(self) -> list[float]:
        """Return the tasks of more than 50 ms on the main thread since the last call, in ms."""
        tasks = self.page.evaluate("() => window.presented.takeLongTasks()")
        return [task["ms"] for task in tasks]

    def num_nodes(self) -> int:
        """Return the number of elements of the page."""
        return self.page.evaluate("() => document.querySelectorAll('*').length")


def _is_report(message: ConsoleMessage) -> bool:
    return message.text.startswith(_PREFIX)
