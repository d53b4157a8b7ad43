"""A view in a chat, in a sandboxed frame with the strictest policy that the protocol names."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from bertviz_space.files.mcp_app import mcp_app_page
from tests.api.clients import connect

# The policy of a host if the page declares no origins (MCP Apps 2026-01-26).
POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; media-src 'self' data:; connect-src 'none'"
)
HOST = "http://127.0.0.1:9/host"
ARGUMENTS = {"model": "tiny-bert", "text": "The <b>cat</b> sat", "view": "head", "layer": 2}

# Answers the page as a host does, and keeps the messages of the page.
ANSWER = """({ page, context, input, results }) => {
  window.received = [];
  const frame = document.querySelector("iframe");
  const send = (message) => frame.contentWindow.postMessage({ jsonrpc: "2.0", ...message }, "*");
  addEventListener("message", ({ data: { id, method, params } }) => {
    window.received.push({ method, params });
    if (method === "ui/initialize") send({ id, result: { hostContext: context } });
    if (method === "tools/call") send({ id, result: results.call });
    if (method === "ui/notifications/initialized") {
      send({ method: "ui/notifications/tool-input", params: { arguments: input } });
      send({ method: "ui/notifications/tool-result", params: results.shown });
    }
    if (method === "ui/notifications/size-changed") frame.style.height = `${params.height}px`;
  });
  frame.srcdoc = page;
}"""


@pytest.fixture
def host(page: Page) -> Iterator[Page]:
    """Yield a page of a host, with an empty frame."""
    frame = '<!doctype html><iframe sandbox="allow-scripts" width="1000"></iframe>'
    with page.expect_response(HOST):
        page.route(HOST, lambda route: route.fulfill(body=frame, content_type="text/html"))
        page.goto(HOST)
    yield page
    page.unroute(HOST)


def answer(host: Page, called: object, shown: object = None, **input_: object) -> FrameLocator:
    """Load the page into the frame, and answer it."""
    meta = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    host.evaluate(
        ANSWER,
        {
            "page": mcp_app_page("view_content").replace("<head>", f"<head>{meta}"),
            "context": {"theme": "dark"},
            "input": {**ARGUMENTS, **input_},
            "results": {"call": called, "shown": shown or {"content": []}},
        },
    )
    return host.frame_locator("iframe")


def failed(message: str) -> object:
    return {"isError": True, "content": [{"type": "text", "text": message}]}


def test_a_host_shows_the_view_with_the_numbers_that_the_page_asks_for(host, url):
    content = connect(url).predict(**ARGUMENTS, api_name="/view_content")
    called = {"content": [{"type": "text", "text": json.dumps(content)}]}
    frame = answer(host, called, format="svg", width="84mm")
    queries = frame.get_by_role("listbox", name="Queries").get_by_role("option")
    expect(queries.filter(has_text="cat")).to_be_visible(timeout=60_000)
    expect(frame.locator("b")).to_have_count(0)
    expect(frame.locator(".bertviz-caption").first).to_contain_text("tiny-bert")
    expect(frame.locator("body.dark")).to_be_visible()
    canvas = frame.locator(".bertviz-figure canvas").first
    expect(canvas).to_be_visible()
    received = {each["method"]: each["params"] for each in host.evaluate("received")}
    assert received["tools/call"] == {"name": "view_content", "arguments": ARGUMENTS}
    assert received["ui/initialize"]["protocolVersion"] == "2026-01-26"
    assert received["ui/notifications/size-changed"]["height"] > 200


def test_an_error_of_the_tool_is_shown_as_text(host):
    frame = answer(host, None, failed("Enter <i>some</i> text first."))
    expect(frame.locator("main")).to_have_text("Enter <i>some</i> text first.")


def test_an_error_of_the_pages_own_call_is_shown(host):
    frame = answer(host, failed("This view has 9 MB."))
    expect(frame.locator("main")).to_have_text("This view has 9 MB.")
