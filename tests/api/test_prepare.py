"""The server function that prepares files accepts any value and gives access to nothing else."""

import pytest

from tests.api.clients import get, post


@pytest.fixture(scope="module")
def prepare(url):
    """Return a function that calls the server function as the page does, with any value."""
    components = get(f"{url}config").json()["components"]
    [view, *_] = [each for each in components if "prepare" in each["props"].get("server_fns", [])]

    def prepare(data):
        body = {
            "data": data,
            "component_id": view["id"],
            "session_hash": "anything",
            "fn_name": "prepare",
        }
        return post(f"{url}gradio_api/component_server/", json=body)

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
def test_the_answer_is_false_for_anything_but_a_file_of_a_result(prepare, data, capfd):
    answer = prepare(data)
    assert (answer.status_code, answer.json()) == (200, False)
    assert "Traceback" not in capfd.readouterr().err
