"""Endpoints fetch models of the Hub once, and report errors with the messages of the page."""

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from gradio_client.utils import Status

from tests.api.clients import connect
from tests.api.jobs import wait_until


@pytest.fixture
def client(url) -> Client:
    return connect(url)


def test_a_model_is_downloaded_once(client, hub, hub_model):
    tokens, _ = client.predict(hub_model, "the cat sat", api_name="/attention")
    assert len(tokens) >= 3
    assert hub.asked.count("model.safetensors") == 1
    client.predict(hub_model, "the cat lay", api_name="/attention")
    assert hub.asked.count("model.safetensors") == 1


def test_two_jobs_at_the_same_time_share_one_download(client, hub, hub_model):
    hub.troubles[hub_model] = "slow weights"
    jobs = [
        client.submit(hub_model, f"the cat {word}", api_name="/attention")
        for word in ("sat", "lay")
    ]
    # Both run before the first one has the weights.
    hub.wait_for("model.safetensors")
    for job in jobs:
        wait_until(job, lambda status: status.code is Status.PROCESSING)
    hub.let_go.set()
    assert all(job.result() for job in jobs)
    assert hub.asked.count("model.safetensors") == 1


@pytest.mark.parametrize(
    ("trouble", "message"),
    [
        ("disabled", "is disabled by the Hub"),
        ("busy", "The Hub is busy: it got too many requests from this Space. Wait a minute"),
        ("broken", r"Hugging Face answered with an error \(500\)"),
        ("garbled", "cannot be understood"),
        ("cut", "could not be downloaded completely"),
    ],
)
def test_an_error_of_the_hub_is_the_error_of_the_call(client, hub, hub_model, trouble, message):
    hub.troubles[hub_model] = trouble
    with pytest.raises(AppError, match=message) as raised:
        client.predict(hub_model, "the cat sat", api_name="/attention")
    assert "Traceback" not in str(raised.value)


@pytest.fixture
def gated_model(hub, hub_model) -> str:
    """Return the id of a gated model that one account may read."""
    hub.tokens |= {"hf_granted", "hf_stranger"}
    hub.readers[hub_model] = {"hf_granted"}
    return hub_model


def test_only_a_program_with_access_can_use_a_gated_model(url, gated_model):
    granted = connect(url, oauth_token="hf_granted")
    for api_name in ("/tokenize", "/attention", "/query_key", "/view"):
        assert granted.predict(gated_model, "the cat sat", api_name=api_name)
        # The model is loaded now, but other programs still cannot use it.
        for client, sentence in (
            (connect(url, oauth_token="hf_stranger"), "was not granted access"),
            (connect(url, oauth_token="hf_expired"), "does not accept your sign-in"),
            (connect(url, token="hf_granted"), "its authors ask for a sign-in"),
            (connect(url), "its authors ask for a sign-in"),
        ):
            with pytest.raises(AppError, match=sentence):
                client.predict(gated_model, "the cat sat", api_name=api_name)


def test_the_list_of_endpoints_says_which_accept_a_token(client):
    endpoints = client.view_api(print_info=False, return_format="dict")["named_endpoints"]
    taking = {name for name in endpoints if endpoints[name].get("oauth_token") == "optional"}
    assert taking == endpoints.keys() - {"/models", "/view_app"}
    parameters = [each["parameter_name"] for each in endpoints["/attention"]["parameters"]]
    assert parameters[-1] == "interventions"


def test_there_is_no_sign_in_button_if_readers_cannot_sign_in(client):
    texts = [str(each["props"].get("value")) for each in client.config["components"]]
    assert "Run" in texts
    assert not [text for text in texts if "Sign" in text]
