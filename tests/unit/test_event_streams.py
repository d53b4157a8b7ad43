"""A new event is accepted when the page has read that its last stream of messages ended."""

import asyncio
import json
from collections.abc import Callable

import pytest
from starlette.types import Message

from bertviz_space.server import event_streams
from bertviz_space.server.event_streams import EventStreams

pytestmark = pytest.mark.anyio

END = b'data: {"msg":"close_stream","event_id":null}\n\n'


class Connection:
    """One request: what the page sends, and what it has received."""

    def __init__(self, app: EventStreams, path: str, query: str = "", body: bytes = b"") -> None:
        self.received: list[Message] = []
        self._messages = asyncio.Queue[Message]()
        self._messages.put_nowait({"type": "http.request", "body": body, "more_body": False})
        scope = {"type": "http", "path": path, "query_string": query.encode()}
        self.answered = asyncio.create_task(app(scope, self._messages.get, self._receive))

    async def _receive(self, message: Message) -> None:
        self.received.append(message)

    def close(self) -> None:
        self._messages.put_nowait({"type": "http.disconnect"})


async def gradio(scope, receive, send):
    """Answer as Gradio does: a stream ends at once, an event is accepted at once."""
    if scope["path"].endswith("data"):
        chunks = [b'data: {"msg":"process_completed","output":"close_stream"}\n\n', END, b""]
    else:
        chunks = [b'{"event_id":"1"}']
        await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for chunk in chunks:
        await send({"type": "http.response.body", "body": chunk, "more_body": chunk != chunks[-1]})


def stream(app: EventStreams, session: str) -> Connection:
    return Connection(app, "/gradio_api/queue/data", f"session_hash={session}")


def join(app: EventStreams, body: bytes) -> Connection:
    return Connection(app, "/gradio_api/queue/join", body=body)


def named(session: object) -> bytes:
    return json.dumps({"session_hash": session}).encode()


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0)


async def all_turns() -> None:
    """Let every task do what it can do without another message."""
    for _ in range(50):
        await asyncio.sleep(0)


async def test_an_event_waits_until_the_page_has_closed_the_ended_stream():
    app = EventStreams(gradio)
    old = stream(app, "a")
    await until(
        lambda: {"type": "http.response.body", "body": END, "more_body": True} in old.received
    )
    event = join(app, named("a"))
    await all_turns()
    assert event.received == []
    assert not old.answered.done()
    old.close()
    await asyncio.wait_for(event.answered, 30)
    assert event.received[-1]["body"] == b'{"event_id":"1"}'
    await asyncio.wait_for(old.answered, 30)
    # The next event has no stream to wait for.
    await asyncio.wait_for(join(app, named("a")).answered, 30)


@pytest.mark.parametrize(
    "body", [named("b"), named(None), named(["a"]), b"[]", b"{", b"\xff", b"[" * 100_000, b""]
)
async def test_no_other_event_waits(body):
    app = EventStreams(gradio)
    old = stream(app, "a")
    await all_turns()
    await asyncio.wait_for(join(app, body).answered, 30)
    assert not old.answered.done()
    old.close()
    await asyncio.wait_for(old.answered, 30)


async def test_a_program_that_keeps_the_connection_open_delays_an_event_for_a_bounded_time(
    monkeypatch,
):
    monkeypatch.setattr(event_streams, "_MAX_SECONDS", 0.01)
    app = EventStreams(gradio)
    old = stream(app, "a")
    await all_turns()
    await asyncio.wait_for(join(app, named("a")).answered, 30)
    await asyncio.wait_for(old.answered, 30)
    assert old.received[-1] == {"type": "http.response.body", "body": b"", "more_body": False}


async def test_an_event_is_accepted_if_the_stream_is_canceled():
    app = EventStreams(gradio)
    old = stream(app, "a")
    await all_turns()
    event = join(app, named("a"))
    await all_turns()
    old.answered.cancel()
    await asyncio.wait_for(event.answered, 30)
