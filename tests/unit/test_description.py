"""Attention in words and numbers: the laws of the answers, on a trace with every term."""

import json

import pytest
import torch

from bertviz_space.api.description import describe
from bertviz_space.api.question import Question
from bertviz_space.errors import NoSuchHead, NoSuchPosition, ScoreUnavailable
from bertviz_space.files.view_request import ViewRequest
from bertviz_space.limits import MAX_DESCRIBED_TOKENS
from bertviz_space.trace import LayerAttention, Token, Trace
from bertviz_space.trace.filter import parse_filter
from bertviz_space.trace.head_scores import SCORES, ScoreName, head_scores
from tests.unit.golden import SOURCE, TARGET, golden_trace
from tests.unit.test_head_scores import layer_of, tokens_of

TRACE = golden_trace()


def ask(
    block: str = "",
    layer: int | None = None,
    head: int | None = None,
    position: int | None = None,
    score: ScoreName | None = None,
    filter_: str = "",
    limit: int = 50,
    trace: Trace = TRACE,
):
    heads = () if head is None else (head,)
    place = ViewRequest("head", layer, heads, block, filter=parse_filter(filter_))
    answer = describe(trace, "some/model", Question(place, position, score, limit))
    assert json.loads(json.dumps(answer)) == answer
    return answer


@pytest.mark.parametrize("layer", [0, 2, 3])
@pytest.mark.parametrize("position", range(len(SOURCE)))
def test_the_rows_of_a_token_are_its_row_and_its_column(layer, position):
    answer = ask("Encoder", layer, 1, position)
    weights = TRACE.weights("encoder", layer)[1]
    for name, expected in (("attends_to", weights[position]), ("attended_by", weights.T[position])):
        side = answer[name]
        assert side["token"] == {"position": position, "text": SOURCE[position].text}
        found = torch.zeros(len(SOURCE))
        for row in side["rows"]:
            found[row["position"]] = row["weight"]
            assert row["text"] == SOURCE[row["position"]].text
        torch.testing.assert_close(found, expected, atol=6e-4, rtol=0)
        listed = [row["weight"] for row in side["rows"]]
        assert listed == sorted(listed, reverse=True)
        assert side["total"] == pytest.approx(expected.sum().item(), abs=6e-4)
        if side["rows"]:
            assert side["rows"][-1]["running_sum"] == side["total"]


def test_the_summary_says_how_many_keys_hold_most_of_a_row():
    head = torch.tensor([[1.0, 0, 0], [0.0, 1, 0], [0.5, 0.375, 0.125]])
    tokens = tuple(tokens_of(["a", "b", "c"]))
    trace = Trace(tokens, None, {"self": (layer_of(head[None]),)})
    answer = ask("", 0, 0, 2, trace=trace)
    assert answer["summary"] == (
        "In layer 0, head 0: Token 2 'c' attends to token 0 'a' most, with a weight of 0.500; 3 "
        "keys hold 90 % of its total of 1.000. Token 2 'c' is attended to by token 2 'c' most, "
        "with a weight of 0.125; 1 query holds 90 % of its total of 0.125."
    )
    assert answer["attends_to"]["num_for_90_percent"] == 3


def test_in_cross_attention_a_query_is_a_target_token_and_a_key_a_source_token():
    answer = ask("Cross", 0, 0, 4)
    assert answer["attends_to"]["token"]["text"] == TARGET[4].text
    assert answer["attended_by"]["token"]["text"] == SOURCE[4].text
    beyond = ask("Cross", 0, 0, len(TARGET))
    assert beyond["attends_to"] is None
    assert beyond["attended_by"]["token"]["position"] == len(TARGET)


def test_between_two_sentences_only_their_tokens_are_listed():
    answer = ask("Sentence B -> Sentence A", 0, 0, 6)
    assert answer["attended_by"] is None
    assert all(row["position"] < 6 for row in answer["attends_to"]["rows"])


def test_a_filter_hides_weights_and_joins_words():
    answer = ask("Encoder", 0, 0, 1, filter_="special,words")
    texts = {row["text"] for row in answer["attends_to"]["rows"]}
    assert texts.isdisjoint({"[CLS]", "[SEP]"})
    assert "😀" not in texts  # a part of the word before it
    assert answer["filter"].startswith("special,words")


