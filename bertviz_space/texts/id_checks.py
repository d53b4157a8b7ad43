"""Reject token ids and token types that a model's embeddings have no row for.

The checks run before the model does: looking up a missing row on a GPU makes the GPU unusable for
the rest of the process.
"""

from collections.abc import Iterable, Mapping

from transformers import PreTrainedModel

from ..errors import TokenUnknown
from .encoding import Encoding
from .id_settings import ids_of
from .model_sides import Side
from .table_sizes import num_token_ids, num_token_types

_CHOOSE = "Choose another model."


def check_start_ids(
    model: PreTrainedModel, start_ids: Iterable[int], languages: Mapping[str, int]
) -> None:
    """Check that the decoder's embedding has a row for each id before the target text.

    Args:
        model: an encoder-decoder model, with or without its weights.
        start_ids: the ids before the target text.
        languages: codes and token ids of the tokenizer's languages.

    Raises:
        TokenUnknown: naming the first missing id, and its language if it is a language's token.
    """
    missing = _first_missing(model, start_ids, "target")
    if missing is None:
        return
    subject, advice = f"token id {missing:,}", _CHOOSE
    for code, language_id in languages.items():
        if language_id == missing:
            subject = f"{subject} for the language {code}"
            advice = "Choose another target language, or another model."
    raise TokenUnknown(
        f"The decoder of this model starts with {subject}; its embedding has only "
        f"{_id_range(model, 'target')}. {advice}"
    )


def check_forced_ids(model: PreTrainedModel) -> None:
    """Check that the decoder's embedding has a row for each id that generation forces.

    Args:
        model: an encoder-decoder model that can generate text.

    Raises:
        TokenUnknown: naming the first missing id.
    """
    config = model.generation_config
    forced = (*ids_of(config.forced_bos_token_id), *ids_of(config.forced_eos_token_id))
    missing = _first_missing(model, forced, "target")
    if missing is not None:
        raise TokenUnknown(
            f"This model's generation configuration forces token id {missing:,}, and the model's "
            f"embedding has only {_id_range(model, 'target')}. Enter a target text, or choose "
            "another model."
        )


def check_token_ids(model: PreTrainedModel, encoding: Encoding, side: Side) -> None:
    """Check that the model's embedding has a row for each id of a text.

    Args:
        model: a model, with or without its weights.
        encoding: the tokenized text of one side.
        side: the side of the model that reads the text.

    Raises:
        TokenUnknown: naming the first token without a row.
    """
    missing = _first_missing(model, encoding.token_ids, side)
    if missing is None:
        return
    token = encoding.tokens[encoding.token_ids.index(missing)]
    advice = _CHOOSE
    if token.segment is not None:
        advice = "Remove it from the text, or choose another model."
    raise TokenUnknown(
        f"The tokenizer gives the token {token.vocabulary} the id {missing:,}, and the model's "
        f"embedding has only {_id_range(model, side)}. {advice}"
    )


def check_token_types(model: PreTrainedModel, encoding: Encoding) -> None:
    """Check that the model has a row for each token type, such as type 1 of a second text.

    Raises:
        TokenUnknown: naming the first token without a row for its type, and the type.
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
                f"model has only the token types 0 to {num_types - 1}. {advice}"
            )


def _first_missing(model: PreTrainedModel, ids: Iterable[int], side: Side) -> int | None:
    """Return the first id without a row in the embedding, ``None`` if there is none."""
    num_ids = num_token_ids(model, side)
    if num_ids is None:
        return None
    return next((token_id for token_id in ids if not 0 <= token_id < num_ids), None)


def _id_range(model: PreTrainedModel, side: Side) -> str:
    """Return the ids that the embedding has a row for: "the ids 0 to 30,521"."""
    return f"the ids 0 to {(num_token_ids(model, side) or 1) - 1:,}"
