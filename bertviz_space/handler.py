"""The one handler behind the page and behind programs: from ids and texts to a published result.

Four steps, so that a page can say which one is under way; every one may raise a ``SpaceError`` with
the sentence for the reader.
"""

from dataclasses import dataclass
from pathlib import Path

from .attention import Trace
from .extraction import extract
from .hub import Checkpoint
from .models import LoadedModel, ModelCache
from .store import Store
from .tokens import check_text
from .wire import write_trace, write_weights


@dataclass(frozen=True)
class Request:
    """What a reader or a program asks for; a second text of blanks means none."""

    model_id: str
    text: str
    text_b: str = ""
    target_text: str = ""


class Handler:
    """Answers requests with the models and the store of this process."""

    def __init__(self, models: ModelCache, store: Store) -> None:
        self._models = models
        self._store = store

    def load(self, request: Request) -> LoadedModel:
        """The model, fetched and loaded where it is not there yet; not for a text that is none."""
        check_text(request.text)
        return self._models.get(request.model_id.strip())

    def run(self, request: Request, loaded: LoadedModel) -> Trace:
        """One forward pass on the request's texts."""
        return extract(
            loaded.model,
            loaded.tokenizer,
            request.text,
            text_b=request.text_b if request.text_b.strip() else None,
            target_text=request.target_text if request.target_text.strip() else None,
        )

    def publish(self, trace: Trace, checkpoint: Checkpoint) -> Path:
        """Write what the page draws; returns the manifest's path."""
        folder = self._store.new_folder()
        return write_trace(trace, checkpoint.model_id, checkpoint.revision, folder)

    def publish_weights(self, trace: Trace, checkpoint: Checkpoint) -> Path:
        """Write the weights of all layers for a program; returns the safetensors file's path."""
        path = self._store.new_folder() / "attention.safetensors"
        return write_weights(trace, checkpoint.model_id, checkpoint.revision, path)
