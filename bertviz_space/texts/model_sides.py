"""Find the parts of a model that read the source text and the target text."""

from typing import Literal

from torch import nn
from transformers import PreTrainedConfig, PreTrainedModel

# ``source`` is the text that an encoder, or a model without a separate decoder, reads. ``target``
# is the text that the decoder of an encoder-decoder model reads.
Side = Literal["source", "target"]


def sides(model: PreTrainedModel) -> tuple[Side, ...]:
    """Return the sides that a model has."""
    return ("source", "target") if model.config.is_encoder_decoder else ("source",)


def stack(model: PreTrainedModel, side: Side) -> nn.Module:
    """Return the part of a model that reads the ids of one side."""
    if not model.config.is_encoder_decoder:
        return model
    return model.get_encoder() if side == "source" else model.get_decoder()


def text_config(model: PreTrainedModel) -> PreTrainedConfig:
    """Return the configuration of the part that reads text.

    Return the whole configuration if several parts read text.
    """
    try:
        return model.config.get_text_config()
    except ValueError:
        return model.config
