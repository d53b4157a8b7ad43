"""What a model predicts, as a program receives it."""

import math

import pytest
from gradio_client.exceptions import AppError

from bertviz_space import extract, masked_prediction
from bertviz_space.models.cache import ModelCache
from bertviz_space.trace import Predictions
from tests.api.clients import connect
from tests.conftest import MINILM

TEXT = "The sailor asked the nurse a question"


@pytest.fixture(scope="module")
def client(url):
    return connect(url)


def predict(client, *arguments, **named):
    return client.predict(*arguments, **named, api_name="/predictions")


@pytest.mark.parametrize("model_id", ["tiny-gpt2", "tiny-bert"])
def test_the_rows_are_those_of_the_trace(client, model_id):
    tokens, rows = predict(client, model_id, TEXT, limit=3)
    loaded = ModelCache().get(model_id)
    trace = extract(loaded.model, loaded.tokenizer, TEXT)
    predictions = trace.predictions
    assert isinstance(predictions, Predictions)
    assert len(tokens) == len(rows) == len(trace.source)
    for position, row in enumerate(rows):
        assert (row["side"], row["position"]) == ("source", position)
        assert row["predicts"] == position + predictions.offset
        ids = predictions.token_ids[position, :3].tolist()
        assert [each["token_id"] for each in row["predicted"]] == ids
        assert [each["text"] for each in row["predicted"]] == [
            predictions.vocabulary[each].text for each in ids
        ]
        rank = int(predictions.ranks[position])
        assert row["rank"] == (rank or None)
        if rank:
            expected = float(predictions.log_probabilities[position])
            assert row["log_probability"] == pytest.approx(expected, abs=1e-4)


def test_a_causal_model_predicts_each_token_that_it_writes(client):
    tokens, rows = predict(client, "tiny-gpt2", "The sailor asked the", continue_tokens=4)
    assert len(tokens) == 8
    assert [row["rank"] for row in rows[3:]] == [1, 1, 1, 1, None]
    assert rows[3]["predicted"][0]["token_id"] == tokens[4]["token_id"]


def test_a_masked_token_is_predicted_without_being_read(client):
    tokens, rows = predict(client, "tiny-bert", TEXT, masked=2)
    [row] = rows
    assert (row["position"], row["predicts"]) == (2, 2)
    assert len(tokens) == 9
    loaded = ModelCache().get("tiny-bert")
    expected = masked_prediction(loaded.model, loaded.tokenizer, TEXT, position=2)
    assert row["log_probability"] == pytest.approx(float(expected.log_probabilities[0]), abs=1e-4)
    _, read = predict(client, "tiny-bert", TEXT)
    # A model that reads the token is surer of it.
    assert row["log_probability"] < read[2]["log_probability"]
    assert sum(each["probability"] for each in row["predicted"]) <= 1 + 1e-6
    assert math.isfinite(row["log_probability"])


@pytest.mark.parametrize(
    ("arguments", "named", "message"),
    [
        ((MINILM, TEXT), {}, "has no language-model head"),
        ((MINILM, TEXT), {"masked": 2}, "Only a masked language model"),
        (("tiny-gpt2", TEXT), {"masked": 2}, "Only a masked language model"),
        (("tiny-bert", TEXT), {"masked": 9}, "no token at position 9"),
        (("tiny-bert", TEXT), {"masked": -1}, "no token at position -1"),
        (("tiny-bert", TEXT), {"masked": "2"}, "masked is the position"),
        (("tiny-bert", TEXT), {"masked": 2, "continue_tokens": 3}, "omit masked or"),
        (("tiny-bert", TEXT), {"masked": 2, "target_text": "a"}, "Leave the target text empty"),
        (("tiny-bert", TEXT), {"limit": 11}, "limit is a whole number"),
        (("tiny-bert", TEXT), {"limit": True}, "limit is a whole number"),
    ],
)
def test_predictions_that_are_not_possible_are_explained(client, arguments, named, message):
    with pytest.raises(AppError, match=message):
        predict(client, *arguments, **named)
