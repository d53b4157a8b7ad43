"""Runs a model on a text once, and returns its attention as a ``Trace``.

``extract`` is a function of model, text and options. It depends on no page and no reader, and its
only state is a lock for each model. So it can run in another process or on another machine.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from .cancellation import Cancellation
from .capture import (
    Capture,
    Logits,
    capture,
    capture_with,
    changes_of_predictions,
    predict,
    with_rotations,
)
from .errors import ContinuationNotPossible
from .prepared_run import PreparedRun, go_on, masked_inputs, prepared_run
from .texts.continuation import OnWritten
from .texts.predicted_tokens import predicted_tokens
from .trace import NoPredictions, Predictions, Token, Trace
from .trace.comparison import Comparison, PredictionChanges
from .trace.interventions import Intervened, Intervention, in_order

_NO_HEAD = NoPredictions("This model has no language-model head, so it makes no predictions.")


def ignore(logits: Logits) -> None:
    """Ignore the logits of a pass."""


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
    continue_tokens: int = 0,
    on_written: OnWritten = go_on,
    temperature: float | None = None,
    top_p: float = 1.0,
    seed: int = 0,
    interventions: Sequence[Intervention] = (),
    on_logits: Callable[[Logits], object] = ignore,
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
        continue_tokens: let a causal model continue the text by at most this many tokens, up to
            ``MAX_CONTINUED_TOKENS``, before the pass over all tokens; 0 to write nothing.
        on_written: receives the written text after each token, and returns whether the model should
            write another one.
        temperature: draw each written token at random, from the softmax of the logits divided by
            this number; ``None`` to take the most likely token (greedy).
        top_p: draw from the most likely tokens that together have this probability.
        seed: the start of the random numbers.
        interventions: what is changed in the pass, see ``bertviz_space.trace.interventions``. The
            model writes texts without interventions, then runs twice: first without them.
        on_logits: receives the logits of the pass, which ``compare_runs`` compares with those of
            another one. They keep the model in memory. Not called for a model without predictions.
        cancellation: stops the run before the next layer, also while the model writes a text.
        max_seconds: the time limit in seconds of all passes of this run together, counted from the
            moment when the model is free: one pass of a model runs at a time.

    Returns:
        The trace. ``trace.weights(component, layer)`` computes the weights, float32
        ``[head, query, key]``. Its notes say what was done with the texts, such as that the end of
        a text that is too long was cut. ``trace.predictions`` contains the most likely tokens at
        each position, if the model has a language-model head. Its ``written_from`` is the
        position of the first token that the model wrote to continue the text. Its ``intervened``
        contains the interventions, and its ``compared`` the pass without them.

    Raises:
        SpaceError: with a message for the reader: the text is empty or unreadable; the model does
            not take a second text, language or option, or cannot continue the text; its attention
            cannot be shown.
        InvalidInput: a ``SpaceError`` and a ``ValueError``: a number is out of its range, or an
            intervention is not possible.
        ModelFailed: a ``SpaceError`` too: the model's own code failed.
        MemoryExhausted: a ``SpaceError`` too: there is not enough memory.
        RunStopped: a ``SpaceError`` too: the cancellation was requested.
        RunTooLong: a ``SpaceError`` too: the next layer would start after ``max_seconds``.
    """
    with prepared_run(
        model,
        tokenizer,
        text,
        text_b,
        target_text,
        source_language=source_language,
        target_language=target_language,
        chat=chat,
        start_token=start_token,
        continue_tokens=continue_tokens,
        on_written=on_written,
        temperature=temperature,
        top_p=top_p,
        seed=seed,
        num_traces=2 if interventions else 1,
        cancellation=cancellation,
        max_seconds=max_seconds,
    ) as run:
        texts = run.texts
        captured = capture(model, run.inputs)
        if run.written_from is not None and not run.offset_in(captured):
            raise ContinuationNotPossible(
                "This model reads later tokens too, so no position shows how it wrote the next "
                "token. Choose a causal model such as GPT-2, or do not continue the text."
            )
        predictions = _predictions(model, tokenizer, run, captured)
        plain = shown = _Pass(texts.source.tokens, captured, predictions)
        if interventions:
            shown = _with_interventions(model, tokenizer, run, in_order(interventions), plain)
        layers = with_rotations(model, shown.captured.layers)
        if shown.captured.logits is not None:
            on_logits(shown.captured.logits)
    trace = Trace(
        source=shown.source,
        target=texts.target_tokens,
        layers=layers,
        notes=texts.notes + captured.notes,
        predictions=shown.predictions,
        written_from=run.written_from,
        intervened=shown.intervened,
        has_mask_token=isinstance(tokenizer.mask_token_id, int),
    )
    if shown is plain:
        return trace
    return replace(trace, compared=_without_interventions(trace, plain, shown.changes))


@dataclass(frozen=True, eq=False)
class _Pass:
    """A pass, and what a model predicts in it."""

    source: tuple[Token, ...]
    captured: Capture
    predictions: Predictions | NoPredictions
    intervened: Intervened | None = None
    changes: PredictionChanges | None = None


def _with_interventions(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    run: PreparedRun,
    interventions: tuple[Intervention, ...],
    plain: _Pass,
) -> _Pass:
    """Run the model again with interventions."""
    source, inputs = masked_inputs(model, tokenizer, run, interventions)
    captured = capture_with(model, inputs, interventions, plain.captured)
    predictions = _predictions(model, tokenizer, run, captured)
    changes = None
    logits, other, before = captured.logits, plain.captured.logits, plain.predictions
    if logits is not None and other is not None and isinstance(before, Predictions):
        every = torch.arange(logits.num_positions)[:, None].expand(-1, 2)
        changes = changes_of_predictions(logits, other, every, before.token_ids[:, 0], run.check)
    replaced = {
        position: token
        for position, (token, other) in enumerate(zip(plain.source, source.tokens, strict=True))
        if token is not other
    }
    return _Pass(source.tokens, captured, predictions, Intervened(interventions, replaced), changes)


def _without_interventions(
    trace: Trace, plain: _Pass, changes: PredictionChanges | None
) -> Comparison:
    """Return the comparison of a trace with the pass without interventions."""
    other = replace(
        trace,
        source=plain.source,
        layers=plain.captured.layers,
        predictions=plain.predictions,
        intervened=None,
    )
    target = trace.target
    return Comparison(
        trace=other,
        differs=("interventions",),
        source=tuple(range(len(trace.source))),
        target=None if target is None else tuple(range(len(target))),
        changes=changes,
    )


def _predictions(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, run: PreparedRun, captured: Capture
) -> Predictions | NoPredictions:
    """Return what the model predicts in a pass.

    A masked token is compared with the token that the text contains.
    """
    if captured.logits is None:
        return _NO_HEAD
    offset = run.offset_in(captured)
    ids = predict(captured.logits, run.predicted_ids, offset, run.check)
    vocabulary = predicted_tokens(tokenizer, ids.token_ids.unique().tolist())
    return Predictions(**vars(ids), vocabulary=vocabulary)
