"""The texts of tokens that a model may predict, each on its own."""

from collections.abc import Iterable

from transformers import PreTrainedTokenizerBase

from ..model_errors import explain_tokenizer_errors
from ..trace import PredictedToken
from .decoding import REPLACEMENT
from .letters import SENTENCEPIECE_BLANK
from .token_texts import special_token, vocabulary_entry


def predicted_tokens(
    tokenizer: PreTrainedTokenizerBase, token_ids: Iterable[int]
) -> dict[int, PredictedToken]:
    """Return the text and the spelling of each token, by its id.

    A token that is no whole text, such as one byte of a letter, and an id that the vocabulary does
    not have, are shown by their spelling.

    Raises:
        ModelFailed: if the tokenizer's own code raises an error.
    """
    with explain_tokenizer_errors():
        return {token_id: _predicted_token(tokenizer, token_id) for token_id in token_ids}


def _predicted_token(tokenizer: PreTrainedTokenizerBase, token_id: int) -> PredictedToken:
    spelling = vocabulary_entry(tokenizer, token_id)
    if spelling is None:
        number = special_token(tokenizer, token_id).text
        return PredictedToken(number, number)
    text = str(tokenizer.decode([token_id], clean_up_tokenization_spaces=False))
    if not text or REPLACEMENT in text:
        return PredictedToken(spelling, spelling)
    # SentencePiece decoders drop a blank at the start.
    lacks_blank = spelling.startswith(SENTENCEPIECE_BLANK) and not text.startswith(" ")
    return PredictedToken(f" {text}" if lacks_blank else text, spelling)
