"""Requests to the Hub, their order, and the messages if a request fails."""

import json
from contextlib import suppress
from pathlib import Path

import huggingface_hub.constants
import pytest

from bertviz_space.errors import (
    AttentionUnavailable,
    HubBusy,
    ModelUnavailable,
    SpaceError,
    UnknownModel,
)
from bertviz_space.models.cache import ModelCache
from bertviz_space.models.catalog import HUB_MODELS
from bertviz_space.models.hub.checkpoints import hub_answers
from bertviz_space.models.options import ModelOptions
from tests.hub_server import REVISION
from tests.unit.tiny_models import KINDS


@pytest.fixture
def t5(hub, tmp_path) -> str:
    folder = tmp_path / "t5"
    KINDS["t5"].build().save_pretrained(folder)
    KINDS["t5"].tokenizer().save_pretrained(folder)
    (folder / "pytorch_model.bin").write_bytes(b"a pickle")
    model_id = f"someone/{tmp_path.name}"  # only for this test, because all tests share one cache
    hub.models[model_id] = folder
    return model_id


def test_the_options_of_a_model_are_read_without_fetching_its_weights(hub, t5):
    models = ModelCache()
    assert models.options(t5) == ModelOptions("target")
    assert hub.asked[0] == "?"
    assert set(hub.asked[1:]) == {
        "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json",
    }  # fmt: skip
    hub.asked.clear()
    assert models.options(t5) == ModelOptions("target")
    assert hub.asked == []


def test_a_run_fetches_the_weights_and_no_file_twice(hub, t5):
    models = ModelCache()
    models.options(t5)
    hub.asked.clear()
    loaded = models.get(t5)
    assert hub.asked == ["?", "model.safetensors"]
    assert loaded.checkpoint.revision == REVISION
    hub.asked.clear()
    assert ModelCache().get(t5)
    assert hub.asked == ["?"]


def test_a_model_without_attention_is_refused_before_any_file_is_fetched(hub, tmp_path):
    folder = tmp_path / "fnet"
    folder.mkdir()
    (folder / "config.json").write_text('{"model_type": "fnet"}')
    (folder / "model.safetensors").write_bytes(b"weights")
    hub.models["someone/fnet"] = folder
    for ask in (ModelCache().options, ModelCache().get):
        hub.asked.clear()
        with pytest.raises(AttentionUnavailable, match="FNet mixes its tokens"):
            ask("someone/fnet")
        assert hub.asked == ["?"]


def test_an_id_that_the_hub_does_not_know_is_refused(hub):
    with pytest.raises(UnknownModel, match="The Hub has no model someone/else"):
        ModelCache().options("someone/else")


def test_without_the_hub_a_fetched_model_is_found(hub, t5, monkeypatch):
    assert ModelCache().options(t5)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    assert ModelCache().options(t5) == ModelOptions("target")
    with pytest.raises(ModelUnavailable, match="Try again"):
        ModelCache().get(t5)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    assert ModelCache().get(t5)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    assert ModelCache().get(t5).checkpoint.revision == REVISION


def folder_of(hub, model_id: str) -> Path:
    return hub.models[model_id]


def refusal_of(model_id: str, ask=None) -> str:
    """Return the message for a reader who asks for a model."""
    with pytest.raises(SpaceError) as raised:
        (ask or ModelCache().options)(model_id)
    return str(raised.value)


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        ("disabled", "is disabled by the Hub"),
        ("busy", r"^The Hub is busy: .* from this Space. Wait a minute and try again.$"),
        ("broken", r"Hugging Face answered with an error \(500\), and .* is not stored here"),
        ("garbled", "The Hub's answer about .* cannot be understood"),
        ("slow", "Hugging Face cannot be reached, and .* is not stored here"),
    ],
)
def test_nothing_is_fetched_after_a_bad_answer_of_the_hub(
    hub, hub_model, monkeypatch, trouble, sentence
):
    if trouble == "slow":
        monkeypatch.setattr("bertviz_space.models.hub.requests.HUB_TIMEOUT", 0.05)
    hub.troubles[hub_model] = trouble
    with pytest.raises(SpaceError, match=sentence):
        ModelCache().get(hub_model)
    hub.wait_for("?")
    assert set(hub.asked) == {"?"}


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "55"}, "Wait 55 seconds and try again."),
        ({"Retry-After": "1"}, "Wait 2 seconds and try again."),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, "Wait a minute and try again."),
        ({"RateLimit": '"api";r=0;t=123', "Retry-After": "5"}, "Wait 123 seconds and try again."),
        # A limit with requests remaining does not require a wait.
        ({"RateLimit": '"pages";r=9;t=123', "Retry-After": "5"}, "Wait 5 seconds and try again."),
    ],
)
@pytest.mark.parametrize("trouble", ["busy", "busy files"])
def test_a_busy_hub_says_how_long_to_wait(hub, hub_model, trouble, headers, wait):
    hub.troubles[hub_model], hub.wait = trouble, headers
    with pytest.raises(HubBusy, match=wait):
        ModelCache().get(hub_model)
    # The next request is sent to the Hub again.
    del hub.troubles[hub_model]
    assert ModelCache().get(hub_model)


