"""What a masked model predicts for one token of a text, without reading that token."""

import math
from typing import Any

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from .cancellation import Cancellation
from .capture import logits_of, predict
from .errors import MaskNotPossible, a_model
from .models.language_class import is_masked_model
from .prepared_run import masked_inputs, prepared_run
from .texts.predicted_tokens import predicted_tokens
from .trace import Predictions
from .trace.interventions import TokenMasked


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
    if not is_masked_model(model) or not isinstance(tokenizer.mask_token_id, int):
        raise MaskNotPossible(
            "Only a masked language model, such as BERT, predicts a token that a mask replaces. "
            f"{a_model(model.config.model_type)} was loaded without the head of such a model: "
            "choose another model, or read what the model predicts without a mask."
        )
    options: dict[str, Any] = {"chat": chat, "start_token": start_token}
    options |= {"cancellation": cancellation, "max_seconds": max_seconds}
    with prepared_run(model, tokenizer, text, text_b, **options) as run:
        _, inputs = masked_inputs(model, tokenizer, run, [TokenMasked(position)])
        logits = logits_of(model, inputs)
        if logits is None:
            raise MaskNotPossible(
                "The logits of this model cannot be computed, so its predictions are not known. "
                "Choose another model."
            )
        positions = range(position, position + 1)
        ids = predict(logits, run.predicted_ids, 0, run.check, positions)
    vocabulary = predicted_tokens(tokenizer, ids.token_ids.unique().tolist())
    return Predictions(**vars(ids), vocabulary=vocabulary)
