"""A client that sends the requests of the page without a browser, so that many can run at once."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self

import httpx

# seconds without data from the server after which a request fails.
_TIMEOUT = 120.0


@dataclass(frozen=True)
class Ending:
    """How a run ended.

    Attributes:
        text: the message under Run.
        kind: the kind of the message, ``status`` or ``error``.
        manifest: the path of the manifest's URL; ``None`` without a result.
    """

    text: str
    kind: str
    manifest: str | None


@dataclass
class PageClient:
    """One open page of one visitor."""

    url: str
    session: str = field(default_factory=lambda: secrets.token_hex(8))

    def __enter__(self) -> Self:
        """Open the page."""
        self.http = httpx.Client(base_url=self.url, timeout=_TIMEOUT, follow_redirects=True)
        self.http.get("/").raise_for_status()
        config = self.http.get("/config").raise_for_status().json()
        ids = {each["props"].get("elem_id"): each["id"] for each in config["components"]}
        events = config["dependencies"]
        self._run = _id_of(events, [ids["bertviz-run"], "click"])
        self._open = _id_of(events, [ids["bertviz-open"], "upload"])
        props = {each["id"]: each["props"] for each in config["components"]}
        inputs = next(each["inputs"] for each in events if each["id"] == self._run)
        self._fields = [props[each] for each in inputs]
        self._after = {each["trigger_after"]: each["id"] for each in events}
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections, as a browser does that leaves the page."""
        self.http.close()

    def run(self, model: str, text: str, text_b: str = "") -> Ending:
        """Press Run, and wait until the run has ended."""
        return self._ending(self._run, self._values(model, text, text_b))

    def open_file(self, name: str, content: bytes) -> Ending:
        """Upload a file of tensors, and wait until it is opened or refused."""
        answer = self.http.post("/gradio_api/upload", files={"files": (name, content)})
        [path] = answer.raise_for_status().json()
        data = {"path": path, "orig_name": name, "meta": {"_type": "gradio.FileData"}}
        return self._ending(self._open, [data])

    def leave_while_running(self, model: str, text: str) -> None:
        """Press Run, and close the page after the first message of the server."""
        join = self._join(self._run, self._values(model, text))
        assert join is None
        for _ in self._events():
            return

    def get(self, url: str) -> bytes:
        """Return the content of a file of a result."""
        return self.http.get(url).raise_for_status().content

    def _values(self, model: str, text: str, text_b: str = "") -> list[Any]:
        """Return the values of all fields of the page, of which the visitor has filled in three."""
        typed = {"bertviz-model": model, "bertviz-text": text, "bertviz-second-text": text_b}
        return [typed.get(each["elem_id"], each.get("value")) for each in self._fields]

    def _ending(self, event: int, data: list[Any]) -> Ending:
        refused = self._join(event, data)
        if refused is not None:
            return refused
        line = {"text": "", "kind": "error"}
        for message in self._events():
            output = message.get("output") or {}
            value = (output.get("data") or [None])[0]
            if isinstance(value, dict) and "text" in value:
                line = value
            if message["msg"] == "process_completed":
                if not message["success"]:
                    return Ending(output.get("error") or "", "error", None)
                break
        return Ending(line["text"], line["kind"], self._manifest(event))

    def _manifest(self, event: int) -> str | None:
        """Return the path of the manifest that the views get after a run."""
        body = {"fn_index": self._after[event], "session_hash": self.session, "data": [None]}
        answer = self.http.post("/gradio_api/run/predict", json=body).raise_for_status().json()
        result = answer["data"][0]
        return result["manifest"]["url"].removeprefix(self.url) if result else None

    def _join(self, event: int, data: list[Any]) -> Ending | None:
        """Start an event; return its ending if the server refuses it."""
        body = {"data": data, "fn_index": event, "session_hash": self.session}
        answer = self.http.post("/gradio_api/queue/join", json=body)
        if answer.status_code == 503:
            return Ending(answer.json().get("detail", ""), "error", None)
        answer.raise_for_status()
        return None

    def _events(self) -> Iterator[dict[str, Any]]:
        with self.http.stream(
            "GET", "/gradio_api/queue/data", params={"session_hash": self.session}
        ) as stream:
            for line in stream.iter_lines():
                if line.startswith("data:"):
                    yield json.loads(line[5:])


def _id_of(events: list[dict[str, Any]], target: list[Any]) -> int:
    return next(each["id"] for each in events if target in each["targets"])
