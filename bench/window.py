"""A browser with one page: do something on it, and know when its outcome was presented."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Playwright, Request, ViewportSize
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from bench.processes import Usage, usage
from bench.visits import Timing
from tests.chromium import launch_chromium

# The same window for all, so high that the whole of our head view is in sight.
_WIDTH, HEIGHT = 1280, 1400
_VIEWPORT = ViewportSize(width=_WIDTH, height=HEIGHT)

# seconds that a picture may take before it counts as not drawn.
PATIENCE = 90

_PREFIX = "presented "
_SCRIPT = Path(__file__).parent / "presented.js"


class TooSlow(Exception):
    """What was waited for did not come within ``PATIENCE``."""


@dataclass(frozen=True)
class Presented:
    """Something that was done, and when it was on the screen, in milliseconds of Unix time.

    Attributes:
        start: of the input, or of the first byte of a page.
        first: the presented frame with the first of it, where a picture comes in steps.
        there: when all of it was there, to be presented.
        end: the presented frame with all of it.
        fetched: when the file was there that had to be fetched on the way; else the start.
        cpu_ms: CPU time of the page's process, from ``fetched`` to ``end``.
    """

    start: float
    first: float
    there: float
    end: float
    fetched: float
    cpu_ms: float

    def since(self, moment: float) -> Timing:
        """What it took from a moment on, without CPU time."""
        return Timing(self.end - moment, self.first - moment, None)

    @property
    def timing(self) -> Timing:
        """What it took from the file on, or from the start."""
        return replace(self.since(self.fetched), cpu_ms=self.cpu_ms)


class Window:
    """A fresh browser with one page, with no other page in its processes.

    Args:
        playwright: what starts browsers.
        picture: for a page that draws by itself, selector of what is there once it has drawn.
    """

    def __init__(self, playwright: Playwright, picture: str | None = None) -> None:
        # As large as the page: of what lies outside of the screen no frame is presented.
        self._browser = launch_chromium(playwright, f"--window-size={_WIDTH},{HEIGHT + 100}")
        self._devtools = self._browser.new_browser_cdp_session()
        self.page = self._browser.new_page(viewport=_VIEWPORT)
        script = _SCRIPT.read_text(encoding="utf-8")
        if picture is not None:
            script += f"window.presented.followOpening({json.dumps(picture)});"
        self.page.add_init_script(script)
        self._finished: list[Request] = []
        self.page.on("requestfinished", self._note)
        # A file from whose arrival on CPU time is counted, and what had been used then.
        self._file: str | None = None
        self._before = self.used()

    def close(self) -> None:
        """Leave nothing open, even if the page hangs."""
        self._browser.close()

    def follow(self, act: Callable[[], None], event: str, done: str, **options: str) -> Presented:
        """Do something by real input, and wait until its outcome is presented.

        Args:
            act: what is done.
            event: the input that it makes.
            done: ``frame``, ``painted`` or ``ready``; see presented.js, also for the options.
            options: ``after``, ``host``, ``file``.

        Raises:
            TooSlow: if it takes longer than ``PATIENCE``.
        """
        followed = {"event": event, "done": done, **options}
        self.page.evaluate("(followed) => void window.presented.follow(followed)", followed)
        self._file = options.get("file")
        return self._presented(act, str(followed))

    def open(self, address: str) -> Presented:
        """Open a page that draws by itself, and wait until its picture is presented.

        Raises:
            TooSlow: if it takes longer than ``PATIENCE``.
        """
        return self._presented(lambda: self.go(address), address)

    def go(self, address: str) -> None:
        """Open a page, and do not wait for what it does."""
        self.page.goto(address, wait_until="commit")

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

    def _note(self, request: Request) -> None:
        self._finished.append(request)
        if self._file is not None and request.url.endswith(self._file):
            self._before = self.used()

    def used(self) -> Usage:
        """What the page's process has used until now; a spare one beside it is idle."""
        info = self._devtools.send("SystemInfo.getProcessInfo")["processInfo"]
        renderers = [usage(each["id"]) for each in info if each["type"] == "renderer"]
        return Usage(
            cpu_ms=sum(each.cpu_ms for each in renderers),
            main_ms=sum(each.main_ms for each in renderers),
            waited_ms=sum(each.waited_ms for each in renderers),
            peak_mb=max(each.peak_mb for each in renderers),
        )

    def bytes_until(self, moment: float, belongs: Callable[[str], bool]) -> int:
        """Bytes of the bodies, as they came over the wire, of files that were there at a moment.

        Args:
            moment: in milliseconds of Unix time.
            belongs: whether a file counts, by its address.
        """
        return sum(
            each.sizes()["responseBodySize"]
            for each in self._finished
            if each.timing["startTime"] + each.timing["responseEnd"] <= moment and belongs(each.url)
        )

    def long_tasks(self) -> list[float]:
        """What kept the main thread for more than 50 ms since this was asked last, in ms."""
        tasks = self.page.evaluate("() => window.presented.takeLongTasks()")
        return [task["ms"] for task in tasks]

    def num_nodes(self) -> int:
        """Elements of the page."""
        return self.page.evaluate("() => document.querySelectorAll('*').length")


def _is_report(message: ConsoleMessage) -> bool:
    return message.text.startswith(_PREFIX)
