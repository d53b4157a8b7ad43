"""The model types of transformers that have a language model, with their classes."""

from dataclasses import dataclass

from transformers import AutoModelForCausalLM, AutoModelForMaskedLM, AutoModelForSeq2SeqLM
from transformers.models.auto import modeling_auto

AUTO_CLASSES = {
    "MaskedLM": (AutoModelForMaskedLM, modeling_auto.MODEL_FOR_MASKED_LM_MAPPING_NAMES),
    "CausalLM": (AutoModelForCausalLM, modeling_auto.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES),
    "Seq2SeqLM": (
        AutoModelForSeq2SeqLM,
        modeling_auto.MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES,
    ),
}


@dataclass(frozen=True, order=True)
class Architecture:
    """A model type with one of its language model classes."""

    model_type: str
    auto_class: str


def all_architectures() -> list[Architecture]:
    """Return every model type of the three mappings, sorted by name."""
    return sorted(
        Architecture(model_type, auto_class)
        for auto_class, (_, names) in AUTO_CLASSES.items()
        for model_type in names
    )
