"""The endpoints, called with curl alone, as the Hub's ``agents.md`` of a Gradio Space describes."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file

TEXT = "The cat sat on the mat"


def curl(*arguments: str) -> str:
    """Return what curl prints."""
    if shutil.which("curl") is None:
        pytest.fail("These tests need curl. Install it (Debian: apt-get install curl).")
    command = ["curl", "--silent", "--show-error", "--no-buffer", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def call(url: str, route: str, body: object) -> tuple[str, Any]:
    """Call an endpoint; return the name and the data of the last event of its stream."""
    address = f"{url}gradio_api/{route}"
    header = "Content-Type: application/json"
    started = json.loads(curl("-X", "POST", address, "-H", header, "-d", json.dumps(body)))
    stream = curl("-N", f"{address}/{started['event_id']}")
    event, data = stream.strip().split("\n\n")[-1].split("\n")
    return event.removeprefix("event: "), json.loads(data.removeprefix("data: "))


def test_the_description_of_the_endpoints_names_their_parameters(url):
    schema = json.loads(curl(f"{url}gradio_api/info"))
    described = schema["named_endpoints"]["/describe_attention"]
    names = [each["parameter_name"] for each in described["parameters"]]
    assert names[:2] == ["model", "text"]
    assert {"layer", "head", "position", "score"} <= set(names)


def test_named_parameters_are_answered_by_an_event_stream(url):
    body = {"model": "tiny-gpt2", "text": TEXT, "layer": 1, "head": 0, "position": 5}
    event, [described] = call(url, "call/v2/describe_attention", body)
    assert event == "complete"
    assert described["attends_to"]["token"] == {"position": 5, "text": " mat"}
    assert described["attends_to"]["total"] == 1.0


def test_positional_parameters_are_answered_with_the_url_of_a_file(url, tmp_path: Path):
    body = {"data": ["tiny-gpt2", TEXT, "", "", "", "", False, False, [1], None, 0, None, 1, 0, ""]}
    event, [tokens, file] = call(url, "call/attention", body)
    assert event == "complete"
    path = tmp_path / file["orig_name"]
    curl("-o", str(path), file["url"])
    assert load_file(path)["self"].shape == (1, 4, len(tokens), len(tokens))


def test_an_error_is_an_event_with_the_message_for_the_reader(url):
    event, error = call(url, "call/v2/view", {"model": "tiny-gpt2", "text": " "})
    assert event == "error"
    assert error["error"] == "Enter some text first."
