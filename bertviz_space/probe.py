"""Runs a causal model once on random tokens that are repeated, and scores its heads.

Unlike the scores of ``trace.head_scores``, these do not depend on a reader's text.
"""

import math

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from .cancellation import Cancellation
from .capture import Capture, capture, check_memory, for_inference, stopping_between_layers
from .errors import ProbeUnavailable, a_model
from .model_errors import explain_full_memory
from .texts.random_tokens import RepeatedTokens, repeated_random_tokens
from .trace.repeated_tokens import Probe, attends_to_later_tokens, repeated_token_scores


def probe_scores(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    *,
    cancellation: Cancellation | None = None,
    max_seconds: float = math.inf,
) -> Probe:
    """Run a causal model on random tokens, repeated once, and score every head.

    The tokens are the same for every call with the same tokenizer: 50 ordinary tokens, or fewer if
    the model has fewer than 101 positions. The model is unchanged afterwards.

    Args:
        model: a causal text Transformer of the transformers library, such as GPT-2.
        tokenizer: the model's tokenizer.
        cancellation: stops the run before the next layer.
        max_seconds: the time limit of the run in seconds.

    Returns:
        The scores; ``rows()`` returns them head by head.

    Raises:
        ProbeUnavailable: if the model is not causal, or too few tokens fit.
        SpaceError: any other error of ``extract``.
    """
    if model.config.is_encoder_decoder:
        raise _not_causal(model)
    tokens = repeated_random_tokens(model, tokenizer)
    with (
        explain_full_memory(a_model(model.config.model_type)),
        for_inference(model),
        stopping_between_layers(model, cancellation or Cancellation(), max_seconds),
    ):
        captured = _captured(model, tokens)
    layers = captured.layers.get("self", ())
    if not layers or any(attends_to_later_tokens(layer) for layer in layers):
        raise _not_causal(model)
    scores = {layer.layer: repeated_token_scores(layer, tokens.num_random) for layer in layers}
    return Probe(tokens.num_random, scores)


def _captured(model: PreTrainedModel, tokens: RepeatedTokens) -> Capture:
    """Run the model, inside ``for_inference``, and return its attention."""
    ids = torch.tensor([tokens.token_ids], dtype=torch.int64, device=model.device)
    inputs = {"input_ids": ids}
    check_memory(model, inputs)
    return capture(model, inputs)


def _not_causal(model: PreTrainedModel) -> ProbeUnavailable:
    return ProbeUnavailable(
        f"The probe is for causal models, in which no token attends to a later one. "
        f"{a_model(model.config.model_type)} is not causal: choose a model such as GPT-2."
    )
