"""Measures how long a page takes from navigation to its first picture."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import gradio as gr
from playwright.sync_api import Browser, BrowserContext, Playwright

from tests.chromium import launch_chromium

# Milliseconds after a picture in which the page fetches what it needs next. A load that is aborted
# blocks its place in the browser's cache for the next visit.
_REST = 1000

# Seconds to wait for a picture.
_PATIENCE = 60

# Devtools' settings of a network; latency in ms, throughput in bytes per second.
NETWORKS: dict[str, dict[str, Any] | None] = {
    "this machine": None,
    "100 ms, 10 Mbit/s": {
        "offline": False,
        "latency": 100,
        "downloadThroughput": 10e6 / 8,
        "uploadThroughput": 10e6 / 8,
    },
}

_LINK = urlencode({"model": "tiny-bert", "text": "The small elephant is tired"})

# Notes when the first frame after the arrival of an element begins, in ms since the navigation.
_NOTE = """
new MutationObserver((_, observer) => {
  if (!document.querySelector("SELECTOR")) return;
  observer.disconnect();
  requestAnimationFrame(() => setTimeout(() => { window.shownAt = performance.now(); }));
}).observe(document, { attributes: true, childList: true, subtree: true });
"""


@dataclass(frozen=True)
class Opening:
    """One load of a page.

    Attributes:
        page: ``no link``, ``link`` (the page runs its text), or ``bare`` (three fields of Gradio).
        network: a key of ``NETWORKS``.
        visit: ``first`` with an empty cache, ``second`` with the cache of the first.
        ms: time from navigation to the picture, or to the fields of the bare page.
        requests: the number of requests until then.
        kilobytes: the size of their answers as transferred, in 10^3 bytes.
    """

    page: str
    network: str
    visit: str
    ms: float
    requests: int
    kilobytes: float


def measure(playwright: Playwright, space_url: str, rounds: int) -> list[Opening]:
    """Return the loads of all pages, which alternate for some rounds."""
    with bare_page() as bare_url, closing(launch_chromium(playwright)) as browser:
        pages = {
            "no link": (space_url, ".bertviz-host[data-ready]"),
            "link": (f"{space_url}?{_LINK}", ".bertviz-host[data-ready]"),
            "bare": (bare_url, "textarea"),
        }
        return [
            opening
            for _ in range(rounds)
            for network in NETWORKS
            for page, (url, selector) in pages.items()
            for opening in _visits(browser, page, network, url, selector)
        ]


@contextmanager
def bare_page() -> Iterator[str]:
    """Serve a page of Gradio with three fields, and yield its URL."""
    with gr.Blocks(analytics_enabled=False) as demo:
        for label in ("Text", "Second text", "Model"):
            gr.Textbox(label=label)
    _, url, _ = demo.launch(
        prevent_thread_lock=True, quiet=True, server_name="127.0.0.1", ssr_mode=False
    )
    try:
        yield url
    finally:
        demo.close()


def _visits(
    browser: Browser, page: str, network: str, url: str, selector: str
) -> Iterator[Opening]:
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    try:
        for visit in ("first", "second"):
            ms, requests, kilobytes = _open(context, NETWORKS[network], url, selector)
            yield Opening(page, network, visit, ms, requests, kilobytes)
    finally:
        context.close()


def _open(
    context: BrowserContext, network: dict[str, Any] | None, url: str, selector: str
) -> tuple[float, int, float]:
    """Open a page, and return the time, the number of requests, and their size in kB."""
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    if network is not None:
        devtools.send("Network.emulateNetworkConditions", network)
    sizes: list[float] = []
    devtools.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.add_init_script(_NOTE.replace("SELECTOR", selector))
    page.goto(url, wait_until="commit")
    page.wait_for_function("window.shownAt", timeout=_PATIENCE * 1000)
    shown = page.evaluate("window.shownAt"), len(sizes), sum(sizes) / 1000
    page.wait_for_timeout(_REST)
    page.close()
    return shown
