"""A program receives the messages of the page if a model or the server fails."""

import copy
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from transformers import AutoModel, BertConfig, BertModel, EncoderDecoderConfig, EncoderDecoderModel

from architectures.builder import config_of
from bertviz_space.errors import INTERNAL_ERROR
from tests.api.clients import connect
from tests.hub_server import Hub
from tests.unit.small_tokenizers import roberta_style

RUNS = ("/attention", "/query_key", "/view")
TEXT = "The dog on the ship ran to the store. "


@pytest.fixture(scope="module")
def client(url) -> Client:
    return connect(url)


@pytest.fixture
def on_hub(hub: Hub, tmp_path: Path) -> Callable[[Any, Any], str]:
    """Return a function that puts a model and its tokenizer on the tests' Hub."""

    def put(model: Any, tokenizer: Any) -> str:
        folder = tmp_path / "model"
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        model_id = f"someone/{tmp_path.name}"
        hub.models[model_id] = folder
        return model_id

    return put


def bert(positions: int) -> BertConfig:
    return BertConfig(
        vocab_size=len(roberta_style()),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=positions,
    )


def test_the_error_of_a_model_that_fails_names_its_type_and_what_to_do(client, on_hub, capfd):
    config = config_of("xmod", vocab_size=len(roberta_style()), default_language=None)
    model_id = on_hub(AutoModel.from_config(config), roberta_style())
    for api_name in RUNS:
        with pytest.raises(AppError) as raised:
            client.predict(model_id, "The cat", api_name=api_name)
        message = str(raised.value)
        assert message.startswith("A xmod model cannot be run on a text alone")
        assert "Input language unknown" in message
        assert message.endswith("Try another text, or choose another model.")
    assert "Traceback" not in capfd.readouterr().err


def test_the_error_of_an_unknown_token_names_the_token_with_and_without_a_run(client, on_hub):
    tokenizer = copy.deepcopy(roberta_style())
    tokenizer.add_tokens(["<extra>"])
    model_id = on_hub(BertModel(bert(64)), tokenizer)
    for api_name in ("/tokenize", *RUNS):
        with pytest.raises(AppError, match="gives the token <extra> the id"):
            client.predict(model_id, "The <extra> cat", api_name=api_name)
        assert client.predict(model_id, "The cat", api_name=api_name)


def test_tokenize_cuts_the_texts_of_an_encoder_decoder_as_a_run_does(client, on_hub):
    config = EncoderDecoderConfig.from_encoder_decoder_configs(bert(40), bert(24))
    config.decoder_start_token_id = 0
    model_id = on_hub(EncoderDecoderModel(config), roberta_style())
    texts = {"text": TEXT * 9, "target_text": TEXT * 9}
    tokens, notes = client.predict(model_id, **texts, api_name="/tokenize")
    of_a_run, _ = client.predict(model_id, **texts, api_name="/attention")
    assert tokens == of_a_run
    sides = [token["side"] for token in tokens]
    assert (sides.count("source"), sides.count("target")) == (40, 24)
    assert ["the model takes 40" in notes[0], "the model takes 24" in notes[1]] == [True, True]


def test_a_model_of_text_and_images_is_rejected_before_its_weights_are_fetched(client, hub, on_hub):
    model_id = on_hub(BertModel(bert(64)), roberta_style())
    config = hub.models[model_id] / "config.json"
    config.write_text(config.read_text().replace('"model_type": "bert"', '"model_type": "clip"'))
    with pytest.raises(AppError, match="A model of type 'clip' cannot be run on text alone"):
        client.predict(model_id, "The cat", api_name="/attention")
    assert "model.safetensors" not in hub.asked


@pytest.mark.parametrize("api_name", ["/tokenize", *RUNS])
def test_an_unexpected_error_is_logged_and_has_the_message_of_the_page(
    client, api_name, monkeypatch, caplog
):
    monkeypatch.setattr("bertviz_space.jobs.handler.extract", None)
    monkeypatch.setattr("bertviz_space.jobs.handler.read_texts", None)
    with caplog.at_level(logging.ERROR), pytest.raises(AppError) as raised:
        client.predict("tiny-gpt2", f"The cat, {api_name}", api_name=api_name)
    assert str(raised.value) == INTERNAL_ERROR
    [record] = [each for each in caplog.records if each.name == "bertviz_space.api.program_jobs"]
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], TypeError)
