"""Endpoints compare a run with that of another text, or of a model that was trained further."""

from pathlib import Path

import pytest
from gradio_client.exceptions import AppError

from tests.api.clients import connect
from tests.conftest import MINILM

TEXT = "lamp river stone garden lamp river stone"
OTHER_TEXT = "lamp river wood garden lamp river stone"
SENTENCE = "The doctor asked the nurse a question"


@pytest.fixture(scope="module")
def client(url):
    return connect(url)


def test_predictions_of_two_texts_are_compared_at_aligned_tokens(client):
    tokens, rows = client.predict("tiny-gpt2", TEXT, other_text=OTHER_TEXT, api_name="/predictions")
    _, plain = client.predict("tiny-gpt2", TEXT, api_name="/predictions")
    _, others = client.predict("tiny-gpt2", OTHER_TEXT, api_name="/predictions")
    texts = [token["text"] for token in tokens]
    for at, (row, own) in enumerate(zip(rows, plain, strict=True)):
        assert row | {"other": None} == own
        if texts[at] == " stone" and at == 4:
            assert row["other"] is None
            continue
        its = others[at]
        assert row["other"]["position"] == at
        assert row["other"]["rank"] == its["rank"]
        assert row["other"]["log_probability"] == its["log_probability"]
        assert row["other"]["likeliest"]["token_id"] == its["predicted"][0]["token_id"]
        assert row["other"]["divergence"] >= 0


def test_a_layer_with_other_weights_is_the_first_that_differs(client, tuned_minilm):
    _, rows = client.predict(MINILM, SENTENCE, other_model=tuned_minilm, api_name="/head_scores")
    layers = {layer: [] for layer in range(6)}
    for row in rows:
        layers[row["layer"]].append(row["divergence"])
    assert [set(layers[layer]) for layer in range(3)] == [{0.0}] * 3
    assert min(layers[3]) > 0.01
    assert all(max(layers[layer]) > 0 for layer in (4, 5))
    question = {"other_model": tuned_minilm, "score": "divergence"}
    answer = client.predict(MINILM, SENTENCE, **question, api_name="/describe_attention")
    assert answer["heads"][0]["layer"] >= 3


@pytest.mark.parametrize(("view", "shows_both"), [("head", True), ("model", False)])
def test_a_picture_names_the_other_run(client, tuned_minilm, view, shows_both):
    options = {"format": "svg", "other_model": tuned_minilm, "other_text": "The nurse <b>asked</b>"}
    path = client.predict(MINILM, SENTENCE, view=view, **options, api_name="/view")
    picture = Path(path).read_text(encoding="utf-8")
    commit = "0" * 12
    assert (">This run<" in picture) is shows_both
    assert (
        f"Compared with {tuned_minilm}, commit {commit} on “The nurse &lt;b&gt;asked&lt;/b&gt;”."
        in picture
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"other_model": "tiny-gpt2"}, "have different tokenizers"),
        ({"other_model": "nosuch/model"}, "nosuch/model"),
        (
            {"other_text": "the  doctor asked the nurse a question"},
            "same model and the same tokens",
        ),
        ({"other_text": "a\0b"}, "a NUL character"),
        ({"other_text": 3}, "other_text and other_model are strings"),
    ],
)
def test_what_cannot_be_compared_is_a_message(client, options, message):
    with pytest.raises(AppError) as raised:
        client.predict(MINILM, SENTENCE, **options, api_name="/head_scores")
    assert message in str(raised.value)


def test_a_run_that_is_compared_with_itself_is_the_run(client):
    _, rows = client.predict(
        "tiny-gpt2", TEXT, other_text=TEXT, other_model="tiny-gpt2", api_name="/head_scores"
    )
    assert {row["divergence"] for row in rows} == {None}
