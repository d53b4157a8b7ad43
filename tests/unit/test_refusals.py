"""A model that cannot be read is rejected with the reason, before its weights are downloaded."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bertviz_space.errors import ModelUnavailable
from bertviz_space.model_errors import error_summary
from bertviz_space.models.cache import ModelCache
from bertviz_space.models.hub.repository_files import INDEX, json_object
from tests.unit.tiny_models import KINDS

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 4000\n"
NO_JSON = {"empty": b"", "cut": b'{"a', "null": b"null", "list": b"[]", "pointer": POINTER}


@pytest.fixture
def model_id(hub, tmp_path, request) -> str:
    """The id of a tiny model of the kind that the test names."""
    kind, folder = KINDS[getattr(request, "param", "gpt2")], tmp_path / "model"
    kind.build().save_pretrained(folder)
    kind.tokenizer().save_pretrained(folder)
    name = f"someone/{tmp_path.name}"
    hub.models[name] = folder
    return name


def change(folder: Path, **settings: Any) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | settings))


def refusal_of(model_id: str) -> str:
    """Return the error message, which is the same for tokens and for attention."""
    said = set[str]()
    models = ModelCache()
    for ask in (models.options, models.outline, models.get):
        with pytest.raises(ModelUnavailable) as raised:
            ask(model_id)
        said.add(str(raised.value))
    (sentence,) = said
    assert sentence.startswith(f"{model_id} cannot be loaded as a text Transformer: ")
    assert sentence.endswith("Choose another model.")
    assert len(sentence) < 400
    return sentence


@pytest.mark.parametrize(
    ("model_id", "settings", "problem"),
    [
        ("roberta", {"num_hidden_layers": "3"}, "config.json cannot be read .*num_hidden_layers"),
        ("roberta", {"id2label": {"a": "b"}}, r"config.json cannot be read \(ValueError"),
        ("roberta", {"hidden_size": 33}, r"no model can be built .*\(33\) is not a multiple"),
        ("roberta", {"vocab_size": 10**15}, "describes a model of more than"),
        ("roberta", {"hidden_act": "nope"}, "no model can be built from its config.json .*nope"),
        ("roberta", {"num_hidden_layers": -1}, "sets num_hidden_layers to -1; a number from 0 to"),
        ("llama", {"head_dim": 0}, "no model can be built from its config.json"),
        ("llama", {"head_dim": 10**9}, "describes a model of more than"),
        ("llama", {"rope_scaling": {"rope_type": "nope", "factor": 2}}, "config.json .*nope"),
        ("t5", {"d_model": 10**12}, "describes a model of more than"),
        ("t5", {"relative_attention_num_buckets": 10**12}, "describes a model of more than"),
    ],
    indirect=["model_id"],
)
def test_a_configuration_that_builds_no_model_is_rejected(hub, model_id, settings, problem):
    change(hub.models[model_id], **settings)
    assert re.search(problem, refusal_of(model_id))
    assert "model.safetensors" not in hub.asked


def test_a_quantized_model_that_the_hub_lists_without_quantization_is_rejected(hub, model_id):
    hub.more[model_id] = {"config": {"model_type": "gpt2"}}
    change(hub.models[model_id], quantization_config={"quant_method": "gptq", "bits": 4})
    assert "it is quantized" in refusal_of(model_id)
    assert "model.safetensors" not in hub.asked


@pytest.mark.parametrize(
    "answer",
    [
        {"config": "x"},
        {"config": 7},
        {"siblings": [{"rfilename": "config.json", "size": "large"}]},
        {"siblings": [{"rfilename": 7, "size": 7}]},
        {"safetensors": {"parameters": {}, "total": "many"}},
    ],
)
def test_a_response_of_the_hub_with_wrong_types_is_reported(hub, model_id, answer):
    hub.more[model_id] = answer
    with pytest.raises(ModelUnavailable, match="cannot be understood"):
        ModelCache().options(model_id)


@pytest.mark.parametrize("content", NO_JSON.values(), ids=NO_JSON)
def test_an_invalid_tokenizer_file_is_rejected(hub, model_id, content):
    (hub.models[model_id] / "tokenizer.json").write_bytes(content)
    assert "its tokenizer cannot be read (" in refusal_of(model_id)
    assert "model.safetensors" not in hub.asked


@pytest.mark.parametrize("model_id", ["t5"], indirect=True)
@pytest.mark.parametrize("content", [b"null", b"[]", b"7"])
def test_an_invalid_generation_config_is_rejected(hub, model_id, content):
    (hub.models[model_id] / "generation_config.json").write_bytes(content)
    assert "its generation_config.json cannot be read (" in refusal_of(model_id)
    assert "model.safetensors" not in hub.asked


@pytest.mark.parametrize("content", NO_JSON.values(), ids=NO_JSON)
def test_an_invalid_generation_config_is_ignored_for_a_model_without_generation(
    hub, model_id, content
):
    (hub.models[model_id] / "generation_config.json").write_bytes(content)
    models = ModelCache()
    assert models.options(model_id)
    assert models.get(model_id)


@pytest.mark.parametrize("spoil", [lambda whole: whole[:-9], lambda _: b"", lambda _: POINTER])
def test_damaged_weights_are_rejected_with_the_reason(hub, model_id, spoil):
    path = hub.models[model_id] / "model.safetensors"
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(ModelUnavailable, match=r"its weights cannot be read \(SafetensorError: "):
        ModelCache().get(model_id)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_file_that_is_not_utf_8_is_rejected_before_weights_are_downloaded(
    hub, tmp_path, encoding
):
    # transformers reads only UTF-8. Python's json reads other encodings as well.
    with pytest.raises(ValueError, match=r"(?i)utf-8"):
        json_object('{"model_type": "gpt2"}'.encode(encoding))
    folder = tmp_path / "shards"
    KINDS["gpt2"].build().save_pretrained(folder, max_shard_size="80KB")
    KINDS["gpt2"].tokenizer().save_pretrained(folder)
    (folder / INDEX).write_bytes((folder / INDEX).read_text().encode(encoding))
    hub.models[f"someone/{tmp_path.name}"] = folder
    with pytest.raises(ModelUnavailable, match="is not a JSON object"):
        ModelCache().options(f"someone/{tmp_path.name}")
    assert not [each for each in hub.asked if each.endswith(".safetensors")]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("no file a.json in /tmp/x/y/z.", "OSError: no file a.json in z"),
        ("'/home/someone/.cache/a b/m.json'", "OSError: 'a b/m.json'"),
        ("see https://huggingface.co/docs/x", "OSError: see https://huggingface.co/docs/x"),
        ("a/b is not c / d", "OSError: a/b is not c / d"),
        ("", "OSError"),
    ],
)
def test_an_error_message_shows_no_folder_of_this_machine(said, shown):
    assert error_summary(OSError(said)) == shown
