"""Describes attention in words and numbers, for programs that cannot look at a picture.

This module contains all wording of these answers. Numbers have three decimals, and each list has at
most as many rows as the question allows.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import torch

from ..errors import NoSuchPosition, ScoreUnavailable
from ..files.svg.caption import comparison_note, interventions_note
from ..files.view_request import AttentionPart, attention_parts_of
from ..limits import MAX_DESCRIBED_TOKENS
from ..trace import LayerAttention, Token, Trace
from ..trace.head_scores import SCORES, HeadScoreRow, ScoreName, head_scores
from ..trace.ranking import WeightRanking, peaked_rows, rank_heads, rank_weights
from ..trace.shown_weights import ShownWeights, Units
from .question import Question

# An object of JSON.
Description = dict[str, Any]


def describe(trace: Trace, model_id: str, question: Question) -> Description:
    """Return the answer to a question about a trace, as JSON with a summary in one sentence.

    Raises:
        NoSuchAttentionPart, NoSuchHead: if the trace has no such attention part, layer or head.
        NoSuchPosition: if the attention part has no such token.
        ScoreUnavailable: if no head has the score.
        InvalidFilter: if the filter does not fit the text.
    """
    part, layer, heads = question.place.resolve(trace)
    if question.position is not None:
        answer = _token(trace, part, layer, heads[0], question)
    elif question.score is not None:
        answer = _ranked_heads(trace, part, question)
    elif question.place.heads:
        answer = _head(trace, part, layer, heads[0], question)
    else:
        answer = _text(trace, part, question)
    notes = [*interventions_note(trace), *comparison_note(trace), *trace.notes]
    return {"model": model_id, "block": part.label, **answer, "notes": notes}


def _text(trace: Trace, part: AttentionPart, question: Question) -> Description:
    """Describe a whole text: its tokens, its attention parts, and the best head of each score."""
    layers = trace.layers[part.component]
    rows = _score_rows(trace, part, question)
    best: dict[ScoreName, HeadScoreRow] = {
        name: ranked[0] for name in SCORES if (ranked := rank_heads(rows, name))
    }
    sides = {"source": trace.source, "target": trace.target or ()}
    num_heads = max(layer.num_heads for layer in layers)
    return {
        "summary": (
            f"The text has {_number_of(len(trace.source), 'token')}. The attention part "
            f"{part.label} has layers {layers[0].layer} to {layers[-1].layer}, with heads 0 to "
            f"{num_heads - 1}. For each score, best_heads has the head with the largest value."
        ),
        "blocks": [each.label for each in attention_parts_of(trace)],
        "best_heads": [
            {"score": name, "meaning": SCORES[name].meaning, **_head_value(row, name)}
            for name, row in best.items()
        ],
        "tokens": {
            side: {str(at): token.text for at, token in enumerate(tokens[:MAX_DESCRIBED_TOKENS])}
            for side, tokens in sides.items()
            if tokens
        },
        "tokens_left_out": sum(
            max(0, len(tokens) - MAX_DESCRIBED_TOKENS) for tokens in sides.values()
        ),
    }


def _ranked_heads(trace: Trace, part: AttentionPart, question: Question) -> Description:
    """Rank the heads by a score."""
    assert question.score is not None
    rows = _score_rows(trace, part, question)
    ranked = rank_heads(rows, question.score)
    if not ranked:
        raise ScoreUnavailable(question.score, [name for name in SCORES if rank_heads(rows, name)])
    listed = [_head_value(row, question.score) for row in ranked[: question.limit]]
    return {
        "summary": (
            f"Of {_number_of(len(ranked), 'head')}, layer {listed[0]['layer']}, head "
            f"{listed[0]['head']} has the largest {question.score} score on this text, "
            f"{listed[0]['value']:.3f}."
        ),
        "score": question.score,
        "meaning": SCORES[question.score].meaning,
        "heads": listed,
        "heads_left_out": len(ranked) - len(listed),
    }


def _head(
    trace: Trace, part: AttentionPart, layer: LayerAttention, head: int, question: Question
) -> Description:
    """Describe a head: all its scores, and its most peaked rows."""
    [row] = [
        each
        for each in _score_rows(trace, part, question)
        if (each["layer"], each["head"]) == (layer.layer, head)
    ]
    present: dict[ScoreName, float] = {
        name: row[name] or 0.0 for name in SCORES if row[name] is not None
    }
    patterns: dict[ScoreName, float] = {
        name: value for name, value in present.items() if SCORES[name].is_pattern
    }
    best = max(patterns, key=patterns.__getitem__, default=None)
    shown = ShownWeights(trace, part.component, question.place.filter)
    queries, keys = shown.queries.span(*part.queries), shown.keys.span(*part.keys)
    return {
        "summary": (
            f"Layer {layer.layer}, head {head} has no weights on this text."
            if best is None
            else f"Of all patterns, {best} contains the largest share of the weights of layer "
            f"{layer.layer}, head {head}: {patterns[best]:.3f}. peaked_rows are its queries "
            "with the largest weight on one key."
        ),
        "layer": layer.layer,
        "head": head,
        "scores": [
            {"score": name, "value": _rounded(value), "meaning": SCORES[name].meaning}
            for name, value in present.items()
        ],
        "peaked_rows": [
            {
                "query": _unit(shown.queries, peaked.query),
                "key": _unit(shown.keys, peaked.key),
                "weight": _rounded(peaked.weight),
            }
            for peaked in peaked_rows(shown, layer, head, queries, keys, question.limit)
        ],
        **_filter_of(question),
    }


def _token(
    trace: Trace, part: AttentionPart, layer: LayerAttention, head: int, question: Question
) -> Description:
    """Describe the weights of a token in one head, as a query and as a key."""
    assert question.position is not None
    at = question.position
    if not (_contains(part.queries, at) or _contains(part.keys, at)):
        ranges = dict.fromkeys((begin, end - 1) for begin, end in (part.queries, part.keys))
        raise NoSuchPosition(at, list(ranges))
    shown = ShownWeights(trace, part.component, question.place.filter)
    query_units, key_units = shown.queries.span(*part.queries), shown.keys.span(*part.keys)
    as_query = as_key = None
    if _contains(part.queries, at):
        unit = int(shown.queries.unit_of_token[at])
        row = shown.rows(layer, slice(unit, unit + 1), [head])[0, 0, slice(*key_units)]
        ranking = rank_weights(row, question.limit)
        as_query = _side(shown.queries, unit, shown.keys, key_units[0], ranking)
    if _contains(part.keys, at):
        unit = int(shown.keys.unit_of_token[at])
        chunks = shown.chunks(*query_units, layer)
        column = torch.cat([shown.rows(layer, units, [head])[0, :, unit] for units in chunks])
        ranking = rank_weights(column, question.limit)
        as_key = _side(shown.keys, unit, shown.queries, query_units[0], ranking)
    sentences = [f"In layer {layer.layer}, head {head}:"]
    if as_query is not None:
        sentences.append(_sentence(as_query, "attends to", "key", "keys"))
    if as_key is not None:
        sentences.append(_sentence(as_key, "is attended to by", "query", "queries"))
    return {
        "summary": " ".join(sentences),
        "layer": layer.layer,
        "head": head,
        "attends_to": as_query,
        "attended_by": as_key,
        **_filter_of(question),
    }


def _side(own: Units, unit: int, others: Units, first: int, ranking: WeightRanking) -> Description:
    """Return the weights of a token in one direction.

    Args:
        own: the axis of the token.
        unit: the token.
        others: the other axis.
        first: the unit of the other axis that has the index 0 in the ranking.
        ranking: the weights.
    """
    rows = [
        {
            **_unit(others, first + each.index),
            "weight": _rounded(each.weight),
            "running_sum": _rounded(each.running_sum),
        }
        for each in ranking.largest
        if each.weight > 0
    ]
    return {
        "token": _unit(own, unit),
        "rows": rows,
        "total": _rounded(ranking.total),
        "num_for_90_percent": ranking.num_most,
    }


def _sentence(side: Description, verb: str, other: str, others: str) -> str:
    """Return a sentence about a token in one direction.

    Args:
        side: the result of ``_side``.
        verb: the direction, such as ``attends to``.
        other: what the tokens of the other axis are, ``key`` or ``query``.
        others: the plural of ``other``.
    """
    token, rows = side["token"], side["rows"]
    if not rows:
        return f"Token {token['position']} {token['text']!r} {verb} no token."
    first, num = rows[0], side["num_for_90_percent"]
    hold = f"1 {other} holds" if num == 1 else f"{num} {others} hold"
    return (
        f"Token {token['position']} {token['text']!r} {verb} token {first['position']} "
        f"{first['text']!r} most, with a weight of {first['weight']:.3f}; {hold} 90 % of its total "
        f"of {side['total']:.3f}."
    )


def _score_rows(trace: Trace, part: AttentionPart, question: Question) -> list[HeadScoreRow]:
    """Return the scores of the heads of an attention part, or of one layer."""
    only = question.place.layer
    layers = [each for each in trace.layers[part.component] if only in (None, each.layer)]
    return head_scores(replace(trace, layers={part.component: tuple(layers)}))


def _unit(units: Units, index: int) -> Description:
    token: Token = units.tokens[index]
    return {"position": int(units.starts[index]), "text": token.text}


def _head_value(row: HeadScoreRow, name: ScoreName) -> Description:
    return {"layer": row["layer"], "head": row["head"], "value": _rounded(row[name])}


def _filter_of(question: Question) -> Mapping[str, str]:
    """Return the filter, if it hides anything, and what it does not apply to."""
    text = str(question.place.filter)
    return {"filter": f"{text} (hides weights in the rows; scores contain them)"} if text else {}


def _contains(span: tuple[int, int], position: int) -> bool:
    return span[0] <= position < span[1]


def _number_of(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _rounded(value: float | None) -> float:
    return round(value or 0.0, 3)
