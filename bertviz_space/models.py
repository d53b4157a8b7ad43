"""Reading what a model is, loading it once, and keeping the ones last used within bounds."""

import math
import os
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError, safe_open
from transformers import (
    CONFIG_MAPPING,
    MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING,
    MODEL_MAPPING,
    AutoConfig,
    AutoModel,
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    GenerationConfig,
    PreTrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.utils import logging

from .access import ANYONE, Reader
from .errors import AttentionUnavailable, DiskFull, ModelUnavailable, SpaceError
from .hub import Checkpoint, check_access, fetch_weights, locate
from .inputs import ModelInputs, model_inputs
from .limits import MAX_KEPT_OUTLINES, MAX_KNOWN_INPUTS, MAX_LOADED_BYTES
from .machine import device
from .progress import Progress, untold
from .unavailable import attention_unavailable

# A progress bar for every load belongs to a terminal, the page has its own; and a model loaded
# without its task head reports the head's weights as unexpected, which they are not.
logging.disable_progress_bar()
logging.set_verbosity_error()

# The formula gives the model's own weights to 1e-5, where a GPU does not round products to TF32.
torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False


# One load at a time in this process: two visitors who ask for the same model share it, and the
# memory of two loads never adds up. Nor may they overlap: transformers 5.23 switches the tying of
# weights off and on for all threads, and a load beside another one can come without its head.
# Models that are there already do not wait for it.
_loading = Lock()

_Got = TypeVar("_Got")


@dataclass(frozen=True, eq=False)
class Outline:
    """A model without its weights: enough to read texts as it does.

    Attributes:
        model: every module and setting, and no number: its tensors are on the meta device.
        tokenizer: its tokenizer.
    """

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase


@dataclass(frozen=True, eq=False)
class LoadedModel(Outline):
    """A model ready for ``extract``: an outline that is filled.

    Attributes:
        checkpoint: where it came from.
        model: in float32, in evaluation mode, on ``machine.device()``.
        tokenizer: its tokenizer.
        inputs: what it takes.
        num_bytes: bytes of its parameters.
    """

    checkpoint: Checkpoint
    inputs: ModelInputs
    num_bytes: int


class ModelCache:
    """The loaded models, bounded in bytes; the least recently used leaves first.

    There is one copy of a model, whoever loaded it, and nobody gets it who may not read it: of a
    restricted one (``Checkpoint.is_restricted``) the Hub is asked each time, in the name of the one
    who wants it. A model that was open when it came stays so while it is kept.
    """

    def __init__(self, max_bytes: int = MAX_LOADED_BYTES) -> None:
        self._max_bytes = max_bytes
        self._loaded: OrderedDict[str, LoadedModel] = OrderedDict()
        # Each with whether the model is restricted, and without the files that a lease would keep.
        self._inputs: OrderedDict[str, tuple[ModelInputs, bool]] = OrderedDict()
        self._outlines: OrderedDict[str, tuple[Outline, bool]] = OrderedDict()
        self._lock = Lock()

    def get(
        self, model_id: str, on_progress: Progress = untold, reader: Reader = ANYONE
    ) -> LoadedModel:
        """The model of an id, from the cache or loaded now.

        A model stays at the commit that it was loaded at for as long as it is kept.

        Args:
            model_id: an id of the Hub, or a demo model's name.
            on_progress: told how far the download is, if there is one.
            reader: who wants it.

        Raises:
            UnknownModel, ModelUnavailable: see ``hub.locate``; also for files that do not load.
            AttentionUnavailable: for a type of model whose attention cannot be shown.
        """
        loaded = self._kept(model_id)
        if loaded is None:
            with _loading:
                loaded = self._kept(model_id)
                if loaded is None:
                    return self._load(model_id, on_progress, reader)
        return _given(loaded, loaded.checkpoint.is_restricted, model_id, reader)

    def inputs(self, model_id: str, reader: Reader = ANYONE) -> ModelInputs:
        """What the model of an id takes, from its small files alone; kept for the next one to ask.

        Raises:
            SpaceError: as ``get``.
        """
        with self._lock:
            known = self._inputs.get(model_id)
        if known is not None:
            return _given(*known, model_id, reader)
        checkpoint = self._with_room(lambda: locate(model_id, check_model_type, reader))
        inputs = model_inputs(*_read(checkpoint), _generation_config(checkpoint))
        with self._lock:
            self._inputs[model_id] = inputs, checkpoint.is_restricted
            if len(self._inputs) > MAX_KNOWN_INPUTS:
                self._inputs.popitem(last=False)
        return inputs

    def outline(self, model_id: str, reader: Reader = ANYONE) -> Outline:
        """The model of an id without its weights; with them if it is loaded. Waits for no load.

        Raises:
            SpaceError: as ``get``.
        """
        with self._lock:
            if model_id in self._outlines:
                self._outlines.move_to_end(model_id)
            loaded, known = self._loaded.get(model_id), self._outlines.get(model_id)
        if loaded is not None:
            return _given(loaded, loaded.checkpoint.is_restricted, model_id, reader)
        if known is not None:
            return _given(*known, model_id, reader)
        checkpoint = self._with_room(lambda: locate(model_id, check_model_type, reader))
        made = outline(checkpoint)
        with self._lock:
            self._outlines[model_id] = made, checkpoint.is_restricted
            if len(self._outlines) > MAX_KEPT_OUTLINES:
                self._outlines.popitem(last=False)
        return made

    def _kept(self, model_id: str) -> LoadedModel | None:
        with self._lock:
            if model_id in self._loaded:
                self._loaded.move_to_end(model_id)
            return self._loaded.get(model_id)

    def _load(self, model_id: str, on_progress: Progress, reader: Reader) -> LoadedModel:
        """Load a model whose small files are read before its weights are fetched, and keep it."""
        checkpoint = self._with_room(lambda: locate(model_id, check_model_type, reader))
        config, tokenizer = _read(checkpoint)
        self._with_room(lambda: fetch_weights(checkpoint, on_progress, reader))
        # Before it is loaded: what it takes and what it drives out are never there together.
        self._make_room(_loaded_bytes(checkpoint))
        loaded = _load_weights(checkpoint, config, tokenizer)
        with self._lock:
            self._loaded[model_id] = loaded
            self._outlines.pop(model_id, None)
        return loaded

    def _with_room(self, fetch: Callable[[], _Got]) -> _Got:
        """What ``fetch`` gives, or what it raises.

        Files of a loaded model are never deleted: the least recently used model leaves memory where
        others' files need the room of its own.
        """
        while True:
            try:
                return fetch()
            except DiskFull:
                with self._lock:
                    if not self._loaded:
                        raise
                    self._loaded.popitem(last=False)

    def _make_room(self, num_bytes: int) -> None:
        """Drop the least recently used models until so many bytes fit; a run keeps what it uses."""
        with self._lock:
            room = self._max_bytes - num_bytes
            while self._loaded and sum(each.num_bytes for each in self._loaded.values()) > room:
                self._loaded.popitem(last=False)


def _given(kept: _Got, is_restricted: bool, model_id: str, reader: Reader) -> _Got:
    """What is kept of a model, to one who may read it at this moment."""
    if is_restricted:
        check_access(model_id, reader)
    return kept


def check_model_type(model_type: str) -> None:
    """Refuse a type of model by its name.

    Args:
        model_type: as in the model's ``config.json``.

    Raises:
        AttentionUnavailable: its attention is not one that can be shown.
        ModelUnavailable: transformers does not know the type, or it reads no text.
    """
    sentence = attention_unavailable(model_type)
    if sentence is not None:
        raise AttentionUnavailable(sentence)
    if model_type not in CONFIG_MAPPING:
        raise ModelUnavailable(
            f"A model of type {model_type!r} needs code of its own, which is never run here. "
            "Choose another model."
        )
    if not _reads_text(model_type):
        raise ModelUnavailable(
            f"A model of type {model_type!r} does not read text alone. Choose a text model."
        )


def _reads_text(model_type: str) -> bool:
    """True if transformers' own class for the type takes token ids first of all."""
    mappings = (MODEL_MAPPING, MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING)
    try:
        config_class = CONFIG_MAPPING[model_type]
        found = [mapping[config_class] for mapping in mappings if config_class in mapping]
    except (ImportError, ValueError):  # modelling code that needs a library for images or sound
        return False
    if not found:
        return False
    model_class: Any = found[0][0] if isinstance(found[0], list | tuple) else found[0]
    return model_class.main_input_name == "input_ids" and "text" in model_class.input_modalities


@cache
def fork_between_loads() -> None:
    """Let processes be forked between two loads from now on, for a load's switches are global."""
    os.register_at_fork(
        before=_loading.acquire,
        after_in_parent=_loading.release,
        after_in_child=_loading.release,
    )


def load(checkpoint: Checkpoint) -> LoadedModel:
    """Load a checkpoint: no remote code, safetensors only, float32, eager attention.

    Encoder-decoder models come with their language head, so that they can write a target text; all
    others without, since attention does not need it.

    Raises:
        ModelUnavailable: if transformers cannot load the files.
        AttentionUnavailable: for a type of model whose attention cannot be shown.
    """
    return _load_weights(checkpoint, *_read(checkpoint))


def outline(checkpoint: Checkpoint) -> Outline:
    """Read a checkpoint's small files alone: the same model as ``load`` makes, without numbers.

    Raises:
        ModelUnavailable, AttentionUnavailable: see ``load``.
    """
    config, tokenizer = _read(checkpoint)
    with _refusing(checkpoint), torch.device("meta"):
        model = _auto_class(config).from_config(
            config, trust_remote_code=False, dtype=torch.float32, attn_implementation="eager"
        )
    if model.can_generate():
        model.generation_config = _generation_config(checkpoint)
    return Outline(model, tokenizer)


def _auto_class(config: PreTrainedConfig) -> Any:
    return AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModel


def _loaded_bytes(checkpoint: Checkpoint) -> int:
    """Bytes that the weights of the files take as float32; files that cannot be read have none."""
    num_bytes = 0
    for path in checkpoint.folder.glob("*.safetensors"):
        try:
            with safe_open(path, "pt") as file:
                shapes = [file.get_slice(name).get_shape() for name in file.keys()]  # noqa: SIM118
        except SafetensorError:  # loading it says so
            continue
        num_bytes += sum(4 * math.prod(shape) for shape in shapes)
    return num_bytes


def _load_weights(
    checkpoint: Checkpoint, config: PreTrainedConfig, tokenizer: PreTrainedTokenizerBase
) -> LoadedModel:
    with _refusing(checkpoint):
        model, report = _auto_class(config).from_pretrained(
            str(checkpoint.folder),
            config=config,
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            dtype=torch.float32,
            attn_implementation="eager",
            output_loading_info=True,
        )
        # A pooler comes after all attention, and many checkpoints are without.
        missing = sorted(name for name in report["missing_keys"] if "pooler" not in name)
        if missing:  # transformers would draw them at random
            raise ValueError(f"the files lack {len(missing)} weights, such as {missing[0]}")
    model.eval().to(device())
    num_bytes = sum(each.numel() * each.element_size() for each in model.parameters())
    inputs = model_inputs(config, tokenizer, _generation_config(checkpoint))
    return LoadedModel(model, tokenizer, checkpoint, inputs, num_bytes)


def _read(checkpoint: Checkpoint) -> tuple[PreTrainedConfig, PreTrainedTokenizerBase]:
    """The configuration and the tokenizer, which need no weights.

    Raises:
        ModelUnavailable, AttentionUnavailable: see ``load``.
    """
    folder = str(checkpoint.folder)
    local: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    with _refusing(checkpoint):
        settings, _ = PreTrainedConfig.get_config_dict(folder, local_files_only=True)
        check_model_type(settings["model_type"])
        config = AutoConfig.from_pretrained(folder, **local)
        tokenizer = AutoTokenizer.from_pretrained(folder, **local)
        if len(tokenizer) < len(tokenizer.all_special_ids) + 2:
            raise ValueError("the files lack the tokenizer's vocabulary")
    return config, tokenizer


def _generation_config(checkpoint: Checkpoint) -> GenerationConfig:
    """How the model writes, from where loading it takes that: its own file, or ``config.json``."""
    folder, local = str(checkpoint.folder), dict[str, Any](local_files_only=True)
    with _refusing(checkpoint):
        try:
            return GenerationConfig.from_pretrained(folder, **local)
        except OSError:
            return GenerationConfig.from_pretrained(
                folder, config_file_name="config.json", _from_model_config=True, **local
            )


@contextmanager
def _refusing(checkpoint: Checkpoint) -> Iterator[None]:
    """Turn what goes wrong with anyone's files into a sentence: a dozen types of errors."""
    try:
        yield
    except SpaceError:
        raise
    except Exception as error:
        raise ModelUnavailable(
            f"{checkpoint.model_id} cannot be loaded as a text Transformer. Choose another model."
        ) from error
