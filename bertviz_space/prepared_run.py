"""Prepares the passes of a run: reads the texts, lets the model write, and makes the inputs."""

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from .cancellation import Cancellation
from .capture import Capture, check_memory, for_inference, offset_of, stopping_between_layers
from .errors import a_model
from .model_errors import explain_full_memory
from .texts.continuation import Continuation, OnWritten, check_continuation, continue_text
from .texts.encoding import Encoding
from .texts.masked_tokens import mask_tokens
from .texts.model_inputs import batch_of, model_inputs
from .texts.reading import Texts, read_texts
from .texts.target_generation import generate_target
from .trace.interventions import Intervention, TokenMasked


@dataclass(frozen=True, eq=False)
class PreparedRun:
    """What the passes of a run read.

    Attributes:
        texts: the tokenized texts, including what the model wrote.
        inputs: the inputs of the model, see ``capture``.
        written_from: the position of the first token that the model wrote to continue the text,
            ``None`` if it wrote none.
        check: raises an error if the run is to stop.
    """

    texts: Texts
    inputs: dict[str, Tensor]
    written_from: int | None
    check: Callable[[], None]

    @property
    def predicted_ids(self) -> Tensor:
        """The tokens at which the model predicts: int64 ``[position]``, of the decoder if any."""
        return self.inputs.get("decoder_input_ids", self.inputs["input_ids"])[0]

    def offset_in(self, captured: Capture) -> int:
        """Return from a position to which other one the model predicts there (``offset_of``)."""
        return 1 if "decoder_input_ids" in self.inputs else offset_of(captured.layers["self"])


# The arguments of ``read_texts`` that a run may omit.
_READING = {"source_language": None, "target_language": None, "chat": False, "start_token": False}


def go_on(text: str) -> bool:
    """Let the model write another token."""
    return True


@contextmanager
def prepared_run(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    text: str,
    text_b: str | None = None,
    target_text: str | None = None,
    *,
    continue_tokens: int = 0,
    on_written: OnWritten = go_on,
    temperature: float | None = None,
    top_p: float = 1.0,
    seed: int = 0,
    num_traces: int = 1,
    cancellation: Cancellation | None = None,
    max_seconds: float = math.inf,
    **reading: Any,
) -> Iterator[PreparedRun]:
    """Prepare a run, and let the passes of the block be part of it.

    The arguments and errors are those of ``extract``, with one more argument: ``num_traces`` is the
    number of passes that the block keeps in memory. ``reading`` contains the arguments of
    ``extract`` that ``read_texts`` takes. The block is inside ``for_inference``, and its passes
    stop as those of ``extract`` do.
    """
    reading = {**_READING, **reading}
    texts = read_texts(model, tokenizer, text, text_b, target_text, **reading)
    continuation = None
    if continue_tokens:
        continuation = Continuation(continue_tokens, temperature, top_p, seed)
        check_continuation(model, texts.source, texts.target_limit, continue_tokens)
    written_from = None
    with (
        explain_full_memory(a_model(model.config.model_type)),
        for_inference(model),
        stopping_between_layers(model, cancellation or Cancellation(), max_seconds) as check,
    ):
        if continuation is not None:
            continued = continue_text(
                model, tokenizer, texts.source, continuation, on_written, chat=reading["chat"]
            )
            texts = texts.with_continued_source(continued.encoding, continued.note)
            written_from = continued.written_from
        inputs = model_inputs(model, texts.source)
        if model.config.is_encoder_decoder:
            if texts.target is None:
                texts = texts.with_generated_target(generate_target(model, tokenizer, texts))
            target_ids = [token.token_id for token in texts.target_tokens or ()]
            inputs["decoder_input_ids"] = batch_of(model, target_ids)
        check_memory(model, inputs, num_traces)
        yield PreparedRun(texts, inputs, written_from, check)


def masked_inputs(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    run: PreparedRun,
    interventions: Iterable[Intervention],
) -> tuple[Encoding, dict[str, Tensor]]:
    """Return the text and the inputs of a run in which the interventions mask tokens.

    Raises:
        MaskNotPossible: if a token is to be masked, and the tokenizer has no mask token.
        NoSuchPosition: if the text has no token at a position.
    """
    masked = {each.position for each in interventions if isinstance(each, TokenMasked)}
    if not masked:
        return run.texts.source, run.inputs
    source = mask_tokens(tokenizer, run.texts.source, masked)
    return source, {**run.inputs, "input_ids": batch_of(model, source.token_ids)}
