"""A browser requests every event stream of a page once, although they all have the same URL."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Iterator

import pytest
import uvicorn
from playwright.sync_api import Page
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, StreamingResponse
from starlette.routing import Route

from bertviz_space.server.cache_headers import CacheHeaders

# Seconds for which a stream is open. Where a browser keeps streams, the next waits for its end.
_OPEN = 1.0

# Leaves each stream after its first message, as a page of Gradio does after its last one.
_OPEN_STREAMS = """async (count) => {
  for (let i = 0; i < count; i++) {
    const leaving = new AbortController();
    const { body } = await fetch("stream", leaving);
    await body.getReader().read();
    leaving.abort();
  }
}"""


@pytest.fixture
def streams() -> Iterator[tuple[str, list[Request]]]:
    """Serve event streams; yield the URL of a page and the list of requests for a stream."""
    requests: list[Request] = []

    async def messages() -> AsyncIterator[str]:
        yield "data: {}\n\n"
        await asyncio.sleep(_OPEN)

    async def stream(request: Request) -> StreamingResponse:
        requests.append(request)
        return StreamingResponse(messages(), media_type="text/event-stream")

    async def page(_: Request) -> HTMLResponse:
        return HTMLResponse("<!doctype html><title>Streams</title><link rel=icon href='data:,'>")

    app = Starlette(
        routes=[Route("/", page), Route("/stream", stream)],
        middleware=[Middleware(CacheHeaders, path="/no such file")],
    )
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    # It listens from now on: a request waits until the server has started.
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/", requests
        finally:
            server.should_exit = True
            thread.join()


def test_a_page_requests_each_of_its_event_streams_once(page: Page, streams):
    url, requests = streams
    page.goto(url)
    page.evaluate(_OPEN_STREAMS, 20)
    assert len(requests) == 20