@pytest.mark.parametrize("name", SCORES)
def test_ranked_heads_are_all_heads_with_the_score(name: ScoreName):
    rows = [row for row in head_scores(TRACE) if row["component"] == "encoder"]
    scores = [row[name] for row in rows]
    values = sorted((score for score in scores if score is not None), reverse=True)
    if not values:
        with pytest.raises(ScoreUnavailable, match=name):
            ask(score=name)
        return
    answer = ask(score=name)
    assert [row["value"] for row in answer["heads"]] == [round(value, 3) for value in values]
    assert answer["meaning"] == SCORES[name].meaning
    short = ask(score=name, limit=1)
    assert short["heads"] == answer["heads"][:1]
    assert short["heads_left_out"] == len(values) - 1
    of_layer = ask(score=name, layer=2)
    assert {row["layer"] for row in of_layer["heads"]} <= {2}


def test_a_head_is_described_by_its_scores_and_its_most_peaked_rows():
    answer = ask("Encoder", 2, 3)
    [row] = [
        row
        for row in head_scores(TRACE)
        if (row["component"], row["layer"], row["head"]) == ("encoder", 2, 3)
    ]
    assert {each["score"]: each["value"] for each in answer["scores"]} == {
        name: round(row[name] or 0, 3) for name in SCORES if row[name] is not None
    }
    weights = TRACE.weights("encoder", 2)[3]
    for peaked in answer["peaked_rows"]:
        query, key = peaked["query"]["position"], peaked["key"]["position"]
        assert peaked["weight"] == round(weights[query].max().item(), 3)
        assert weights[query, key] == weights[query].max()
    assert len(answer["peaked_rows"]) == (weights.sum(-1) > 0).sum()


def test_a_head_without_weights_is_described():
    layer = layer_of(torch.zeros(1, 2, 2))
    trace = Trace(tuple(tokens_of(["a", "b"])), None, {"self": (layer,)})
    assert ask("", 0, 0, trace=trace)["summary"] == "Layer 0, head 0 has no weights on this text."
    assert "attends to no token" in ask("", 0, 0, 1, trace=trace)["summary"]


def test_a_text_is_described_by_its_tokens_its_parts_and_the_best_heads():
    answer = ask()
    assert answer["tokens"]["source"] == {str(at): each.text for at, each in enumerate(SOURCE)}
    assert list(answer["tokens"]) == ["source", "target"]
    assert "Cross" in answer["blocks"]
    for best in answer["best_heads"]:
        [first] = ask(score=best["score"], limit=1)["heads"]
        assert first == {name: best[name] for name in first}


def test_the_answer_about_a_long_text_is_bounded():
    num_tokens = MAX_DESCRIBED_TOKENS + 7
    tokens = tuple(Token("word", "word", 1, 0, 4, "A", False) for _ in range(num_tokens))
    vectors = torch.zeros(12, num_tokens, 4)
    layers = tuple(LayerAttention("self", at, vectors, vectors, 1.0) for at in range(3))
    trace = Trace(tokens, None, {"self": layers})
    answer = ask(trace=trace)
    assert answer["tokens_left_out"] == 7
    answers = [answer, ask("", 0, 0, 5, trace=trace), ask(score="previous", trace=trace)]
    assert all(len(json.dumps(each)) < 16_000 for each in answers)
    assert all(
        len(each.get("attends_to", {}).get("rows", each.get("heads", []))) <= 50 for each in answers
    )


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"layer": 9, "head": 0}, NoSuchHead, "There is no layer 9: layers go from 0 to 3"),
        ({"layer": 0, "head": 9}, NoSuchHead, "There is no head 9: heads go from 0 to 3"),
        (
            {"layer": 0, "head": 0, "position": 7},
            NoSuchPosition,
            "There is no token at position 7: here, positions go from 0 to 6, counted from 0.",
        ),
        (
            {"block": "Cross", "layer": 0, "head": 0, "position": -1},
            NoSuchPosition,
            "positions go from 0 to 4 and from 0 to 6, counted",
        ),
    ],
)
def test_a_place_that_does_not_exist_is_an_error_with_what_exists(arguments, error, message):
    with pytest.raises(error, match=message):
        ask(**arguments)
