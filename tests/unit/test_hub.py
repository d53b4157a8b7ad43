"""What is asked of the Hub, and in which order: held against a Hub of our own on this machine."""

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlparse

import huggingface_hub.constants
import pytest

from bertviz_space.errors import AttentionUnavailable, ModelUnavailable, UnknownModel
from bertviz_space.inputs import ModelInputs
from bertviz_space.models import ModelCache
from tests.unit.tiny_models import KINDS

REVISION = "f" * 40


class Hub(ThreadingHTTPServer):
    """The few addresses that the Hub's client asks for, and what it asked.

    Attributes:
        models: the folder of each id.
        asked: the names of the files that were fetched, and ``?`` for the question about a model.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.models: dict[str, Path] = {}
        self.asked: list[str] = []


class _Handler(BaseHTTPRequestHandler):
    server: Hub  # type: ignore[assignment]

    def do_GET(self) -> None:
        path = unquote(urlparse(self.path).path)
        for model_id, folder in self.server.models.items():
            if path == f"/api/models/{model_id}":
                self.server.asked.append("?")
                self._answer_json(_info(model_id, folder))
                return
            if path == f"/api/models/{model_id}/tree/{REVISION}":
                self._answer_json([_entry(file) for file in sorted(folder.iterdir())])
                return
            file = folder / Path(path).name
            if path.startswith(f"/{model_id}/resolve/{REVISION}/") and file.is_file():
                self._answer_file(file)
                return
        # The Hub answers so for what does not exist, or is private.
        self._answer(401, b"", {"X-Error-Code": "RepoNotFound"})

    do_HEAD = do_GET

    def _answer_file(self, file: Path) -> None:
        if self.command == "GET":
            self.server.asked.append(file.name)
        digest = hashlib.sha1(file.read_bytes()).hexdigest()
        self._answer(200, file.read_bytes(), {"ETag": f'"{digest}"', "X-Repo-Commit": REVISION})

    def _answer_json(self, value: object) -> None:
        self._answer(200, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _info(model_id: str, folder: Path) -> dict[str, object]:
    config = json.loads((folder / "config.json").read_text())
    return {
        "id": model_id,
        "sha": REVISION,
        "config": {"model_type": config["model_type"]},
        "siblings": [
            {"rfilename": file.name, "size": file.stat().st_size} for file in folder.iterdir()
        ],
    }


def _entry(file: Path) -> dict[str, object]:
    digest = hashlib.sha1(file.read_bytes()).hexdigest()
    return {"type": "file", "path": file.name, "size": file.stat().st_size, "oid": digest}


@pytest.fixture
def hub(monkeypatch) -> Iterator[Hub]:
    server = Hub()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{server.server_address[1]}"
    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", address)
    template = address + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(huggingface_hub.constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def t5(hub, tmp_path) -> str:
    folder = tmp_path / "t5"
    KINDS["t5"].build().save_pretrained(folder)
    KINDS["t5"].tokenizer().save_pretrained(folder)
    (folder / "pytorch_model.bin").write_bytes(b"a pickle")
    model_id = f"someone/{tmp_path.name}"  # of this test alone: all share one cache
    hub.models[model_id] = folder
    return model_id


def test_what_a_model_takes_is_known_without_its_weights(hub, t5):
    models = ModelCache()
    assert models.inputs(t5) == ModelInputs("target")
    assert hub.asked[0] == "?"
    assert set(hub.asked[1:]) == {
        "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json",
    }  # fmt: skip
    hub.asked.clear()
    assert models.inputs(t5) == ModelInputs("target")
    assert hub.asked == []


def test_a_run_fetches_the_weights_and_nothing_twice(hub, t5):
    models = ModelCache()
    models.inputs(t5)
    hub.asked.clear()
    loaded = models.get(t5)
    assert hub.asked == ["?", "model.safetensors"]
    assert loaded.checkpoint.revision == REVISION
    hub.asked.clear()
    assert ModelCache().get(t5)
    assert hub.asked == ["?"]


def test_a_model_without_attention_is_refused_before_anything_is_fetched(hub, tmp_path):
    folder = tmp_path / "fnet"
    folder.mkdir()
    (folder / "config.json").write_text('{"model_type": "fnet"}')
    (folder / "model.safetensors").write_bytes(b"weights")
    hub.models["someone/fnet"] = folder
    for ask in (ModelCache().inputs, ModelCache().get):
        hub.asked.clear()
        with pytest.raises(AttentionUnavailable, match="FNet mixes its tokens"):
            ask("someone/fnet")
        assert hub.asked == ["?"]


def test_an_id_that_the_hub_does_not_know_says_so(hub):
    with pytest.raises(UnknownModel, match="The Hub has no model someone/else"):
        ModelCache().inputs("someone/else")


def test_without_the_hub_what_was_fetched_is_found_again(hub, t5, monkeypatch):
    assert ModelCache().inputs(t5)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    assert ModelCache().inputs(t5) == ModelInputs("target")
    with pytest.raises(ModelUnavailable, match="Try again"):
        ModelCache().get(t5)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    assert ModelCache().get(t5)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    assert ModelCache().get(t5).checkpoint.revision == REVISION
