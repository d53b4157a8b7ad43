"""Answers requests of the page and of programs with the models and results of this process."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, overload

from ..comparison import compare_runs
from ..extraction import extract
from ..files.tensor_import.trace_reader import read_trace
from ..files.wire import TraceFiles
from ..machine import max_run_seconds, on_zero_gpu
from ..masking import masked_prediction
from ..models.cache import ModelCache
from ..models.hub.access import ANONYMOUS, Reader
from ..models.hub.checkpoints import Checkpoint
from ..models.loading import LoadedModel
from ..models.options import ModelOptions
from ..probe import probe_scores
from ..sweep import Sweep, sweep_heads
from ..texts.reading import Texts, read_texts
from ..texts.tokenization import check_text
from ..trace import Component, Predictions, Trace
from ..trace.repeated_tokens import Probe
from .caller import Caller
from .comparable_models import check_comparable
from .engine import Arguments, Engine, ModelRun, ThisProcess
from .probe_cache import ProbeCache
from .request import Request
from .result import Result, ResultKey
from .result_cache import ResultCache
from .store import Store
from .summary import model_name, summary
from .zero_gpu import ZeroGpu

# Characters at the end of a written text that the page shows while the model writes.
_REPORTED_CHARACTERS = 160

_Exported = TypeVar("_Exported")
_Answer = TypeVar("_Answer")

# Writes files for a program: receives the trace, its model, and an empty folder.
Export = Callable[[Trace, Checkpoint, Path], _Exported]


class Handler:
    """Answers requests.

    Every method checks that the reader may read the model, before it looks for a kept result, whose
    key contains no reader. Anyone who knows the URL of a result's file can read the file; the URL
    cannot be guessed.

    Args:
        models: finds and loads models.
        store: the folder of the results.
        engine: runs the models; by default, ZeroGPU on a Space that has it, else this process.

    Attributes:
        results: the results that are kept.
    """

    def __init__(self, models: ModelCache, store: Store, engine: Engine | None = None) -> None:
        self._models = models
        self._store = store
        self._engine = engine or (ZeroGpu() if on_zero_gpu() else ThisProcess())
        self._probes = ProbeCache()
        self.results = ResultCache(store)

    @overload
    def answer(
        self, request: Request, caller: Caller, *, ignore_unsupported: bool = ...
    ) -> Result: ...

    @overload
    def answer(self, request: Request, caller: Caller, export: Export[_Exported]) -> _Exported: ...

    def answer(
        self,
        request: Request,
        caller: Caller,
        export: Export[_Exported] | None = None,
        ignore_unsupported: bool = False,
    ) -> Result | _Exported:
        """Load the model, look in the result cache, extract the attention, and write files of it.

        Args:
            request: the model and the texts.
            caller: receives a message at the beginning of each step, and can cancel the request.
            export: writes the files of a program's answer. Without it the answer is a ``Result``,
                which the page draws and which is kept for equal requests.
            ignore_unsupported: True to ignore options that the model does not support; otherwise
                they are an error.

        Raises:
            SpaceError: with a message for the reader, from any step.
            RunStopped: a ``SpaceError`` too, once the request is canceled.
            ResultNotWritten: a ``SpaceError`` too, if the disk does not accept a file. No file of
                the answer is left in this case.
        """
        for text in (request.text, request.other().text):
            check_text(text)  # before any download
        loaded = self._load(request.model_id, caller)
        if ignore_unsupported:
            request = request.supported_by(loaded.options)
        request.check()
        checkpoint = loaded.checkpoint
        other = self._load_other(request, loaded, caller)
        key = ResultKey(
            request.normalized(checkpoint.model_id, other.checkpoint.model_id),
            checkpoint.revision,
            other.checkpoint.revision,
        )
        kept = self.results.get(key)
        if kept is not None and export is None:
            return kept
        trace = None if kept is None else kept.trace
        if trace is None:
            trace = self._trace(key.request, loaded, other, caller)
            if caller.stop_writing.is_requested and trace.written_from is not None:
                # An equal text is the result of a request for as many tokens as were written.
                num_written = len(trace.source) - trace.written_from
                key = key._replace(request=replace(key.request, continue_tokens=num_written))
        caller.report("Writing the result …")
        with self._store.filled_folder() as folder:
            if export is not None:
                return export(trace, checkpoint, folder)
            files = TraceFiles(trace, checkpoint.model_id, checkpoint.revision, folder)
            return self.results.add(key, summary(trace, model_name(checkpoint)), files)

    def probe(self, model_id: str, caller: Caller) -> tuple[Probe, Checkpoint]:
        """Return the scores of a causal model on repeated random tokens, and the model's commit.

        Raises:
            SpaceError: with a message for the reader, from any step.
            RunStopped: a ``SpaceError`` too, once the request is canceled.
        """
        loaded = self._load(model_id, caller)

        def run() -> Probe:
            caller.report(f"Running {loaded.checkpoint.model_id} on random tokens …")
            return self._run(probe_scores, loaded, {}, caller)

        probe = self._probes.get(loaded.checkpoint, run, caller.cancellation)
        return probe, loaded.checkpoint

    def masked_prediction(self, request: Request, position: int, caller: Caller) -> Predictions:
        """Return what a masked model predicts for one token that is masked.

        Raises:
            SpaceError: with a message for the reader, from any step.
            RunStopped: a ``SpaceError`` too, once the request is canceled.
        """
        check_text(request.text)
        loaded = self._load(request.model_id, caller)
        caller.report(f"Running {loaded.checkpoint.model_id} on the masked text …")
        of_request = request.arguments()
        arguments = {name: of_request[name] for name in ("text_b", "chat", "start_token")}
        arguments |= {"text": request.text, "position": position}
        return self._run(masked_prediction, loaded, arguments, caller)

    def sweep(
        self,
        request: Request,
        caller: Caller,
        *,
        position: int | None = None,
        token_id: int | None = None,
        component: Component | None = None,
        layers: Sequence[int] | None = None,
    ) -> Sweep:
        """Return the effect of each head on one prediction, see ``sweep_heads``.

        Raises:
            SpaceError: with a message for the reader, from any step.
            RunStopped: a ``SpaceError`` too, once the request is canceled.
        """
        check_text(request.text)
        request.check()
        loaded = self._load(request.model_id, caller)
        caller.report(f"Switching off the heads of {loaded.checkpoint.model_id} …")
        arguments = {
            "text": request.text,
            **request.normalized(loaded.checkpoint.model_id).extraction_arguments(),
            "position": position,
            "token_id": token_id,
            "component": component,
            "layers": layers,
        }
        return self._run(sweep_heads, loaded, arguments, caller)

    def open_file(self, path: Path, caller: Caller) -> Result:
        """Return a result with the trace of a reader's own file of tensors.

        Raises:
            TensorsUnreadable: if the file does not contain a trace.
            RunStopped: once the request is canceled.
            ResultNotWritten: if the disk does not accept a file of the result.
        """
        caller.report(f"Opening {path.name} …")
        with self.results.run_in_progress():
            trace = read_trace(path, caller.cancellation)
        with self._store.filled_folder() as folder:
            files = TraceFiles(trace, path.name, "", folder)
            return self.results.add(None, summary(trace, path.name), files)

    def options(self, model_id: str, reader: Reader = ANONYMOUS) -> ModelOptions:
        """Return the options that a model supports, without loading its weights."""
        return self._models.options(model_id.strip(), reader)

    def tokenize(self, request: Request, reader: Reader = ANONYMOUS) -> Texts:
        """Return the tokens of a request's texts, without loading the model's weights.

        If the model would generate the target text itself, its tokens are not included.
        """
        check_text(request.text)
        outline = self._models.outline(request.model_id.strip(), reader)
        arguments = request.arguments()
        return read_texts(
            outline.model, outline.tokenizer, request.text, **arguments
        ).with_generation_note()

    def _trace(
        self, request: Request, loaded: LoadedModel, other: LoadedModel, caller: Caller
    ) -> Trace:
        """Return the trace of a normalized request, compared with another run if it asks for it."""
        name, other_name = (each.checkpoint.model_id for each in (loaded, other))
        arguments = {"text": request.text, **request.extraction_arguments()}
        listeners: dict[str, Callable[..., Any]] = {
            "on_written": partial(_report_written, caller, name)
        }
        if not request.is_comparison:
            caller.report(f"Running {name} on the text …")
            return self._run(extract, loaded, arguments, caller, listeners)
        what = f"and {other_name}" if request.other_model else "on both texts"
        caller.report(f"Running {name} {what} …")
        arguments["other_text"] = request.other().text
        listeners["on_other_written"] = partial(_report_written, caller, other_name)
        its = other if request.other_model else None
        return self._run(compare_runs, loaded, arguments, caller, listeners, its)

    def _load_other(self, request: Request, loaded: LoadedModel, caller: Caller) -> LoadedModel:
        """Return the other model of a comparison, or the same model.

        Raises:
            ComparisonNotPossible: see ``check_comparable``.
        """
        if not request.other_model.strip():
            return loaded
        other = self._load(request.other_model, caller)
        if other is not loaded:
            check_comparable(loaded, other)
        return other

    def _load(self, model_id: str, caller: Caller) -> LoadedModel:
        """Return a model that a request names.

        A load cannot be interrupted, and other readers may wait for the same model. So the load
        continues in its own thread after a cancellation.
        """
        caller.report(f"Loading {model_id} …")
        progress = caller.download_progress(model_id)
        with self.results.run_in_progress():
            return self._models.get(model_id.strip(), progress, caller.reader, caller.cancellation)

    def _run(
        self,
        work: Callable[..., _Answer],
        loaded: LoadedModel,
        arguments: Arguments,
        caller: Caller,
        listeners: Mapping[str, Callable[..., Any]] = MappingProxyType({}),
        other: LoadedModel | None = None,
    ) -> _Answer:
        """Run a model within the time limit of a run; see ``ModelRun``."""
        arguments = {**arguments, "max_seconds": max_run_seconds()}
        with self.results.run_in_progress():
            return self._engine.run(ModelRun(work, loaded, arguments, caller, listeners, other))


def _report_written(caller: Caller, model_id: str, text: str) -> bool:
    """Report the written text, and return whether the model should write another token."""
    caller.report_written(f"{model_id} writes: {text[-_REPORTED_CHARACTERS:].strip()} …")
    return not caller.stop_writing.is_requested
