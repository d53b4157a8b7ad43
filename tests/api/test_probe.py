"""The probe that a program receives: scores on repeated random tokens."""

import pytest
from gradio_client.exceptions import AppError

from bertviz_space import probe_scores
from bertviz_space.models.cache import ModelCache
from tests.api.clients import connect


@pytest.fixture(scope="module")
def client(url):
    return connect(url)


def test_the_rows_are_those_of_python(client):
    num_random, rows = client.predict("tiny-gpt2", api_name="/probe")
    loaded = ModelCache().get("tiny-gpt2")
    assert num_random == 50
    expected = probe_scores(loaded.model, loaded.tokenizer).rows()
    assert rows == [pytest.approx(row, abs=1e-5) for row in expected]
    best = max(rows, key=lambda row: row["induction"])
    assert (best["layer"], best["head"]) == (1, 0)


@pytest.mark.parametrize(
    ("model_id", "message"),
    [
        ("tiny-bert", "A bert model is not causal"),
        ("foo/bar", "foo/bar"),
        (7, "model is a string"),
    ],
)
def test_an_error_is_a_message(client, model_id, message):
    with pytest.raises(AppError, match=message):
        client.predict(model_id, api_name="/probe")


def test_only_a_program_with_access_can_probe_a_gated_model(url, hub, hub_model):
    hub.tokens |= {"hf_granted"}
    hub.readers[hub_model] = {"hf_granted"}
    assert connect(url, oauth_token="hf_granted").predict(hub_model, api_name="/probe")
    # The scores are cached now, but other programs still cannot have them.
    with pytest.raises(AppError, match="its authors ask for a sign-in"):
        connect(url).predict(hub_model, api_name="/probe")
