"""What anyone may send to the function that has files made: it is no way to anything else."""

import httpx2
import pytest


@pytest.fixture(scope="module")
def prepare(url):
    """A function that calls the page's server function as loader.js does, with anything."""
    components = httpx2.get(f"{url}config").json()["components"]
    [view, *_] = [each for each in components if "prepare" in each["props"].get("server_fns", [])]

    def prepare(data):
        body = {
            "data": data,
            "component_id": view["id"],
            "session_hash": "anything",
            "fn_name": "prepare",
        }
        return httpx2.post(f"{url}gradio_api/component_server/", json=body)

    return prepare


@pytest.mark.parametrize(
    "data",
    [
        "http://127.0.0.1/gradio_api/file=/tmp/gradio/bertviz-space/unknown/self-0.safetensors",
        "unknown/self-0.safetensors",
        "../self-0.safetensors",
        "/etc/passwd",
        "self-0.safetensors",
        "http://[/x",
        "",
        None,
        7,
        ["a/b", "c/d"],
        {"url": "a/b"},
    ],
)
def test_what_is_no_file_of_a_result_is_answered_with_false(prepare, data, capfd):
    answer = prepare(data)
    assert (answer.status_code, answer.json()) == (200, False)
    assert "Traceback" not in capfd.readouterr().err
