"""A browser tab in which one test after another opens its pages.

A tab keeps the compiled scripts of the pages that it has shown: the Space opens in 0.6 s of
processor time instead of 1.2 s in a new tab, and 2.6 s in a new context, with an empty cache. As
there is one tab, no load waits for the place in the cache of another load that was aborted.
"""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Page, Request, ViewportSize

_log = logging.getLogger(__name__)

WINDOW = ViewportSize(width=1100, height=900)

# Without a request, Chromium 156 keeps 20 MB of each page that was left, up to 800 MB in all.
_PAGES_BEFORE_GARBAGE_COLLECTION = 10

# URLs of other machines.
_ELSEWHERE = re.compile(r"^(https?|wss?)://(?!127\.0\.0\.1[:/])")

# Errors of Gradio 6.31 about its own open stream when the page is left.
_PAGE_LEFT = re.compile("^AbortError: signal is aborted|^Unexpected error Connection errored out")


class SharedTab:
    """The tab. A test that closes it, or leaves it in a state that has no end, gets a new one next.

    Args:
        context: the browser context of the tab.
        empty_page: the URL of a small page of the Space, which the tab shows between tests.
    """

    def __init__(self, context: BrowserContext, empty_page: str) -> None:
        self._context = context
        self._empty_page = empty_page
        self._page: Page | None = None
        self._num_left = 0

    def page(self) -> Page:
        """Return the tab with the empty page."""
        if self._page is None or self._page.is_closed():
            self._page = self._context.new_page()
            self._page.goto(self._empty_page)
        return self._page

    def leave(self) -> None:
        """Leave the test's page, and undo what the test has changed in the tab and its context."""
        if self._page is None or self._page.is_closed():
            return
        try:
            self._page.unroute_all(behavior="ignoreErrors")
            self._page.goto(self._empty_page)
            self._page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
            self._num_left += 1
            if self._num_left % _PAGES_BEFORE_GARBAGE_COLLECTION == 0:
                self._page.request_gc()
        except BaseException:
            self._page.close()
            raise
        self._context.clear_cookies()
        self._context.clear_permissions()
        self._page.set_viewport_size(WINDOW)
        self._page.mouse.move(0, 0)


@contextmanager
def watched(page: Page, complaints: list[str]) -> Iterator[None]:
    """Add requests to other machines, errors and dialogs of a page to a list of complaints."""

    # tests/chromium.py lets every request to another machine fail. Two hundred events about the
    # requests of a page would take a fifth of the time in which it opens, and a route of Playwright
    # would disable the browser's cache.
    def check_request(request: Request) -> None:
        if _ELSEWHERE.match(request.url):
            complaints.append(f"a request to {request.url}")

    def check_message(message: ConsoleMessage) -> None:
        if message.type == "error" and not _PAGE_LEFT.search(message.text):
            # The text does not contain the URL of a request that failed.
            _log.error("%s: %s", message.location["url"], message.text)
            complaints.append(message.text)

    def check_error(error: Exception) -> None:
        complaints.append(str(error))

    def dismiss(dialog: Dialog) -> None:
        complaints.append(f"a dialog with the message {dialog.message}")
        dialog.dismiss()

    handlers = {
        "requestfailed": check_request,
        "console": check_message,
        "pageerror": check_error,
        "dialog": dismiss,
    }
    for event, handler in handlers.items():
        page.on(event, handler)  # type: ignore[call-overload] # each handler takes what its event has
    try:
        yield
    finally:
        for event, handler in handlers.items():
            page.remove_listener(event, handler)
