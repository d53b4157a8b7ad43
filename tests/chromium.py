"""The one browser of the tests and of the screenshots: the system's Chromium, with no errands."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Playwright, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # No name of another machine is ever looked up.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


@contextmanager
def open_chromium() -> Iterator[Browser]:
    """Start the browser, and leave nothing of it behind.

    Raises:
        FileNotFoundError: if there is none.
    """
    with sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        yield browser
        browser.close()


def launch_chromium(playwright: Playwright, *arguments: str) -> Browser:
    """One more browser; ``CHROMIUM`` in the environment names another than the system's.

    Args:
        playwright: what starts it.
        arguments: more of its command line.

    Raises:
        FileNotFoundError: if there is none.
    """
    names = filter(None, (os.environ.get("CHROMIUM"), *_NAMES))
    executable = next(filter(None, map(shutil.which, names)), None)
    if executable is None:
        raise FileNotFoundError("no Chromium: run scripts/install_chromium.sh")
    return playwright.chromium.launch(
        executable_path=executable, args=[*_ARGUMENTS, *arguments], timeout=60_000
    )
