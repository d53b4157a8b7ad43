"""Ids are those of the model's own tokenizer.json, whichever class transformers loads."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import (
    Regex,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)
from transformers import (
    BertConfig,
    BertModel,
    GPT2Config,
    GPT2Model,
    LlamaConfig,
    LlamaModel,
    Qwen2Config,
    Qwen2Model,
)

from bertviz_space import extract
from bertviz_space.errors import ModelUnavailable
from bertviz_space.jobs.handler import Handler
from bertviz_space.jobs.request import Request
from bertviz_space.models.hub.checkpoints import Checkpoint
from bertviz_space.models.loading import load
from bertviz_space.models.outline import read_outline
from bertviz_space.texts.reading import read_texts
from bertviz_space.texts.tokenizer_file import NOTE_ON_TOKENIZER_FILE, is_rebuilt_from_file
from tests.unit import small_tokenizers as small

TEXT = "The cat sat 12345 times, “naïve”  CAN'T 中文"

SIZES: dict[str, Any] = {
    "vocab_size": 600,
    "hidden_size": 8,
    "num_hidden_layers": 1,
    "num_attention_heads": 1,
    "intermediate_size": 8,
}


def byte_level(split: str | None = None, normalizer: Any = None) -> Tokenizer:
    """Byte-level BPE that splits a text by a pattern of its own."""
    tokenizer = Tokenizer(models.BPE())
    bytes_of = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=split is None)
    tokenizer.pre_tokenizer = bytes_of
    if split is not None:
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.Split(Regex(split), "isolated"), bytes_of]
        )
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    tokenizer.decoder = decoders.ByteLevel()
    return trained(tokenizer, pre_tokenizers.ByteLevel.alphabet())


def sentencepiece(prepend_scheme: str) -> Tokenizer:
    """BPE on letters with byte fallback, and with or without a blank before the text."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme=prepend_scheme)
    tokenizer.decoder = decoders.Metaspace(prepend_scheme=prepend_scheme)
    tokenizer = trained(tokenizer, [], [f"<0x{byte:02X}>" for byte in range(256)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", 1)]
    )
    return tokenizer


def trained(tokenizer: Tokenizer, alphabet: list[str], more: Sequence[str] = ()) -> Tokenizer:
    trainer = trainers.BpeTrainer(
        vocab_size=500,
        special_tokens=["<unk>", "<s>", "</s>", "<|endoftext|>", *more],
        initial_alphabet=alphabet,
        show_progress=False,
    )
    tokenizer.train_from_iterator((*small.SENTENCES, TEXT, TEXT), trainer)
    return tokenizer


def cased_bert() -> Tokenizer:
    """WordPiece whose file keeps case. BertTokenizer uses lower case by default."""
    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "The", "the", "cat", "sat"]
    tokenizer = Tokenizer(
        models.WordPiece(dict(zip(names, range(9), strict=True)), unk_token="[UNK]")
    )
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return tokenizer


def checkpoint(folder: Path, model: Any, tokenizer: Tokenizer, **settings: Any) -> Checkpoint:
    model.save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    return Checkpoint("tests/file", folder, "1" * 40)


def qwen2() -> Any:
    return Qwen2Model(Qwen2Config(num_key_value_heads=1, **SIZES))


def gpt2() -> Any:
    return GPT2Model(GPT2Config(vocab_size=600, n_embd=8, n_layer=1, n_head=1))


def llama() -> Any:
    return LlamaModel(LlamaConfig(**SIZES))


def bert() -> Any:
    return BertModel(BertConfig(**SIZES))


def ids_of(found: Any) -> list[int]:
    return found.tokenizer(TEXT, add_special_tokens=False)["input_ids"]


