"""Starts the system's Chromium, without background requests, for tests and screenshots."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Playwright, sync_playwright

# The first is Chromium without its own windows; see scripts/install_chromium.sh.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Resolve no name of another machine.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


@contextmanager
def open_chromium() -> Iterator[Browser]:
    """Start the browser; close it at the end of the block.

    Raises:
        FileNotFoundError: if no Chromium is installed.
    """
    with sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        yield browser
        browser.close()


def launch_chromium(playwright: Playwright, *arguments: str) -> Browser:
    """Return a new browser. ``CHROMIUM`` in the environment names another executable.

    Args:
        playwright: starts the browser.
        arguments: further command-line arguments.

    Raises:
        FileNotFoundError: if no Chromium is installed.
    """
    names = filter(None, (os.environ.get("CHROMIUM"), *_NAMES))
    executable = next(filter(None, map(shutil.which, names)), None)
    if executable is None:
        raise FileNotFoundError("no Chromium: run scripts/install_chromium.sh")
    return playwright.chromium.launch(
        executable_path=executable, args=[*_ARGUMENTS, *arguments], timeout=60_000
    )
