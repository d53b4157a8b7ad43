"""A run as JSON: the work, its models and the arguments that a replica gets.

A replica reads no pickles, so that a request from another program cannot run code on it. A call
contains no reader and no token: the process of the page has checked the reader's access and has
downloaded the files.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from ...comparison import compare_runs
from ...extraction import extract
from ...limits import MAX_LOAD_SECONDS
from ...masking import masked_prediction
from ...models.hub.checkpoints import Checkpoint
from ...probe import probe_scores
from ...sweep import sweep_heads
from ...trace.interventions import parse_interventions, spelling_of
from ..engine import Arguments, num_parts

# The functions that a replica runs, by their names.
_WORKS: Mapping[str, Callable[..., object]] = {
    work.__name__: work
    for work in (compare_runs, extract, masked_prediction, probe_scores, sweep_heads)
}


@dataclass(frozen=True)
class Call:
    """One run of a model.

    Attributes:
        work: the function to run.
        checkpoint: the files of the model, in a folder that this process and the replica share.
        arguments: the arguments of the function, without model, tokenizer and functions.
        other: the files of the other model of a comparison, ``None`` if there is none.
    """

    work: Callable[..., object]
    checkpoint: Checkpoint
    arguments: Arguments
    other: Checkpoint | None = None

    @property
    def writes(self) -> bool:
        """Whether the model continues the text before the pass."""
        return bool(self.arguments.get("continue_tokens"))

    @property
    def total_seconds(self) -> float:
        """The seconds that all parts of the work and the loads of its models may take."""
        num_loads = 1 if self.other is None else 2
        return num_parts(self.work) * self.arguments["max_seconds"] + num_loads * MAX_LOAD_SECONDS

    def to_json(self) -> bytes:
        """Return the call as JSON."""
        arguments = dict(self.arguments)
        if "interventions" in arguments:
            arguments["interventions"] = spelling_of(arguments["interventions"])
        return json.dumps(
            {
                "work": self.work.__name__,
                "model": _fields(self.checkpoint),
                "other": None if self.other is None else _fields(self.other),
                "arguments": arguments,
            }
        ).encode("ascii")

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Return the call that ``to_json`` has returned as JSON.

        Raises:
            ValueError: if the data is something else.
        """
        try:
            call: Any = json.loads(data)
            checkpoint = _checkpoint(call["model"])
            other = None if call["other"] is None else _checkpoint(call["other"])
            arguments = dict(call["arguments"])
            work = _WORKS[call["work"]]
        except (KeyError, TypeError, RecursionError) as error:
            raise ValueError("this is not a call") from error
        if "interventions" in arguments:
            arguments["interventions"] = parse_interventions(arguments["interventions"])
        return cls(work, checkpoint, arguments, other)


def _fields(checkpoint: Checkpoint) -> tuple[str, str, str]:
    return checkpoint.model_id, str(checkpoint.folder), checkpoint.revision


def _checkpoint(fields: Iterable[str]) -> Checkpoint:
    model_id, folder, revision = fields
    return Checkpoint(model_id, Path(folder), revision)
