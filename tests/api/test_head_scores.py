"""The scores of heads that a program receives."""

import pytest
from gradio_client.exceptions import AppError

from bertviz_space import extract, head_scores
from bertviz_space.models.cache import ModelCache
from tests.api.clients import connect
from tests.conftest import MINILM

REPEATED = "The cat sat on the mat near the door. The cat sat on the mat near"


@pytest.fixture(scope="module")
def client(url):
    return connect(url)


@pytest.mark.parametrize(
    ("model_id", "texts"),
    [
        ("tiny-gpt2", (REPEATED,)),
        (MINILM, ("The cat sat on the mat.", "The cat lay on the rug.")),
    ],
)
def test_the_rows_are_those_of_the_trace(client, model_id, texts):
    tokens, rows = client.predict(model_id, *texts, api_name="/head_scores")
    loaded = ModelCache().get(model_id)
    trace = extract(loaded.model, loaded.tokenizer, *texts)
    assert [token["token_id"] for token in tokens] == [token.token_id for token in trace.source]
    expected = head_scores(trace)
    assert len(rows) == len(expected)
    for row, own in zip(rows, expected, strict=True):
        assert row == pytest.approx(own, abs=1e-5)


def test_the_induction_head_of_tiny_gpt2_has_the_largest_induction_score(client):
    _, rows = client.predict("tiny-gpt2", REPEATED, api_name="/head_scores")
    best = max(rows, key=lambda row: row["induction"])
    assert (best["layer"], best["head"]) == (1, 0)
    assert all(row["next"] is None for row in rows)


def test_the_previous_token_head_of_minilm_has_the_largest_previous_score(client):
    _, rows = client.predict(
        MINILM, "The doctor asked the nurse a question", api_name="/head_scores"
    )
    best = max(rows, key=lambda row: row["previous"])
    assert (best["layer"], best["head"]) == (0, 2)


def test_an_unknown_model_is_refused_with_the_message_of_the_page(client):
    with pytest.raises(AppError, match="foo/bar"):
        client.predict("foo/bar", "The cat", api_name="/head_scores")
