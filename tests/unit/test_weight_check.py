"""A model is loaded with all its weights from its files, or it is refused."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoTokenizer, T5EncoderModel

from bertviz_space.errors import ModelUnavailable
from bertviz_space.models import loading
from bertviz_space.models.cache import ModelCache
from bertviz_space.models.config import lone_half
from bertviz_space.models.hub.checkpoints import Checkpoint
from bertviz_space.models.loading import load
from bertviz_space.models.outline import read_config_and_tokenizer
from bertviz_space.models.tokenizer import missing_package
from tests.unit.tiny_models import KINDS


@pytest.fixture
def saved(tmp_path, request) -> Path:
    """Save a tiny model of the kind that the test names, and return its folder."""
    kind = getattr(request, "param", "t5")
    KINDS[kind].build().save_pretrained(tmp_path)
    KINDS[kind].tokenizer().save_pretrained(tmp_path)
    return tmp_path


def checkpoint_of(folder: Path) -> Checkpoint:
    return Checkpoint("tests/model", folder, "1" * 40)


def change(
    folder: Path, drop: str = "", add: dict[str, torch.Tensor] | None = None, **config
) -> None:
    """Drop the weights whose names contain a word, add others, and change the configuration."""
    path = folder / "model.safetensors"
    weights = {name: each for name, each in load_file(path).items() if not drop or drop not in name}
    save_file(weights | (add or {}), path, metadata={"format": "pt"})
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | config))


def refusal_of(folder: Path) -> str:
    with pytest.raises(ModelUnavailable) as raised:
        load(checkpoint_of(folder))
    return str(raised.value)


def head_of(folder: Path) -> torch.Tensor:
    return torch.randn_like(load_file(folder / "model.safetensors")["shared.weight"])


@pytest.mark.parametrize("drop", ["shared", "lm_head"])
def test_the_untied_head_of_a_t5_does_not_fill_other_weights(saved, drop):
    change(saved, add={"lm_head.weight": head_of(saved)}, tie_word_embeddings=False)
    untied: Any = load(checkpoint_of(saved)).model
    assert not torch.equal(untied.lm_head.weight, untied.shared.weight)
    change(saved, drop=drop)
    assert "its files lack" in refusal_of(saved)


def test_a_tied_t5_needs_its_head_or_its_embeddings(saved):
    head = head_of(saved)
    change(saved, drop="shared", add={"lm_head.weight": head}, tie_word_embeddings=True)
    model: Any = load(checkpoint_of(saved)).model
    for tied in (model.shared, model.lm_head, model.encoder.embed_tokens):
        assert torch.equal(tied.weight, head)
    change(saved, drop="lm_head")
    assert "lack" in refusal_of(saved)


@pytest.mark.parametrize("saved", KINDS, indirect=True)
def test_only_weights_of_a_pooler_may_be_missing(saved):
    names = sorted(load_file(saved / "model.safetensors"))
    whole = (saved / "model.safetensors").read_bytes()
    model = load(checkpoint_of(saved)).model
    in_model = {name for name, _ in model.named_parameters()}
    for name in names[:: max(1, len(names) // 4)]:
        if "pooler" in name or not any(name.endswith(each) for each in in_model):
            continue  # a weight of a head that is not loaded
        (saved / "model.safetensors").write_bytes(whole)
        change(saved, drop=name)
        assert "lack" in refusal_of(saved), name


@pytest.mark.parametrize("saved", ["bert", "gpt2", "t5"], indirect=True)
def test_weights_of_a_different_shape_are_refused(saved):
    weights = load_file(saved / "model.safetensors")
    name = next(name for name in weights if re.search("(?i)att.*[qc].*weight", name))
    change(saved, add={name: weights[name][:-1].contiguous()}, ignore_mismatched_sizes=True)
    assert "1 weights of a different shape than its config.json describes" in refusal_of(saved)


def test_weights_of_another_type_of_model_are_refused(saved, tmp_path_factory):
    other = tmp_path_factory.mktemp("bert")
    KINDS["bert"].build().save_pretrained(other)
    (saved / "model.safetensors").write_bytes((other / "model.safetensors").read_bytes())
    assert "its files contain weights of another type of model" in refusal_of(saved)
    save_file({}, saved / "model.safetensors", metadata={"format": "pt"})
    assert "tests/model cannot be loaded as a text Transformer" in refusal_of(saved)


@pytest.mark.parametrize("half", ["encoder", "decoder"])
def test_the_error_says_that_the_files_contain_only_one_half(saved, half):
    other = {"encoder": "decoder", "decoder": "encoder"}[half]
    change(saved, drop=f"{other}.")
    assert f"they may contain only the {half}" in refusal_of(saved)


@pytest.mark.parametrize("saved", ["bert", "albert"], indirect=True)
def test_missing_weights_of_one_stack_are_not_reported_as_a_half(saved):
    change(saved, num_hidden_layers=4, num_hidden_groups=3)
    said = refusal_of(saved)
    assert "its files lack" in said
    assert "alone" not in said


def test_no_memory_is_allocated_for_missing_weights(saved, monkeypatch):
    # The configuration describes 4 GB of embeddings; the file has some kilobytes.
    change(saved, vocab_size=30_000_000)
    monkeypatch.setattr(loading, "only_weight_files", None)  # nothing is loaded
    assert "of a different shape" in refusal_of(saved)
    monkeypatch.setenv("BERTVIZ_MAX_MODEL_GB", "1")
    assert "describes a model of more than 1.0 GB" in refusal_of(saved)


def test_a_lone_encoder_is_refused_before_its_weights_are_fetched(hub, tmp_path):
    folder = tmp_path / "model"
    config = KINDS["t5"].build().config
    T5EncoderModel(config).save_pretrained(folder)
    KINDS["t5"].tokenizer().save_pretrained(folder)
    model_id = f"someone/{tmp_path.name}"
    hub.models[model_id] = folder
    for ask in (ModelCache().options, ModelCache().outline, ModelCache().get):
        with pytest.raises(ModelUnavailable, match="it is only an encoder"):
            ask(model_id)
    assert "model.safetensors" not in hub.asked


@pytest.mark.parametrize(
    ("name", "half"),
    [
        ("T5EncoderModel", "an encoder"),
        ("UMT5EncoderModel", "an encoder"),
        ("T5ForTokenClassification", "an encoder"),
        ("BartForCausalLM", "a decoder"),
        ("BartDecoderWrapper", "a decoder"),
        ("MarianForCausalLM", "a decoder"),
        ("T5ForConditionalGeneration", None),
        ("MarianMTModel", None),
        ("BartForSequenceClassification", None),
        ("EncoderDecoderModel", None),
    ],
)
def test_a_lone_half_is_recognized_by_its_class(name, half):
    assert lone_half(name) == half


@pytest.mark.parametrize(
    ("tokenizer", "package"),
    [
        ("BioGptTokenizer", "sacremoses"),
        ("FlaubertTokenizer", "sacremoses"),
        ("XLMTokenizer", "sacremoses"),
        ("RoFormerTokenizer", "rjieba"),
        ("CpmAntTokenizer", "rjieba"),
        ("BertJapaneseTokenizer", "fugashi"),
    ],
)
def test_a_package_that_a_tokenizer_needs_is_named_before_weights_are_fetched(
    hub, tmp_path, tokenizer, package
):
    folder = tmp_path / "model"
    KINDS["bert"].build().save_pretrained(folder)
    settings = {"tokenizer_class": tokenizer, "word_tokenizer_type": "mecab"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    words = ["[UNK]", "[PAD]", "[CLS]", "[SEP]", "[MASK]", "</_>", "</n>", " ", "<s>", "a</w>", "a"]
    (folder / "vocab.json").write_text(json.dumps({word: i for i, word in enumerate(words)}))
    (folder / "vocab.txt").write_text("\n".join(words))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    model_id = f"someone/{tmp_path.name}"
    hub.models[model_id] = folder
    for ask in (ModelCache().options, ModelCache().get):
        with pytest.raises(ModelUnavailable, match=f"needs the Python package {package}, which"):
            ask(model_id)
    assert "model.safetensors" not in hub.asked


@pytest.mark.parametrize(
    ("error", "package"),
    [
        (ModuleNotFoundError("No module named 'x'", name="x"), "the Python package x"),
        (ImportError("You need to install rjieba to use it. See"), "the Python package rjieba"),
        (ImportError("A requires the protobuf library but it"), "the Python package protobuf"),
        (ImportError("Install it with: `pip install sudachipy`."), "the Python package sudachipy"),
        (ImportError("something else"), "a Python package"),
    ],
)
def test_the_missing_package_is_read_from_the_import_error(error, package):
    assert f"needs {package}, which" in missing_package(error)


def test_a_package_that_a_tokenizer_imports_only_in_use_is_named(saved, monkeypatch):
    def needs_package(*args: object, **options: object) -> None:
        raise ImportError("You need to install some-package to use it.")

    tokenizer = type(AutoTokenizer.from_pretrained(saved))
    monkeypatch.setattr(tokenizer, "__call__", needs_package)
    with pytest.raises(ModelUnavailable, match="the Python package some-package"):
        read_config_and_tokenizer(checkpoint_of(saved))
