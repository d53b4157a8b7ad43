"""A local server that answers like the Hub, with every error that the Hub can give."""

import hashlib
import json
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

REVISION = "f" * 40


class Hub(ThreadingHTTPServer):
    """Serve the URLs that the Hub's client requests, and record the requests.

    Attributes:
        models: the folder of each model, by id.
        aliases: the model's id for each other name, such as the name before a model was renamed.
        more: additional fields of the Hub's answer about a model, by id.
        readers: the tokens that may read a gated or private model, by id. Other models need no
            token.
        private: the ids in ``readers`` that are private instead of gated.
        tokens: the valid tokens. A request with any other token is refused.
        troubles: the error to give for a model, by id: ``disabled``, ``busy`` (429), ``broken``
            (500), ``garbled``, ``slow`` (no answer until ``let_go``), ``slow weights`` (no weights
            until ``let_go``), ``cut`` (the connection is reset in the middle of the weights),
            ``short`` (the weights are shorter than listed) or ``busy files`` (429 only for the
            weights).
        wait: headers of a 429 answer.
        let_go: set this event to send the slow answers.
        asked: the paths of the fetched files, ``?`` for a request about a model, and ``may`` for a
            request whether it may be read.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.models: dict[str, Path] = {}
        self.aliases: dict[str, str] = {}
        self.more: dict[str, dict[str, Any]] = {}
        self.readers: dict[str, set[str]] = {}
        self.private: set[str] = set()
        self.tokens: set[str] = set()
        self.troubles: dict[str, str] = {}
        self.wait: dict[str, str] = {}
        self.let_go = threading.Event()
        self.asked: list[str] = []
        self._has_asked = threading.Condition()

    def note(self, request: str) -> None:
        """Add a request to ``asked``."""
        with self._has_asked:
            self.asked.append(request)
            self._has_asked.notify_all()

    def wait_for(self, request: str) -> None:
        """Wait until ``asked`` has a request; a client may give up before the server reads it."""
        with self._has_asked:
            self._has_asked.wait_for(lambda: request in self.asked)

    @property
    def address(self) -> str:
        """The server's URL."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that close the connection."""


