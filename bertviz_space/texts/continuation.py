"""Let a causal model continue a text: settings, and the tokens that the model writes."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor
from transformers import (
    LogitsProcessor,
    LogitsProcessorList,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    StoppingCriteria,
    StoppingCriteriaList,
    TemperatureLogitsWarper,
    TopPLogitsWarper,
)

from ..errors import ContinuationNotPossible, InvalidInput
from ..limits import MAX_CONTINUED_TOKENS, MAX_TEMPERATURE, MIN_TEMPERATURE
from ..model_errors import explain_model_errors, explain_tokenizer_errors
from ..trace import Token
from .encoding import Encoding, Segment
from .id_settings import ids_of
from .token_limit import TokenLimit
from .token_texts import decoded_tokens

# Receives the written text after each token, and returns whether the model should write another.
OnWritten = Callable[[str], bool]


@dataclass(frozen=True)
class Continuation:
    """How a causal model continues a text.

    Attributes:
        num_tokens: the largest number of tokens, 1 to ``MAX_CONTINUED_TOKENS``.
        temperature: the divisor of the logits, ``MIN_TEMPERATURE`` to ``MAX_TEMPERATURE``, if
            tokens are drawn at random; ``None`` to take the most likely token each time (greedy).
        top_p: the tokens to draw from are the most likely ones that together have this probability,
            greater than 0 and at most 1.
        seed: the start of the random numbers, from 0 to 2**32 - 1. An equal seed gives the same
            text on the same machine.

    Raises:
        InvalidInput: at construction, if a value is out of its range.
    """

    num_tokens: int
    temperature: float | None = None
    top_p: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        """Check the ranges once, so that no other code needs to."""
        if not 1 <= self.num_tokens <= MAX_CONTINUED_TOKENS:
            raise InvalidInput(
                f"A text can be continued by 1 to {MAX_CONTINUED_TOKENS} tokens, not by "
                f"{self.num_tokens:,}. Choose a number in this range, or 0 to write nothing."
            )
        temperature = self.temperature
        if temperature is not None and not MIN_TEMPERATURE <= temperature <= MAX_TEMPERATURE:
            raise InvalidInput(
                f"A temperature must be greater than 0, from {MIN_TEMPERATURE:g} to "
                f"{MAX_TEMPERATURE:g}, and it is {temperature}. Leave it empty to take the most "
                "likely token each time."
            )
        if not 0 < self.top_p <= 1:
            raise InvalidInput(
                f"Top-p must be greater than 0 and at most 1, and it is {self.top_p}. Choose 1 "
                "to draw from all tokens."
            )
        if not 0 <= self.seed < 2**32:
            raise InvalidInput(f"A seed must be from 0 to {2**32 - 1:,}. Choose another seed.")

    def __str__(self) -> str:
        """Return the way of choosing tokens: "greedy", or "temperature 0.7, top-p 0.9, seed 1"."""
        if self.temperature is None:
            return "greedy"
        return f"temperature {self.temperature:g}, top-p {self.top_p:g}, seed {self.seed}"


@dataclass(frozen=True)
class Continued:
    """A text and its continuation.

    Attributes:
        encoding: the tokens of the text, and after them those that the model wrote, without the
            token with which it ended the text.
        written_from: the position of the first written token, ``None`` if there is none.
        note: a sentence that tells the reader what the model wrote.
    """

    encoding: Encoding
    written_from: int | None
    note: str


def check_continuation(
    model: PreTrainedModel, encoding: Encoding, limit: TokenLimit, num: int
) -> None:
    """Check that a model can continue a text, before it runs.

    Args:
        model: the model, with or without its weights.
        encoding: the tokenized text, truncated.
        limit: how many tokens fit.
        num: the number of tokens to write at most.

    Raises:
        ContinuationNotPossible: if the model writes no text, or not so many tokens fit.
    """
    if model.config.is_encoder_decoder:
        raise ContinuationNotPossible(
            "This model has a decoder, which writes a target text instead of continuing the text. "
            "Leave the target text empty to let it write one, and do not continue the text."
        )
    if not model.can_generate():
        raise ContinuationNotPossible(
            "This model does not write text one token after the other, so it cannot continue a "
            "text. Choose a causal model such as GPT-2, or do not continue the text."
        )
    num_text = len(encoding.tokens)
    room = limit.num_tokens - num_text
    if num > room:
        advice = f"Continue it by at most {room} tokens, or shorten" if room > 0 else "Shorten"
        raise ContinuationNotPossible(
            f"The text has {num_text:,} tokens, and {limit}: it cannot be continued by {num} "
            f"tokens. {advice} the text."
        )


def continue_text(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    encoding: Encoding,
    continuation: Continuation,
    on_written: OnWritten,
    *,
    chat: bool,
) -> Continued:
    """Let a model write tokens after a text.

    The model stops at an end token of its generation configuration or of its tokenizer. An end
    token that the tokenizer has added to the text is removed. The caller has checked the request
    with ``check_continuation``.

    Args:
        model: the model, inside ``for_inference``.
        tokenizer: its tokenizer.
        encoding: the tokenized text.
        continuation: how the model continues it.
        on_written: called after each token.
        chat: True if the text is wrapped in a chat template, which may end with an end token.

    Raises:
        ModelFailed: if the model's own code raises an error.
    """
    end_ids = _end_ids(model, tokenizer)
    if not chat and encoding.tokens[-1].segment is None and encoding.token_ids[-1] in end_ids:
        encoding = encoding.select(range(len(encoding.tokens) - 1))
    written = _written_ids(model, tokenizer, encoding, continuation, end_ids, on_written)
    has_end = bool(written) and written[-1] in end_ids
    if has_end:
        written = written[:-1]
    with explain_tokenizer_errors():
        tokens = _written_tokens(tokenizer, encoding, written)
    position = len(encoding.tokens)
    return Continued(
        _joined(encoding, written, tokens),
        position if written else None,
        _note(continuation, len(written), has_end),
    )


def _end_ids(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> tuple[int, ...]:
    settings = (model.generation_config.eos_token_id, tokenizer.eos_token_id)
    return tuple(token_id for setting in settings for token_id in ids_of(setting))


def _written_ids(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    encoding: Encoding,
    continuation: Continuation,
    end_ids: tuple[int, ...],
    on_written: OnWritten,
) -> tuple[int, ...]:
    """Return the ids that the model writes, with the end token if it writes one."""
    generate: Any = model.generate
    input_ids = torch.tensor([encoding.token_ids], device=model.device)
    first = input_ids.shape[1]

    def is_enough(ids: Tensor) -> bool:
        with explain_tokenizer_errors():
            text = str(tokenizer.decode(ids[first:], skip_special_tokens=True))
        return not on_written(text)

    with explain_model_errors(model.config.model_type):
        generated = generate(
            input_ids=input_ids,
            attention_mask=torch.ones_like(input_ids),
            max_new_tokens=continuation.num_tokens,
            num_beams=1,
            do_sample=False,
            eos_token_id=list(end_ids) or None,
            pad_token_id=end_ids[0] if end_ids else 0,  # of shorter rows of a batch: there is one
            return_dict_in_generate=False,
            logits_processor=LogitsProcessorList(_drawing(continuation)),
            stopping_criteria=StoppingCriteriaList([_Enough(is_enough)]),
        )
    return tuple(generated[0, first:].tolist())


def _drawing(continuation: Continuation) -> list[LogitsProcessor]:
    """Return what makes a greedy choice a random one, with random numbers of its own."""
    if continuation.temperature is None:
        return []
    temperature = float(continuation.temperature)  # transformers accepts no whole number
    processors: list[LogitsProcessor] = [TemperatureLogitsWarper(temperature)]
    if continuation.top_p < 1:
        processors.append(TopPLogitsWarper(continuation.top_p))
    return [*processors, _Draw(continuation.seed)]


class _Draw(LogitsProcessor):
    """Draws a token, and forbids all others.

    ``generate`` itself draws from torch's global random numbers, which other threads use too.
    """

    def __init__(self, seed: int) -> None:
        self._random = torch.Generator().manual_seed(seed)

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        probabilities = scores.float().softmax(-1).cpu()
        drawn = torch.multinomial(probabilities, 1, generator=self._random).to(scores.device)
        return torch.full_like(scores, -math.inf).scatter(1, drawn, 0.0)


class _Enough(StoppingCriteria):
    """Ends the text of the only row if a function says that it is enough."""

    def __init__(self, is_enough: Callable[[Tensor], bool]) -> None:
        self._is_enough = is_enough

    def __call__(self, input_ids: Tensor, scores: Any, **_: Any) -> Any:
        return torch.tensor([self._is_enough(input_ids[0])], device=input_ids.device)


def _written_tokens(
    tokenizer: PreTrainedTokenizerBase, encoding: Encoding, written: tuple[int, ...]
) -> tuple[Token, ...]:
    """Return the written tokens. Their characters follow those of the text's last segment.

    The tokens are decoded together with the text, because many decoders drop a blank at the start.
    """
    position = len(encoding.token_ids)
    decoded = decoded_tokens(tokenizer, (*encoding.token_ids, *written))
    segment: Segment = next(
        (each.segment for each in reversed(encoding.tokens) if each.segment), "A"
    )
    in_segment = [each.end for each in encoding.tokens if each.segment == segment]
    shift = max(in_segment, default=0) - max((each.end for each in decoded[:position]), default=0)
    return tuple(
        each
        if each.special
        else replace(each, start=each.start + shift, end=each.end + shift, segment=segment)
        for each in decoded[position:]
    )


def _joined(encoding: Encoding, written: tuple[int, ...], tokens: tuple[Token, ...]) -> Encoding:
    types = encoding.token_type_ids
    return replace(
        encoding,
        token_ids=(*encoding.token_ids, *written),
        token_type_ids=None if types is None else (*types, *[types[-1]] * len(written)),
        tokens=(*encoding.tokens, *tokens),
        full_length=encoding.full_length + len(written),
    )


def _note(continuation: Continuation, num_written: int, has_end: bool) -> str:
    if num_written == 0:
        return f"The model ended the text at once ({continuation}), so it wrote no token."
    end = " and ended it" if has_end else ""
    tokens = f"{num_written} token{'' if num_written == 1 else 's'}"
    return f"The model continued the text by {tokens}{end} ({continuation})."
