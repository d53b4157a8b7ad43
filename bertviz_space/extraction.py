"""One forward pass of a model on a text, as a ``Trace``.

A pure function of model, text and options: no page, no visitor, no state but a lock a model, so
that it can run in another process or on another machine behind the same page. ``capture`` is the
same from token ids on.
"""

import inspect

import torch
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from .attention import Token, Trace
from .capture import capture, for_inference
from .errors import AttentionUnavailable, SecondTextNotTaken
from .limits import MAX_GENERATED_TOKENS
from .rotation import with_rotations
from .tokens import Encoding, encode, encode_target, token_limit, tokens_of_ids


def extract(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    text: str,
    text_b: str | None = None,
    target_text: str | None = None,
) -> Trace:
    """Run the model once and keep what made its attention.

    The model may be on any device, in any float dtype, with or without a task head, loaded with any
    attention implementation; it is left as it was found. Keys and queries are kept, so memory grows
    with the text, not with its square.

    Args:
        model: a text Transformer of the transformers library, in memory.
        tokenizer: its tokenizer.
        text: the text; for an encoder-decoder model the source text.
        text_b: the second text of a pair, for models with a separator token.
        target_text: the decoder's text of an encoder-decoder model; left out, the model writes it
            (greedily, at most ``MAX_GENERATED_TOKENS`` tokens).

    Returns:
        The trace; ``trace.weights(component, layer)`` makes float32 ``[head, query, key]``.

    Raises:
        SpaceError: with the sentence for the reader: empty, unreadable or too long a text, a second
            text that the model does not take, attention that cannot be shown.
    """
    has_decoder = bool(model.config.is_encoder_decoder)
    if has_decoder and text_b is not None:
        raise SecondTextNotTaken(
            "This model translates one text. Leave the second text empty, or give a target text."
        )
    if not has_decoder and target_text is not None:
        raise SecondTextNotTaken("This model has no decoder. Leave the target text empty.")
    limit = token_limit(model, tokenizer)
    encoding = encode(tokenizer, text, text_b, limit)
    inputs = _inputs(model, encoding)
    target: tuple[Token, ...] | None = None
    with for_inference(model):
        if has_decoder:
            target_ids, target = _target(model, tokenizer, inputs, target_text, limit)
            inputs["decoder_input_ids"] = _batch(model, target_ids)
        captured = capture(model, inputs)
        layers = with_rotations(model, captured.layers)
    return Trace(source=encoding.tokens, target=target, layers=layers, notes=captured.notes)


def _inputs(model: PreTrainedModel, encoding: Encoding) -> dict[str, object]:
    """The model's own inputs. One row and no padding, so every mask is the model's structure."""
    inputs: dict[str, object] = {"input_ids": _batch(model, encoding.token_ids)}
    takes_types = "token_type_ids" in inspect.signature(model.base_model.forward).parameters
    if encoding.token_type_ids is not None and takes_types:
        inputs["token_type_ids"] = _batch(model, encoding.token_type_ids)
    return inputs


def _batch(model: PreTrainedModel, ids: tuple[int, ...]) -> Tensor:
    """A batch of one row: int64 ``[1, position]`` on the model's device."""
    return torch.tensor([ids], dtype=torch.int64, device=model.device)


def _target(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    inputs: dict[str, object],
    target_text: str | None,
    limit: int,
) -> tuple[tuple[int, ...], tuple[Token, ...]]:
    """The decoder's input ids and tokens, from the reader's target text or from the model."""
    start_id = model.config.decoder_start_token_id
    if start_id is None:
        start_id = model.generation_config.decoder_start_token_id if model.can_generate() else None
    if start_id is None:
        raise AttentionUnavailable("This model does not say which token its decoder starts with.")
    if target_text is not None:
        encoding = encode_target(tokenizer, target_text, limit)
        token_ids, tokens = encoding.token_ids, encoding.tokens
    elif not model.can_generate():
        raise SecondTextNotTaken("This model cannot write the target text itself. Enter one.")
    else:
        input_ids = inputs["input_ids"]
        written = model.generate(
            input_ids=input_ids,
            attention_mask=torch.ones_like(input_ids),  # type: ignore[arg-type]
            max_new_tokens=min(MAX_GENERATED_TOKENS, limit - 1),
            num_beams=1,
            do_sample=False,
            # transformers 5.23 sizes a T5's cache by the encoder's depth: unequal depths fail.
            use_cache=False,
        )
        token_ids = tuple(written[0, 1:].tolist())
        if token_ids and token_ids[-1] == tokenizer.eos_token_id:
            token_ids = token_ids[:-1]
        text = tokenizer.decode(list(token_ids), skip_special_tokens=True)
        tokens = tokens_of_ids(tokenizer, token_ids, str(text))
    start = Token(
        text=(spelling := str(tokenizer.convert_ids_to_tokens(start_id))),
        vocabulary=spelling,
        token_id=start_id,
        start=0,
        end=0,
        segment=None,
        special=True,
    )
    return (start_id, *token_ids), (start, *tokens)
