"""Compares the trace of a run with that of another one: of another text, or of another model."""

import math
from collections.abc import Callable
from dataclasses import replace

from .cancellation import Cancellation
from .capture import Logits, changes_of_predictions, stopping_check
from .errors import ComparisonNotPossible
from .texts.token_alignment import align_tokens
from .trace import Predictions, Trace
from .trace.comparison import Comparison, Difference, PredictionChanges


def compare(
    trace: Trace,
    other: Trace,
    other_model: tuple[str, str] | None = None,
    logits: tuple[Logits, Logits] | None = None,
    cancellation: Cancellation | None = None,
    max_seconds: float = math.inf,
) -> Trace:
    """Return a trace that is compared with another one.

    The tokens of both traces are aligned by their longest common subsequence. A head is compared
    with the head of the same number in the layer of the same number.

    Args:
        trace: the trace, such as the result of ``extract``.
        other: the other trace, of the same model or of a model with the same tokenizer. What it is
            itself compared with is left out.
        other_model: the id and the commit of the other model, if it is another one.
        logits: the logits of both passes, see ``on_logits`` of ``extract``. Without them, the
            changes of the predictions are not known.
        cancellation: stops the work.
        max_seconds: the time limit of the work in seconds.

    Raises:
        ComparisonNotPossible: a ``ValueError`` too: if the models have different components, or if
            nothing differs.
        RunStopped: a ``SpaceError`` too: the cancellation was requested.
        RunTooLong: a ``SpaceError`` too: the work would take longer than ``max_seconds``.
    """
    if trace.components != other.components:
        raise ComparisonNotPossible(
            "One of the models has an encoder and a decoder, and the other one has a single stack "
            "of layers, so their heads cannot be compared. Choose a model of the same type."
        )
    differs: list[Difference] = []
    if trace.intervened is not None:
        differs.append("interventions")
    if _spellings(trace) != _spellings(other):
        differs.append("text")
    if other_model is not None:
        differs.append("model")
    if not differs:
        raise ComparisonNotPossible(
            "Both runs have the same model and the same tokens. Change one of them."
        )
    target = None
    if trace.target is not None:
        target = align_tokens(trace.target, other.target or ())
    comparison = Comparison(
        trace=replace(other, compared=None),
        differs=tuple(differs),
        source=align_tokens(trace.source, other.source),
        target=target,
        model=other_model,
    )
    changes = None
    if logits is not None:
        check = stopping_check(cancellation or Cancellation(), max_seconds)
        changes = _changes(trace, comparison, logits, check)
    return replace(trace, compared=replace(comparison, changes=changes))


def _changes(
    trace: Trace,
    comparison: Comparison,
    logits: tuple[Logits, Logits],
    check: Callable[[], None],
) -> PredictionChanges | None:
    """Return how the predictions differ, ``None`` if both are not of the same tokens.

    A causal model predicts the next token, and a masked model the token at the position.
    """
    own, predictions = trace.predictions, comparison.trace.predictions
    if not (isinstance(own, Predictions) and isinstance(predictions, Predictions)):
        return None
    if own.offset != predictions.offset:
        return None
    component = "self" if comparison.target is None else "decoder"
    return changes_of_predictions(
        *logits,
        comparison.aligned_queries(component),
        predictions.token_ids[:, 0],
        check,
    )


def _spellings(trace: Trace) -> list[str]:
    """Return the tokens as they were before any of them was masked, for a comparison."""
    replaced = {} if trace.intervened is None else trace.intervened.replaced
    source = [replaced.get(at, token) for at, token in enumerate(trace.source)]
    return [token.vocabulary for token in (*source, *(trace.target or ()))]
