"""Runs a model on a text once, and returns its attention as a ``Trace``.

``extract`` is a function of model, text and options. It depends on no page and no reader, and its
only state is a lock for each model. So it can run in another process or on another machine.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from .cancellation import Cancellation
from .capture import (
    Capture,
    capture,
    check_memory,
    for_inference,
    offset_of,
    predict,
    stopping_between_layers,
    with_rotations,
)
from .errors import a_model
from .model_errors import explain_full_memory
from .texts.encoding import Encoding
from .texts.predicted_tokens import predicted_tokens
from .texts.reading import read_texts
from .texts.table_sizes import takes_token_types
from .texts.target_generation import generate_target
from .trace import NoPredictions, Predictions, Trace

_NO_HEAD = NoPredictions("This model has no language-model head, so it makes no predictions.")


def extract(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    text: str,
    text_b: str | None = None,
    target_text: str | None = None,
    *,
    source_language: str | None = None,
    target_language: str | None = None,
    chat: bool = False,
    start_token: bool = False,
    cancellation: Cancellation | None = None,
    max_seconds: float = math.inf,
) -> Trace:
    """Run a model on a text once, and return the attention of every layer and head.

    The model may be on any device, in any float dtype, with or without a task head, and loaded with
    any attention implementation. It is unchanged afterwards. The trace contains queries and keys,
    so its size is linear in the number of tokens.

    Args:
        model: a text Transformer of the transformers library.
        tokenizer: the model's tokenizer.
        text: the text; for an encoder-decoder model, the source text.
        text_b: the second text of a pair, for models with a separator token.
        target_text: the decoder's text of an encoder-decoder model. If it is omitted, the model
            writes it (greedily, at most ``MAX_GENERATED_TOKENS`` tokens).
        source_language: the code of the text's language, for tokenizers of several languages; if
            it is omitted, the tokenizer's default.
        target_language: the code of the target text's language; if it is omitted, the default.
        chat: wrap the text as a user's message in the model's chat template.
        start_token: put the start token first, for tokenizers that do not add it (GPT-2).
        cancellation: stops the run before the next layer, also while the model writes the target
            text.
        max_seconds: the time limit in seconds of all passes of this run together, counted from the
            moment when the model is free: one pass of a model runs at a time.

    Returns:
        The trace. ``trace.weights(component, layer)`` computes the weights, float32
        ``[head, query, key]``. Its notes say what was done with the texts, such as that the end of
        a text that is too long was cut. ``trace.predictions`` contains the most likely tokens at
        each position, if the model has a language-model head.

    Raises:
        SpaceError: with a message for the reader: the text is empty or unreadable; the model does
            not take a second text, language or option; its attention cannot be shown.
        ModelFailed: a ``SpaceError`` too: the model's own code failed.
        MemoryExhausted: a ``SpaceError`` too: there is not enough memory.
        RunStopped: a ``SpaceError`` too: the cancellation was requested.
        RunTooLong: a ``SpaceError`` too: the next layer would start after ``max_seconds``.
    """
    texts = read_texts(
        model,
        tokenizer,
        text,
        text_b,
        target_text,
        source_language=source_language,
        target_language=target_language,
        chat=chat,
        start_token=start_token,
    )
    inputs = _inputs(model, texts.source)
    with (
        explain_full_memory(a_model(model.config.model_type)),
        for_inference(model),
        stopping_between_layers(model, cancellation or Cancellation(), max_seconds) as check,
    ):
        if model.config.is_encoder_decoder:
            if texts.target is None:
                texts = texts.with_generated_target(generate_target(model, tokenizer, texts))
            target_ids = [token.token_id for token in texts.target_tokens or ()]
            inputs["decoder_input_ids"] = _batch(model, target_ids)
        check_memory(model, inputs)
        captured = capture(model, inputs)
        layers = with_rotations(model, captured.layers)
        predictions = _predictions(model, tokenizer, inputs, captured, check)
    return Trace(
        source=texts.source.tokens,
        target=texts.target_tokens,
        layers=layers,
        notes=texts.notes + captured.notes,
        predictions=predictions,
    )


def _predictions(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    inputs: Mapping[str, Any],
    captured: Capture,
    check: Callable[[], None],
) -> Predictions | NoPredictions:
    """Return what the model predicts, inside ``for_inference``."""
    if captured.logits is None:
        return _NO_HEAD
    has_decoder = "decoder_input_ids" in inputs
    token_ids = inputs["decoder_input_ids" if has_decoder else "input_ids"][0]
    offset = 1 if has_decoder else offset_of(captured.layers["self"])
    ids = predict(captured.logits, token_ids, offset, check)
    vocabulary = predicted_tokens(tokenizer, ids.token_ids.unique().tolist())
    return Predictions(**vars(ids), vocabulary=vocabulary)


def _inputs(model: PreTrainedModel, encoding: Encoding) -> dict[str, object]:
    """Return the inputs of the model, without a padding mask: every mask is the model's own."""
    inputs: dict[str, object] = {"input_ids": _batch(model, encoding.token_ids)}
    if encoding.token_type_ids is not None and takes_token_types(model):
        inputs["token_type_ids"] = _batch(model, encoding.token_type_ids)
    return inputs


def _batch(model: PreTrainedModel, ids: Sequence[int]) -> Tensor:
    """Return a batch of one row: int64 ``[1, position]`` on the model's device."""
    return torch.tensor([ids], dtype=torch.int64, device=model.device)
