"""The rows of tables in the answers of endpoints."""

from collections.abc import Sequence
from typing import TypedDict

from torch import Tensor

from ..sweep import SweepRow
from ..trace import Predictions, Token
from ..trace.comparison import Comparison


class TokenRow(TypedDict):
    """One token of an answer; ``position`` counts the tokens of its side from 0."""

    side: str
    position: int
    text: str
    vocabulary: str
    token_id: int
    segment: str | None
    special: bool


class PredictedRow(TypedDict):
    """A token of the vocabulary that a model may predict."""

    text: str
    vocabulary: str
    token_id: int
    probability: float


class LikeliestRow(TypedDict):
    """The most likely token in the other run, with its log-probability in both runs."""

    text: str
    vocabulary: str
    token_id: int
    other_log_probability: float
    log_probability: float | None


class OtherRow(TypedDict):
    """The prediction of the run that a run is compared with, at the aligned position.

    ``divergence`` and the log-probability of the likeliest token are ``None`` if they are unknown.
    """

    position: int
    rank: int | None
    log_probability: float | None
    divergence: float | None
    likeliest: LikeliestRow


class PredictionRow(TypedDict):
    """What a model predicts at a position, for the token at the position ``predicts``.

    ``other`` is ``None`` for a run that is compared with none, and where no token is aligned.
    """

    side: str
    position: int
    predicts: int
    rank: int | None
    log_probability: float | None
    predicted: list[PredictedRow]
    other: OtherRow | None


class SweepAnswer(TypedDict):
    """The effects of heads on one prediction, the largest effect first."""

    position: int
    text: str
    vocabulary: str
    token_id: int
    log_probability: float
    heads: list[SweepRow]


class ModelRow(TypedDict):
    """One model of the page's list."""

    model: str
    about: str


def token_rows(source: Sequence[Token], target: Sequence[Token] | None) -> list[TokenRow]:
    """Return the tokens of the text, followed by those of the target text if there is one."""
    sides = (("source", source), ("target", target or ()))
    return [
        _token_row(side, position, token)
        for side, tokens in sides
        for position, token in enumerate(tokens)
    ]


def prediction_rows(
    predictions: Predictions,
    side: str,
    limit: int,
    first_position: int = 0,
    compared: Comparison | None = None,
) -> list[PredictionRow]:
    """Return a row for each position.

    Args:
        predictions: what the model predicts.
        side: the side of the tokens at these positions.
        limit: the largest number of predicted tokens in a row.
        first_position: the position of the first row.
        compared: the run that this one is compared with, ``None`` for none.
    """
    ranks, log_probabilities = predictions.ranks.tolist(), predictions.log_probabilities.tolist()
    return [
        {
            "side": side,
            "position": first_position + at,
            "predicts": first_position + at + predictions.offset,
            "rank": ranks[at] or None,
            "log_probability": log_probabilities[at] if ranks[at] else None,
            "predicted": _predicted_rows(predictions, at)[:limit],
            "other": None if compared is None else _other_row(compared, at),
        }
        for at in range(predictions.num_positions)
    ]


def _other_row(compared: Comparison, at: int) -> OtherRow | None:
    """Return what the other run predicts at the aligned position, ``None`` if there is none."""
    other = compared.trace.predictions
    position = (compared.source if compared.target is None else compared.target)[at]
    if not isinstance(other, Predictions) or position < 0:
        return None
    first = _predicted_rows(other, position)[0]
    rank = int(other.ranks[position])
    changes = compared.changes
    return {
        "position": position,
        "rank": rank or None,
        "log_probability": float(other.log_probabilities[position]) if rank else None,
        "divergence": None if changes is None else _known(changes.divergences[at]),
        "likeliest": {
            "text": first["text"],
            "vocabulary": first["vocabulary"],
            "token_id": first["token_id"],
            "other_log_probability": float(other.probabilities[position, 0].log()),
            "log_probability": (
                None if changes is None else _known(changes.likeliest_log_probabilities[at])
            ),
        },
    }


def _known(number: Tensor) -> float | None:
    """Return a number, ``None`` for NaN, which JSON cannot hold."""
    return None if number.isnan() else float(number)


def _predicted_rows(predictions: Predictions, at: int) -> list[PredictedRow]:
    """Return the most likely tokens of one row of predictions."""
    token_ids, probabilities = predictions.token_ids[at], predictions.probabilities[at]
    return [
        {
            "text": predictions.vocabulary[token_id].text,
            "vocabulary": predictions.vocabulary[token_id].vocabulary,
            "token_id": token_id,
            "probability": probability,
        }
        for token_id, probability in zip(token_ids.tolist(), probabilities.tolist(), strict=True)
    ]


def _token_row(side: str, position: int, token: Token) -> TokenRow:
    return {
        "side": side,
        "position": position,
        "text": token.text,
        "vocabulary": token.vocabulary,
        "token_id": token.token_id,
        "segment": token.segment,
        "special": token.special,
    }
