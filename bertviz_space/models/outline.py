"""Build a model without its weights, to read texts and to check its files before its weights."""

import copy
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from transformers import (
    PreTrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from ..machine import max_model_bytes
from .bounded_construction import BoundedConstruction, ConstructionTooLarge
from .config import read_config, read_generation_config
from .hub.checkpoints import Checkpoint
from .language_class import model_classes
from .library_settings import configure_libraries
from .load_errors import cannot_load, reporting_errors
from .precision import smallest_number_bytes
from .tokenizer import read_tokenizer


@dataclass(frozen=True, eq=False)
class Outline:
    """A model without its weights, and its tokenizer: enough to tokenize texts as the model does.

    Attributes:
        model: all modules and settings; its tensors are on the meta device, without values.
        tokenizer: its tokenizer.
    """

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase


def read_outline(checkpoint: Checkpoint) -> Outline:
    """Build the model that ``load`` returns, without its weights, from its small files.

    It has the language head of the class that saved it, even if its files lack the head.

    Raises:
        ModelUnavailable: transformers cannot load the files.
        AttentionUnavailable: the attention of this type of model cannot be shown.
    """
    config, tokenizer = read_config_and_tokenizer(checkpoint)
    return Outline(empty_model(checkpoint, config, model_classes(config)[0]), tokenizer)


def empty_model(
    checkpoint: Checkpoint, config: PreTrainedConfig, model_class: Any
) -> PreTrainedModel:
    """Build a model as ``build_empty_model`` does, with the checkpoint's generation settings."""
    model = build_empty_model(checkpoint, config, model_class)
    generation_config = read_generation_config(checkpoint, config)
    if generation_config is not None:
        model.generation_config = generation_config
    return model


def read_config_and_tokenizer(
    checkpoint: Checkpoint,
) -> tuple[PreTrainedConfig, PreTrainedTokenizerBase]:
    """Read a model's configuration and tokenizer, which need no weights.

    Also build the model without weights, so that a model that cannot be built is refused before its
    weights are fetched.

    Raises:
        ModelUnavailable, AttentionUnavailable: see ``read_outline``.
    """
    configure_libraries()
    config = read_config(checkpoint)
    build_empty_model(checkpoint, copy.deepcopy(config), model_classes(config)[0])
    read_generation_config(checkpoint, config)
    return config, read_tokenizer(checkpoint)


def build_empty_model(
    checkpoint: Checkpoint, config: PreTrainedConfig, model_class: Any
) -> PreTrainedModel:
    """Build a model on the meta device, where its tensors have no values and take no memory.

    Args:
        checkpoint: the model.
        config: its configuration.
        model_class: one of its ``model_classes``.

    Raises:
        ModelUnavailable: the model cannot be built, or would not fit this machine's memory with its
            weights.
    """
    bound = max_model_bytes()
    max_numbers = bound // smallest_number_bytes()
    too_large = (
        f"its config.json describes a model of more than {bound / 1e9:.1f} GB, which is the most "
        "that can be loaded here, or a model with too many parts"
    )
    with reporting_errors(checkpoint, "no model can be built from its config.json"):
        try:
            # Tied weights are made separately, and initialization makes temporary tensors.
            with BoundedConstruction(3 * max_numbers), torch.device("meta"):
                model: Any = model_class.from_config(
                    config,
                    trust_remote_code=False,
                    dtype=torch.float32,
                    attn_implementation="eager",
                )
        except ConstructionTooLarge as error:
            raise cannot_load(checkpoint, too_large) from error
    if _num_numbers(model) > max_numbers:
        raise cannot_load(checkpoint, too_large)
    return model


def _num_numbers(model: nn.Module) -> int:
    """Return how many numbers a model's parameters and buffers have; shared tensors count once."""
    tensors = {id(each): each for each in (*model.parameters(), *model.buffers())}
    return sum(each.numel() for each in tensors.values())
