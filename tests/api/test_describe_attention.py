"""The description of attention that a program receives."""

import pytest
from gradio_client.exceptions import AppError
from safetensors.torch import load_file

from tests.api.clients import connect

REPEATED = "The cat sat on the mat near the door. The cat sat on the mat near"


@pytest.fixture(scope="module")
def client(url):
    return connect(url)


def ask(client, *texts, **question):
    return client.predict(*texts, **question, api_name="/describe_attention")


def test_a_program_finds_a_head_and_then_the_weights_of_a_token(client):
    overview = ask(client, "tiny-gpt2", REPEATED)
    [best] = [each for each in overview["best_heads"] if each["score"] == "induction"]
    place = {"layer": best["layer"], "head": best["head"]}
    assert place == {"layer": 1, "head": 0}
    tokens = overview["tokens"]["source"]
    again = max(int(position) for position, token in tokens.items() if token == " sat")
    described = ask(client, "tiny-gpt2", REPEATED, **place, position=again)
    # An induction head attends to the token that followed the earlier occurrence.
    first = described["attends_to"]["rows"][0]
    assert tokens[str(first["position"] - 1)] == " sat"
    assert first["position"] < again


def test_the_weights_are_those_of_the_endpoint_for_tensors(client):
    _, file = client.predict("tiny-bert", "The cat sat", "The cat lay", api_name="/attention")
    weights = load_file(file)["self"][1, 2, 4]
    described = ask(client, "tiny-bert", "The cat sat", "The cat lay", layer=1, head=2, position=4)
    for row in described["attends_to"]["rows"]:
        assert row["weight"] == pytest.approx(weights[row["position"]].item(), abs=6e-4)


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ({"score": "best"}, "score is one of previous, next, same, first"),
        ({"score": 3}, "score is one of previous"),
        ({"score": "next"}, "No head has the score next"),
        ({"score": "first", "layer": 1, "head": 0}, "omit score, or omit head and position"),
        ({"head": 0}, "set layer as well"),
        ({"position": 0}, "set layer and head as well"),
        ({"layer": "1"}, "layer, head and position are whole numbers"),
        ({"layer": 9, "head": 0}, "There is no layer 9: layers go from 0 to 3"),
        ({"layer": 0, "head": 9}, "There is no head 9"),
        ({"layer": 0, "head": 0, "position": 99}, "There is no token at position 99"),
        ({"block": "Cross"}, "no attention part 'Cross'"),
        ({"filter": "big"}, "'big' is unknown"),
        ({"limit": 0}, "limit is a whole number from 1 to 50"),
        ({"limit": 51}, "limit is a whole number from 1 to 50"),
    ],
)
def test_a_question_that_cannot_be_answered_is_an_error_that_says_why(client, question, message):
    with pytest.raises(AppError, match=message):
        ask(client, "tiny-gpt2", "The cat sat", **question)
