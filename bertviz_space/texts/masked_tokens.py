"""Tokens of a text that the mask token of a model replaces."""

from collections.abc import Collection
from dataclasses import replace

from transformers import PreTrainedTokenizerBase

from ..errors import MaskNotPossible, NoSuchPosition
from .encoding import Encoding
from .token_texts import special_token


def mask_tokens(
    tokenizer: PreTrainedTokenizerBase, encoding: Encoding, positions: Collection[int]
) -> Encoding:
    """Return an encoding in which the mask token replaces some tokens.

    Args:
        tokenizer: the model's tokenizer.
        encoding: the text. Each token keeps the characters that it covers.
        positions: the positions of the tokens.

    Raises:
        MaskNotPossible: if the tokenizer has no mask token.
        NoSuchPosition: if the text has no token at a position.
    """
    mask_id = tokenizer.mask_token_id
    if not isinstance(mask_id, int):
        raise MaskNotPossible(
            "This model has no mask token, so no token can be masked. Choose a masked language "
            "model such as BERT, or cut the edges to the token instead."
        )
    num_tokens = len(encoding.tokens)
    for position in positions:
        if not 0 <= position < num_tokens:
            raise NoSuchPosition(position, [(0, num_tokens - 1)])
    mask = special_token(tokenizer, mask_id)
    return replace(
        encoding,
        token_ids=tuple(
            mask_id if position in positions else token_id
            for position, token_id in enumerate(encoding.token_ids)
        ),
        tokens=tuple(
            replace(token, text=mask.text, vocabulary=mask.vocabulary, token_id=mask_id)
            if position in positions
            else token
            for position, token in enumerate(encoding.tokens)
        ),
    )
