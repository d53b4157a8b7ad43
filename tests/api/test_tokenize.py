"""Tokenizing returns the tokens of a run, and does not wait in the queue."""

import json

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from safetensors import safe_open
from transformers.models.gpt2.modeling_gpt2 import GPT2Block

from tests.api.clients import connect
from tests.api.jobs import wait_for_message
from tests.conftest import MINILM
from tests.paused_runs import paused_runs


@pytest.fixture(scope="module")
def client(url) -> Client:
    return connect(url)


def tokenize(client, *texts, **options):
    return client.predict(*texts, **options, api_name="/tokenize")


def attend(client, *texts, **options):
    """Return the tokens and notes of a run."""
    tokens, file = client.predict(*texts, **options, api_name="/attention")
    with safe_open(file, "pt") as tensors:
        return tokens, json.loads(tensors.metadata()["notes"])


@pytest.mark.parametrize(
    ("texts", "options"),
    [
        (("tiny-bert", "The cat sat on the mat", "The cat lay on the rug"), {}),
        (("tiny-gpt2", "The dog on the ship ran"), {"start_token": True}),
        ((" tiny-gpt2\n", "unaffordable 🐈\u200d é"), {}),
        ((MINILM, "word " * 600, "another " * 300), {}),
    ],
)
def test_the_tokens_and_notes_are_those_of_a_run(client, texts, options):
    tokens, notes = tokenize(client, *texts, **options)
    assert (tokens, notes) == attend(client, *texts, **options)
    assert len(tokens) > 3


def test_the_tokens_of_a_translation_into_a_chosen_language_are_those_of_a_run(client, mbart50):
    texts = {"target_text": "Die Straße", "source_language": "fr_XX", "target_language": "de_DE"}
    tokens, notes = tokenize(client, mbart50, "The dog ran.", **texts)
    assert (tokens, notes) == attend(client, mbart50, "The dog ran.", **texts)
    assert [token["vocabulary"] for token in tokens if token["side"] == "target"][:2] == [
        "</s>", "de_DE",
    ]  # fmt: skip


def test_the_tokens_of_a_chat_message_are_those_of_a_run(client, talker):
    options = {"chat": True, "start_token": True}
    answer = tokenize(client, talker, "The cat sat", **options)
    assert answer == attend(client, talker, "The cat sat", **options)


def test_a_target_text_that_the_model_would_generate_is_left_out_and_a_note_says_so(client, t5):
    tokens, notes = tokenize(client, t5, "The dog ran.")
    of_a_run, _ = attend(client, t5, "The dog ran.")
    assert tokens == [token for token in of_a_run if token["side"] == "source"]
    assert len(tokens) < len(of_a_run)
    assert notes == [
        "The model writes the target text itself: its tokens are known once the model has run."
    ]
    tokens, notes = tokenize(client, t5, "The dog ran.", target_text="Der Hund")
    assert (tokens, notes) == attend(client, t5, "The dog ran.", target_text="Der Hund")
    assert notes == []


def test_tokenize_does_not_wait_while_all_workers_are_busy(url, client, monkeypatch):
    text = "The nurse waited behind the question"
    clients = [connect(url) for _ in range(3)]
    with paused_runs(GPT2Block, monkeypatch) as runs:
        jobs = {
            f"{text} {number}": each.submit("tiny-gpt2", f"{text} {number}", api_name="/attention")
            for number, each in enumerate(clients)
        }
        begun = {runs.begun.get() for _ in range(2)}
        [third] = jobs.keys() - begun
        wait_for_message(jobs[third], "Waiting: 2 runs before yours …")
        tokens, _ = tokenize(client, "tiny-gpt2", text)
        assert "".join(token["text"] for token in tokens) == text
        assert runs.begun.empty()  # the third run still waits
        runs.let_go.set()
        assert all(job.result() for job in jobs.values())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("tiny-bert", "  \n"), "Enter some text first."),
        (("tiny-bert", "a\0b"), "The text contains a NUL character or half a character"),
        (("tiny-gpt2", "a", "b"), "This model takes one text. Leave the second text empty."),
        (("tiny-bert", "a", "", "b"), "This model has no decoder. Leave the target text empty."),
        (("nosuch/model", "a"), "Hugging Face cannot be reached, and nosuch/model is not stored"),
        (("tiny-bert", 7), "model, text, text_b and target_text are strings"),
        (("tiny-bert", "a", "", "", "", "", "yes"), "chat and start_token are true or false."),
        (("tiny-bert", "a", "", "", "", "", True), "This model has no chat template"),
        (("tiny-bert", "a", "", "", "de"), "This model has no languages to choose from."),
    ],
)
def test_an_error_is_a_message_and_leaves_no_traceback(client, capfd, arguments, message):
    with pytest.raises(AppError) as caught:
        tokenize(client, *arguments)
    assert str(caught.value).startswith(message)
    assert "Traceback" not in capfd.readouterr().err
