"""The answers that a program receives through gradio_client."""

import json
from pathlib import Path

import pytest
import torch
from gradio_client.exceptions import AppError
from safetensors import safe_open
from safetensors.torch import load_file

from bertviz_space import extract, machine
from bertviz_space.files.wire import write_trace
from bertviz_space.models.cache import ModelCache
from tests.api.clients import connect, get
from tests.conftest import MINILM, MINILM_REVISION
from tests.wire_reader import read_layer

REPOSITORY = Path(__file__).parents[2]
ENDPOINTS = {
    "/models", "/tokenize", "/describe_attention", "/attention", "/query_key", "/head_scores",
    "/predictions", "/sweep", "/probe", "/view", "/view_content", "/view_app",
}  # fmt: skip
PAIR = ("The cat sat on the mat", "The cat lay on the rug")


@pytest.fixture(scope="module")
def client(url):
    return connect(url)


@pytest.fixture(scope="module")
def models():
    """Return a cache that loads the same models, independently of the app."""
    return ModelCache()


def ask(client, *arguments, **named):
    return client.predict(*arguments, **named, api_name="/attention")


def test_minilm_in_the_local_cache_answers_by_its_hub_id(client):
    tokens, file = ask(client, MINILM, "The cat sat", "on the mat")
    assert [token["text"] for token in tokens] == [
        "[CLS]", "The", "cat", "sat", "[SEP]", "on", "the", "mat", "[SEP]",
    ]  # fmt: skip
    assert [token["segment"] for token in tokens] == [
        None, "A", "A", "A", None, "B", "B", "B", None,
    ]  # fmt: skip
    with safe_open(file, "pt") as tensors:
        assert tensors.get_tensor("self").shape == (6, 12, 9, 9)
        metadata = tensors.metadata()
    assert metadata["axes"] == "layer head query key"
    assert metadata["model_id"] == MINILM
    assert metadata["revision"] == MINILM_REVISION
    assert json.loads(metadata["layers"]) == {"self": [0, 1, 2, 3, 4, 5]}


@pytest.mark.parametrize(
    ("model_id", "texts"),
    [
        ("tiny-bert", PAIR),
        ("tiny-gpt2", ("The dog on the ship ran",)),
        (MINILM, PAIR),
        (MINILM, ("A single text.",)),
    ],
)
def test_weights_are_those_of_the_model_and_of_the_pages_files(
    client, models, tmp_path, model_id, texts
):
    tokens, file = ask(client, model_id, *texts)
    answered = load_file(file)["self"]
    loaded = models.get(model_id)
    trace = extract(loaded.model, loaded.tokenizer, *texts)
    assert [token["token_id"] for token in tokens] == [token.token_id for token in trace.source]
    for layer in trace.layers["self"]:
        torch.testing.assert_close(answered[layer.layer], layer.weights(), atol=1e-6, rtol=0)
    manifest = write_trace(trace, model_id, "", tmp_path)
    for layer, weights in weights_of_files(manifest, "self").items():
        torch.testing.assert_close(answered[layer], weights, atol=1e-6, rtol=0)


def test_an_encoder_decoder_model_answers_with_three_attentions(client, models, tmp_path, t5):
    text, target = "The small elephant is tired.", "Der kleine Elefant ist müde."
    tokens, file = ask(client, model=t5, text=text, target_text=target)
    loaded = models.get(t5)
    trace = extract(loaded.model, loaded.tokenizer, text, target_text=target)
    assert [token["side"] for token in tokens] == (
        ["source"] * len(trace.source) + ["target"] * len(trace.target or ())
    )
    answered = load_file(file)
    assert set(answered) == {"encoder", "decoder", "cross"}
    manifest = write_trace(trace, t5, "", tmp_path)
    for component in trace.components:
        weights = answered[component]
        assert weights.shape[0] == (2 if component == "encoder" else 3)
        of_files = weights_of_files(manifest, component)
        for layer in trace.layers[component]:
            for same in (layer.weights(), of_files[layer.layer]):
                torch.testing.assert_close(weights[layer.layer], same, atol=1e-6, rtol=0)


def test_without_a_target_text_the_model_generates_it(client, t5):
    tokens, file = ask(client, t5, "The dog ran.")
    written = [token for token in tokens if token["side"] == "target"]
    assert len(written) > 1
    assert load_file(file)["decoder"].shape[-1] == len(written)
    [note] = notes_of(file)
    assert note.startswith("The model wrote the target text (greedy, ")


def notes_of(file):
    """Return the notes in a file's metadata."""
    with safe_open(file, "pt") as tensors:
        return json.loads(tensors.metadata()["notes"])


def test_a_text_that_is_too_long_is_cut_and_a_note_says_so(client):
    tokens, file = ask(client, MINILM, "word " * 600)
    assert len(tokens) == 512
    assert tokens[-1]["text"] == "[SEP]"
    assert load_file(file)["self"].shape == (6, 12, 512, 512)
    assert notes_of(file) == ["602 tokens; the model takes 512, so the end was cut."]
    assert notes_of(ask(client, MINILM, "word")[1]) == []


