"""Draw the random tokens of the probe from a model's vocabulary."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from random import Random

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from ..errors import ProbeUnavailable
from .id_checks import check_token_ids
from .table_sizes import num_token_ids
from .token_limit import token_limit
from .token_texts import ids_of_special_tokens
from .tokenization import encode

# The number of random tokens, as in TransformerLens's examples; the model reads them twice.
NUM_RANDOM_TOKENS = 50

# The same tokens for every probe of a model, so that all readers see the same scores.
_SEED = 0

# A text of one letter, tokenized to find the tokens that the tokenizer puts before any text.
_LETTER = "a"


@dataclass(frozen=True)
class RepeatedTokens:
    """Random tokens, repeated once.

    Attributes:
        token_ids: the ids that the tokenizer puts before any text, such as a start token, and twice
            the random ids, which differ from each other.
        num_random: the number of random ids.
    """

    token_ids: tuple[int, ...]
    num_random: int


def repeated_random_tokens(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase
) -> RepeatedTokens:
    """Draw random ids, ``NUM_RANDOM_TOKENS`` or as many as fit into the model twice.

    Args:
        model: a model without a separate decoder, with or without its weights.
        tokenizer: its tokenizer.

    Raises:
        ProbeUnavailable: if not even two random tokens fit, or if the vocabulary has too few.
        TokenUnknown: if the model has no embedding for a token that the tokenizer puts first.
        ModelFailed: if the tokenizer's own code raises an error.
    """
    limit = token_limit(model, tokenizer)
    letter = encode(tokenizer, _LETTER, None, limit.num_tokens)
    num_first = len([*takewhile(lambda token: token.segment is None, letter.tokens)])
    first = letter.select(range(num_first))
    check_token_ids(model, first, "source")
    ordinary = list(_ordinary_ids(model, tokenizer))
    num_random = min(NUM_RANDOM_TOKENS, (limit.num_tokens - num_first) // 2, len(ordinary))
    if num_random < 2:
        raise ProbeUnavailable(
            "The probe needs two different tokens twice, which do not fit into this model or are "
            "not in its vocabulary. Choose another model."
        )
    drawn = tuple(Random(_SEED).sample(ordinary, num_random))
    return RepeatedTokens((*first.token_ids, *drawn, *drawn), num_random)


def _ordinary_ids(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> Iterator[int]:
    """Yield the ids of tokens that texts consist of, in ascending order.

    Special tokens, the unknown token, and tokens that were added to the vocabulary later (reserved
    and control tokens) are left out, and ids without a row in the embedding.
    """
    left_out = {
        *ids_of_special_tokens(tokenizer),
        *tokenizer.all_special_ids,  # the unknown token is one of them
        *tokenizer.added_tokens_decoder,
    }
    num_ids = num_token_ids(model)
    # A slow tokenizer can have several entries with the same id.
    for token_id in sorted(set(tokenizer.get_vocab().values())):
        if token_id not in left_out and (num_ids is None or 0 <= token_id < num_ids):
            yield token_id
