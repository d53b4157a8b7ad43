"""How much of a head's attention follows a pattern, such as attention to the previous token.

The score of a pattern ``P`` of 0 and 1 is the share of the weights ``A`` that the pattern contains,
``sum(A * P) / sum(A)`` over all queries and keys (``detect_head`` of TransformerLens with
``error_measure="mul"``). Scores describe a head on one text: on another text they differ.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict, cast, get_args

import torch
from torch import Tensor

from .attention import Component, LayerAttention, query_chunks
from .comparison import Comparison
from .divergence import head_divergences
from .token import Token
from .trace import Trace

ScoreName = Literal[
    "previous",
    "next",
    "same",
    "first",
    "delimiter",
    "duplicate",
    "induction",
    "entropy",
    "distance",
    "divergence",
]
SCORE_NAMES: tuple[ScoreName, ...] = get_args(ScoreName)


@dataclass(frozen=True)
class Score:
    """How a score is presented to the reader.

    Attributes:
        label: its name.
        meaning: what it measures, in one sentence.
        is_pattern: whether it is the share of the weights that a pattern contains. Only such scores
            can be compared with each other.
    """

    label: str
    meaning: str
    is_pattern: bool = True


SCORES: dict[ScoreName, Score] = {
    "previous": Score("Previous token", "Share of the weights on the token before the query."),
    "next": Score("Next token", "Share of the weights on the token after the query."),
    "same": Score("Same position", "Share of the weights on the query itself."),
    "first": Score("First token", "Share of the weights on the first token."),
    "delimiter": Score("Delimiter", "Share of the weights on separator tokens and on punctuation."),
    "duplicate": Score(
        "Duplicate token", "Share of the weights on earlier tokens that are equal to the query."
    ),
    "induction": Score(
        "Induction", "Share of the weights on tokens that follow an earlier token like the query."
    ),
    "entropy": Score(
        "Entropy",
        "How evenly a query distributes its weights: 0 for one key, 1 for all alike.",
        is_pattern=False,
    ),
    "distance": Score(
        "Distance", "Mean distance between query and key, in tokens.", is_pattern=False
    ),
    "divergence": Score(
        "Change",
        "Mean Jensen-Shannon divergence of a row from the row of the other run: 0 to 1 bit.",
        is_pattern=False,
    ),
}

# Special tokens that end or separate texts, such as [SEP], </s>, <|endoftext|> and <|eot_id|>.
_SEPARATOR = re.compile(r"sep|eos|eot|end|/s", re.IGNORECASE)

# Returns the pattern of some queries, bool [row, key], from their positions [row, 1] and those of
# the keys [1, key].
_Pattern = Callable[[Tensor, Tensor], Tensor]


class HeadScoreRow(TypedDict):
    """The scores of one head; ``None`` for a score without a meaning (``layer_scores``)."""

    component: Component
    layer: int
    head: int
    previous: float | None
    next: float | None
    same: float | None
    first: float | None
    delimiter: float | None
    duplicate: float | None
    induction: float | None
    entropy: float | None
    distance: float | None
    divergence: float | None


def score_names(trace: Trace) -> tuple[ScoreName, ...]:
    """Return the scores that the heads of a trace can have, in the order of ``SCORE_NAMES``."""
    is_alone = trace.compared is None
    return tuple(name for name in SCORE_NAMES if not (is_alone and name == "divergence"))


def head_scores(trace: Trace) -> list[HeadScoreRow]:
    """Compute the scores of all heads of a trace: component by component, and layer by layer."""
    rows: list[HeadScoreRow] = []
    names = score_names(trace)
    for component, layers in trace.layers.items():
        for layer in layers:
            for head, scores in enumerate(score_matrix(trace, layer).tolist()):
                named = dict.fromkeys(SCORE_NAMES) | {
                    name: None if math.isnan(score) else score  # JSON cannot hold NaN
                    for name, score in zip(names, scores, strict=True)
                }
                place = {"component": component, "layer": layer.layer, "head": head}
                rows.append(cast(HeadScoreRow, place | named))
    return rows


def score_matrix(trace: Trace, layer: LayerAttention) -> Tensor:
    """Compute the scores of a layer of a trace as one tensor.

    Returns:
        float32 ``[head, score]``, in the order of ``score_names``; NaN for a score without a
        meaning.
    """
    tokens = trace.query_tokens(layer.component), trace.key_tokens(layer.component)
    scores = layer_scores(layer, *tokens)
    if trace.compared is not None:
        scores["divergence"] = _divergence(layer, trace.compared)
    absent = torch.full((layer.num_heads,), torch.nan)
    return torch.stack([scores.get(name, absent) for name in score_names(trace)], dim=1)


def layer_scores(
    layer: LayerAttention,
    query_tokens: Sequence[Token],
    key_tokens: Sequence[Token],
) -> dict[ScoreName, Tensor]:
    """Compute the scores of all heads of a layer that do not need another pass.

    A score that has no meaning for these tokens is absent. Cross attention has no scores that
    compare positions or tokens of the two texts. A causal layer has no score for the next token.
    ``induction`` and ``duplicate`` need a token that occurs twice, ``delimiter`` a delimiter.

    Args:
        layer: the layer.
        query_tokens: the tokens that attend.
        key_tokens: the tokens that are attended to.

    Returns:
        float32 ``[head]`` by the name of the score, in the order of ``SCORE_NAMES``; NaN for a head
        whose weights are all 0. ``entropy`` is the mean over the queries that may attend to more
        than one key, of the entropy of the row divided by the logarithm of the number of these keys
        (Clark et al. 2019, section 3.3, without the division). Rows that do not sum to 1 are
        normalized first. ``distance`` is ``sum(A * abs(query - key)) / sum(A)`` (Vig and Belinkov
        2019, section 4.4).
    """
    patterns = _patterns(layer, query_tokens, key_tokens)
    num_heads, num_keys = layer.num_heads, layer.num_keys
    keys = torch.arange(num_keys)[None]
    found = dict.fromkeys(patterns, False)
    sums = torch.zeros(num_heads, len(patterns) + 2)
    entropy, num_entropies = torch.zeros(num_heads), torch.zeros(num_heads)
    for queries in query_chunks(0, layer.num_queries, num_heads * num_keys):
        rows = torch.arange(queries.start, queries.stop)
        weights = layer.weights(rows)
        parts = [pattern(rows[:, None], keys) for pattern in patterns.values()]
        for name, part in zip(patterns, parts, strict=True):
            found[name] |= bool(part.any())
        # One matrix product for all patterns, and for the two sums that are not patterns.
        distance = (rows[:, None] - keys).abs()
        stacked = torch.stack([*parts, torch.ones_like(distance), distance]).float()
        sums += weights.flatten(1) @ stacked.flatten(1).T
        row_entropy, is_defined = _entropy(layer, rows, weights)
        entropy += row_entropy.sum(1)
        num_entropies += is_defined.sum(1)
    *of_patterns, total, distances = sums.unbind(1)
    scores: dict[ScoreName, Tensor] = {
        name: of_pattern / total
        for name, of_pattern in zip(patterns, of_patterns, strict=True)
        if found[name]
    }
    if num_entropies.any():
        scores["entropy"] = entropy / num_entropies
    if layer.component != "cross":
        scores["distance"] = distances / total
    return scores


def _divergence(layer: LayerAttention, compared: Comparison) -> Tensor:
    """Return ``head_divergences`` of a layer, NaN if the other pass does not have the layer."""
    component = layer.component
    try:
        other = compared.trace.layer(component, layer.layer)
    except KeyError:
        return torch.full((layer.num_heads,), torch.nan)
    queries, keys = compared.aligned_queries(component), compared.aligned_keys(component)
    return head_divergences(layer, other, queries, keys)


def _patterns(
    layer: LayerAttention, query_tokens: Sequence[Token], key_tokens: Sequence[Token]
) -> dict[ScoreName, _Pattern]:
    """Return the patterns that a layer can have, in the order of ``SCORE_NAMES``."""
    is_delimiter = torch.tensor([_is_delimiter(token) for token in key_tokens])[None]

    def first(query: Tensor, key: Tensor) -> Tensor:
        return (key == 0).expand(len(query), -1)

    def delimiter(query: Tensor, key: Tensor) -> Tensor:
        return is_delimiter.expand(len(query), -1)

    of_keys: dict[ScoreName, _Pattern] = {"first": first, "delimiter": delimiter}
    if layer.component == "cross":
        return of_keys
    ids = _identities(query_tokens)

    def duplicate(query: Tensor, key: Tensor) -> Tensor:
        return (ids[query] == ids[key]) & (key < query)

    def induction(query: Tensor, key: Tensor) -> Tensor:
        return (key > 0) & duplicate(query, (key - 1).clamp(min=0))

    patterns: dict[ScoreName, _Pattern] = {"previous": lambda query, key: key == query - 1}
    if not layer.causal:
        patterns["next"] = lambda query, key: key == query + 1
    patterns["same"] = lambda query, key: key == query
    of_tokens: dict[ScoreName, _Pattern] = {"duplicate": duplicate, "induction": induction}
    return patterns | of_keys | of_tokens


def _is_delimiter(token: Token) -> bool:
    """Return whether a token separates texts, or consists of punctuation only."""
    if token.special:
        return _SEPARATOR.search(token.text) is not None
    letters = token.text.strip()
    return bool(letters) and all(unicodedata.category(each).startswith("P") for each in letters)


def _identities(tokens: Sequence[Token]) -> Tensor:
    """Return a number for each token, int64 ``[position]``; equal tokens have the same number."""
    numbers: dict[tuple[int, str], int] = {}
    # Without a model there is no id, and the text decides.
    names = [(token.token_id, "" if token.token_id >= 0 else token.text) for token in tokens]
    return torch.tensor([numbers.setdefault(name, len(numbers)) for name in names])


def _entropy(layer: LayerAttention, rows: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
    """Return the entropy of some rows, divided by its largest possible value.

    Args:
        layer: the layer.
        rows: int64 ``[row]``, the positions of the queries.
        weights: float32 ``[head, row, key]``, their weights.

    Returns:
        float32 ``[head, row]``, 0 where it is not defined, and bool ``[head, row]``, whether it is:
        the query may attend to at least two keys, and its weights are not all 0.
    """
    totals = weights.sum(-1)
    num_allowed = _num_allowed(layer, rows, weights).expand(len(weights), -1)
    is_defined = (num_allowed > 1) & (totals > 0)
    safe = totals.masked_fill(~is_defined, 1.0)
    # -a * log(a), which is 0 for a = 0; torch.special.entr() takes twice as long.
    terms = weights.clamp(min=torch.finfo(weights.dtype).tiny).log_().mul_(weights).neg_()
    # With p = a / s, the entropy of p is that of a divided by s, plus log(s).
    entropy = terms.sum(-1) / safe + safe.log()
    relative = entropy / num_allowed.clamp(min=2).log()
    return relative.masked_fill(~is_defined, 0.0), is_defined


def _num_allowed(layer: LayerAttention, rows: Tensor, weights: Tensor) -> Tensor:
    """Return the number of keys that each query may attend to, ``[head or 1, row]``."""
    if layer.causal:
        return (rows + 1)[None]
    if layer.allowed is not None:
        return layer.allowed[:, rows].sum(-1)
    if layer.head_dim == 0:  # only the weights are known, and a masked key has the weight 0
        return (weights > 0).sum(-1)
    return torch.full((1, len(rows)), layer.num_keys)