class _Handler(BaseHTTPRequestHandler):
    server: Hub  # type: ignore[assignment]

    def do_GET(self) -> None:
        path = unquote(urlparse(self.path).path)
        if self._token() not in {None, *self.server.tokens}:
            message = "Invalid credentials in Authorization header"
            self._answer(401, b"", {"X-Error-Message": message})
            return
        for alias, model_id in self.server.aliases.items():
            about = f"/api/models/{alias}"
            if path == about or path.startswith((f"{about}/", f"/{alias}/")):
                self._redirect(path.replace(alias, model_id, 1), model_id)
                return
        for model_id, folder in self.server.models.items():
            if path == f"/api/models/{model_id}":
                self._answer_about(model_id, folder)
            elif path == f"/api/models/{model_id}/auth-check":
                self.server.note("may")
                if self._may_read(model_id):
                    self._answer(self._status_of(model_id) or 200, b"", self.server.wait)
            elif path == f"/api/models/{model_id}/tree/{REVISION}":
                if self._may_read(model_id):
                    self._answer_json([_entry(folder, file) for file in _files(folder)])
            elif path.startswith(f"/{model_id}/resolve/{REVISION}/"):
                if self._may_read(model_id):
                    name = path.removeprefix(f"/{model_id}/resolve/{REVISION}/")
                    self._answer_file(folder, name, self.server.troubles.get(model_id))
            else:
                continue
            return
        self._answer_not_found()

    do_HEAD = do_GET

    def _token(self) -> str | None:
        """Return the token of the request."""
        said = self.headers.get("Authorization")
        return None if said is None else said.removeprefix("Bearer ")

    def _may_read(self, model_id: str) -> bool:
        """Return whether the token may read a model; if not, send the refusal."""
        readers = self.server.readers.get(model_id)
        if readers is None or self._token() in readers:
            return True
        if model_id in self.server.private:
            self._answer_not_found()
        else:
            status = 401 if self._token() is None else 403
            self._answer(status, b"", {"X-Error-Code": "GatedRepo"})
        return False

    def _answer_not_found(self) -> None:
        """Send the Hub's answer for a model that does not exist or is private."""
        status = 401 if self._token() is None else 404
        self._answer(status, b"", {"X-Error-Code": "RepoNotFound"})

    def _status_of(self, model_id: str) -> int | None:
        """Return the status of the error to send for requests about a model, if any."""
        return {"busy": 429, "broken": 500}.get(self.server.troubles.get(model_id, ""))

    def _answer_about(self, model_id: str, folder: Path) -> None:
        self.server.note("?")
        trouble, is_private = self.server.troubles.get(model_id), model_id in self.server.private
        if is_private and not self._may_read(model_id):
            return
        if trouble == "slow":
            self.server.let_go.wait()
        if status := self._status_of(model_id):
            self._answer(status, b"", self.server.wait)
        elif trouble == "garbled":
            self._answer(200, b"<html>", {"Content-Type": "application/json"})
        elif trouble == "disabled":
            message = "Access to this resource is disabled."
            self._answer(403, b"", {"X-Error-Message": message})
        else:
            gated = "manual" if model_id in self.server.readers and not is_private else False
            info = _info(model_id, folder) | {"gated": gated, "private": is_private}
            self._answer_json(info | self.server.more.get(model_id, {}))

    def _redirect(self, path: str, model_id: str) -> None:
        """Redirect another name to the model's id, if the token may see the model."""
        if model_id in self.server.private and not self._may_read(model_id):
            return
        self._answer(307, b"", {"Location": path})

    def _answer_file(self, folder: Path, name: str, trouble: str | None) -> None:
        file = folder / name
        if not file.is_file():
            self._answer(404, b"", {"X-Error-Code": "EntryNotFound"})
            return
        if self.command == "GET":
            self.server.note(name)
        whole = file.read_bytes()
        digest = hashlib.sha1(whole).hexdigest()
        headers = {"ETag": f'"{digest}"', "X-Repo-Commit": REVISION}
        if file.suffix == ".safetensors" and self.command == "GET":
            match trouble:
                case "slow weights":
                    self.server.let_go.wait()
                case "busy files":
                    self._answer(429, b"", self.server.wait)
                    return
                case "cut":
                    self._answer(200, whole, headers, sent=len(whole) // 2)
                    self._reset()
                    return
                case "short":
                    whole = whole[: len(whole) // 2]
        self._answer(200, whole, headers)

    def _answer_json(self, value: object) -> None:
        self._answer(200, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def _answer(
        self,
        status: int,
        body: bytes,
        headers: dict[str, str] | None = None,
        sent: int | None = None,
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body[:sent])

    def _reset(self) -> None:
        """Reset the connection, so that the client gives up instead of waiting for more data."""
        at_once = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


def _info(model_id: str, folder: Path) -> dict[str, object]:
    config = folder / "config.json"
    return {
        "id": model_id,
        "sha": REVISION,
        "config": json.loads(config.read_text()) if config.exists() else {},
        "siblings": [
            {"rfilename": file.relative_to(folder).as_posix(), "size": file.stat().st_size}
            for file in _files(folder)
        ],
    }


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _entry(folder: Path, file: Path) -> dict[str, object]:
    digest = hashlib.sha1(file.read_bytes()).hexdigest()
    name = file.relative_to(folder).as_posix()
    return {"type": "file", "path": name, "size": file.stat().st_size, "oid": digest}


@contextmanager
def hub_on_this_machine(monkeypatch: Any) -> Iterator[Hub]:
    """Send all of this process's requests to a local Hub until the block ends, without a limit."""
    import huggingface_hub.constants as constants

    server = Hub()
    # A short poll interval lets a test end quickly.
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.setattr(constants, "ENDPOINT", server.address)
    template = server.address + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr("bertviz_space.models.hub.requests.HUB_TIMEOUT", None)
    try:
        yield server
    finally:
        server.let_go.set()
        server.shutdown()
        thread.join()
        server.server_close()
