"""Which types of models are tried at all, decided before anything of a model is fetched.

transformers knows by its own tables and signatures which class a type has and what the class takes.
What these do not say of a class that compares two inputs, the class is asked: its default
configuration is built on the meta device, where tensors have no numbers, and is run on ids alone.
"""

import inspect
from functools import lru_cache
from typing import Any

import torch
from transformers import (
    CONFIG_MAPPING,
    MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING,
    MODEL_MAPPING,
    AutoModel,
    AutoModelForSeq2SeqLM,
    PreTrainedConfig,
)

from ..errors import AttentionUnavailable, ModelUnavailable
from .unsupported import unsupported_reason

_READS_MORE = "does not read text alone"


def check_model_type(model_type: str) -> None:
    """Refuse a type of model by its name.

    Args:
        model_type: as in the model's ``config.json``.

    Raises:
        AttentionUnavailable: its attention is not one that can be shown.
        ModelUnavailable: transformers does not know the type, or it reads no text alone.
    """
    sentence = unsupported_reason(model_type)
    if sentence is not None:
        raise AttentionUnavailable(sentence)
    if model_type not in CONFIG_MAPPING:
        raise ModelUnavailable(
            f"A model of type {model_type!r} needs code of its own, which is never run here. "
            "Choose another model."
        )
    obstacle = _obstacle(model_type)
    if obstacle is not None:
        raise ModelUnavailable(f"A model of type {model_type!r} {obstacle}. Choose a text model.")


def check_class(config: PreTrainedConfig) -> None:
    """Refuse a configuration that transformers has no class for.

    Raises:
        ModelUnavailable: if there is none.
    """
    if type(config) not in _classes(bool(config.is_encoder_decoder)):
        raise ModelUnavailable(
            f"A model of type {config.model_type!r} that is configured like this one does not read "
            "text alone. Choose a text model."
        )


def empty_model(config: PreTrainedConfig) -> Any:
    """Build a model without numbers: its tensors are on the meta device, and take no memory."""
    with torch.device("meta"):
        return auto_class(config).from_config(
            config, trust_remote_code=False, dtype=torch.float32, attn_implementation="eager"
        )


def auto_class(config: PreTrainedConfig) -> Any:
    """Return the class that loads a model: with a language head where it writes a target text."""
    return AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModel


def _classes(is_encoder_decoder: bool) -> Any:
    return MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING if is_encoder_decoder else MODEL_MAPPING


@lru_cache(maxsize=512)
def _obstacle(model_type: str) -> str | None:
    """Return why transformers' own class for the type cannot be run on token ids, if it cannot."""
    try:
        config_class: Any = CONFIG_MAPPING[model_type]
        classes = _classes(bool(getattr(config_class, "is_encoder_decoder", False)))
        if config_class not in classes:
            return _READS_MORE
        found: Any = classes[config_class]
        model_class = found[0] if isinstance(found, list | tuple) else found
        modalities = model_class.input_modalities
        if model_class.main_input_name != "input_ids" or "text" not in modalities:
            return _READS_MORE
        if not _takes_ids_alone(model_class):
            return _READS_MORE
        # Such a model compares a text with an image or a sound.
        compares = "return_loss" in inspect.signature(model_class.forward).parameters
        if compares and not _runs_on_ids(model_class, config_class):
            return _READS_MORE
    except (ImportError, ValueError):  # modelling code that needs a library for images or sound
        return _READS_MORE
    return None


def _takes_ids_alone(model_class: Any) -> bool:
    """Return whether a class's forward names token ids, and no other input without a default."""
    parameters = dict(inspect.signature(model_class.forward).parameters)
    if parameters.pop("input_ids", None) is None:
        return False
    del parameters["self"]
    several = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return all(
        each.default is not inspect.Parameter.empty or each.kind in several
        for each in parameters.values()
    )


def _runs_on_ids(model_class: Any, config_class: Any) -> bool:
    """Return whether a class runs on token ids alone, in transformers' default configuration.

    Raises:
        ImportError: if the class needs a library that is not installed.
    """
    with torch.device("meta"):
        model = model_class(config_class()).eval()
        ids = torch.ones(1, 4, dtype=torch.int64)
    try:
        with torch.no_grad():
            model(input_ids=ids)
    except (AttributeError, TypeError, ValueError):  # of an input that is not there
        return False
    return True
