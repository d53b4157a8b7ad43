"""Chooses the class of transformers that loads a model, with its language head if it has one."""

import re
from typing import Any

from transformers import (
    MODEL_FOR_CAUSAL_LM_MAPPING,
    MODEL_FOR_MASKED_LM_MAPPING,
    AutoModel,
    AutoModelForCausalLM,
    AutoModelForMaskedLM,
    AutoModelForSeq2SeqLM,
    PreTrainedConfig,
)

# The ends of the names of classes with a language head, in all versions of transformers. A class
# for pretraining has the head of a masked language model, and often another one (BERT).
_CAUSAL = re.compile("(LMHeadModel|ForCausalLM)$")
_MASKED = re.compile("(WithLMHeadModel|ForMaskedLM|ForPreTraining)$")


def model_classes(config: PreTrainedConfig) -> tuple[Any, ...]:
    """Return the classes that may load a model, in the order of preference.

    The first one has a language head, if a class with such a head saved the model. The second one
    has no head, for files that lack it. An encoder-decoder model is loaded with its head only,
    because the head writes the target text.

    Args:
        config: the model's configuration, with the names of the classes that saved the model.
    """
    if config.is_encoder_decoder:
        return (AutoModelForSeq2SeqLM,)
    language_class = _language_class(config)
    return (AutoModel,) if language_class is None else (language_class, AutoModel)


def is_causal_class(model_class: Any) -> bool:
    """Return whether a class has the head of a model that writes one token after the other."""
    return model_class is AutoModelForCausalLM


def _language_class(config: PreTrainedConfig) -> Any:
    names = [str(name) for name in config.architectures or ()]
    for pattern, mapping, auto_class in (
        (_MASKED, MODEL_FOR_MASKED_LM_MAPPING, AutoModelForMaskedLM),
        (_CAUSAL, MODEL_FOR_CAUSAL_LM_MAPPING, AutoModelForCausalLM),
    ):
        if type(config) in mapping and any(pattern.search(name) for name in names):
            return auto_class
    return None
