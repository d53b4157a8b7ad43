"""A model's outline, which has no weights, reads texts like the loaded model."""

import json
from pathlib import Path
from typing import Any

import pytest
from transformers import MBartConfig, MBartForConditionalGeneration

from bertviz_space.jobs.handler import Handler
from bertviz_space.jobs.request import Request
from bertviz_space.jobs.store import Store
from bertviz_space.models.cache import ModelCache
from bertviz_space.models.hub.checkpoints import Checkpoint
from bertviz_space.models.loading import load
from bertviz_space.models.outline import read_outline
from bertviz_space.texts.languages import default_languages
from bertviz_space.texts.reading import read_texts
from tests.unit import small_tokenizers as small
from tests.unit.tiny_models import KINDS, MORE_KINDS


@pytest.mark.parametrize("name", [*KINDS, *MORE_KINDS])
def test_an_outline_reads_texts_like_the_loaded_model(name, tmp_path):
    kind = (KINDS | MORE_KINDS)[name]
    kind.build().save_pretrained(tmp_path)
    kind.tokenizer().save_pretrained(tmp_path)
    checkpoint = Checkpoint("tests/outline", tmp_path, "1" * 40)
    loaded = load(checkpoint)
    (tmp_path / "model.safetensors").unlink()
    of_files = read_outline(checkpoint)
    assert {each.device.type for each in of_files.model.parameters()} == {"meta"}
    assert of_files.model.can_generate() == loaded.model.can_generate()
    options: dict[str, Any] = dict.fromkeys(("text_b", "source_language", "target_language"))
    options |= {"target_text": None, "chat": False, "start_token": False}
    if loaded.model.config.is_encoder_decoder:
        options["target_text"] = "word " * 100
    # The text is longer than most models allow, so that their limits are compared as well.
    by_files, by_model = (
        read_texts(each.model, each.tokenizer, "The cat sat " * 50, **options)
        for each in (of_files, loaded)
    )
    assert by_files == by_model


def test_the_target_language_of_an_older_model_is_read_from_its_configuration(tmp_path):
    tokenizer = small.mbart50_style()
    config = MBartConfig(
        vocab_size=len(tokenizer),
        d_model=8,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=1,
        decoder_attention_heads=1,
        encoder_ffn_dim=8,
        decoder_ffn_dim=8,
        decoder_start_token_id=2,
    )
    MBartForConditionalGeneration(config).save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    (tmp_path / "generation_config.json").unlink()
    add_to(tmp_path / "config.json", forced_bos_token_id=tokenizer.lang_code_to_id["de_DE"])
    loaded = load(Checkpoint("tests/older", tmp_path, "1" * 40))
    assert (loaded.options.source_language, loaded.options.target_language) == ("en_XX", "de_DE")
    for each in (loaded, read_outline(loaded.checkpoint)):
        writes = each.model.generation_config
        assert default_languages(each.tokenizer, each.model.config, writes) == ("en_XX", "de_DE")


def add_to(path: Path, **settings: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | settings))


def test_an_outline_stays_in_the_cache_until_the_model_is_loaded():
    cache = ModelCache()
    first = cache.outline("tiny-gpt2")
    assert cache.outline("tiny-gpt2") is first
    loaded = cache.get("tiny-gpt2")
    assert cache.outline("tiny-gpt2") is loaded


def test_only_the_most_recently_used_outlines_stay_in_the_cache(hub_model, monkeypatch):
    monkeypatch.setattr("bertviz_space.models.cache.MAX_KEPT_OUTLINES", 2)
    cache = ModelCache()
    bert, gpt2 = cache.outline("tiny-bert"), cache.outline("tiny-gpt2")
    assert cache.outline("tiny-bert") is bert
    cache.outline(hub_model)
    assert cache.outline("tiny-bert") is bert
    assert cache.outline("tiny-gpt2") is not gpt2


def test_tokenizing_for_a_model_of_the_hub_does_not_fetch_its_weights(hub, hub_model, tmp_path):
    handler = Handler(ModelCache(), Store(tmp_path / "results"))
    read = handler.tokenize(Request(hub_model, "The cat sat"))
    assert "".join(token.text for token in read.source.tokens) == "The cat sat"
    assert "tokenizer.json" in hub.asked
    assert "model.safetensors" not in hub.asked
