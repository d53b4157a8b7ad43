"""Models of the Hub through the endpoint: fetched once, and refused with the page's sentences."""

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError


@pytest.fixture
def client(url) -> Client:
    return Client(url, verbose=False)


def test_a_model_comes_from_the_hub(client, hub, hub_model):
    tokens, _ = client.predict(hub_model, "the cat sat", api_name="/attention")
    assert len(tokens) >= 3
    assert hub.asked.count("model.safetensors") == 1
    client.predict(hub_model, "the cat lay", api_name="/attention")
    assert hub.asked.count("model.safetensors") == 1


def test_two_programs_that_ask_at_once_share_one_download(client, hub, hub_model):
    jobs = [
        client.submit(hub_model, f"the cat {word}", api_name="/attention")
        for word in ("sat", "lay")
    ]
    assert all(job.result(60) for job in jobs)
    assert hub.asked.count("model.safetensors") == 1


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        ("gated", "is gated: its authors ask for a sign-in"),
        ("disabled", "is disabled by the Hub"),
        ("busy", "The Hub is busy: it has had too many questions from here. Wait a minute"),
        ("broken", r"The Hub answered with an error \(500\)"),
        ("garbled", "cannot be understood"),
        ("cut", "could not be fetched to its end"),
    ],
)
def test_a_refusal_is_the_error_of_the_call(client, hub, hub_model, trouble, sentence):
    hub.troubles[hub_model] = trouble
    with pytest.raises(AppError, match=sentence) as raised:
        client.predict(hub_model, "the cat sat", api_name="/attention")
    assert "Traceback" not in str(raised.value)
