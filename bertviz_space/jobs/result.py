"""The result of a request: a summary, and the files that the page draws."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ..files.wire import TraceFiles
from ..trace import Trace
from .request import Request


class ResultKey(NamedTuple):
    """The key of a result: equal requests to the same commit of a model have the same result.

    Attributes:
        request: the request, ``normalized``.
        revision: the commit of the model.
        other_revision: the commit of the model that the request is compared with, ``revision``
            without another model.
    """

    request: Request
    revision: str
    other_revision: str


@dataclass(eq=False)
class Result:
    """The result of one request, whose files are written one after the other.

    Attributes:
        key: ``None`` for the result of a reader's own file, which no other request can have.
        summary: the model, its size and the notes about the texts, as the reader sees them.
        manifest: the path of the manifest, in a folder that only this result uses.
        names: the names of the files in the manifest.
        missing: the names of the files that have not been written yet.
        files: writes the files; ``None`` once the trace is no longer kept in memory.
        num_bytes: the size of the trace in memory.
        is_protected: True if the limits of the cache do not apply to the result.
    """

    key: ResultKey | None
    summary: str
    manifest: Path
    names: tuple[str, ...]
    missing: list[str]
    files: TraceFiles | None
    num_bytes: int
    is_protected: bool = False

    @property
    def folder_name(self) -> str:
        """The name of the result's folder, which cannot be guessed."""
        return self.manifest.parent.name

    @property
    def trace(self) -> Trace | None:
        """The trace, ``None`` once it is no longer kept in memory."""
        return None if self.files is None else self.files.trace
