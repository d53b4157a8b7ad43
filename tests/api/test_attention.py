"""What a program gets through gradio_client."""

import json

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from safetensors import safe_open

from tests.conftest import MINILM, MINILM_REVISION


@pytest.fixture(scope="module")
def client(url):
    return Client(url, verbose=False)


def test_minilm_in_the_local_cache_answers_by_its_hub_id(client):
    tokens, file = client.predict(MINILM, "The cat sat", "on the mat", api_name="/attention")
    assert [token["text"] for token in tokens] == [
        "[CLS]", "The", "cat", "sat", "[SEP]", "on", "the", "mat", "[SEP]",
    ]  # fmt: skip
    with safe_open(file, "pt") as tensors:
        assert tensors.get_tensor("self").shape == (6, 12, 9, 9)
        metadata = tensors.metadata()
    assert metadata["axes"] == "layer head query key"
    assert metadata["revision"] == MINILM_REVISION
    assert json.loads(metadata["layers"]) == {"self": [0, 1, 2, 3, 4, 5]}


def test_an_error_is_a_sentence(client):
    with pytest.raises(AppError, match="Enter some text"):
        client.predict("tiny-bert", "  ", "", api_name="/attention")
