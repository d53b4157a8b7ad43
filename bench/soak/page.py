"""What the page's own script asks the server for, without a browser: many pages at little cost."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self

import httpx

# seconds without a word of the server
_PATIENCE = 120.0


@dataclass(frozen=True)
class Said:
    """How a run ended.

    Attributes:
        text: the line under Run.
        kind: ``status`` or ``error``.
        manifest: the address of the result's manifest, if there is one.
    """

    text: str
    kind: str
    manifest: str | None


@dataclass
class PageClient:
    """One page of one visitor."""

    url: str
    session: str = field(default_factory=lambda: secrets.token_hex(8))

    def __enter__(self) -> Self:
        """Open it."""
        self.http = httpx.Client(base_url=self.url, timeout=_PATIENCE, follow_redirects=True)
        self.http.get("/").raise_for_status()
        config = self.http.get("/config").raise_for_status().json()
        ids = {each["props"].get("elem_id"): each["id"] for each in config["components"]}
        events = config["dependencies"]
        self._run = _id_of(events, [ids["bertviz-run"], "click"])
        self._open = _id_of(events, [ids["bertviz-open"], "upload"])
        self._after = {each["trigger_after"]: each["id"] for each in events}
        return self

    def __exit__(self, *_: object) -> None:
        """Close it; the server is not told more than that."""
        self.http.close()

    def run(self, model: str, text: str, text_b: str = "") -> Said:
        """Press Run, and wait for its end."""
        return self._said(self._run, [model, text, text_b, "", None, None, False, False])

    def open_file(self, name: str, content: bytes) -> Said:
        """Upload a file of tensors, and wait until it is open."""
        answer = self.http.post("/gradio_api/upload", files={"files": (name, content)})
        [path] = answer.raise_for_status().json()
        data = {"path": path, "orig_name": name, "meta": {"_type": "gradio.FileData"}}
        return self._said(self._open, [data])

    def leave_while_running(self, model: str, text: str) -> None:
        """Press Run, and close the page at the first word of it."""
        join = self._join(self._run, [model, text, "", "", None, None, False, False])
        assert join is None
        for _ in self._events():
            return

    def get(self, address: str) -> bytes:
        """Fetch a file of a result."""
        return self.http.get(address).raise_for_status().content

    def _said(self, event: int, data: list[Any]) -> Said:
        refused = self._join(event, data)
        if refused is not None:
            return refused
        line = {"text": "", "kind": "error"}
        for message in self._events():
            output = message.get("output") or {}
            said = (output.get("data") or [None])[0]
            if isinstance(said, dict) and "text" in said:
                line = said
            if message["msg"] == "process_completed":
                if not message["success"]:
                    return Said(output.get("error") or "", "error", None)
                break
        return Said(line["text"], line["kind"], self._manifest(event))

    def _manifest(self, event: int) -> str | None:
        """What the views are told after a run."""
        body = {"fn_index": self._after[event], "session_hash": self.session, "data": [None]}
        answer = self.http.post("/gradio_api/run/predict", json=body).raise_for_status().json()
        shown = answer["data"][0]
        return shown["manifest"]["url"].removeprefix(self.url) if shown else None

    def _join(self, event: int, data: list[Any]) -> Said | None:
        """Ask for a run; what is said where it is refused."""
        body = {"data": data, "fn_index": event, "session_hash": self.session}
        answer = self.http.post("/gradio_api/queue/join", json=body)
        if answer.status_code == 503:
            return Said(answer.json().get("detail", ""), "error", None)
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
