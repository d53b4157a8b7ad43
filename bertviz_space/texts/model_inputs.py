"""The inputs of a model for a tokenized text."""

from collections.abc import Sequence

import torch
from torch import Tensor
from transformers import PreTrainedModel

from .encoding import Encoding
from .table_sizes import takes_token_types


def model_inputs(model: PreTrainedModel, encoding: Encoding) -> dict[str, Tensor]:
    """Return the inputs of the model, without a padding mask: every mask is the model's own."""
    inputs: dict[str, Tensor] = {"input_ids": batch_of(model, encoding.token_ids)}
    if encoding.token_type_ids is not None and takes_token_types(model):
        inputs["token_type_ids"] = batch_of(model, encoding.token_type_ids)
    return inputs


def batch_of(model: PreTrainedModel, ids: Sequence[int]) -> Tensor:
    """Return a batch of one row: int64 ``[1, position]`` on the model's device."""
    return torch.tensor([ids], dtype=torch.int64, device=model.device)
