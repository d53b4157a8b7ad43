"""The probe that a program receives: scores on repeated random tokens."""

from typing import Any

import pytest
from gradio_client.exceptions import AppError

from bertviz_space import probe_scores
from bertviz_space.errors import INTERNAL_ERROR
from bertviz_space.models.cache import ModelCache
from tests.api.clients import connect, get, post


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


def call_as_page(url: str, model_id: Any) -> Any:
    """Return what the server function of the model view returns to a page."""
    components = get(f"{url}config").json()["components"]
    [view] = [each for each in components if "probe" in each["props"].get("server_fns", [])]
    body = {
        "data": model_id,
        "component_id": view["id"],
        "session_hash": "a page",
        "fn_name": "probe",
    }
    answer = post(f"{url}gradio_api/component_server/", json=body)
    assert answer.status_code == 200
    return answer.json()


def test_the_page_receives_the_same_scores(url, client):
    answer = call_as_page(url, "tiny-gpt2")
    num_random, rows = client.predict("tiny-gpt2", api_name="/probe")
    assert answer["num_random"] == num_random
    received = [
        (layer["layer"], head, *scores)
        for layer in answer["layers"]
        for head, scores in enumerate(layer["scores"])
    ]
    assert received == [tuple(row.values()) for row in rows]


@pytest.mark.parametrize(
    ("model_id", "message"),
    [
        ("tiny-bert", "A bert model is not causal"),
        ("foo/bar", "foo/bar"),
        ("", "model"),
        (7, "A field of the page has a value of the wrong type."),
        (None, "A field of the page has a value of the wrong type."),
        ({"path": "/etc/passwd"}, "A field of the page has a value of the wrong type."),
    ],
)
def test_an_error_is_a_sentence_for_the_page(url, model_id, message, capfd):
    answer = call_as_page(url, model_id)
    assert isinstance(answer, str)
    assert message in answer
    assert "Traceback" not in capfd.readouterr().err


def test_the_page_of_a_reader_without_access_receives_a_sentence(url, hub, hub_model):
    hub.tokens |= {"hf_granted"}
    hub.readers[hub_model] = {"hf_granted"}
    connect(url, oauth_token="hf_granted").predict(hub_model, api_name="/probe")
    assert "its authors ask for a sign-in" in call_as_page(url, hub_model)


def test_an_unexpected_error_is_logged_and_not_shown(url, monkeypatch, caplog):
    monkeypatch.setattr("bertviz_space.jobs.handler.Handler.probe", lambda *_: 1 / 0)
    assert call_as_page(url, "tiny-gpt2") == INTERNAL_ERROR
    assert "ZeroDivisionError" in caplog.text