@pytest.mark.parametrize(
    ("build", "tokenizer", "settings"),
    [
        (qwen2, byte_level(r"\p{N}{1,3}|[^\p{N}]+"), {}),
        (qwen2, byte_level(r"\p{N}{1,3}|[^\p{N}]+"), {"tokenizer_class": "Qwen2Tokenizer"}),
        (qwen2, byte_level(r"\p{N}{1,3}|[^\p{N}]+"), {"tokenizer_class": "LlamaTokenizer"}),
        (qwen2, byte_level(normalizer=normalizers.NFKC()), {"tokenizer_class": "GPT2Tokenizer"}),
        (llama, sentencepiece("never"), {"tokenizer_class": "LlamaTokenizer"}),
        (bert, cased_bert(), {"tokenizer_class": "BertTokenizer"}),
    ],
    ids=["split", "split by name", "other name", "normalizer", "prepend_scheme", "case"],
)
def test_a_tokenizer_with_other_ids_than_its_file_is_rebuilt_and_a_note_reports_it(
    build, tokenizer, settings, tmp_path
):
    found = load(checkpoint(tmp_path, build(), tokenizer, **settings))
    assert ids_of(found) == tokenizer.encode(TEXT, add_special_tokens=False).ids
    assert is_rebuilt_from_file(found.tokenizer)
    options: dict[str, Any] = dict.fromkeys(
        ("text_b", "target_text", "source_language", "target_language")
    )
    texts = read_texts(
        found.model, found.tokenizer, "The cat", **options, chat=False, start_token=False
    )
    assert texts.notes.count(NOTE_ON_TOKENIZER_FILE) == 1
    assert ids_of(read_outline(found.checkpoint)) == ids_of(found)


def test_a_rebuilt_tokenizer_keeps_special_tokens_and_pairs(tmp_path):
    found = load(checkpoint(tmp_path, bert(), cased_bert(), tokenizer_class="BertTokenizer"))
    assert found.options.second_text == "pair"
    assert found.tokenizer("The cat", "the")["input_ids"] == [2, 5, 7, 3, 6, 3]


@pytest.mark.parametrize(
    ("build", "tokenizer", "settings"),
    [
        (gpt2, byte_level(), {"tokenizer_class": "GPT2Tokenizer", "add_prefix_space": True}),
        (llama, sentencepiece("first"), {"tokenizer_class": "LlamaTokenizer"}),
        (llama, sentencepiece("first"), {"add_bos_token": True, "bos_token": "<s>"}),
        (
            llama,
            sentencepiece("first"),
            {"tokenizer_class": "LlamaTokenizer", "add_prefix_space": False},
        ),
        (bert, cased_bert(), {"tokenizer_class": "BertTokenizer", "do_lower_case": True}),
        (bert, cased_bert(), {"tokenizer_class": "BertTokenizer", "do_lower_case": False}),
    ],
    ids=["prefix", "none", "start token", "no prefix", "lower case", "case"],
)
def test_a_difference_that_tokenizer_config_json_asks_for_is_kept(
    build, tokenizer, settings, tmp_path
):
    found = load(checkpoint(tmp_path, build(), tokenizer, **settings))
    assert not is_rebuilt_from_file(found.tokenizer)


def test_extract_never_replaces_the_tokenizer_of_its_caller():
    tokenizer = small.gpt2_style()
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = qwen2()
    trace = extract(model, tokenizer, TEXT)
    assert [token.token_id for token in trace.source] == tokenizer(TEXT)["input_ids"]
    assert NOTE_ON_TOKENIZER_FILE not in trace.notes


def test_the_bundled_tokenizers_match_their_files(tmp_path):
    from bertviz_space.jobs.store import Store
    from bertviz_space.models.cache import ModelCache

    handler = Handler(ModelCache(), Store(tmp_path))
    for model_id in ("tiny-bert", "tiny-gpt2"):
        assert (
            NOTE_ON_TOKENIZER_FILE not in handler.tokenize(Request(model_id, "The cat sat")).notes
        )


def test_a_tokenizer_that_needs_more_than_a_text_is_rejected_without_reading_weights(tmp_path):
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[EMPTY]", "the", "cat"]
    names = {name: number for number, name in enumerate(vocabulary)}
    (tmp_path / "vocab.txt").write_text("\n".join(names))
    BertConfig(**SIZES).save_pretrained(tmp_path)
    settings = {"tokenizer_class": "TapasTokenizer"}
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(settings))
    with pytest.raises(
        ModelUnavailable, match="its tokenizer needs another input besides the text"
    ):
        read_outline(Checkpoint("tests/tapas", tmp_path, "1" * 40))