def test_a_program_can_choose_the_languages(client, mbart50):
    tokens, _ = ask(
        client,
        mbart50,
        "The dog ran.",
        target_text="Die Straße",
        source_language="fr_XX",
        target_language="de_DE",
    )
    source = [token["vocabulary"] for token in tokens if token["side"] == "source"]
    target = [token["vocabulary"] for token in tokens if token["side"] == "target"]
    assert (source[0], source[-1]) == ("fr_XX", "</s>")
    assert target[:2] == ["</s>", "de_DE"]
    assert "".join(token["text"] for token in tokens if not token["special"]) == (
        "The dog ran.Die Straße"
    )
    with pytest.raises(AppError, match=r"no language 'German'\. Choose one of its 52 codes"):
        ask(client, mbart50, "The dog ran.", target_language="German")


def test_a_program_can_use_a_chat_template_with_a_start_token(client, talker):
    tokens, file = ask(client, talker, "The cat sat", chat=True, start_token=True)
    assert "".join(token["text"] for token in tokens) == (
        "<|endoftext|><|im_start|>user\nThe cat sat<|im_end|>\n<|im_start|>assistant\n"
    )
    own = [token["text"] for token in tokens if token["segment"] == "A"]
    assert "".join(own) == "The cat sat"
    assert notes_of(file) == [
        "The text is wrapped in the model's chat template, as a user's message.",
        "The text begins with the start token <|endoftext|>.",
    ]


def weights_of_files(manifest, component):
    """Return the weights by layer, computed from the files that the page reads."""
    entries = json.loads(manifest.read_text(encoding="utf-8"))["components"]
    [entry] = [each for each in entries if each["component"] == component]
    return {
        each["layer"]: read_layer(manifest.parent, component, each).weights()
        for each in entry["layers"]
    }


def test_a_program_reads_the_attention_of_a_text_that_the_model_continues(client):
    tokens, file = ask(client, "tiny-gpt2", "The sailor asked the", continue_tokens=5)
    assert len(tokens) == 9
    again, _ = ask(client, "tiny-gpt2", "The sailor asked the", continue_tokens=5)
    assert again == tokens
    assert load_file(file)["self"].shape[-1] == 9


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"continue_tokens": 65}, "continued by 1 to 64 tokens"),
        ({"continue_tokens": 2.5}, "must be whole numbers"),
        ({"continue_tokens": "many"}, "must be whole numbers"),
        ({"continue_tokens": 5, "temperature": 0}, "must be greater than 0"),
        ({"continue_tokens": 5, "temperature": 1, "top_p": 2}, "Top-p must be"),
    ],
)
def test_a_continuation_that_is_not_possible_is_explained(client, arguments, message):
    with pytest.raises(AppError, match=message):
        ask(client, "tiny-gpt2", "The sailor", **arguments)


def test_a_masked_model_that_is_to_continue_a_text_says_what_to_do(client):
    with pytest.raises(AppError, match="Choose a causal model such as GPT-2"):
        ask(client, "tiny-bert", "The sailor", continue_tokens=5)


def test_only_the_endpoints_are_listed_with_the_names_and_types_of_their_arguments(client, url):
    listed = client.view_api(print_info=False, return_format="dict")
    assert set(listed["named_endpoints"]) == ENDPOINTS
    assert listed["unnamed_endpoints"] == {}
    for name in ("/attention", "/query_key"):
        parameters = listed["named_endpoints"][name]["parameters"]
        assert [each["parameter_name"] for each in parameters] == [
            "model", "text", "text_b", "target_text", "source_language", "target_language",
            "chat", "start_token", "layers", "heads",
            "continue_tokens", "temperature", "top_p", "seed", "interventions",
        ]  # fmt: skip
        types = [each["python_type"]["type"] for each in parameters]
        lists = ["None | list[int]"] * 2
        numbers = ["int", "None | float", "float", "int"]
        assert types == ["str"] * 6 + ["bool"] * 2 + lists + numbers + ["str"]
        assert [each["parameter_has_default"] for each in parameters] == [False] * 2 + [True] * 13
        tokens, file = listed["named_endpoints"][name]["returns"]
        assert tokens["python_type"]["type"].startswith("list[dict(side: str, position: int,")
        assert file["python_type"]["type"] == "filepath"
    # The same list without the client, as programs in other languages read it.
    public = get(f"{url}gradio_api/info").json()
    assert set(public["named_endpoints"]) == ENDPOINTS
    assert public["unnamed_endpoints"] == {}


