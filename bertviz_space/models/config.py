"""Read a model's configuration, and refuse one that cannot be shown."""

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from transformers import AutoConfig, GenerationConfig, PreTrainedConfig
from transformers.models.auto.modeling_auto import MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES

from .config_check import read_settings
from .hub.checkpoints import Checkpoint
from .load_errors import cannot_load, reporting_errors
from .type_check import check_class, check_model_type

# How transformers reads what a config.json says about generation.
_FROM_MODEL_CONFIG: dict[str, Any] = {"config_file_name": "config.json", "_from_model_config": True}


def read_config(checkpoint: Checkpoint) -> PreTrainedConfig:
    """Read a model's configuration from its ``config.json``.

    Raises:
        ModelUnavailable: the file cannot be read, or describes a model that cannot be loaded here.
        AttentionUnavailable: the attention of this type of model cannot be shown.
    """
    folder = str(checkpoint.folder)
    with reporting_errors(checkpoint, "its config.json cannot be read"):
        read_settings(checkpoint.folder)
        settings, _ = PreTrainedConfig.get_config_dict(folder, local_files_only=True)
        check_model_type(settings["model_type"])
        # The Hub does not list this setting for every model, so admission can miss it.
        if settings.get("quantization_config"):
            raise cannot_load(
                checkpoint, "it is quantized, which packs its weights for other hardware"
            )
        config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        check_class(config)
        _check_both_halves(checkpoint, settings)
        _check_layers(checkpoint, config)
    return config


def read_generation_config(
    checkpoint: Checkpoint, config: PreTrainedConfig
) -> GenerationConfig | None:
    """Read how an encoder-decoder model generates text, from the file that ``generate`` uses.

    That is ``generation_config.json``, or ``config.json`` if the first does not exist.

    Args:
        checkpoint: the model.
        config: its configuration.

    Returns:
        ``None`` for a model that is not an encoder-decoder, whatever its files contain.

    Raises:
        ModelUnavailable: the file cannot be read.
    """
    if not config.is_encoder_decoder:
        return None
    folder, local = str(checkpoint.folder), dict[str, Any](local_files_only=True)
    with reporting_errors(checkpoint, "its generation_config.json cannot be read"):
        try:
            return GenerationConfig.from_pretrained(folder, **local)
        except OSError:
            return GenerationConfig.from_pretrained(folder, **_FROM_MODEL_CONFIG, **local)


def read_continuation_config(checkpoint: Checkpoint) -> GenerationConfig:
    """Read how a causal model continues a text; which tokens end it, for example.

    Attention does not depend on it, so a file that cannot be read counts as missing.
    """
    folder, local = str(checkpoint.folder), dict[str, Any](local_files_only=True)
    for options in ({}, _FROM_MODEL_CONFIG):
        with suppress(Exception):  # anything that an unusual file leads to
            return GenerationConfig.from_pretrained(folder, **options, **local)
    return GenerationConfig()


def lone_half(class_name: str) -> str | None:
    """Return ``"an encoder"`` or ``"a decoder"`` if a class is only that half of its model.

    Args:
        class_name: a class of transformers that belongs to an encoder-decoder type of model.
    """
    if re.search(r"Encoder(Model|Wrapper|Only\w*)?$|ForTokenClassification$", class_name):
        return "an encoder"
    if re.search(r"(?<!Encoder)Decoder(Model|Wrapper|Only\w*)?$|ForCausalLM$", class_name):
        return "a decoder"
    return None


def _check_layers(checkpoint: Checkpoint, config: PreTrainedConfig) -> None:
    """Refuse a model without layers; an encoder-decoder may have an encoder without layers.

    Raises:
        ModelUnavailable: ``config.json`` sets the number of layers to 0.
    """
    if config.is_encoder_decoder:
        return
    if getattr(config.get_text_config(), "num_hidden_layers", None) == 0:
        raise cannot_load(
            checkpoint, "its config.json gives it 0 layers, so it has no attention to show"
        )


def _check_both_halves(checkpoint: Checkpoint, settings: Mapping[str, object]) -> None:
    """Refuse an encoder or a decoder that was saved without the other half of its model.

    Args:
        checkpoint: the model.
        settings: the content of ``config.json``.

    Raises:
        ModelUnavailable: the class that saved the model, in ``architectures``, is only one half.
    """
    model_type, classes = settings["model_type"], settings.get("architectures")
    if model_type not in MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES:
        return
    for name in classes if isinstance(classes, list) else []:
        half = lone_half(str(name))
        if half:
            raise cannot_load(
                checkpoint,
                f"it is only {half} (of class {str(name)[:60]}), and a model of type "
                f"{model_type!r} is loaded with both an encoder and a decoder",
            )
