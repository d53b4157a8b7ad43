"""Fixtures of the browser tests: one Chromium, a page for each test, results to show.

The process that only starts the test processes imports this file first: fixtures import Gradio and
torch when they need them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.shared_tab import WINDOW, SharedTab, watched
from tests.chromium import open_chromium
from tests.conftest import MINILM
from tests.free_port import free_port

if TYPE_CHECKING:
    import gradio as gr

    from bertviz_space import Trace
    from bertviz_space.models.loading import LoadedModel
    from bertviz_space.page.components import View

# A loaded machine may need more than Playwright's five seconds.
expect.set_options(timeout=30_000)

# Property of a test's report: a message about long tasks of the page.
_LONG_TASKS = "long tasks"

# A page with one view and without Gradio, which opens in a tenth of the time. An init script can
# define beforeMount(modules of the page's script).
_BARE_PAGE = """<!doctype html>
<title>One view</title>
<body style="margin: 0">
<div class="bertviz-host"></div>
<script type="module">
  import {{ modules }} from "{script}";
  window.beforeMount?.(modules);
  const {{ mount }} = modules["{module}"];
  window.view = mount(document.querySelector(".bertviz-host"), {{ link: "{link}" }});
  window.view.update("{manifest}");
</script>
"""


@contextmanager
def serving(demo: "gr.Blocks") -> Iterator[str]:
    """Serve a small app of a test with the machine's fonts; yield its URL."""
    from gradio.themes import Default

    with free_port() as port:
        _, address, _ = demo.launch(
            theme=Default(font=["sans-serif"], font_mono=["monospace"]),
            prevent_thread_lock=True,
            quiet=True,
            server_name="127.0.0.1",
            server_port=port,
        )
    try:
        yield address
    finally:
        demo.close()


@dataclass(frozen=True)
class Published:
    """A trace, and the URL path of its manifest."""

    trace: "Trace"
    manifest: str


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Yield the browser; without one the tests fail."""
    with open_chromium() as browser:
        yield browser


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Report what blocked the page for more than 50 ms; see test_long_tasks.py."""
    # A report travels from the process that runs the test to the one that writes the summary.
    reports = [each for kind in terminalreporter.stats.values() for each in kind]
    messages = [
        message
        for report in reports
        if getattr(report, "when", None) == "teardown"
        for name, message in report.user_properties
        if name == _LONG_TASKS
    ]
    if messages:
        terminalreporter.section("tasks of more than 50 ms at 512 tokens")
        for line in messages:
            terminalreporter.line(line)


@pytest.fixture
def long_tasks(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """Yield the list of messages about long tasks of the page, for the summary of the test run."""
    messages: list[str] = []
    yield messages
    request.node.user_properties += [(_LONG_TASKS, message) for message in messages]


@pytest.fixture
def complaints() -> list[str]:
    """Return the list of errors in the page; the test fails if it is not empty at the end."""
    return []


@pytest.fixture(scope="session")
def shared_tab(chromium: Browser, url: str) -> Iterator[SharedTab]:
    """Yield the tab in which the tests open their pages."""
    context = chromium.new_context(viewport=WINDOW)
    yield SharedTab(context, f"{url}gradio_api/app_id")
    context.close()


@pytest.fixture
def page(shared_tab: SharedTab, complaints: list[str]) -> Iterator[Page]:
    """Yield the shared tab. Requests to other machines, errors and dialogs fail the test."""
    page = shared_tab.page()
    with watched(page, complaints):
        yield page
        shared_tab.leave()
    assert complaints == []


@pytest.fixture
def new_visitor(chromium: Browser, complaints: list[str]) -> Iterator[Page]:
    """Yield a page of a browser context with an empty cache and no cookies."""
    context = chromium.new_context(viewport=WINDOW)
    page = context.new_page()
    with watched(page, complaints):
        yield page
        context.close()
    assert complaints == []


@pytest.fixture
def open_view(page: Page, url: str) -> Callable[..., Locator]:
    """Return a function that opens a single view on a result and returns its host element."""
    from bertviz_space.page.published_assets import published_script

    def open_view(view: "type[View]", result: Published, link: str = "") -> Locator:
        # Content set into any small page of the app has the origin of the app.
        page.goto(f"{url}gradio_api/app_id")
        page.set_content(
            _BARE_PAGE.format(
                script=published_script()["url"],
                module=view().view_module,
                manifest=result.manifest,
                link=link,
            )
        )
        return page.locator(".bertviz-host")

    return open_view


@pytest.fixture(scope="session")
def publish(url: str) -> "Callable[[Trace], Published]":
    """Return a function that writes a trace into a folder that the app serves."""
    from gradio.utils import get_upload_folder

    from bertviz_space.files.wire import write_trace
    from bertviz_space.jobs.store import Store

    store = Store(Path(get_upload_folder()) / "bertviz-space")

    def publish(trace: "Trace") -> Published:
        manifest = write_trace(trace, "a test", "a test", store.new_folder())
        return Published(trace, f"/gradio_api/file={manifest}")

    return publish


@pytest.fixture(scope="session")
def minilm() -> "LoadedModel":
    """Return MiniLM, a BERT with 6 layers, 12 heads and 32 numbers per head."""
    from bertviz_space.models.cache import ModelCache

    return ModelCache().get(MINILM)


@pytest.fixture(scope="session")
def gpt2() -> "LoadedModel":
    """Return the causal demo model."""
    from bertviz_space.models.cache import ModelCache

    return ModelCache().get("tiny-gpt2")


@pytest.fixture(scope="session")
def pair(minilm: "LoadedModel", publish: "Callable[[Trace], Published]") -> Published:
    """Return MiniLM's result on two sentences: 8 tokens of A, 7 of B."""
    return _result(minilm, publish, "The cat sat on the mat", "The cat lay on the rug")


@pytest.fixture(scope="session")
def single(minilm: "LoadedModel", publish: "Callable[[Trace], Published]") -> Published:
    """Return MiniLM's result on one text of five tokens."""
    return _result(minilm, publish, "The cat sat")


@pytest.fixture(scope="session")
def causal(gpt2: "LoadedModel", publish: "Callable[[Trace], Published]") -> Published:
    """Return the causal demo model's result on one text."""
    return _result(gpt2, publish, "The dog on the ship ran")


def _result(
    loaded: "LoadedModel", publish: "Callable[[Trace], Published]", *texts: str
) -> Published:
    from bertviz_space import extract

    return publish(extract(loaded.model, loaded.tokenizer, *texts))
