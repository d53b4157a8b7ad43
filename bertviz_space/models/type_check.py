"""Refuse unsupported types of models, before any file of a model is fetched.

The tables and signatures of transformers tell which class a type has and which inputs the class
takes. For a class that compares a text with another input they do not tell whether that input is
optional: its default configuration is built on the meta device and run on token ids alone.
"""

import inspect
from functools import lru_cache
from typing import Any

import torch
from transformers import (
    CONFIG_MAPPING,
    MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING,
    MODEL_MAPPING,
    PreTrainedConfig,
)

from ..errors import AttentionUnavailable, ModelUnavailable
from .unsupported import unsupported_reason


def check_model_type(model_type: str) -> None:
    """Refuse a type of model that is not supported.

    Args:
        model_type: as in the model's ``config.json``.

    Raises:
        AttentionUnavailable: the attention of this type cannot be shown.
        ModelUnavailable: transformers does not know the type, or it cannot be run on text alone.
    """
    reason = unsupported_reason(model_type)
    if reason is not None:
        raise AttentionUnavailable(reason)
    if model_type not in CONFIG_MAPPING:
        raise ModelUnavailable(
            f"A model of type {model_type!r} needs code of its own, which is never run here. "
            "Choose another model."
        )
    if not _reads_only_text(model_type):
        raise ModelUnavailable(
            f"A model of type {model_type!r} cannot be run on text alone. Choose a text model."
        )


def check_class(config: PreTrainedConfig) -> None:
    """Refuse a configuration for which transformers has no class of text models.

    Raises:
        ModelUnavailable: there is no such class.
    """
    if type(config) not in _classes(bool(config.is_encoder_decoder)):
        raise ModelUnavailable(
            f"A model of type {config.model_type!r} with this configuration cannot be run on text "
            "alone. Choose a text model."
        )


def _classes(is_encoder_decoder: bool) -> Any:
    return MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING if is_encoder_decoder else MODEL_MAPPING


@lru_cache(maxsize=512)
def _reads_only_text(model_type: str) -> bool:
    """Return whether transformers' class for a type of model can be run on token ids alone."""
    try:
        config_class: Any = CONFIG_MAPPING[model_type]
        classes = _classes(bool(getattr(config_class, "is_encoder_decoder", False)))
        if config_class not in classes:
            return False
        found: Any = classes[config_class]
        model_class = found[0] if isinstance(found, list | tuple) else found
        if model_class.main_input_name != "input_ids" or "text" not in model_class.input_modalities:
            return False
        if not _needs_only_ids(model_class):
            return False
        # A model with this parameter compares a text with an image or a sound.
        compares = "return_loss" in inspect.signature(model_class.forward).parameters
        return not compares or _runs_on_ids(model_class, config_class)
    except (ImportError, ValueError):  # modeling code that needs a library for images or sound
        return False


def _needs_only_ids(model_class: Any) -> bool:
    """Return whether ``input_ids`` is the only parameter of ``forward`` that may be required."""
    parameters = dict(inspect.signature(model_class.forward).parameters)
    if parameters.pop("input_ids", None) is None:
        return False
    del parameters["self"]
    variadic = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return all(
        each.default is not inspect.Parameter.empty or each.kind in variadic
        for each in parameters.values()
    )


def _runs_on_ids(model_class: Any, config_class: Any) -> bool:
    """Return whether a class in its default configuration runs on token ids alone.

    Raises:
        ImportError: the class needs a library that is not installed.
    """
    with torch.device("meta"):
        model = model_class(config_class()).eval()
        ids = torch.ones(1, 4, dtype=torch.int64)
    try:
        with torch.no_grad():
            model(input_ids=ids)
    except (AttributeError, TypeError, ValueError):  # because the other input is missing
        return False
    return True
