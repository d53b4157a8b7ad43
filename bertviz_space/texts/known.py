"""Refuses ids that a model has no row for, before they reach it.

A table on a GPU that is asked for such a row ends the process's use of the GPU for good.
"""

from collections.abc import Iterable, Mapping

from transformers import PreTrainedModel

from ..errors import TokenUnknown
from .encoding import Encoding
from .special_ids import ids_of
from .tables import Side, num_token_ids, num_token_types

_CHOOSE = "Choose another model."


def check_start(
    model: PreTrainedModel, start_ids: Iterable[int], languages: Mapping[str, int]
) -> None:
    """Refuse a start of the decoder that is beyond its embedding.

    Args:
        model: an encoder-decoder model, with or without its weights.
        start_ids: the ids before the target text.
        languages: codes and ids of the tokenizer's languages.

    Raises:
        TokenUnknown: naming the id, or the language.
    """
    beyond = _first_beyond(model, start_ids, "target")
    if beyond is None:
        return
    named, advice = f"the token of id {beyond:,}", _CHOOSE
    for code, language_id in languages.items():
        if language_id == beyond:
            named = f"{named}, of the language {code}"
            advice = "Choose another target language, or another model."
    raise TokenUnknown(
        f"The decoder of this model starts with {named}; its embedding has "
        f"{_rows(model, 'target')}. {advice}"
    )


def check_forced(model: PreTrainedModel) -> None:
    """Refuse to write a target text for which a configuration forces ids that the model lacks.

    Args:
        model: an encoder-decoder model that writes.

    Raises:
        TokenUnknown: naming the first such id.
    """
    writes = model.generation_config
    forced = (*ids_of(writes.forced_bos_token_id), *ids_of(writes.forced_eos_token_id))
    beyond = _first_beyond(model, forced, "target")
    if beyond is not None:
        raise TokenUnknown(
            f"The configuration of this model makes it write the token of id {beyond:,}, and its "
            f"embedding has {_rows(model, 'target')}. Enter a target text, or choose another model."
        )


def check_token_ids(model: PreTrainedModel, encoding: Encoding, side: Side) -> None:
    """Refuse a text with a token whose id is beyond the model's embedding.

    Args:
        model: a model, with or without its weights.
        encoding: the text, as it goes in on one side.
        side: that side.

    Raises:
        TokenUnknown: naming the token.
    """
    beyond = _first_beyond(model, encoding.token_ids, side)
    if beyond is None:
        return
    token = encoding.tokens[encoding.token_ids.index(beyond)]
    advice = _CHOOSE
    if token.segment is not None:
        advice = "Remove it from the text, or choose another model."
    raise TokenUnknown(
        f"The tokenizer gives the token {token.vocabulary} the id {beyond:,}, and the model's "
        f"embedding has {_rows(model, side)}. {advice}"
    )


def check_token_types(model: PreTrainedModel, encoding: Encoding) -> None:
    """Refuse types of tokens that the model has no row for, such as those of a second text.

    Raises:
        TokenUnknown: naming the first such token and its type.
    """
    num_types, types = num_token_types(model), encoding.token_type_ids or ()
    if num_types is None:
        return
    for token, token_type in zip(encoding.tokens, types, strict=False):
        if not 0 <= token_type < num_types:
            advice = _CHOOSE
            if token.segment == "B":
                advice = "Leave the second text empty, or choose another model."
            raise TokenUnknown(
                f"The tokenizer gives the token {token.vocabulary} the type {token_type}, and the "
                f"model's table has the types 0 to {num_types - 1}. {advice}"
            )


def _first_beyond(model: PreTrainedModel, ids: Iterable[int], side: Side) -> int | None:
    num_ids = num_token_ids(model, side)
    if num_ids is None:
        return None
    return next((each for each in ids if not 0 <= each < num_ids), None)


def _rows(model: PreTrainedModel, side: Side) -> str:
    """Return the ids that the embedding has, in words."""
    return f"the ids 0 to {(num_token_ids(model, side) or 1) - 1:,}"
