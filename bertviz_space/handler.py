"""The one handler behind the page and behind programs: from ids and texts to a published result.

Four steps, so that a page can say which one is under way; every one may raise a ``SpaceError`` with
the sentence for the reader.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from .attention import Trace
from .extraction import extract
from .hub import Checkpoint
from .inputs import ModelInputs
from .models import LoadedModel, ModelCache
from .store import Store
from .texts.tokens import check_text
from .wire import write_trace, write_weights


@dataclass(frozen=True)
class Request:
    """What a reader or a program asks for.

    Attributes:
        model_id: the model's id.
        text: the text, or the source text.
        text_b: the second text of a pair; blanks mean none.
        target_text: the decoder's text; blanks mean that the model writes it.
        source_language: code of the text's language; blanks mean the tokenizer's own.
        target_language: code of the target text's language, likewise.
        chat: True to wrap the text in the model's chat template.
        start_token: True to put the start token first.
    """

    model_id: str
    text: str
    text_b: str = ""
    target_text: str = ""
    source_language: str = ""
    target_language: str = ""
    chat: bool = False
    start_token: bool = False

    def fitting(self, takes: ModelInputs) -> "Request":
        """The same without what the model does not take, such as a field that is out of sight."""
        return replace(
            self,
            text_b=self.text_b if takes.second_text == "pair" else "",
            target_text=self.target_text if takes.second_text == "target" else "",
            source_language=self.source_language if takes.languages else "",
            target_language=self.target_language if takes.languages else "",
            chat=self.chat and takes.chat_template,
            start_token=self.start_token and takes.start_token is not None,
        )


class Handler:
    """Answers requests with the models and the store of this process."""

    def __init__(self, models: ModelCache, store: Store) -> None:
        self._models = models
        self._store = store

    def inputs(self, model_id: str) -> ModelInputs:
        """What a model takes, known before its weights are here."""
        return self._models.inputs(model_id.strip())

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
            text_b=_or_none(request.text_b),
            target_text=_or_none(request.target_text),
            source_language=_or_none(request.source_language.strip()),
            target_language=_or_none(request.target_language.strip()),
            chat=request.chat,
            start_token=request.start_token,
        )

    def publish(self, trace: Trace, checkpoint: Checkpoint) -> Path:
        """Write what the page draws; returns the manifest's path."""
        folder = self._store.new_folder()
        return write_trace(trace, checkpoint.model_id, checkpoint.revision, folder)

    def publish_weights(self, trace: Trace, checkpoint: Checkpoint) -> Path:
        """Write the weights of all layers for a program; returns the safetensors file's path."""
        path = self._store.new_folder() / "attention.safetensors"
        return write_weights(trace, checkpoint.model_id, checkpoint.revision, path)


def _or_none(text: str) -> str | None:
    return text if text.strip() else None
