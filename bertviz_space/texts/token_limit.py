"""How many tokens of a text fit into a model, its tokenizer and this Space."""

from dataclasses import dataclass

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from ..limits import MAX_TOKENS
from .model_sides import Side
from .table_sizes import num_positions


@dataclass(frozen=True)
class TokenLimit:
    """How many tokens fit, including special tokens.

    Attributes:
        num_tokens: the limit.
        is_of_model: True for the limit of the model or its tokenizer, False for the lower limit of
            this Space.
    """

    num_tokens: int
    is_of_model: bool

    def __str__(self) -> str:
        """Return a clause for the reader: "the model takes 512"."""
        subject = "the model takes" if self.is_of_model else "this Space shows up to"
        return f"{subject} {self.num_tokens:,}"


def token_limit(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, side: Side = "source"
) -> TokenLimit:
    """Return how many tokens fit into the model, its tokenizer and this Space.

    Args:
        model: a model, with or without its weights.
        tokenizer: its tokenizer.
        side: ``source``, or ``target`` for the decoder of an encoder-decoder model.
    """
    limits = [num_positions(model, side), _tokenizer_limit(tokenizer)]
    limit = min((limit for limit in limits if limit is not None), default=MAX_TOKENS + 1)
    return TokenLimit(min(limit, MAX_TOKENS), is_of_model=limit <= MAX_TOKENS)


def _tokenizer_limit(tokenizer: PreTrainedTokenizerBase) -> int | None:
    """Return the tokenizer's ``model_max_length``, at most ``MAX_TOKENS + 1``.

    A tokenizer's file can set it to a value of any type. ``None`` means that it is not a
    number from 1 up.
    """
    length: object = tokenizer.model_max_length
    is_number = isinstance(length, int | float) and not isinstance(length, bool)
    return int(min(length, MAX_TOKENS + 1)) if is_number and length >= 1 else None
