"""The one handler behind the page and behind programs: from ids and texts to a published result."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .attention import Trace
from .extraction import extract
from .hub import Checkpoint
from .models import ModelCache
from .store import Store
from .tokens import check_text
from .wire import write_trace, write_weights


@dataclass(frozen=True)
class Request:
    """What a reader or a program asks for; an empty second text means none."""

    model_id: str
    text: str
    text_b: str = ""
    target_text: str = ""


class Handler:
    """Answers requests with the models and the store of this process."""

    def __init__(self, models: ModelCache, store: Store) -> None:
        self._models = models
        self._store = store

    def publish(
        self, request: Request, say: Callable[[str], None]
    ) -> tuple[Trace, Checkpoint, Path]:
        """Extract, and write what the page draws.

        Args:
            request: model and texts.
            say: called with what is being done, for the reader.

        Returns:
            The trace, the model that made it, and the path of the manifest.

        Raises:
            SpaceError: with the sentence for the reader.
        """
        trace, checkpoint = self._trace(request, say)
        say("Writing the result")
        folder = self._store.new_folder()
        manifest = write_trace(trace, checkpoint.model_id, checkpoint.revision, folder)
        return trace, checkpoint, manifest

    def publish_weights(self, request: Request) -> tuple[Trace, Path]:
        """Extract, and write the weights of all layers for a program.

        Returns:
            The trace and the path of a safetensors file, see ``wire.write_weights``.

        Raises:
            SpaceError: with the sentence for the reader.
        """
        trace, checkpoint = self._trace(request, lambda _: None)
        path = self._store.new_folder() / "attention.safetensors"
        return trace, write_weights(trace, checkpoint.model_id, checkpoint.revision, path)

    def _trace(self, request: Request, say: Callable[[str], None]) -> tuple[Trace, Checkpoint]:
        check_text(request.text)
        loaded = self._models.get(request.model_id, say)
        say("Running the model")
        trace = extract(
            loaded.model,
            loaded.tokenizer,
            request.text,
            text_b=request.text_b if request.text_b.strip() else None,
            target_text=request.target_text if request.target_text.strip() else None,
        )
        return trace, loaded.checkpoint
