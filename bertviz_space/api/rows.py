"""The rows of tables in the answers of endpoints."""

from collections.abc import Sequence
from typing import TypedDict

from ..sweep import SweepRow
from ..trace import Predictions, Token
from ..trace.interventions import Intervened


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
    """The most likely token without interventions, and its probability with them."""

    text: str
    vocabulary: str
    token_id: int
    log_probability_before: float
    log_probability: float


class BeforeRow(TypedDict):
    """A prediction without interventions, and how the interventions change it."""

    rank: int | None
    log_probability: float | None
    divergence: float
    likeliest: LikeliestRow


class PredictionRow(TypedDict):
    """What a model predicts at a position, for the token at the position ``predicts``.

    ``before`` is ``None`` for a pass without interventions.
    """

    side: str
    position: int
    predicts: int
    rank: int | None
    log_probability: float | None
    predicted: list[PredictedRow]
    before: BeforeRow | None


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
    intervened: Intervened | None = None,
) -> list[PredictionRow]:
    """Return a row for each position.

    Args:
        predictions: what the model predicts.
        side: the side of the tokens at these positions.
        limit: the largest number of predicted tokens in a row.
        first_position: the position of the first row.
        intervened: the interventions of the pass, ``None`` for none.
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
            "before": None if intervened is None else _before_row(intervened, at),
        }
        for at in range(predictions.num_positions)
    ]


def _before_row(intervened: Intervened, at: int) -> BeforeRow | None:
    """Return one row of the predictions without interventions, ``None`` if they are not known."""
    before = intervened.before
    divergences, likeliest = intervened.divergences, intervened.likeliest_log_probabilities
    if not isinstance(before, Predictions) or divergences is None or likeliest is None:
        return None
    first = _predicted_rows(before, at)[0]
    rank = int(before.ranks[at])
    return {
        "rank": rank or None,
        "log_probability": float(before.log_probabilities[at]) if rank else None,
        "divergence": float(divergences[at]),
        "likeliest": {
            "text": first["text"],
            "vocabulary": first["vocabulary"],
            "token_id": first["token_id"],
            "log_probability_before": float(before.probabilities[at, 0].log()),
            "log_probability": float(likeliest[at]),
        },
    }


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
