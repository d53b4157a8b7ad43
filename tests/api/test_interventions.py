"""Endpoints change a run as a program asks, and say how predictions change."""

import json
from pathlib import Path

import pytest
from gradio_client.exceptions import AppError
from safetensors import safe_open

from bertviz_space import extract
from bertviz_space.models.cache import ModelCache
from bertviz_space.trace.interventions import parse_interventions
from tests.api.clients import connect

REPEATED = "lamp river stone garden lamp river stone"


@pytest.fixture(scope="module")
def client(url):
    return connect(url)


def test_predictions_say_what_a_head_changes(client):
    _, rows = client.predict(
        "tiny-gpt2", REPEATED, interventions="zero L0H3", api_name="/predictions"
    )
    last = rows[-1]["other"]["likeliest"]
    assert last["text"] == " garden"
    change = last["log_probability"] - last["other_log_probability"]
    assert change == pytest.approx(-6.872, abs=1e-3)
    loaded = ModelCache().get("tiny-gpt2")
    changed = extract(
        loaded.model, loaded.tokenizer, REPEATED, interventions=parse_interventions("zero L0H3")
    )
    assert changed.compared is not None and changed.compared.changes is not None
    for row, divergence in zip(rows, changed.compared.changes.divergences.tolist(), strict=True):
        assert row["other"]["divergence"] == pytest.approx(divergence, abs=1e-5)
    _, plain = client.predict("tiny-gpt2", REPEATED, api_name="/predictions")
    for row, other in zip(rows, plain, strict=True):
        assert other["other"] is None
        assert row["other"]["rank"] == other["rank"]
        assert row["other"]["log_probability"] == other["log_probability"]


def test_attention_is_that_of_the_changed_run_and_the_file_names_the_change(client):
    _, file = client.predict(
        "tiny-gpt2", REPEATED, interventions="cut 8-3 L1H0", api_name="/attention"
    )
    with safe_open(file, framework="pt") as opened:
        weights, metadata = opened.get_tensor("self"), opened.metadata()
    assert weights[1, 0, 8, 3] == 0
    assert json.loads(metadata["interventions"]) == [
        "“stone” (8) → “river” (3) cut in Layer 1, Head 0"
    ]


def test_a_picture_names_the_change(client):
    path = client.predict(
        "tiny-gpt2", REPEATED, format="svg", interventions="mean L0H3", api_name="/view"
    )
    picture = Path(path).read_text(encoding="utf-8")
    assert "With interventions: Layer 0, Head 3 replaced by its mean." in picture


def test_a_sweep_returns_the_effect_of_each_head(client):
    answer = client.predict("tiny-gpt2", REPEATED, layers=[0, 1], api_name="/sweep")
    assert (answer["position"], answer["text"]) == (8, " garden")
    first = answer["heads"][0]
    assert (first["component"], first["layer"], first["head"]) == ("self", 0, 3)
    assert first["change"] == pytest.approx(-6.872, abs=1e-3)
    assert len(answer["heads"]) == 8


@pytest.mark.parametrize(
    ("endpoint", "options", "message"),
    [
        ("/attention", {"interventions": "off L0H3"}, "“off L0H3” is no intervention."),
        ("/attention", {"interventions": "zero L0H9"}, "There is no head 9 in layer 0"),
        ("/predictions", {"interventions": "mask 2"}, "This model has no mask token"),
        ("/sweep", {"layers": [9]}, "There is no layer 9 in this model."),
        ("/sweep", {"position": "last"}, "position is a whole number"),
        ("/head_scores", {"interventions": 3}, "interventions is a string"),
    ],
)
def test_what_is_not_possible_is_a_message(client, endpoint, options, message):
    with pytest.raises(AppError) as raised:
        client.predict("tiny-gpt2", REPEATED, **options, api_name=endpoint)
    assert message in str(raised.value)