@pytest.mark.parametrize("name", ["/show", "/lambda", "/lambda_1", "/predict", "/run"])
def test_the_pages_own_events_cannot_be_called_by_name(client, name):
    with pytest.raises(ValueError, match="api_name"):
        client.predict("tiny-bert", *PAIR, "", api_name=name)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("tiny-bert", "  \n"), "Enter some text first."),
        (("tiny-bert", "a\0b"), "The text contains a NUL character or half a character"),
        (("tiny-bert", "a", "b\0"), "The text contains a NUL character or half a character"),
        (("tiny-bert", "a" * 20_001), "The text has 20,001 characters; up to 20,000 can be shown"),
        (("tiny-gpt2", "a", "b"), "This model takes one text. Leave the second text empty."),
        (("tiny-bert", "a", "", "b"), "This model has no decoder. Leave the target text empty."),
        (("nosuch/model", "a"), "Hugging Face cannot be reached, and nosuch/model is not stored"),
        (("../../etc/passwd", "a"), "This is not a model id."),
        (("/etc", "a"), "This is not a model id."),
        (("", "a"), "This is not a model id."),
        (("tiny-bert\n", "a", "", "b"), "This model has no decoder."),
        ((None, "a"), "model, text, text_b and target_text are strings"),
        (("tiny-bert", 7), "model, text, text_b and target_text are strings"),
        (("tiny-bert", ["a"]), "model, text, text_b and target_text are strings"),
        (("tiny-bert", "a", None), "model, text, text_b and target_text are strings"),
        (("tiny-bert", "a", "", "", 7), "model, text, text_b and target_text are strings"),
        (("tiny-bert", "a", "", "", "", "", "yes"), "chat and start_token are true or false."),
        (("tiny-bert", "a", "", "", "de"), "This model has no languages to choose from."),
        (("tiny-bert", "a", "", "", "", "", True), "This model has no chat template"),
        (("tiny-bert", "a", "", "", "", "", False, True), "This model has no start token"),
    ],
)
def test_an_error_is_a_message_and_leaves_no_traceback(client, capfd, arguments, expected):
    with pytest.raises(AppError) as caught:
        ask(client, *arguments)
    message = str(caught.value)
    assert message.startswith(expected)
    assert message.endswith(".")
    assert "Traceback" not in message and str(REPOSITORY) not in message
    # The log contains no traceback either, because the program made the mistake.
    assert "Traceback" not in capfd.readouterr().err


def test_a_run_that_takes_too_long_is_an_error_that_says_what_to_do(client, t5, monkeypatch):
    monkeypatch.setenv(machine.MAX_RUN_VARIABLE, "1e-9")
    for model_id in ("tiny-gpt2", t5):  # t5 generates its target text first
        with pytest.raises(AppError, match="Shorten the text, or choose a smaller model"):
            ask(client, model_id, "A text of no other test")


def test_a_program_can_select_layers_and_heads(client):
    _, whole = ask(client, "tiny-gpt2", "The cat sat")
    _, file = ask(client, "tiny-gpt2", "The cat sat", layers=[2, 0], heads=[3])
    torch.testing.assert_close(load_file(file)["self"], load_file(whole)["self"][[0, 2]][:, [3]])


@pytest.mark.parametrize(
    ("selected", "message"),
    [
        ({"layers": [4]}, "There is no layer 4: layers go from 0 to 3"),
        ({"heads": [9]}, "There is no head 9: heads go from 0 to 3"),
        ({"layers": "0"}, "layers and heads are lists of whole numbers"),
        ({"heads": [True]}, "layers and heads are lists of whole numbers"),
        ({"heads": [0.5]}, "layers and heads are lists of whole numbers"),
    ],
)
def test_layers_and_heads_that_do_not_exist_are_an_error(client, selected, message):
    with pytest.raises(AppError, match=message):
        ask(client, "tiny-gpt2", "The cat sat", **selected)


def test_vectors_reproduce_the_weights(client):
    """Run the script in the README."""
    texts = "tiny-gpt2", "The cat sat on the mat"
    _, file = client.predict(*texts, layers=[1], heads=[0], api_name="/query_key")
    with safe_open(file, "pt") as tensors:
        query, key = tensors.get_tensor("self.1.query"), tensors.get_tensor("self.1.key")
        scaling = json.loads(tensors.metadata()["scaling"])["self.1"]
    scores = scaling * query @ key.transpose(1, 2)
    causal = torch.ones_like(scores).tril().bool()
    weights = scores.masked_fill(~causal, -torch.inf).softmax(-1)
    _, file = ask(client, *texts, layers=[1], heads=[0])
    torch.testing.assert_close(weights, load_file(file)["self"][0], atol=1e-5, rtol=0)


def test_the_models_of_the_page_are_listed(client):
    offered = client.predict(api_name="/models")
    assert offered[0] == {"model": "tiny-bert", "about": "demo, works offline"}
    assert MINILM in [row["model"] for row in offered]


def test_every_endpoint_has_a_description(client):
    endpoints = client.view_api(print_info=False, return_format="dict")["named_endpoints"]
    assert all(endpoints[name]["description"] for name in endpoints)
