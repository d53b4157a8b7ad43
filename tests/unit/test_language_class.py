"""A model is loaded with its language head if its files contain the head."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import BertForMaskedLM, BertForPreTraining, LlamaConfig
from transformers import BertForSequenceClassification as BertClassifier
from transformers import LlamaForCausalLM as Llama

from bertviz_space import extract
from bertviz_space.models.hub.checkpoints import Checkpoint
from bertviz_space.models.loading import load
from bertviz_space.trace import NoPredictions, Predictions
from tests.unit.tiny_models import KINDS

TEXT = "The cat sat on the mat."


def saved(model: Any, kind: str, folder: Path) -> Checkpoint:
    model.save_pretrained(folder)
    KINDS[kind].tokenizer().save_pretrained(folder)
    return Checkpoint("tests/head", folder, "1" * 40)


def bert_config() -> Any:
    return KINDS["bert"].config(len(KINDS["bert"].tokenizer()))


def untied_llama() -> Any:
    sizes: dict[str, Any] = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}
    config = LlamaConfig(vocab_size=len(KINDS["gpt2"].tokenizer()), intermediate_size=64, **sizes)
    assert not config.tie_word_embeddings
    return Llama(config)


@pytest.mark.parametrize(
    ("kind", "model_class"), [("bert", BertForMaskedLM), ("bert", BertForPreTraining)]
)
def test_a_masked_model_is_loaded_with_its_head(kind, model_class, tmp_path):
    model = model_class(bert_config()).eval()
    loaded: Any = load(saved(model, kind, tmp_path))
    decoder: Any = model.cls.predictions.decoder
    assert torch.equal(loaded.model.cls.predictions.decoder.weight, decoder.weight)
    predictions = extract(loaded.model, loaded.tokenizer, TEXT).predictions
    assert isinstance(predictions, Predictions)
    assert predictions.offset == 0


@pytest.mark.parametrize("build", [KINDS["gpt2"].build, untied_llama])
def test_a_causal_model_is_loaded_with_its_tied_or_untied_head(build, tmp_path):
    model = build()
    loaded: Any = load(saved(model, "gpt2", tmp_path))
    assert torch.equal(loaded.model.lm_head.weight, model.lm_head.weight)
    predictions = extract(loaded.model, loaded.tokenizer, TEXT).predictions
    assert isinstance(predictions, Predictions)
    assert predictions.offset == 1


@pytest.mark.parametrize(
    "model",
    [
        lambda: KINDS["bert"].build(),
        lambda: BertClassifier(bert_config()),
        lambda: BertForMaskedLM(bert_config()).bert,
    ],
    ids=["BertModel", "BertForSequenceClassification", "a trunk"],
)
def test_a_model_that_was_saved_without_a_head_makes_no_predictions(model, tmp_path):
    loaded = load(saved(model().eval(), "bert", tmp_path))
    assert isinstance(extract(loaded.model, loaded.tokenizer, TEXT).predictions, NoPredictions)


def test_files_that_lack_the_head_are_loaded_without_it(tmp_path):
    checkpoint = saved(untied_llama(), "gpt2", tmp_path)
    path = tmp_path / "model.safetensors"
    weights = {name: each for name, each in load_file(path).items() if "lm_head" not in name}
    save_file(weights, path, metadata={"format": "pt"})
    loaded = load(checkpoint)
    assert isinstance(extract(loaded.model, loaded.tokenizer, TEXT).predictions, NoPredictions)


@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"temperature": "hot"}', '{"eos_token_id": {}}']
)
def test_any_generation_config_lets_a_causal_model_show_its_attention(content, tmp_path):
    checkpoint = saved(KINDS["gpt2"].build(), "gpt2", tmp_path)
    (tmp_path / "generation_config.json").write_text(content)
    loaded = load(checkpoint)
    assert isinstance(extract(loaded.model, loaded.tokenizer, TEXT).predictions, Predictions)


def test_the_classes_in_a_configuration_can_be_anything(tmp_path):
    checkpoint = saved(KINDS["gpt2"].build(), "gpt2", tmp_path)
    path = tmp_path / "config.json"
    for architectures in (None, [], ["Unknown"], ["LLaMAForCausalLM", "GPT2Model"]):
        path.write_text(json.dumps(json.loads(path.read_text()) | {"architectures": architectures}))
        loaded = load(checkpoint)
        assert extract(loaded.model, loaded.tokenizer, TEXT).source
