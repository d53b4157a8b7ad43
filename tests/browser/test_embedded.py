"""The page inside another page: that of the Hub, a page with a frame, a page with <gradio-app>."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl

from playwright.sync_api import Frame, FrameLocator, Page, expect

from tests.browser.reader import expect_drawn, pick, view

HUB = "https://huggingface.co/spaces/someone/bertviz"
REQUEST = {"model": "tiny-gpt2", "text": "The cat"}
QUERY = "model=tiny-gpt2&text=The%20cat"

# A page that records what a frame in it sends. Gradio itself sends other messages to every page.
FRAMING = """<!doctype html>
<title>Framing</title>
<script>
  window.received = [];
  addEventListener("message", ({{ data, origin }}) => {{
    if (data?.queryString !== undefined) received.push({{ ...data, origin }});
  }});
</script>
<iframe src="{source}" width="1000" height="800"></iframe>
"""

HOST = """<!doctype html>
<title>Host</title>
<script type="module" crossorigin src="{url}{script}"></script>
<gradio-app src="{url}"></gradio-app>
"""


@contextmanager
def serving(content: str) -> Iterator[str]:
    """Serve a page at an origin of its own; yield its URL."""

    class Server(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(content.encode())

        def log_message(self, format, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def head_view(page: Page) -> FrameLocator:
    """Return the frame of the Space, once its head view has a picture."""
    frame = page.frame_locator("iframe")
    expect_drawn(frame.locator(".bertviz-host:has(.bertviz-head)"))
    return frame


def choose_layer(frame: FrameLocator | Frame, layer: str) -> None:
    """Choose a layer in the head view of a frame."""
    pick(frame.locator(".bertviz-host:has(.bertviz-head)"), "Layer", layer)


def test_the_hubs_page_receives_the_link_whenever_it_changes(page: Page, url):
    # A public page may show no page of this machine.
    page.context.grant_permissions(["local-network-access"])
    # The Hub passes the query string of its page on, with parameters of its own.
    source = f"{url}?{QUERY}&layer=1&__theme=dark&__sign=secret"
    page.route(
        "https://huggingface.co/**",
        lambda route: route.fulfill(
            body=FRAMING.format(source=source), content_type="text/html; charset=utf-8"
        ),
    )
    page.goto(f"{HUB}?{QUERY}&layer=1")
    frame = head_view(page)
    expect_drawn(frame.locator(".bertviz-host:has(.bertviz-head)"), "All, layer 1, heads 0 1 2 3")
    page.wait_for_function("received.length === 1")
    choose_layer(frame, "2")
    page.wait_for_function("received.length === 2")
    received = page.evaluate("received")
    assert [dict(parse_qsl(each["queryString"])) for each in received] == [
        {**REQUEST, "layer": "1"},
        {**REQUEST, "layer": "2"},
    ]
    assert {each["hash"] for each in received} == {""}
    assert page.url == f"{HUB}?{QUERY}&layer=1"  # the Hub changes it itself


def test_a_page_of_another_origin_receives_nothing_and_keeps_its_address(page: Page, url):
    with serving(FRAMING.format(source=f"{url}?{QUERY}")) as outer:
        page.goto(f"{outer}?page=1#part")
        frame = head_view(page)
        choose_layer(frame, "2")
        [inner] = page.frames[1:]
        inner.wait_for_url(re.compile("layer=2"))
        # A message that the frame sent before would arrive before this one.
        inner.evaluate("parent.postMessage({ queryString: 'last' }, '*')")
        page.wait_for_function("received.length > 0")
        assert [each["queryString"] for each in page.evaluate("received")] == ["last"]
        assert page.url == f"{outer}?page=1#part"


def test_a_gradio_app_element_leaves_the_address_of_its_page_alone(page: Page, served_app):
    space, url = served_app
    # A browser keeps a file for a tenth of the time since its last change. What it has kept of the
    # Space must not prevent another page from showing the Space.
    for file in space.first.future().result(60).manifest.parent.iterdir():
        os.utime(file, times=(0, 0))
    page.goto(url)
    expect_drawn(view(page, "head"))
    index = page.request.get(url).text()
    [script] = re.findall(r'src="\./(assets/index-[^"]+\.js)"', index)
    with serving(HOST.format(url=url, script=script)) as host:
        with page.add_init_script(
            """
            window.written = [];
            for (const name of ["pushState", "replaceState"]) {
              const write = history[name];
              history[name] = (...values) => {
                window.written.push(values);
                write.apply(history, values);
              };
            }
            Object.defineProperty(navigator, "clipboard", { value: undefined });
            """
        ):
            page.goto(f"{host}?page=1#part")
        expect_drawn(view(page, "head"), "All, layer 0, heads 0 1 2 3")
        choose_layer(page.main_frame, "2")
        expect_drawn(view(page, "head"), "All, layer 2, heads 0 1 2 3")
        page.get_by_role("tab", name="Model view").click()
        page.get_by_role("button", name="Copy link").click()
        link = page.get_by_role("dialog").get_by_role("textbox")
        expect(link).to_have_value(re.compile(f"^{re.escape(url)}\\?.*layer=2&view=model$"))
        assert page.evaluate("written") == []
        assert page.url == f"{host}?page=1#part"
