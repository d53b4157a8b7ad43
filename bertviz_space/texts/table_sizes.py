"""How many positions, token ids and token types a model has.

The sizes come from the shapes of the model's embeddings and from the configuration of each
submodel that reads token ids, at any depth. A setting counts only if the configuration's class
declares it: no code of the model reads any other setting, whatever its name is.
"""

import dataclasses
import inspect
from collections.abc import Iterator

from torch import Tensor, nn
from transformers import PreTrainedConfig, PreTrainedModel

from .model_sides import Side, stack

# Names of the setting that gives the number of positions that a model was trained with.
_POSITION_SETTINGS = ("max_position_embeddings", "n_positions", "max_seq_len", "n_ctx")
_POSITION_SETTINGS_OF: dict[Side, tuple[str, ...]] = {
    "source": (*_POSITION_SETTINGS, "max_encoder_position_embeddings"),
    "target": (*_POSITION_SETTINGS, "max_decoder_position_embeddings"),
}


def num_positions(model: PreTrainedModel, side: Side = "source") -> int | None:
    """Return how many tokens have a position, ``None`` if there is no limit.

    If several submodels have a limit, the smallest counts. The limit can be advisory: a model with
    rotary positions computes positions beyond it, but was not trained on them.

    Args:
        model: a model, with or without its weights.
        side: ``source``, or ``target`` for the decoder of an encoder-decoder model.
    """
    part, settings = stack(model, side), _POSITION_SETTINGS_OF[side]
    # FSMT's encoder and decoder are modules without a configuration of their own.
    limits = [] if isinstance(part, PreTrainedModel) else _declared(model.config, settings)
    for name, module in _text_modules(part):
        if isinstance(module, PreTrainedModel):
            limits += _declared(module.config, settings)
        elif name.endswith("position_embeddings"):
            # RoBERTa counts positions from one past the id of the padding token: a table of 514
            # rows has room for 512 tokens.
            padding, num_rows = getattr(module, "padding_idx", None), _num_rows(module)
            if isinstance(padding, int) and num_rows is not None:
                limits.append(num_rows - padding - 1)
    return min((limit for limit in limits if limit > 0), default=None)


def num_token_ids(model: PreTrainedModel, side: Side = "source") -> int | None:
    """Return how many rows the token embedding has, ``None`` if no embedding is found.

    Args:
        model: a model, with or without its weights.
        side: ``source``, or ``target`` for the decoder of an encoder-decoder model.
    """
    part = stack(model, side)
    if not isinstance(part, PreTrainedModel):
        return _num_rows(getattr(part, "embed_tokens", None))
    # A model that reads images beside a text can name the embedding in its text model only (FLAVA).
    for submodel in (part, part.get_decoder()):
        try:
            return _num_rows(submodel.get_input_embeddings())
        except (AttributeError, NotImplementedError):
            continue
    return None


def num_token_types(model: PreTrainedModel) -> int | None:
    """Return how many token types the model has, ``None`` if it has no token type embedding.

    Args:
        model: a model, with or without its weights.
    """
    sizes = [
        _num_rows(module)
        for name, module in _text_modules(stack(model, "source"))
        if name.endswith("token_type_embeddings")
    ]
    return min((size for size in sizes if size is not None), default=None)


def takes_token_types(model: PreTrainedModel) -> bool:
    """Return whether the ``forward`` of the model without its head takes token types."""
    return "token_type_ids" in inspect.signature(model.base_model.forward).parameters


def _num_rows(table: object) -> int | None:
    """Return the number of rows of an embedding, ``None`` if ``table`` is not an embedding.

    The class does not matter: I-BERT has an embedding class of its own.
    """
    weight = getattr(table, "weight", None)
    return len(weight) if isinstance(weight, Tensor) and weight.ndim == 2 else None


def _text_modules(part: nn.Module, name: str = "") -> Iterator[tuple[str, nn.Module]]:
    """Yield the modules, with their names, except submodels for images or sound and their parts."""
    yield name, part
    for child_name, child in part.named_children():
        if not isinstance(child, PreTrainedModel) or _reads_ids(child):
            yield from _text_modules(child, f"{name}.{child_name}")


def _reads_ids(submodel: PreTrainedModel) -> bool:
    return "input_ids" in inspect.signature(submodel.forward).parameters


def _declared(config: PreTrainedConfig, names: tuple[str, ...]) -> list[int]:
    """Return the int values of those settings in ``names`` that the configuration's class declares.

    A class can declare a setting under another name (``attribute_map``).
    """
    declared = {field.name for field in dataclasses.fields(config)} | set(config.attribute_map)
    values = [getattr(config, name, None) for name in names if name in declared]
    return [value for value in values if type(value) is int]
