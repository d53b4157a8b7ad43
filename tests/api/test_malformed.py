"""What no route can read is refused with a sentence, and leaves no traceback."""

import json
import tempfile
from pathlib import Path

import httpx
import pytest
from gradio.utils import get_upload_folder

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
def test_what_gradio_cannot_read_is_refused(url, route, body, kind, capfd, caplog):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = httpx.post(f"{url}gradio_api/{route}", content=content, headers={"Content-Type": kind})
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("The Space cannot read this request")
    assert "Traceback" not in capfd.readouterr().err + caplog.text
    assert "cannot read POST" in caplog.text


FILE = b'--x\r\nContent-Disposition: form-data; name="video"; filename="f"\r\n\r\nabc'


@pytest.mark.parametrize("end", [b"", b"\r\n--x--\r\n"])
@pytest.mark.parametrize("route", ["component_server", "component_server/", "process_recording"])
@pytest.mark.parametrize("kind", ["multipart/form-data", "Multipart/Form-Data"])
def test_no_file_is_left_of_a_form_that_nobody_takes(url, route, end, kind, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    headers = {"Content-Type": f"{kind}; boundary=x"}
    answer = httpx.post(f"{url}gradio_api/{route}", content=FILE + end, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("The Space cannot read this request")
    assert list(tmp_path.iterdir()) == []


def test_a_cut_short_upload_is_left_where_uploads_are_swept(url):
    folder = Path(get_upload_folder())
    before = set(folder.iterdir()) if folder.exists() else set()
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    httpx.post(f"{url}gradio_api/upload", content=FILE, headers=headers)
    [left] = set(folder.iterdir()) - before
    assert left.is_file()
    left.unlink()


def test_what_gradio_refuses_itself_is_left_to_it(url):
    [component, *_] = httpx.get(f"{url}config").json()["components"]
    named = {**FUNCTION, "component_id": component["id"], "fn_name": "os.system"}
    assert httpx.post(f"{url}gradio_api/component_server/", json=named).status_code == 404
    assert httpx.post(f"{url}gradio_api/queue/join", json=[]).status_code == 422
    assert httpx.get(f"{url}gradio_api/file=/etc/passwd").status_code == 403
