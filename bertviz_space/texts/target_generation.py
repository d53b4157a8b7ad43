"""Let an encoder-decoder model generate the target text that the reader left out."""

from typing import Any

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from ..errors import SecondTextNotSupported, TextTooLong
from ..limits import MAX_GENERATED_TOKENS
from ..model_errors import explain_model_errors, explain_tokenizer_errors
from .encoding import Encoding
from .id_checks import check_forced_ids
from .id_settings import ids_of
from .reading import Texts
from .token_texts import decoded_tokens


def generate_target(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, texts: Texts
) -> Encoding:
    """Return the target text that the model generates greedily, without its end token.

    The text counts as cut if the model does not end it by itself within ``MAX_GENERATED_TOKENS``
    tokens and the positions of its decoder.

    Raises:
        SecondTextNotSupported: if the model was loaded without a head that generates text.
        TokenUnknown: if a configuration forces a token that the embedding has no row for.
        TextTooLong: if the start tokens fill all positions of the decoder.
        ModelFailed: if the model's own code raises an error.
    """
    if not model.can_generate():
        raise SecondTextNotSupported("This model cannot generate a target text. Enter one.")
    check_forced_ids(model)
    limit = texts.target_limit.num_tokens
    max_new_tokens = min(MAX_GENERATED_TOKENS, limit - len(texts.start))
    if max_new_tokens < 1:
        raise TextTooLong(
            f"The decoder of this model has {limit} positions, and its start tokens fill them all: "
            "there is no room for a target text. Choose another model."
        )
    with explain_model_errors(model.config.model_type):
        token_ids = _generated_ids(model, texts, max_new_tokens)
    # The configuration of some models (BART) forces an end token at the last position: that end is
    # not the model's own.
    is_end_forced = (
        len(token_ids) == max_new_tokens and model.generation_config.forced_eos_token_id is not None
    )
    end_ids = (*ids_of(model.generation_config.eos_token_id), tokenizer.eos_token_id)
    has_end = bool(token_ids) and token_ids[-1] in end_ids
    if has_end:
        token_ids = token_ids[:-1]
    with explain_tokenizer_errors():
        tokens = decoded_tokens(tokenizer, token_ids)
    is_whole = has_end and not is_end_forced
    return Encoding(token_ids, None, tokens, len(token_ids), cut=() if is_whole else ("A",))


def _generated_ids(model: PreTrainedModel, texts: Texts, max_new_tokens: int) -> tuple[int, ...]:
    """Return the ids that the model generates after the start tokens."""
    generate: Any = model.generate
    start_ids = [token.token_id for token in texts.start]
    input_ids = torch.tensor([texts.source.token_ids], device=model.device)
    generated = generate(
        input_ids=input_ids,
        attention_mask=torch.ones_like(input_ids),
        decoder_input_ids=torch.tensor([start_ids], device=model.device),
        # Without its first token in this argument, generate puts a start token of its own before
        # decoder_input_ids.
        decoder_start_token_id=start_ids[0],
        max_new_tokens=max_new_tokens,
        num_beams=1,
        do_sample=False,
        return_dict_in_generate=False,
        # transformers 5.23 sizes T5's cache by the number of encoder layers, which fails if the
        # decoder has another number of layers.
        use_cache=False,
    )
    return tuple(generated[0, len(start_ids) :].tolist())
