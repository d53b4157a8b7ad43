"""Loading a model once, and keeping the ones last used within a bound of bytes."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

import torch
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.utils import logging

from .errors import ModelUnavailable
from .hub import Checkpoint, locate
from .limits import MAX_LOADED_BYTES

# A progress bar for every load belongs to a terminal, the page has its own; and a model loaded
# without its task head reports the head's weights as unexpected, which they are not.
logging.disable_progress_bar()
logging.set_verbosity_error()


@dataclass(frozen=True, eq=False)
class LoadedModel:
    """A model ready for ``extract``.

    Attributes:
        checkpoint: where it came from.
        model: in float32, in evaluation mode.
        tokenizer: its tokenizer.
        num_bytes: bytes of its parameters.
    """

    checkpoint: Checkpoint
    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    num_bytes: int


class ModelCache:
    """The loaded models, bounded in bytes; the least recently used leaves first."""

    def __init__(self, max_bytes: int = MAX_LOADED_BYTES) -> None:
        self._max_bytes = max_bytes
        self._loaded: OrderedDict[str, LoadedModel] = OrderedDict()
        self._lock = Lock()
        # One load at a time: two visitors who ask for the same model share it, and the memory of
        # two loads never adds up. Models that are there already do not wait for it.
        self._loading = Lock()

    def get(self, model_id: str) -> LoadedModel:
        """The model of an id, from the cache or loaded now.

        A model stays at the commit that it was loaded at for as long as it is kept.

        Args:
            model_id: an id of the Hub, or a demo model's name.

        Raises:
            UnknownModel, ModelUnavailable: see ``hub.locate``; also for files that do not load.
        """
        loaded = self._kept(model_id)
        if loaded is None:
            with self._loading:
                loaded = self._kept(model_id) or self._keep(load(locate(model_id)))
        return loaded

    def _kept(self, model_id: str) -> LoadedModel | None:
        with self._lock:
            if model_id in self._loaded:
                self._loaded.move_to_end(model_id)
            return self._loaded.get(model_id)

    def _keep(self, loaded: LoadedModel) -> LoadedModel:
        with self._lock:
            self._loaded[loaded.checkpoint.model_id] = loaded
            self._drop_oldest()
        return loaded

    def _drop_oldest(self) -> None:
        while (
            len(self._loaded) > 1
            and sum(each.num_bytes for each in self._loaded.values()) > self._max_bytes
        ):
            self._loaded.popitem(last=False)


def load(checkpoint: Checkpoint) -> LoadedModel:
    """Load a checkpoint: no remote code, safetensors only, float32, eager attention.

    Encoder-decoder models come with their language head, so that they can write a target text; all
    others without, since attention does not need it.

    Raises:
        ModelUnavailable: if transformers cannot load the files.
    """
    folder = str(checkpoint.folder)
    try:
        config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        tokenizer = AutoTokenizer.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False
        )
        auto_class = AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModel
        model, report = auto_class.from_pretrained(
            folder,
            config=config,
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            dtype=torch.float32,
            attn_implementation="eager",
            output_loading_info=True,
        )
        _check_complete(tokenizer, report["missing_keys"])
    except Exception as error:  # anyone's files: a dozen types come out of the libraries
        raise ModelUnavailable(
            f"{checkpoint.model_id} cannot be loaded as a text Transformer. Choose another model."
        ) from error
    model.eval()
    num_bytes = sum(each.numel() * each.element_size() for each in model.parameters())
    return LoadedModel(checkpoint, model, tokenizer, num_bytes)


def _check_complete(tokenizer: PreTrainedTokenizerBase, missing_weights: set[str]) -> None:
    """Refuse what transformers fills in where files lack it.

    Raises:
        ValueError: if weights would be random, or the vocabulary has special tokens only.
    """
    # A pooler comes after all attention, and many checkpoints are without.
    missing = sorted(name for name in missing_weights if "pooler" not in name)
    if missing:
        raise ValueError(f"the files lack {len(missing)} weights, such as {missing[0]}")
    if len(tokenizer) < len(tokenizer.all_special_ids) + 2:
        raise ValueError("the files lack the tokenizer's vocabulary")
