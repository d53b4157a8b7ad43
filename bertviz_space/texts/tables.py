"""How many positions, tokens and types of tokens a model knows, on each side of it.

All of it follows from what the model is: from the configuration of each submodel that reads token
ids, at any depth, and from the sizes of its tables. Nothing is read from a setting that the class
of a configuration does not declare: no code reads such a setting, whatever its name is.
"""

import dataclasses
import inspect
from collections.abc import Iterator
from typing import Literal

from torch import Tensor, nn
from transformers import PreTrainedConfig, PreTrainedModel

# The side of the text, which a model of one stack has alone, and the side of the target text.
Side = Literal["source", "target"]

# What configurations call the number of positions that a model was made for.
_POSITION_SETTINGS = ("max_position_embeddings", "n_positions", "max_seq_len", "n_ctx")
_POSITION_SETTINGS_OF: dict[Side, tuple[str, ...]] = {
    "source": (*_POSITION_SETTINGS, "max_encoder_position_embeddings"),
    "target": (*_POSITION_SETTINGS, "max_decoder_position_embeddings"),
}


def num_positions(model: PreTrainedModel, side: Side = "source") -> int | None:
    """Return how many tokens have a position, ``None`` if there is no bound.

    A bound can be advisory: a model with rotary positions computes beyond it, and was not trained
    to. The smallest of several bounds counts.

    Args:
        model: a model, with or without its weights.
        side: which side of it; a model of one stack has a source alone.
    """
    part, settings = stack(model, side), _POSITION_SETTINGS_OF[side]
    # FSMT's stacks are modules without a configuration of their own.
    bounds = [] if isinstance(part, PreTrainedModel) else _declared(model.config, settings)
    for name, module in _modules_of_text(part):
        if isinstance(module, PreTrainedModel):
            bounds += _declared(module.config, settings)
        elif name.endswith("position_embeddings"):
            # RoBERTa counts positions from one past the padding's id: 514 of them hold 512 tokens.
            padding, num_rows = getattr(module, "padding_idx", None), _num_rows(module)
            if padding is not None and num_rows is not None:
                bounds.append(num_rows - padding - 1)
    return min((bound for bound in bounds if bound > 0), default=None)


def num_token_ids(model: PreTrainedModel, side: Side = "source") -> int | None:
    """Return how many rows the embedding of token ids has, ``None`` if the model has none.

    Args:
        model: a model, with or without its weights.
        side: which side of it.
    """
    part = stack(model, side)
    if not isinstance(part, PreTrainedModel):
        return _num_rows(getattr(part, "embed_tokens", None))
    # What reads images beside a text may name the table in its text model alone (FLAVA).
    for submodel in (part, part.get_decoder()):
        try:
            return _num_rows(submodel.get_input_embeddings())
        except (AttributeError, NotImplementedError):
            continue
    return None


def num_token_types(model: PreTrainedModel) -> int | None:
    """Return how many types of tokens the model tells apart, ``None`` if it has no table of them.

    Args:
        model: a model, with or without its weights.
    """
    sizes = [
        _num_rows(module)
        for name, module in _modules_of_text(stack(model, "source"))
        if name.endswith("token_type_embeddings")
    ]
    return min((size for size in sizes if size is not None), default=None)


def takes_token_types(model: PreTrainedModel) -> bool:
    """Return whether the model's forward, without a task head, takes types of tokens."""
    return "token_type_ids" in inspect.signature(model.base_model.forward).parameters


def text_config(model: PreTrainedModel) -> PreTrainedConfig:
    """Return the configuration of the part that reads text, or the whole where several parts do."""
    try:
        return model.config.get_text_config()
    except ValueError:
        return model.config


def sides(model: PreTrainedModel) -> tuple[Side, ...]:
    """Return the sides that a model has."""
    return ("source", "target") if model.config.is_encoder_decoder else ("source",)


def stack(model: PreTrainedModel, side: Side) -> nn.Module:
    """Return the part of a model that reads the ids of one side."""
    if not model.config.is_encoder_decoder:
        return model
    return model.get_encoder() if side == "source" else model.get_decoder()


def _num_rows(table: object) -> int | None:
    """Return the rows of an embedding of any class, such as I-BERT's own; ``None`` for no table."""
    weight = getattr(table, "weight", None)
    return len(weight) if isinstance(weight, Tensor) and weight.ndim == 2 else None


def _modules_of_text(part: nn.Module, name: str = "") -> Iterator[tuple[str, nn.Module]]:
    """Yield the modules that a text passes, with their names: no encoder of images or sound."""
    yield name, part
    for child_name, child in part.named_children():
        if not isinstance(child, PreTrainedModel) or _reads_ids(child):
            yield from _modules_of_text(child, f"{name}.{child_name}")


def _reads_ids(submodel: PreTrainedModel) -> bool:
    return "input_ids" in inspect.signature(submodel.forward).parameters


def _declared(config: PreTrainedConfig, names: tuple[str, ...]) -> list[int]:
    """Return the settings of some names that the configuration's class declares and that are int.

    Some classes declare a setting under another name (``attribute_map``).
    """
    declared = {field.name for field in dataclasses.fields(config)} | set(config.attribute_map)
    values = [getattr(config, name, None) for name in names if name in declared]
    return [value for value in values if type(value) is int]
