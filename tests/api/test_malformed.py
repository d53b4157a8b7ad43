"""A request that no route can read is answered with a message, without a traceback."""

import json
import re
import tempfile
from asyncio import Event
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from urllib.parse import quote

import gradio as gr
import httpx
import pytest
from gradio.routes import file_upload_statuses
from gradio.utils import get_upload_folder
from gradio_client.utils import ServerMessage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.routing import Mount

from bertviz_space.limits import MAX_CALL_BYTES, MAX_EVENT_BYTES, MAX_SESSIONS
from bertviz_space.server.forget_requests import forget_requests
from tests.api.clients import get, post

CALL = {"data": [], "session_hash": "anyone"}
FUNCTION = {**CALL, "fn_name": "prepare"}
JSON = "application/json"


@pytest.mark.parametrize(
    ("route", "body", "kind"),
    [
        ("component_server/", {**FUNCTION, "component_id": -1}, JSON),
        ("component_server", {**FUNCTION, "component_id": 99_999}, JSON),
        ("queue/join", {**CALL, "fn_index": 9_999}, JSON),
        ("queue/join", b"\xff\xfe", "text/plain"),
        ("run/nosuch", {**CALL, "fn_index": 9_999}, JSON),
        ("call/nosuch", CALL, JSON),
        ("call/v2/attention", {}, JSON),
        ("reset", b"\xff\xfe", "text/plain"),
        ("cancel", b"\xff\xfe", "text/plain"),
    ],
)
def test_a_request_that_gradio_cannot_read_is_rejected(url, route, body, kind, capfd, caplog):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = post(f"{url}gradio_api/{route}", content=content, headers={"Content-Type": kind})
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("The Space cannot read this request")
    assert "Traceback" not in capfd.readouterr().err + caplog.text
    assert "cannot read POST" in caplog.text


FILE = b'--x\r\nContent-Disposition: form-data; name="video"; filename="f"\r\n\r\nabc'


