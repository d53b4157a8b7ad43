"""What the browser tests share: one Chromium, a guarded page for each test, results to look at."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import gradio as gr
import pytest
from gradio.themes import Default
from gradio.utils import get_upload_folder
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Locator,
    Page,
    Request,
    ViewportSize,
)

from bertviz_space import Trace, extract
from bertviz_space.files.wire import write_trace
from bertviz_space.jobs.store import Store
from bertviz_space.models.cache import ModelCache
from bertviz_space.models.loading import LoadedModel
from bertviz_space.page.components import View
from tests.chromium import open_chromium
from tests.conftest import MINILM

_WINDOW = ViewportSize(width=1100, height=900)

# Sentences on what kept the page busy, for the end of the run.
_LONG_TASKS = pytest.StashKey[list[str]]()

# Everything but this machine's own server.
_ELSEWHERE = re.compile(r"^(https?|wss?)://(?!127\.0\.0\.1[:/])")

# What Gradio 6.31 says of its own open stream when a page is left.
_PAGE_LEFT = re.compile("^AbortError: signal is aborted|^Unexpected error Connection errored out")

# One view alone, on a page without Gradio: opens in a tenth of the time.
_BARE_PAGE = """<!doctype html>
<title>One view</title>
<body style="margin: 0">
<div class="bertviz-host"></div>
<script type="module">
  import {{ mount }} from "{module}";
  window.view = mount(document.querySelector(".bertviz-host"), {{ link: "{link}" }});
  window.view.update("{manifest}");
</script>
"""


@contextmanager
def serving(demo: gr.Blocks) -> Iterator[str]:
    """Serve a small app of a test, with fonts of the machine; gives its address."""
    _, address, _ = demo.launch(
        theme=Default(font=["sans-serif"], font_mono=["monospace"]),
        prevent_thread_lock=True,
        quiet=True,
        server_name="127.0.0.1",
    )
    try:
        yield address
    finally:
        demo.close()


@dataclass(frozen=True)
class Published:
    """A trace, and the address of the manifest that a view draws it from."""

    trace: Trace
    manifest: str


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser; without one the tests fail."""
    with open_chromium() as browser:
        yield browser


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say what blocked the page for more than 50 ms; see test_long_tasks.py."""
    if said := config.stash.get(_LONG_TASKS, []):
        terminalreporter.section("tasks of more than 50 ms at 512 tokens")
        for line in said:
            terminalreporter.line(line)


@pytest.fixture
def long_tasks(request: pytest.FixtureRequest) -> list[str]:
    """Sentences on what kept the page busy."""
    return request.config.stash.setdefault(_LONG_TASKS, [])


@pytest.fixture
def complaints() -> list[str]:
    """What went wrong in the page; the test fails unless it is empty at the end."""
    return []


@pytest.fixture(scope="session")
def visitor(chromium: Browser) -> Iterator[BrowserContext]:
    """One who has seen a view here before: what the server lets a browser keep is kept."""
    context = chromium.new_context(viewport=_WINDOW)
    yield context
    context.close()


@pytest.fixture
def page(
    request: pytest.FixtureRequest, chromium: Browser, complaints: list[str]
) -> Iterator[Page]:
    """A fresh page. Requests to other machines, errors and dialogs fail the test.

    A view alone is opened by one who has seen views before, in half the time. The whole page is
    opened by a new visitor each time: of two loads, one broken off, the other can wait for it in a
    browser's cache.
    """
    if "open_view" in request.fixturenames:
        context = request.getfixturevalue("visitor")
    else:
        context = chromium.new_context(viewport=_WINDOW)
    page = context.new_page()

    # A route of Playwright's would see requests too, and turn the browser's cache off.
    def see(asked: Request) -> None:
        if _ELSEWHERE.match(asked.url):
            complaints.append(f"a request to {asked.url}")

    page.on("request", see)

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not _PAGE_LEFT.search(message.text):
            complaints.append(message.text)

    def dismiss(dialog: Dialog) -> None:
        complaints.append(f"a dialog that says {dialog.message}")
        dialog.dismiss()

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", dismiss)
    yield page
    page.close()
    if "open_view" not in request.fixturenames:
        context.close()
    assert complaints == []


@pytest.fixture
def open_view(page: Page, url: str) -> Callable[..., Locator]:
    """A function that opens one view alone on a result, and gives its host element."""

    def open_view(view: type[View], result: Published, link: str = "") -> Locator:
        # Any small page of the app: what is written into it is of the app's origin.
        page.goto(f"{url}gradio_api/app_id")
        page.set_content(
            _BARE_PAGE.format(module=view().view_module["url"], manifest=result.manifest, link=link)
        )
        return page.locator(".bertviz-host")

    return open_view


@pytest.fixture(scope="session")
def publish(url: str) -> Callable[[Trace], Published]:
    """A function that writes a trace where the app serves it from."""
    store = Store(Path(get_upload_folder()) / "bertviz-space")

    def publish(trace: Trace) -> Published:
        manifest = write_trace(trace, "a test", "a test", store.new_folder())
        return Published(trace, f"/gradio_api/file={manifest}")

    return publish


@pytest.fixture(scope="session")
def minilm() -> LoadedModel:
    """MiniLM: a BERT of 6 layers and 12 heads with vectors of 32 numbers."""
    return ModelCache().get(MINILM)


@pytest.fixture(scope="session")
def gpt2() -> LoadedModel:
    """The causal demo model."""
    return ModelCache().get("tiny-gpt2")


@pytest.fixture(scope="session")
def pair(minilm: LoadedModel, publish: Callable[[Trace], Published]) -> Published:
    """MiniLM on two sentences: 8 tokens of A, 7 of B."""
    texts = ("The cat sat on the mat", "The cat lay on the rug")
    return publish(extract(minilm.model, minilm.tokenizer, *texts))


@pytest.fixture(scope="session")
def single(minilm: LoadedModel, publish: Callable[[Trace], Published]) -> Published:
    """MiniLM on one text of five tokens."""
    return publish(extract(minilm.model, minilm.tokenizer, "The cat sat"))


@pytest.fixture(scope="session")
def causal(gpt2: LoadedModel, publish: Callable[[Trace], Published]) -> Published:
    """The causal demo model on one text."""
    return publish(extract(gpt2.model, gpt2.tokenizer, "The dog on the ship ran"))
