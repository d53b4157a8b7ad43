"""Trains the two tokenizers on the corpus."""

from __future__ import annotations

from collections.abc import Iterable

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from tokenizers.processors import ByteLevel, TemplateProcessing
from transformers import (
    BertTokenizerFast,  # pyrefly: ignore[missing-module-attribute], defined at first use
    GPT2TokenizerFast,  # pyrefly: ignore[missing-module-attribute]
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
)

from training.settings import MAX_POSITIONS, VOCAB_SIZE

_BERT_SPECIAL_TOKENS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
_END_OF_TEXT = "<|endoftext|>"
_CHARACTERS = [chr(code) for code in range(33, 127) if not chr(code).isupper()]


def special_id(tokenizer: PreTrainedTokenizerBase, role: str) -> int:
    """Return the id of a special token by its role: bos, cls, eos, mask, pad or sep."""
    token_id = getattr(tokenizer, f"{role}_token_id")
    assert isinstance(token_id, int)
    return token_id


def train_wordpiece(texts: Iterable[str]) -> PreTrainedTokenizerFast:
    """Return a lower-case WordPiece tokenizer with BERT's special tokens, trained on the texts."""
    backend = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    backend.normalizer = normalizers.BertNormalizer(lowercase=True)
    backend.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    backend.decoder = decoders.WordPiece(prefix="##")
    trainer = trainers.WordPieceTrainer(
        vocab_size=VOCAB_SIZE,
        special_tokens=_BERT_SPECIAL_TOKENS,
        # With every printable ASCII character in the vocabulary, no ASCII word is unknown.
        initial_alphabet=_CHARACTERS,
        continuing_subword_prefix="##",
        show_progress=False,
    )
    backend.train_from_iterator([*texts, "".join(_CHARACTERS)], trainer)
    ids = {token: backend.token_to_id(token) for token in ("[CLS]", "[SEP]")}
    backend.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=list(ids.items()),
    )
    return BertTokenizerFast(
        tokenizer_object=backend, do_lower_case=True, model_max_length=MAX_POSITIONS
    )


def train_byte_level_bpe(texts: Iterable[str]) -> PreTrainedTokenizerFast:
    """Return a byte-level BPE tokenizer trained on the texts.

    As GPT-2's tokenizer, it knows every byte and adds no start token.
    """
    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    backend.post_processor = ByteLevel(trim_offsets=False)
    trainer = trainers.BpeTrainer(
        vocab_size=VOCAB_SIZE,
        special_tokens=[_END_OF_TEXT],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    backend.train_from_iterator(texts, trainer)
    return GPT2TokenizerFast(
        tokenizer_object=backend,
        bos_token=_END_OF_TEXT,
        eos_token=_END_OF_TEXT,
        unk_token=_END_OF_TEXT,
        model_max_length=MAX_POSITIONS,
    )
