"""Which responses the server lets browsers keep, and for whom."""

import httpx
import pytest

from bertviz_space.page.published_assets import published_script
from tests.api.clients import get, post


@pytest.mark.parametrize("file", ["page/modules.js", "styles/views.css"])
def test_browsers_cache_only_the_script_and_the_styles_of_the_page(url, file):
    script = published_script()["url"].lstrip("/")
    kept = get(url + script.replace("page/modules.js", file)).raise_for_status()
    assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    for other in ("", "config", script.replace("modules.js", "gone.js")):
        assert "immutable" not in get(url + other).headers.get("Cache-Control", "")


@pytest.mark.parametrize(
    "origin", [{}, {"Origin": "http://127.0.0.1:9"}, {"Origin": "https://a.b"}]
)
def test_a_kept_response_is_not_given_to_a_page_of_another_origin(served_app, origin):
    space, url = served_app
    manifest = space.first.future().result(60).manifest
    script = published_script()["url"].lstrip("/")
    for path in ("", "config", script, f"gradio_api/file={manifest}", "gradio_api/file=gone"):
        response = get(url + path, headers=origin)
        assert "Origin" in response.headers["Vary"].split(", "), path


def test_browsers_keep_no_event_stream(url):
    # A page opens one for most of its runs; tests/browser/test_event_streams.py.
    call = f"{url}gradio_api/call/v2/tokenize"
    started = post(call, json={"model": "tiny-gpt2", "text": "lamp"}).raise_for_status().json()
    for address in (f"{call}/{started['event_id']}", f"{url}gradio_api/heartbeat/caching"):
        with httpx.stream("GET", address, timeout=None) as response:
            assert response.headers["Content-Type"].startswith("text/event-stream")
            assert response.headers["Cache-Control"] == "no-store"
