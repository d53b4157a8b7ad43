"""Reading a config.json takes no more memory or time than an admitted model."""

import json
import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import CONFIG_MAPPING
from transformers.models.auto.modeling_auto import (
    MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
    MODEL_FOR_MASKED_LM_MAPPING_NAMES,
    MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES,
)

from bertviz_space.errors import ModelUnavailable, SpaceError
from bertviz_space.limits import MAX_MODEL_LAYERS, MAX_SETTINGS_BYTES, MAX_SETTINGS_DEPTH
from bertviz_space.models.bounded_construction import BoundedConstruction, ConstructionTooLarge
from bertviz_space.models.cache import ModelCache
from bertviz_space.models.config_check import check_settings, read_settings
from bertviz_space.models.hub.checkpoints import Checkpoint
from bertviz_space.models.hub.repository_files import UnusableFiles
from bertviz_space.models.loading import load
from bertviz_space.models.outline import read_outline
from tests.unit.tiny_models import KINDS

HUGE = 10**9


@pytest.fixture(autouse=True)
def little_memory() -> Iterator[None]:
    """Limit this process to 2 GB more memory than it has."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + 2 * 10**9, hard))
    yield
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


@pytest.fixture
def saved(tmp_path, request) -> Path:
    """Save a tiny model of the kind that the test names, and return its folder."""
    kind = getattr(request, "param", "gpt2")
    KINDS[kind].build().save_pretrained(tmp_path)
    KINDS[kind].tokenizer().save_pretrained(tmp_path)
    return tmp_path


def change(folder: Path, **changes: Any) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def refusals_of(folder: Path) -> set[str]:
    checkpoint, said = Checkpoint("tests/model", folder, "1" * 40), set[str]()
    for ask in (read_outline, load):
        with pytest.raises(SpaceError) as raised:
            ask(checkpoint)
        said.add(str(raised.value))
    return said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n_layer", HUGE),
        ("n_layer", -1),
        ("n_layer", 2.5),
        ("n_layer", [HUGE]),
        ("n_layer", {"n_layer": HUGE}),
        ("n_layer", 1e300),
        ("n_layer", 10**400),
        ("n_layer", MAX_MODEL_LAYERS + 1),
        ("n_layer", None),
        ("n_layer", "3"),
        ("num_hidden_layers", HUGE),
        ("num_labels", HUGE),
        ("vocab_size", HUGE),
        ("vocab_size", -5),
        ("n_embd", HUGE),
        ("n_embd", -32),
        ("n_inner", HUGE),
        ("n_positions", HUGE),
        ("n_head", 0),
        ("text_config", {"text_config": {"num_hidden_layers": HUGE}}),
        ("extra", {"deep": [[[{"moe": [{"num_experts": HUGE}]}]]]}),
        ("encoder_stages", [[HUGE]]),
    ],
)
def test_a_size_that_no_model_has_is_refused(saved, name, value):
    change(saved, **{name: value})
    for said in refusals_of(saved):
        assert said.startswith("tests/model cannot be loaded as a text Transformer")
        assert len(said) < 400


@pytest.mark.parametrize(
    ("saved", "name"),
    [("gpt2", "n_layer"), ("bert", "num_hidden_layers"), ("llama", "num_hidden_layers")],
    indirect=["saved"],
)
def test_a_model_without_layers_is_refused_before_its_weights_are_read(saved, name):
    change(saved, **{name: 0})
    (saved / "model.safetensors").unlink()
    (said,) = refusals_of(saved)
    assert "its config.json gives it 0 layers, so it has no attention to show" in said


@pytest.mark.parametrize(
    ("saved", "name"),
    [
        ("bert", "num_hidden_layers"),
        ("bert", "vocab_size"),
        ("bert", "intermediate_size"),
        ("bert", "type_vocab_size"),
        ("albert", "num_hidden_groups"),
        ("albert", "inner_group_num"),
        ("t5", "num_decoder_layers"),
        ("t5", "relative_attention_num_buckets"),
        ("t5", "d_ff"),
        ("distilbert", "max_position_embeddings"),
        ("bart", "encoder_layers"),
        ("gpt_oss", "num_local_experts"),
    ],
    indirect=["saved"],
)
def test_the_sizes_of_other_kinds_of_models_are_bounded_too(saved, name):
    assert name in json.loads((saved / "config.json").read_text())
    change(saved, **{name: HUGE})
    assert refusals_of(saved)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b" " * 50_000_000 + b"{}", r"has a config\.json of 50\.0 MB; up to 4\.0 MB are read here"),
        (b'{"a": ' * 100_000 + b"1" + b"}" * 100_000, "config.json that is not a JSON object"),
        (b'{"a": ' * 100 + b"1" + b"}" * 100, "is nested deeper than 32 levels"),
        (b'{"a": ' + b"[" * 500 + b"]" * 500 + b"}", "is nested deeper than 32 levels"),
        (b"[]", "is not a JSON object"),
        (b"\xff", "is not a JSON object"),
        (b'{"n_layer": ' + b"9" * 5_000 + b"}", "is not a JSON object"),
    ],
)
def test_a_malformed_configuration_is_refused(saved, content, sentence):
    (saved / "config.json").write_bytes(content)
    checkpoint = Checkpoint("tests/model", saved, "1" * 40)
    with pytest.raises(ModelUnavailable, match=sentence):
        read_outline(checkpoint)


def test_a_configuration_of_50_mb_is_not_fetched(hub, saved):
    change(saved, padding="x" * 50_000_000)
    model_id = f"someone/{saved.name}"
    hub.models[model_id] = saved
    hub.more[model_id] = {"config": {"model_type": "gpt2"}}
    with pytest.raises(ModelUnavailable, match=r"has a config\.json of 50\.0 MB; up to 4\.0 MB"):
        ModelCache().options(model_id)
    assert hub.asked == ["?"]
    (saved / "config.json").write_text("{}")
    (saved / "vocab.json").write_bytes(b" " * 130_000_000)
    with pytest.raises(ModelUnavailable, match=r"has a vocab\.json of 130\.0 MB; up to 128\.0 MB"):
        ModelCache().options(model_id)
    assert hub.asked == ["?", "?"]


def test_a_versioned_configuration_is_checked_as_well(saved):
    (saved / "config.4.0.0.json").write_text(json.dumps({"model_type": "gpt2", "n_layer": HUGE}))
    change(saved, configuration_files=["config.4.0.0.json"])
    assert all("sets n_layer to 1e+09" in said for said in refusals_of(saved))


def test_the_configuration_of_every_type_of_text_model_is_accepted(tmp_path):
    taken = 0
    for model_type in (
        *MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
        *MODEL_FOR_MASKED_LM_MAPPING_NAMES,
        *MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES,
    ):
        try:
            content = CONFIG_MAPPING[model_type]().to_json_string(use_diff=False)
        except Exception:  # a class without defaults, or one that needs a package
            continue
        (tmp_path / "config.json").write_text(content)
        assert read_settings(tmp_path)["model_type"]
        taken += 1
    assert taken > 200


def test_numbers_that_are_not_counts_may_be_large():
    check_settings({"rope_theta": 10**7, "model_max_length": int(1e30), "tokens_seen": 10**13})
    check_settings({"num_labels": 3, "label2id": {"layer": 10**9}, "layer_scale": 1e-6})
    check_settings({"out_layers": [-1], "num_experts": 16_384, "n_layer": MAX_MODEL_LAYERS})
    check_settings({"moe_expert_intermediate_size": 14_336, "num_hash_buckets": 16_384})


numbers = (
    st.integers() | st.floats(allow_nan=True) | st.booleans() | st.none() | st.text(max_size=3)
)
names = st.sampled_from(["n_layer", "num_experts", "hidden_size", "rope_theta", "id2label", "x"])


@settings(max_examples=50, deadline=None)
@given(st.recursive(numbers, lambda inner: st.lists(inner) | st.dictionaries(names, inner)))
def test_any_configuration_is_accepted_or_refused(value):
    try:
        check_settings({"a": value})
    except UnusableFiles as error:
        assert "Choose another model" in str(error)


def test_the_bound_on_nesting_is_exact():
    value: Any = 1
    for _ in range(MAX_SETTINGS_DEPTH):
        value = {"a": value}
    check_settings(value)
    with pytest.raises(UnusableFiles, match="nested deeper"):
        check_settings({"a": value})
    assert MAX_SETTINGS_BYTES < 10**7


def test_construction_stops_at_each_bound_on_numbers_tensors_and_seconds(monkeypatch):
    with torch.device("meta"), BoundedConstruction(1_000):
        torch.nn.Linear(10, 90)
        with pytest.raises(ConstructionTooLarge):
            torch.nn.Embedding(10, 10)
    monkeypatch.setattr("bertviz_space.models.bounded_construction.MAX_OUTLINE_TENSORS", 100)
    with torch.device("meta"), BoundedConstruction(10**15), pytest.raises(ConstructionTooLarge):
        torch.nn.ModuleList(torch.nn.Linear(1, 1) for _ in range(HUGE))
    monkeypatch.setattr("bertviz_space.models.bounded_construction.MAX_OUTLINE_SECONDS", -1.0)
    with torch.device("meta"), BoundedConstruction(10**9), pytest.raises(ConstructionTooLarge):
        torch.nn.Linear(1, 1)
