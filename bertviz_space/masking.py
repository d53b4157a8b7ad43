"""What a masked model predicts for one token of a text, without reading that token."""

import math

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from .cancellation import Cancellation
from .capture import (
    check_memory,
    for_inference,
    logits_of,
    predict,
    stopping_between_layers,
)
from .errors import MaskNotPossible, NoSuchPosition, a_model
from .model_errors import explain_full_memory
from .models.language_class import is_masked_model
from .texts.model_inputs import model_inputs
from .texts.predicted_tokens import predicted_tokens
from .texts.reading import read_texts
from .trace import Predictions


def masked_prediction(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    text: str,
    text_b: str | None = None,
    *,
    position: int,
    chat: bool = False,
    start_token: bool = False,
    cancellation: Cancellation | None = None,
    max_seconds: float = math.inf,
) -> Predictions:
    """Replace a token by the mask token, and return what a masked model predicts there.

    Args:
        model: a masked language model of the transformers library, such as BERT.
        tokenizer: the model's tokenizer.
        text: the text.
        text_b: the second text of a pair, for models with a separator token.
        position: the position of the token, counted from 0 as in ``extract(...).source``.
        chat: as for ``extract``.
        start_token: as for ``extract``.
        cancellation: stops the run before the next layer.
        max_seconds: the time limit of the run in seconds.

    Returns:
        The predictions at this position only. ``ranks`` and ``log_probabilities`` are those of the
        token that the mask replaces.

    Raises:
        MaskNotPossible: if the model is not a masked language model.
        NoSuchPosition: a ``ValueError`` too: if the text has no token at this position.
        SpaceError: any other error of ``extract``.
    """
    mask_id = tokenizer.mask_token_id
    if not is_masked_model(model) or not isinstance(mask_id, int):
        raise MaskNotPossible(
            "Only a masked language model, such as BERT, predicts a token that a mask replaces. "
            f"{a_model(model.config.model_type)} was loaded without the head of such a model: "
            "choose another model, or read what the model predicts without a mask."
        )
    texts = read_texts(
        model,
        tokenizer,
        text,
        text_b,
        None,
        source_language=None,
        target_language=None,
        chat=chat,
        start_token=start_token,
    )
    if not 0 <= position < len(texts.source.tokens):
        raise NoSuchPosition(position, [(0, len(texts.source.tokens) - 1)])
    inputs = model_inputs(model, texts.source)
    token_ids = inputs["input_ids"][0].clone()
    inputs["input_ids"][0, position] = mask_id
    with (
        explain_full_memory(a_model(model.config.model_type)),
        for_inference(model),
        stopping_between_layers(model, cancellation or Cancellation(), max_seconds) as check,
    ):
        check_memory(model, inputs)
        logits = logits_of(model, inputs)
        if logits is None:
            raise MaskNotPossible(
                "The logits of this model cannot be computed, so its predictions are not known. "
                "Choose another model."
            )
        ids = predict(logits, token_ids, 0, check, range(position, position + 1))
    vocabulary = predicted_tokens(tokenizer, ids.token_ids.unique().tolist())
    return Predictions(**vars(ids), vocabulary=vocabulary)
