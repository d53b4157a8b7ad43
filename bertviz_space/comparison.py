"""Compares a run with that of another text or of another model."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from .cancellation import Cancellation
from .capture import Logits, changes_of_predictions, stopping_check
from .errors import ComparisonNotPossible
from .extraction import extract
from .prepared_run import go_on
from .texts.continuation import OnWritten
from .texts.token_alignment import align_tokens, share_vocabulary
from .trace import Predictions, Trace
from .trace.comparison import Comparison, Difference, PredictionChanges
from .trace.interventions import Intervention

# The parts of ``compare_runs`` that each have its time limit.
NUM_PARTS = 3


@dataclass(frozen=True, eq=False)
class OtherModel:
    """The other model of a comparison.

    Attributes:
        model: a text Transformer of the transformers library.
        tokenizer: its tokenizer, which has the vocabulary of the first model's tokenizer.
        model_id: the name of the model.
        revision: its commit; blank for none.
    """

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    model_id: str
    revision: str = ""


def ignore(text: str) -> None:
    """Ignore what a model writes."""


def compare_runs(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    text: str,
    *,
    other_text: str | None = None,
    other: OtherModel | None = None,
    continue_tokens: int = 0,
    interventions: Sequence[Intervention] = (),
    on_written: OnWritten = go_on,
    on_other_written: Callable[[str], object] = ignore,
    cancellation: Cancellation | None = None,
    max_seconds: float = math.inf,
    **options: Any,
) -> Trace:
    """Run a model on a text, run it on another text or run another model, and compare both runs.

    Args:
        model: see ``extract``.
        tokenizer: see ``extract``.
        text: see ``extract``.
        other_text: the text of the other run; ``None`` for the same text.
        other: the model of the other run; ``None`` for the same model.
        continue_tokens: see ``extract``. In the other run, as many tokens are written as the model
            has written in the first one.
        interventions: what is changed in the first run. The other run has no interventions.
        on_written: see ``extract``.
        on_other_written: receives the written text of the other run after each token.
        cancellation: stops the work.
        max_seconds: the time limit in seconds of each part of the work: the first run, the other
            run, and the comparison of their predictions.
        options: further arguments of ``extract`` for both runs.

    Returns:
        The trace of the first run, compared with the other one as by ``compare``. Its
        ``compared.changes`` says how the predictions differ, if both models predict the same kind
        of token.

    Raises:
        ComparisonNotPossible: if the tokenizers have different vocabularies; or see ``compare``.
        SpaceError: any error of ``extract``.
    """
    if other is not None and not share_vocabulary(tokenizer, other.tokenizer):
        raise ComparisonNotPossible(
            "The models have different tokenizers, so their tokens cannot be aligned. Compare a "
            "model with one that was trained further from it."
        )
    cancellation = cancellation or Cancellation()
    options |= {"cancellation": cancellation, "max_seconds": max_seconds}
    logits: list[Logits] = []
    trace = extract(
        model,
        tokenizer,
        text,
        continue_tokens=continue_tokens,
        interventions=interventions,
        on_written=on_written,
        on_logits=logits.append,
        **options,
    )
    # The same number of tokens, even if the first text has ended early.
    written_from = trace.written_from
    continue_tokens = 0 if written_from is None else len(trace.source) - written_from

    def go_on_and_report(written: str) -> bool:
        on_other_written(written)
        return True

    its = other or OtherModel(model, tokenizer, "")
    other_trace = extract(
        its.model,
        its.tokenizer,
        text if other_text is None else other_text,
        continue_tokens=continue_tokens,
        on_written=go_on_and_report,
        on_logits=logits.append,
        **options,
    )
    name = None if other is None else (other.model_id, other.revision)
    comparison = _comparison(trace, other_trace, name)
    changes = None
    if len(logits) == 2:
        check = stopping_check(cancellation, max_seconds)
        changes = _changes(trace, comparison, (logits[0], logits[1]), check)
    return replace(trace, compared=replace(comparison, changes=changes))


def compare(trace: Trace, other: Trace, other_model: tuple[str, str] | None = None) -> Trace:
    """Return a trace that is compared with another one.

    The tokens of both traces are aligned by their longest common subsequence. A head is compared
    with the head of the same number in the layer of the same number. How the predictions differ is
    not known: this needs both models, see ``compare_runs``.

    Args:
        trace: the trace, such as the result of ``extract``.
        other: the other trace, of the same model or of a model with the same tokenizer. What it is
            itself compared with is left out.
        other_model: the id and the commit of the other model, if it is another one.

    Raises:
        ComparisonNotPossible: a ``ValueError`` too: if the models have different components, or if
            nothing differs.
    """
    return replace(trace, compared=_comparison(trace, other, other_model))


def _comparison(trace: Trace, other: Trace, other_model: tuple[str, str] | None) -> Comparison:
    """Return the comparison of a trace with another one, without that of their predictions."""
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
    return Comparison(
        trace=replace(other, compared=None),
        differs=tuple(differs),
        source=align_tokens(trace.source, other.source),
        target=target,
        model=other_model,
    )


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
