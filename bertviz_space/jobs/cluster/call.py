"""A run as JSON: the work, the model and the arguments that a replica gets.

A replica reads no pickles, so that a request from another program cannot run code on it. A call
contains no reader and no token: the process of the page has checked the reader's access and has
downloaded the files.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from ...extraction import extract
from ...masking import masked_prediction
from ...models.hub.checkpoints import Checkpoint
from ...probe import probe_scores
from ...sweep import sweep_heads
from ...trace.interventions import parse_interventions, spelling_of
from ..engine import Arguments

# The functions that a replica runs, by their names.
_WORKS: Mapping[str, Callable[..., object]] = {
    work.__name__: work for work in (extract, masked_prediction, probe_scores, sweep_heads)
}


@dataclass(frozen=True)
class Call:
    """One run of a model.

    Attributes:
        work: the function to run.
        checkpoint: the files of the model, in a folder that this process and the replica share.
        arguments: the arguments of the function, without model, tokenizer and functions.
    """

    work: Callable[..., object]
    checkpoint: Checkpoint
    arguments: Arguments

    @property
    def writes(self) -> bool:
        """Whether the model continues the text before the pass."""
        return bool(self.arguments.get("continue_tokens"))

    @property
    def model_name(self) -> str:
        """The model and its commit, which tell Ray Serve what a replica has loaded."""
        return f"{self.checkpoint.model_id}@{self.checkpoint.revision}"

    def to_json(self) -> bytes:
        """Return the call as JSON."""
        checkpoint = self.checkpoint
        arguments = dict(self.arguments)
        if "interventions" in arguments:
            arguments["interventions"] = spelling_of(arguments["interventions"])
        return json.dumps(
            {
                "work": self.work.__name__,
                "model": [checkpoint.model_id, str(checkpoint.folder), checkpoint.revision],
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
            model_id, folder, revision = call["model"]
            arguments = dict(call["arguments"])
            work = _WORKS[call["work"]]
        except (KeyError, TypeError, RecursionError) as error:
            raise ValueError("this is not a call") from error
        if "interventions" in arguments:
            arguments["interventions"] = parse_interventions(arguments["interventions"])
        return cls(work, Checkpoint(model_id, Path(folder), revision), arguments)
