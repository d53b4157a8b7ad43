"""Reading what a model is, from its files, and loading it."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

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

from .errors import AttentionUnavailable, ModelUnavailable, SpaceError
from .hub import Checkpoint
from .inputs import ModelInputs, model_inputs
from .machine import device
from .texts.tokenizer_file import with_ids_of_file
from .model_files import UnusableFiles, entry_in, weights_in
from .unavailable import attention_unavailable

# A progress bar for every load belongs to a terminal, the page has its own; and a model loaded
# without its task head reports the head's weights as unexpected, which they are not.
logging.disable_progress_bar()
logging.set_verbosity_error()

# The formula gives the model's own weights to 1e-5, where a GPU does not round products to TF32.
torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False


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


def load(checkpoint: Checkpoint) -> LoadedModel:
    """Load a checkpoint: no remote code, safetensors only, float32, eager attention.

    Encoder-decoder models come with their language head, so that they can write a target text; all
    others without, since attention does not need it.

    Raises:
        ModelUnavailable: if transformers cannot load the files.
        AttentionUnavailable: for a type of model whose attention cannot be shown.
    """
    return load_weights(checkpoint, *read(checkpoint))


def outline(checkpoint: Checkpoint) -> Outline:
    """Read a checkpoint's small files alone: the same model as ``load`` makes, without numbers.

    Raises:
        ModelUnavailable, AttentionUnavailable: see ``load``.
    """
    config, tokenizer = read(checkpoint)
    with _refusing(checkpoint), torch.device("meta"):
        model = _auto_class(config).from_config(
            config, trust_remote_code=False, dtype=torch.float32, attn_implementation="eager"
        )
    if model.can_generate():
        model.generation_config = generation_config(checkpoint)
    return Outline(model, tokenizer)


def _auto_class(config: PreTrainedConfig) -> Any:
    return AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModel


def loaded_bytes(checkpoint: Checkpoint) -> int:
    """Bytes that the weights of the files take as float32; files that cannot be read have none."""
    try:
        return sum(4 * math.prod(shape) for shape in _shapes(checkpoint.folder).values())
    except (OSError, SafetensorError, UnusableFiles):  # loading it says so
        return 0


def _shapes(folder: Path) -> dict[str, list[int]]:
    """The shape of each weight of the files that are loaded, by its name in them."""
    shapes: dict[str, list[int]] = {}
    for name in weights_in(folder):
        with safe_open(folder / name, "pt") as file:
            shapes |= {key: file.get_slice(key).get_shape() for key in file.keys()}  # noqa: SIM118
    return shapes


@contextmanager
def _weights_alone(folder: Path) -> Iterator[str]:
    """A folder in which transformers sees the listed files of the weights, and none beside them.

    An index that nobody uses, an adapter or a checkpoint of torch.distributed may lie beside.
    """
    seen = {*weights_in(folder), entry_in(folder), "config.json", "generation_config.json"}
    with TemporaryDirectory() as view:
        for name in seen:
            if (folder / name).is_file():
                (Path(view) / name).symlink_to((folder / name).resolve())
        yield view


def load_weights(
    checkpoint: Checkpoint, config: PreTrainedConfig, tokenizer: PreTrainedTokenizerBase
) -> LoadedModel:
    """``load``, where the small files are read already, by ``read``."""
    with _refusing(checkpoint), _weights_alone(checkpoint.folder) as folder:
        model, report = _auto_class(config).from_pretrained(
            folder,
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
    inputs = model_inputs(config, tokenizer, generation_config(checkpoint))
    return LoadedModel(model, tokenizer, checkpoint, inputs, num_bytes)


def read(checkpoint: Checkpoint) -> tuple[PreTrainedConfig, PreTrainedTokenizerBase]:
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
        tokenizer = with_ids_of_file(tokenizer, checkpoint.folder)
    return config, tokenizer


def generation_config(checkpoint: Checkpoint) -> GenerationConfig:
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
