"""The one handler behind the page and behind programs: from ids and texts to a published result.

Its steps are apart, so that a page can say which one is under way; every one may raise a
``SpaceError`` with the sentence for the reader. Whatever is published may be refused by the disk
(``ResultNotWritten``): nothing of it is left then.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..cancellation import always
from ..errors import TextTooLong
from ..extraction import extract
from ..files.html import page_of
from ..files.svg.picture import picture_of
from ..files.tensor_export import ALL, LayersAndHeads, weights_bytes, write_query_key, write_weights
from ..files.tensor_import.trace_reader import read_trace
from ..files.view_request import ViewRequest
from ..files.wire import TraceFiles
from ..files.writing import disk_errors, write_text
from ..limits import MAX_PAGE_BYTES, MAX_WEIGHTS_BYTES
from ..machine import max_run_seconds, on_zero_gpu
from ..models.cache import ModelCache
from ..models.hub.access import ANONYMOUS, Reader
from ..models.hub.checkpoints import Checkpoint
from ..models.hub.progress import Progress, ignore_progress
from ..models.loading import LoadedModel
from ..models.options import ModelOptions
from ..texts.reading import Texts, read_texts
from ..texts.tokenization import check_text
from ..trace import Trace
from .result_cache import Result, Results, trace_bytes
from .store import Store
from .summary import model_name, summary
from .zero_gpu import extracting_on_loan


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

    def fitting(self, takes: ModelOptions) -> "Request":
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
    """Answers requests with the models, the results and the store of this process.

    Whether a reader may read a model is seen by ``inputs``, ``read`` and ``load``, for each request
    anew. All else takes the ``LoadedModel`` that ``load`` gave for the same request, so that a kept
    result goes to nobody else; its key is the same for all readers. A file of a result is had by
    its address, which nobody can guess: its reader may hand it on, as the picture itself.

    Attributes:
        results: what was answered.
    """

    def __init__(self, models: ModelCache, store: Store) -> None:
        self._models = models
        self._store = store
        self._extract_on_loan = extracting_on_loan() if on_zero_gpu() else None
        self.results = Results(store)

    def inputs(self, model_id: str, reader: Reader = ANONYMOUS) -> ModelOptions:
        """What a model takes, known before its weights are here, for one who may read it."""
        return self._models.options(model_id.strip(), reader)

    def load(
        self,
        request: Request,
        on_progress: Progress = ignore_progress,
        reader: Reader = ANONYMOUS,
        is_wanted: Callable[[], bool] = always,
    ) -> LoadedModel:
        """The model, fetched and loaded where it is not there yet; not for a text that is none.

        A load cannot be interrupted, and others may wait for it too: it goes on in a thread of its
        own, and who no longer wants it does not wait for it.

        Args:
            request: what is asked for.
            on_progress: told how far the download is, if there is one.
            reader: who asks.
            is_wanted: asked now and then.

        Raises:
            RunStopped: once ``is_wanted`` says False.
            LoadTooLong: once the load, or another one before it, has exceeded its time.
        """
        check_text(request.text)
        with self.results.run_under_way():
            return self._models.get(request.model_id.strip(), on_progress, reader, is_wanted)

    def kept(self, request: Request, loaded: LoadedModel) -> Result | None:
        """The result of such a request to the same commit of the model, if it was answered."""
        return self.results.get(_key(request, loaded.checkpoint))

    def trace(
        self, request: Request, loaded: LoadedModel, is_wanted: Callable[[], bool] = always
    ) -> Trace:
        """The trace of such a request, kept in memory or of a pass now, as ``run`` makes it."""
        kept = self.kept(request, loaded)
        files = None if kept is None else kept.files
        return self.run(request, loaded, is_wanted) if files is None else files.trace

    def run(
        self, request: Request, loaded: LoadedModel, is_wanted: Callable[[], bool] = always
    ) -> Trace:
        """One forward pass on the request's texts, within the time that a run may take.

        Args:
            request: what is asked for.
            loaded: the model that it names.
            is_wanted: asked before each layer.

        Raises:
            RunStopped: once ``is_wanted`` says False.
            RunTooLong: once the time is over.
        """
        arguments = {"text": request.text, **_options(request), "max_seconds": max_run_seconds()}
        with self.results.run_under_way():
            if self._extract_on_loan is not None:
                return self._extract_on_loan(loaded.checkpoint, arguments)
            return extract(loaded.model, loaded.tokenizer, **arguments, is_wanted=is_wanted)

    def read(self, request: Request, reader: Reader = ANONYMOUS) -> Texts:
        """The request's texts as ``run`` would hand them to the model, without its weights.

        They are for one who may read it. A target text that the model would write itself is not
        among them.
        """
        check_text(request.text)
        outline = self._models.outline(request.model_id.strip(), reader)
        options = _options(request)
        return read_texts(
            outline.model, outline.tokenizer, request.text, **options
        ).with_generation_note()

    def publish(self, request: Request, trace: Trace, checkpoint: Checkpoint) -> Result:
        """Write what the page draws first, and keep the trace for the rest."""
        said = summary(trace, model_name(checkpoint))
        with self._store.filled_folder() as folder:
            files = TraceFiles(trace, checkpoint.model_id, checkpoint.revision, folder)
            return self.results.add(_key(request, checkpoint), said, files)

    def publish_file(self, path: Path, is_wanted: Callable[[], bool] = always) -> Result:
        """Write what the page draws of a reader's own file of tensors.

        Args:
            path: of the file.
            is_wanted: asked between two steps.

        Raises:
            TensorsUnreadable: if it does not hold what it should.
            RunStopped: once ``is_wanted`` says False.
        """
        with self.results.run_under_way():
            trace = read_trace(path, is_wanted)
        with self._store.filled_folder() as folder:
            files = TraceFiles(trace, path.name, "", folder)
            # The key equals no other, because nobody asks for the same file again.
            return self.results.add(object(), summary(trace, path.name), files)

    def publish_weights(
        self, trace: Trace, checkpoint: Checkpoint, selection: LayersAndHeads = ALL
    ) -> Path:
        """Write weights for a program; returns the safetensors file's path.

        Raises:
            NoSuchHead: if the model has not what is selected.
            TextTooLong: if they are more than ``MAX_WEIGHTS_BYTES``.
        """
        num_bytes = weights_bytes(trace, selection)
        if num_bytes > MAX_WEIGHTS_BYTES:
            raise TextTooLong(
                f"The weights of {len(trace.source):,} tokens are {num_bytes / 1e9:.1f} GB, and an "
                f"answer may have {MAX_WEIGHTS_BYTES / 1e9:.1f} GB. Shorten the text, or ask for "
                "fewer layers or heads."
            )
        with self._store.filled_folder() as folder:
            path = folder / "attention.safetensors"
            return write_weights(trace, selection, checkpoint.model_id, checkpoint.revision, path)

    def publish_page(self, trace: Trace, checkpoint: Checkpoint, shown: ViewRequest) -> Path:
        """Write a view as a page that needs no server; returns the HTML file's path.

        Of a long text, whose layers would be too large together, it holds one layer alone.

        Raises:
            NoSuchAttentionPart, NoSuchHead: if the trace has not what is to be shown.
        """
        _, layer, _ = shown.resolve(trace)
        with disk_errors(), TemporaryDirectory() as folder:
            files = TraceFiles(trace, checkpoint.model_id, checkpoint.revision, Path(folder))
            is_small = trace_bytes(trace) <= MAX_PAGE_BYTES
            on_view = files.names_for(layer.layer, shown.view == "model")
            names = files.names if is_small else on_view
            for name in names:
                files.write(name)
            held = {name: (files.folder / name).read_bytes() for name in names}
            link = shown.link_query(layer.layer)
            page = page_of(shown.view, link, files.manifest(), held)
        with self._store.filled_folder() as folder:
            return write_text(folder / f"{shown.view}.html", page)

    def publish_picture(self, trace: Trace, checkpoint: Checkpoint, shown: ViewRequest) -> Path:
        """Write a view as a picture; returns the SVG file's path.

        Raises:
            NoSuchAttentionPart, NoSuchHead: if the trace has not what is to be shown.
            TextTooLong: if it is too much for a picture.
        """
        picture = picture_of(shown, trace, checkpoint.model_id, checkpoint.revision)
        with self._store.filled_folder() as folder:
            return write_text(folder / f"{shown.view}.svg", picture)

    def publish_query_key(
        self, trace: Trace, checkpoint: Checkpoint, selection: LayersAndHeads = ALL
    ) -> Path:
        """Write query and key vectors for a program; returns the safetensors file's path.

        Raises:
            NoSuchHead: if the model has not what is selected.
        """
        with self._store.filled_folder() as folder:
            path = folder / "query_key.safetensors"
            return write_query_key(trace, selection, checkpoint.model_id, checkpoint.revision, path)


def _key(request: Request, checkpoint: Checkpoint) -> Hashable:
    """Equal for requests of which ``run`` makes the same."""
    plain = replace(
        request,
        model_id=checkpoint.model_id,
        text_b=_or_none(request.text_b) or "",
        target_text=_or_none(request.target_text) or "",
        source_language=request.source_language.strip(),
        target_language=request.target_language.strip(),
    )
    return plain, checkpoint.revision


def _options(request: Request) -> dict[str, Any]:
    """What ``extract`` and ``read_texts`` take beside the model and the text."""
    return {
        "text_b": _or_none(request.text_b),
        "target_text": _or_none(request.target_text),
        "source_language": _or_none(request.source_language.strip()),
        "target_language": _or_none(request.target_language.strip()),
        "chat": request.chat,
        "start_token": request.start_token,
    }


def _or_none(text: str) -> str | None:
    return text if text.strip() else None
