"""Load a model with its weights, or describe one that another machine loads."""

from collections.abc import Callable
from dataclasses import dataclass

from transformers import PreTrainedConfig, PreTrainedModel, PreTrainedTokenizerBase

from ..machine import device
from .config import read_continuation_config, read_generation_config
from .hub.checkpoints import Checkpoint
from .language_class import is_causal_class
from .load_errors import reporting_errors
from .options import ModelOptions, model_options
from .outline import Outline, empty_model, read_config_and_tokenizer
from .precision import loaded_dtype
from .weight_check import WEIGHTS_UNREADABLE, class_with_all_weights
from .weight_files import num_weights, only_weight_files


@dataclass(frozen=True, eq=False)
class LoadedModel(Outline):
    """A model with its weights, ready for ``extract``.

    Attributes:
        model: in ``precision.loaded_dtype``, in evaluation mode, on ``machine.device()``.
        tokenizer: its tokenizer.
        checkpoint: the files that it was loaded from.
        options: the options that it supports.
        num_bytes: bytes of its parameters.
    """

    checkpoint: Checkpoint
    options: ModelOptions
    num_bytes: int


# Loads a model from its files, its configuration and its tokenizer.
LoadWeights = Callable[[Checkpoint, PreTrainedConfig, PreTrainedTokenizerBase], LoadedModel]


def load(checkpoint: Checkpoint) -> LoadedModel:
    """Load a model: no remote code, only safetensors files, eager attention.

    A model is loaded with its language head if its files contain the head (``language_class``).

    Raises:
        ModelUnavailable: transformers cannot load the files.
        AttentionUnavailable: the attention of this type of model cannot be shown.
    """
    return load_weights(checkpoint, *read_config_and_tokenizer(checkpoint))


def load_weights(
    checkpoint: Checkpoint, config: PreTrainedConfig, tokenizer: PreTrainedTokenizerBase
) -> LoadedModel:
    """Load a model whose configuration and tokenizer ``read_config_and_tokenizer`` has read.

    Raises:
        ModelUnavailable: the weights cannot be read, or do not fit the configuration.
    """
    model_class = class_with_all_weights(checkpoint, config)
    is_causal = is_causal_class(model_class)
    with (
        reporting_errors(checkpoint, WEIGHTS_UNREADABLE),
        only_weight_files(checkpoint.folder) as folder,
    ):
        model = model_class.from_pretrained(
            folder,
            config=config,
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            dtype=loaded_dtype(num_weights(checkpoint.folder), config.dtype),
            attn_implementation="eager",
            generation_config=read_continuation_config(checkpoint) if is_causal else None,
        )
        model.eval().to(device())
        return _described(model, checkpoint, config, tokenizer)


def outline_of_weights(
    checkpoint: Checkpoint, config: PreTrainedConfig, tokenizer: PreTrainedTokenizerBase
) -> LoadedModel:
    """Return what ``load_weights`` returns, but with all tensors on the meta device.

    It takes no memory for the weights. Another process can load the checkpoint.

    Raises:
        ModelUnavailable: the weights do not fit the configuration.
    """
    model_class = class_with_all_weights(checkpoint, config)
    with reporting_errors(checkpoint, WEIGHTS_UNREADABLE):
        model = empty_model(checkpoint, config, model_class)
        return _described(model, checkpoint, config, tokenizer)


def _described(
    model: PreTrainedModel,
    checkpoint: Checkpoint,
    config: PreTrainedConfig,
    tokenizer: PreTrainedTokenizerBase,
) -> LoadedModel:
    """Return a model with its options and the bytes of its parameters."""
    options = model_options(config, tokenizer, read_generation_config(checkpoint, config))
    num_bytes = sum(each.numel() * each.element_size() for each in model.parameters())
    return LoadedModel(model, tokenizer, checkpoint, options, num_bytes)