def test_a_model_on_this_machine_loads_while_the_hub_is_busy(hub, hub_model):
    assert ModelCache().get(hub_model)
    hub.troubles[hub_model] = "busy"
    assert ModelCache().get(hub_model).checkpoint.revision == REVISION


def test_a_busy_hub_counts_as_reachable(hub):
    hub.models[HUB_MODELS[0].model_id] = Path("not asked for")
    hub.troubles[HUB_MODELS[0].model_id] = "busy"
    assert hub_answers()


@pytest.mark.parametrize("trouble", ["cut", "short"])
def test_the_next_run_completes_an_interrupted_download(hub, hub_model, trouble):
    hub.troubles[hub_model] = trouble
    assert "could not be downloaded completely. Try again." in refusal_of(
        hub_model, ModelCache().get
    )
    del hub.troubles[hub_model]
    hub.asked.clear()
    assert ModelCache().get(hub_model).checkpoint.revision == REVISION
    assert hub.asked == ["?", "model.safetensors"]


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (["model.safetensors"], "has no safetensors file"),
        (["tokenizer.json", "vocab.json", "merges.txt"], "has no tokenizer"),
        (["config.json"], "has no config.json: it is not a transformers model"),
    ],
)
def test_a_model_that_lacks_a_file_is_refused_before_any_file_is_fetched(
    hub, hub_model, names, sentence
):
    for name in names:
        (folder_of(hub, hub_model) / name).unlink(missing_ok=True)
    said = refusal_of(hub_model)
    assert sentence in said
    assert said.endswith(f"Its page: https://huggingface.co/{hub_model}")
    assert hub.asked == ["?"]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("adapter_config.json", "is only an adapter"),
        ("llama.Q4_K_M.gguf", "contains only GGUF files"),
    ],
)
def test_files_for_other_programs_are_recognized_by_their_names(hub, hub_model, name, sentence):
    (folder_of(hub, hub_model) / "config.json").unlink()
    (folder_of(hub, hub_model) / name).write_text("{}")
    assert sentence in refusal_of(hub_model)
    assert hub.asked == ["?"]


def test_a_diffusion_pipeline_is_recognized_by_its_index(hub, hub_model):
    (folder_of(hub, hub_model) / "model_index.json").write_text("{}")
    assert "makes pictures or sound" in refusal_of(hub_model)
    assert hub.asked == ["?"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"quantization_config": {"quant_method": "gptq"}}, "is quantized"),
        ({"model_type": None, "auto_map": {"AutoModel": "own.Model"}}, "needs code of its own"),
        ({"model_type": "no_such_type"}, "needs code of its own"),
        ({"model_type": "vit"}, "cannot be run on text alone"),
    ],
)
def test_a_configuration_that_cannot_be_loaded_is_refused_from_the_listing(
    hub, hub_model, change, sentence
):
    path = folder_of(hub, hub_model) / "config.json"
    settings = json.loads(path.read_text()) | change
    path.write_text(json.dumps({name: each for name, each in settings.items() if each is not None}))
    assert sentence in refusal_of(hub_model)
    assert hub.asked == ["?"]


def test_the_size_of_a_model_is_its_size_in_memory(hub, hub_model, monkeypatch):
    # 1.5 billion numbers in half precision take 3 GB on disk and 6 GB once they are loaded.
    hub.more[hub_model] = {
        "safetensors": {"parameters": {"F16": 1_500_000_000}, "total": 1_500_000_000}
    }
    monkeypatch.setenv("BERTVIZ_MAX_MODEL_GB", "5.9")
    assert "would take 6.0 GB of memory; up to 5.9 GB can be loaded here" in refusal_of(hub_model)
    assert hub.asked == ["?"]
    monkeypatch.setenv("BERTVIZ_MAX_MODEL_GB", "6.1")
    assert ModelCache().options(hub_model)


def test_file_names_that_lead_out_of_the_folder_are_not_followed(hub, hub_model, tmp_path):
    names = ["../../escaped.json", "/etc/escaped.json", "a/../../escaped.json", "x" * 300 + ".json"]
    listed = [{"rfilename": file.name, "size": 1} for file in folder_of(hub, hub_model).iterdir()]
    hub.more[hub_model] = {"siblings": listed + [{"rfilename": name, "size": 1} for name in names]}
    with suppress(SpaceError):  # refusing the whole model is also correct
        ModelCache().get(hub_model)
    assert not [name for name in hub.asked if "escaped" in name]
