"""Reading what a model is, from its files, and loading it."""

import copy
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from transformers import (
    AutoConfig,
    AutoTokenizer,
    GenerationConfig,
    PreTrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.conversion_mapping import get_model_conversion_mapping
from transformers.core_model_loading import convert_and_load_state_dict_in_model
from transformers.modeling_utils import LoadStateDictConfig
from transformers.models.auto.modeling_auto import MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES
from transformers.utils import logging

from ..errors import ModelUnavailable, SpaceError
from ..machine import device, max_model_bytes
from ..model_errors import error_summary, explain_full_memory
from ..texts.tokenizer_file import with_ids_of_file
from ..texts.tokens import takes_pairs
from .bounded_construction import BoundedConstruction, TooMuch
from .config_check import read_settings
from .hub.checkpoints import Checkpoint
from .hub.repository_files import UnusableFiles
from .options import ModelOptions, model_options
from .type_check import auto_class, check_class, check_model_type, empty_model
from .weight_check import lacks_package, lone_half, problem_of_weights, unique_bytes
from .weight_files import shapes_in, weights_alone

# A progress bar for every load belongs to a terminal, the page has its own; and a model loaded
# without its task head reports the head's weights as unexpected, which they are not.
logging.disable_progress_bar()
logging.set_verbosity_error()

# The formula gives the model's own weights to 1e-5, where a GPU does not round products to TF32.
torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False

_WEIGHTS_UNREADABLE = "its weights cannot be read"


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
        options: what it takes.
        num_bytes: bytes of its parameters.
    """

    checkpoint: Checkpoint
    options: ModelOptions
    num_bytes: int


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
    model = _empty(checkpoint, config)
    writes = generation_config(checkpoint, config)
    if writes is not None:
        model.generation_config = writes
    return Outline(model, tokenizer)


def _empty(checkpoint: Checkpoint, config: PreTrainedConfig) -> PreTrainedModel:
    """A model without numbers, which would fit into this machine's memory with them."""
    bound = max_model_bytes()
    problem = (
        f"its config.json describes a model of more than {bound / 1e9:.1f} GB, which is all that "
        "can be loaded here, or of too many parts"
    )
    with _refusing(checkpoint, "no model can be made of its config.json"):
        try:
            # Tied weights are made apart, and some tensors are used on the way.
            with BoundedConstruction(3 * bound):
                model = empty_model(config)
        except TooMuch as error:
            raise _unfit(checkpoint, problem) from error
    if unique_bytes(model) > bound:
        raise _unfit(checkpoint, problem)
    return model


def _unfit(checkpoint: Checkpoint, problem: str) -> ModelUnavailable:
    return ModelUnavailable(
        f"{checkpoint.model_id} cannot be loaded as a text Transformer: {problem}. Choose another "
        "model."
    )


def _check_weights(checkpoint: Checkpoint, config: PreTrainedConfig) -> None:
    """Check names and shapes of the files' weights against the model, before memory is taken.

    Raises:
        ModelUnavailable: if they are not those of the model.
    """
    model = _empty(checkpoint, config)
    with _refusing(checkpoint, _WEIGHTS_UNREADABLE):
        shapes = shapes_in(checkpoint.folder)
        weights = {name: torch.empty(shapes[name], device="meta") for name in shapes}
        conversions: Any = get_model_conversion_mapping(model)
        info, _ = convert_and_load_state_dict_in_model(
            model,
            weights,
            LoadStateDictConfig(
                device_map={"": "meta"},
                dtype=torch.float32,
                ignore_mismatched_sizes=True,
                weight_mapping=conversions,
            ),
        )
        model._adjust_missing_and_unexpected_keys(info)
        problem = problem_of_weights(model, info, shapes, read_settings(checkpoint.folder))
    if problem:
        raise _unfit(checkpoint, problem)


def load_weights(
    checkpoint: Checkpoint, config: PreTrainedConfig, tokenizer: PreTrainedTokenizerBase
) -> LoadedModel:
    """``load``, where the small files are read already, by ``read``."""
    _check_weights(checkpoint, config)
    with (
        _refusing(checkpoint, _WEIGHTS_UNREADABLE),
        weights_alone(checkpoint.folder) as folder,
    ):
        model = auto_class(config).from_pretrained(
            folder,
            config=config,
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            dtype=torch.float32,
            attn_implementation="eager",
        )
        model.eval().to(device())
        inputs = model_options(config, tokenizer, generation_config(checkpoint, config))
    num_bytes = sum(each.numel() * each.element_size() for each in model.parameters())
    return LoadedModel(model, tokenizer, checkpoint, inputs, num_bytes)


def read(checkpoint: Checkpoint) -> tuple[PreTrainedConfig, PreTrainedTokenizerBase]:
    """The configuration and the tokenizer, which need no weights.

    A model without numbers is made on the way: what cannot be one is refused before its weights are
    fetched.

    Raises:
        ModelUnavailable, AttentionUnavailable: see ``load``.
    """
    folder = str(checkpoint.folder)
    local: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    with _refusing(checkpoint, "its config.json cannot be read"):
        read_settings(checkpoint.folder)
        settings, _ = PreTrainedConfig.get_config_dict(folder, local_files_only=True)
        check_model_type(settings["model_type"])
        if settings.get("quantization_config"):  # the Hub does not always list it
            raise _unfit(checkpoint, "it is quantized, which packs its weights for other hardware")
        config = AutoConfig.from_pretrained(folder, **local)
        check_class(config)
        _check_halves(checkpoint, settings)
    _empty(checkpoint, copy.deepcopy(config))
    generation_config(checkpoint, config)
    with _refusing(checkpoint, "its tokenizer cannot be read"):
        tokenizer = _tokenizer(checkpoint)
        if len(tokenizer) < len(tokenizer.all_special_ids) + 2:
            raise ValueError("the files lack the tokenizer's vocabulary")
        tokenizer = with_ids_of_file(tokenizer, checkpoint.folder)
    return config, tokenizer


def _check_halves(checkpoint: Checkpoint, settings: Mapping[str, object]) -> None:
    """Refuse an encoder or a decoder alone, of a type of model that has both.

    Raises:
        ModelUnavailable: if it is one, by the class that it was saved from.
    """
    model_type, classes = settings["model_type"], settings.get("architectures")
    if model_type not in MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES:
        return
    for name in classes if isinstance(classes, list) else []:
        half = lone_half(str(name))
        if half:
            raise _unfit(
                checkpoint,
                f"it is {half} alone (of class {str(name)[:60]}), and a model of type "
                f"{model_type!r} is loaded with both halves",
            )


def _tokenizer(checkpoint: Checkpoint) -> PreTrainedTokenizerBase:
    """Return a checkpoint's tokenizer, which reads a text alone.

    Raises:
        ModelUnavailable: if it needs a package that is missing, or more than a text (TAPAS a table,
            LayoutLMv3 the places of words).
    """
    try:
        tokenizer = AutoTokenizer.from_pretrained(
            str(checkpoint.folder), local_files_only=True, trust_remote_code=False
        )
        reads_text = _reads_text(tokenizer)  # some look for their package only now
    except ImportError as error:
        raise _unfit(checkpoint, lacks_package(error)) from error
    if not reads_text:
        raise _unfit(checkpoint, "its tokenizer does not read a text alone")
    return tokenizer


def _reads_text(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Return whether a tokenizer reads one letter without another input.

    Raises:
        ImportError: if it needs a package that is missing.
    """
    try:
        takes_pairs(tokenizer)
        tokenizer("a")
    except ImportError:
        raise
    except Exception:  # a tokenizer's own code: a dozen types
        return False
    return True


def generation_config(checkpoint: Checkpoint, config: PreTrainedConfig) -> GenerationConfig | None:
    """How the model writes, from where loading it takes that: its own file, or ``config.json``.

    Args:
        checkpoint: the model.
        config: its configuration.

    Returns:
        ``None`` for a model that does not write, whatever its files say.

    Raises:
        ModelUnavailable: if what the files say cannot be read.
    """
    if not config.is_encoder_decoder:
        return None
    folder, local = str(checkpoint.folder), dict[str, Any](local_files_only=True)
    with _refusing(checkpoint, "its generation_config.json cannot be read"):
        try:
            return GenerationConfig.from_pretrained(folder, **local)
        except OSError:
            return GenerationConfig.from_pretrained(
                folder, config_file_name="config.json", _from_model_config=True, **local
            )


@contextmanager
def _refusing(checkpoint: Checkpoint, problem: str) -> Iterator[None]:
    """Turn what goes wrong with anyone's files into an error for the reader: a dozen types.

    Args:
        checkpoint: the model.
        problem: what an error that is not known here means, in a clause.

    Raises:
        ModelUnavailable: naming a library that is missing, if that is the cause.
        MemoryExhausted: if memory is full.
    """
    try:
        with explain_full_memory(checkpoint.model_id):
            yield
    except SpaceError:
        raise
    except UnusableFiles as error:
        raise ModelUnavailable(
            f"{checkpoint.model_id} cannot be loaded as a text Transformer: it {error}"
        ) from error
    except ImportError as error:
        raise ModelUnavailable(
            f"{checkpoint.model_id} needs a library that this Space does not have "
            f"({str(error.name or error).strip().splitlines()[0]}). Choose another model."
        ) from error
    except Exception as error:
        raise _unfit(checkpoint, f"{problem} ({error_summary(error)})") from error
