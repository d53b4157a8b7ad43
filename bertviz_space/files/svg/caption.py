"""The title and caption of a picture: what it shows, of which model, on which texts.

``assets/core/text/caption.js`` and ``assets/core/text/written_note.js`` make the same ones; both
pass the cases of ``tests/fixtures/shared_cases/captions.json``.
"""

from collections.abc import Sequence
from itertools import pairwise

from ...trace import Trace
from ...trace.filter import Filter
from ..interventions_in_words import interventions_in_words
from .label import label_of
from .other_run import model_name, other_run_with_commit
from .texts_read import texts_of


def caption_of(trace: Trace, model_id: str, revision: str) -> list[str]:
    """Return lines on the model, each text, the tokens that the model wrote, and interventions."""
    texts = [f"{name}: {text}" if name else text for name, text in texts_of(trace)]
    model = model_name(model_id, revision)
    notes = [*written_note(trace), *interventions_note(trace), *comparison_note(trace)]
    return [model, *texts, *notes]


def written_note(trace: Trace) -> list[str]:
    """Return a sentence that says which tokens the model wrote, none if it wrote no token."""
    written_from = trace.written_from
    if written_from is None:
        return []
    if written_from == len(trace.source) - 1:
        return [f"The token at position {written_from} was written by the model."]
    return [f"Tokens from position {written_from} on were written by the model."]


def interventions_note(trace: Trace) -> list[str]:
    """Return a sentence that names the interventions of the pass, none for a pass without any."""
    changes = interventions_in_words(trace)
    return [f"With interventions: {'; '.join(changes)}."] if changes else []


def comparison_note(trace: Trace) -> list[str]:
    """Return a sentence that names the run that a trace is compared with, none without one."""
    return [f"Compared with {other_run_with_commit(trace.compared)}."] if trace.compared else []


def filter_in_words(filter_: Filter, trace: Trace) -> list[str]:
    """Return sentences about what a filter hides (``assets/core/text/filter_in_words.js``)."""
    hidden = [
        *(["special tokens"] if filter_.special else []),
        *(["the first token"] if filter_.first else []),
        *(f"“{label_of(trace.source[at])}” ({at})" for at in filter_.source),
        *(f"“{label_of((trace.target or ())[at])}” ({at})" for at in filter_.target),
    ]
    sentences = []
    if filter_.words:
        sentences.append("Rows are words.")
    if hidden:
        sentences.append(f"Attention to {_listed(hidden)} is hidden.")
    if filter_.renormalize:
        sentences.append("The remaining weights of each row are divided by their sum.")
    if filter_.min_weight:
        sentences.append(f"Weights below {filter_.min_weight:.4g} are hidden.")
    if filter_.mass < 1:
        sentences.append(f"Each row shows the largest weights that hold {filter_.mass:.4g} of it.")
    return sentences


def weight_scale_text(num_heads: int, is_mean: bool = False) -> str:
    """Return what the opacity of a line shows (``assets/core/text/weight_scale.js``).

    Args:
        num_heads: the heads that share the opacity of a line.
        is_mean: whether one line shows the mean of the heads.
    """
    if num_heads == 1:
        return "weight"
    if is_mean:
        return f"opacity = mean weight of {num_heads} heads"
    return f"opacity = weight ÷ {num_heads} heads"


def numbers_in_words(noun: str, numbers: Sequence[int]) -> str:
    """Return numbers in words, such as "heads 0 to 3 and 7".

    Args:
        noun: the singular of what the numbers count.
        numbers: at least one number, in any order.
    """
    ordered = sorted(numbers)
    breaks = [at + 1 for at, (one, next_) in enumerate(pairwise(ordered)) if next_ != one + 1]
    words: list[str] = []
    for begin, end in pairwise([0, *breaks, len(ordered)]):
        span = ordered[begin:end]
        words += [f"{span[0]} to {span[-1]}"] if len(span) > 2 else map(str, span)
    return f"{noun}{'s' if len(ordered) > 1 else ''} {_listed(words)}"


def _listed(words: Sequence[str]) -> str:
    """Return words as a list, such as "a, b and c"."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