@pytest.mark.parametrize("end", [b"", b"\r\n--x--\r\n"])
@pytest.mark.parametrize("route", ["component_server", "component_server/", "process_recording"])
@pytest.mark.parametrize("kind", ["multipart/form-data", "Multipart/Form-Data"])
def test_a_form_that_no_route_accepts_leaves_no_file(url, route, end, kind, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    headers = {"Content-Type": f"{kind}; boundary=x"}
    answer = post(f"{url}gradio_api/{route}", content=FILE + end, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("The Space cannot read this request")
    assert list(tmp_path.iterdir()) == []


def test_an_incomplete_upload_is_in_the_folder_whose_old_files_are_removed(url):
    folder = Path(get_upload_folder())
    before = set(folder.iterdir()) if folder.exists() else set()
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    post(f"{url}gradio_api/upload", content=FILE, headers=headers)
    [left] = set(folder.iterdir()) - before
    assert left.is_file()
    left.unlink()


def test_gradios_own_rejections_are_unchanged(url):
    [component, *_] = get(f"{url}config").json()["components"]
    named = {**FUNCTION, "component_id": component["id"], "fn_name": "os.system"}
    assert post(f"{url}gradio_api/component_server/", json=named).status_code == 404
    assert post(f"{url}gradio_api/queue/join", json=[]).status_code == 422
    assert get(f"{url}gradio_api/file=/etc/passwd").status_code == 403


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("static/" + "a" * 9_000, 404), ("assets/" + "a/" * 3_000, 404), ("static/%00", 400),
        ("gradio_api/file=" + "a" * 9_000, 403), ("gradio_api/file=%ed%a0%80", 403),
        ("svelte/" + quote("\N{PILE OF POO}") * 200, 404), ("static/%ff", 404),
        ("gradio_api/deep_link?session_hash=s", 404), ("monitoring", 404), ("monitoring/x", 404),
        ("gradio_api/dev/reload", 404), ("gradio_api/proxy=http://127.0.0.1", 404),
        ("gradio_api/file=http://127.0.0.1/", 404), ("gradio_api/vibe-code", 404),
        ("gradio_api/queue/data?session_hash=nobody", 404),
        ("gradio_api/call/attention/nothing", 404), ("gradio_api/call/v2/view/nothing", 404),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_a_missing_path_is_answered_without_a_traceback(url, path, status, capfd, caplog):
    answer = get(url + path)
    assert answer.status_code == status
    assert isinstance(answer.json()["detail"], str)
    assert "Traceback" not in capfd.readouterr().err + caplog.text


def test_wrong_arguments_are_not_an_error_of_the_server(url):
    data = ["tiny-gpt2", " ", "", "", "", "", False, False, [], [], 0, None, 1, 0, ""]
    answer = post(f"{url}gradio_api/run/attention", json={"data": data})
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("Enter some text")


def test_the_bytes_of_a_request_are_limited(url):
    call = {"data": ["tiny-gpt2", "a" * MAX_CALL_BYTES, "", "", "", "", False, False]}
    for route in ("call/tokenize", "queue/join", "cancel", "component_server"):
        assert post(f"{url}gradio_api/{route}", json=call).status_code in (400, 413)


@pytest.mark.parametrize("route", ["cancel", "reset", "reset/", "run-history/connect"])
def test_no_answer_repeats_a_long_request(url, route):
    sent = json.dumps({"data": [[]] * MAX_EVENT_BYTES})
    answer = post(f"{url}gradio_api/{route}", content=sent)
    assert answer.status_code in (400, 413)
    assert len(answer.content) < 200


@pytest.fixture(scope="module")
def demo() -> Iterator[gr.Blocks]:
    """Yield an app that only the tests of this module use."""
    from tests.running_app import running_app

    with running_app() as (demo, _):
        yield demo


@pytest.fixture
def completed(demo, monkeypatch) -> SimpleQueue[str]:
    """Return the ids of the events that the app has completed."""
    completed, queue = SimpleQueue[str](), demo._queue
    send = queue.send_message

    def send_and_note(event: Any, message: Any) -> None:
        send(event, message)
        if message.msg == ServerMessage.process_completed:
            completed.put(event._id)

    monkeypatch.setattr(queue, "send_message", send_and_note)
    return completed


def test_the_data_that_gradio_keeps_about_requests_is_limited(demo, completed):
    client = httpx.Client(base_url=demo.local_url, timeout=None)
    folder = Path(get_upload_folder())
    before = set(folder.rglob("*"))
    for number in range(30):
        client.post("gradio_api/call/models", json={"data": []})
        file = {"files": ("own.npz", str(number).encode())}
        client.post(f"gradio_api/upload?upload_id={number}", files=file)
        client.get("gradio_api/deep_link", params={"session_hash": "s"})
        completed.get()
    left = {path.relative_to(folder).parts[0] for path in set(folder.rglob("*")) - before}
    assert len(left) == 30  # the uploads, which jobs/uploads.py removes later
    assert all((folder / name).is_dir() and len(name) == 64 for name in left)
    queue = demo._queue
    queue.pending_messages_per_session.clear()  # as if MAX_SESSIONS newer sessions had started
    file_upload_statuses._signals.update(
        {str(number): Event() for number in range(2 * MAX_SESSIONS)}
    )
    forget_requests(demo, file_upload_statuses)
    assert queue.pending_event_ids_session == {}
    assert len(file_upload_statuses._signals) == MAX_SESSIONS
    assert len(file_upload_statuses._statuses) <= MAX_SESSIONS
    assert demo.upload_file_set == set()
    assert queue.pending_messages_per_session.max_size == MAX_SESSIONS
    assert demo.state_holder.capacity == MAX_SESSIONS


def routes_of(routes: list[Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield each route and its method, including those of nested routers."""
    for route in routes:
        if inner := getattr(route, "original_router", None):
            yield from routes_of(inner.routes, prefix)
        elif isinstance(route, Mount):  # the tools for language models
            path = f"{prefix}{route.path}"
            yield from (
                routes_of(route.routes, path)
                if route.routes
                else ((f"{path}/", method) for method in ("GET", "POST", "DELETE"))
            )
        elif hasattr(route, "path"):
            yield from ((prefix + route.path, method) for method in route.methods or ["GET"])


# Parts of URL paths, as they are sent.
PARTS = st.sampled_from(
    ["x", "-1", "1e9", "9" * 30, "a" * 9_000, "a%2F" * 300, "%00", "%0a", "%ed%a0%80", "%ff", "..",
     "%2e%2e", "..%2f..%2fetc%2fpasswd", "%F0%9F%98%80", "{}", "http:%2f%2f127.0.0.1:1", "models",
     "tokenize", "attention", "view", "run", "fit", "predict", "close", "load_example"]
)  # fmt: skip
FILES = [
    {"path": path, "meta": {"_type": "gradio.FileData"}} for path in ("/etc/passwd", "\ud800", 5)
]
VALUES = st.sampled_from(
    [None, True, 0, -1, 1e308, 10**30, "", "\ud800", "a\0b", "x", "tiny-gpt2", [], {}, [[]], *FILES,
     {"__type__": "update"}, {"text": 5, "kind": "x"}]
)  # fmt: skip
CALLS = st.fixed_dictionaries(
    {"data": st.lists(VALUES, max_size=15)},
    optional={
        "session_hash": st.sampled_from(["s", "\ud800", None, 5, "a\0"]),
        "fn_index": st.one_of(st.integers(-1, 25), VALUES),
        "component_id": VALUES,
        "fn_name": st.sampled_from(["prepare", None, 5]),
        **dict.fromkeys(["event_id", "event_data", "trigger_id", "batched", "model"], VALUES),
    },
).map(lambda call: json.dumps(call).encode())
BODIES = st.one_of(
    CALLS,
    st.sampled_from(
        [b"", b"\xff\xfe", b"{", b"[]", b"null", b'"x"', b"[" * 3_000, b'{"a":' * 3_000]
    ),
    st.binary(max_size=40),
)
KINDS = st.sampled_from(
    [*["application/json"] * 6, "", "text/plain", "application/x-www-form-urlencoded",
     "application/json; charset=utf-16", "multipart/form-data", "multipart/form-data; boundary=x"]
)  # fmt: skip
# Streams that stay open as long as the client is connected.
OPEN = ("/gradio_api/heartbeat/", "/gradio_api/upload_progress", "/gradio_api/mcp/sse")


@settings(
    max_examples=100,
    derandomize=True,
    deadline=None,  # as in tests/unit/conftest.py: a request's time depends on the machine
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_no_request_is_an_error_of_the_server(demo, data, capfd, caplog):
    routes = sorted(set(routes_of(demo.app.routes)))
    calls = [(path, method) for path, method in routes if "/call/" in path or "/run/" in path]
    tools = [(path, method) for path, method in routes if "/mcp/" in path]
    path, method = data.draw(st.one_of([st.sampled_from(each) for each in (routes, calls, tools)]))
    if path.startswith(OPEN):
        return
    path = re.sub(r"\{[^}]*\}", lambda _: data.draw(PARTS), path)
    body, kind = (data.draw(BODIES), data.draw(KINDS)) if method == "POST" else (None, "")
    query = data.draw(st.one_of(st.just(""), PARTS.map("?session_hash={0}&page={0}".format)))
    with httpx.Client(base_url=demo.local_url, timeout=None) as client:
        sent = client.build_request(method, path + query, content=body)
        sent.headers["Content-Type"] = kind
        answer = client.send(sent)
        assert answer.status_code < 500
        if answer.status_code == 200 and "/call/" in path and method == "POST":
            client.get(f"{path.rstrip('/')}/{answer.json()['event_id']}")
    assert "Traceback" not in capfd.readouterr().err + caplog.text
