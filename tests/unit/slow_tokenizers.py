"""Slow tokenizers of transformers, which report no spans, each with a small vocabulary."""

import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sentencepiece
from transformers import (
    BertGenerationTokenizer,
    BertJapaneseTokenizer,
    BertweetTokenizer,
    BlenderbotSmallTokenizer,
    ByT5Tokenizer,
    CanineTokenizer,
    CTRLTokenizer,
    EsmTokenizer,
    PhobertTokenizer,
    RoCBertTokenizer,
    Speech2TextTokenizer,
)

from tests.unit import small_tokenizers as small

_ALPHABET = "abcdefghijklmnopqrstuvwxyz.,#"
_WORDPIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "##s", "中", "#", "##a"]
_AMINO_ACIDS = "L A G V S E R T I D P K Q N F Y M H W C X B U Z O . -"


def esm(folder: Path) -> EsmTokenizer:
    """Proteins: one token for each letter. Typed special tokens are split off first."""
    names = ["<cls>", "<pad>", "<eos>", "<unk>", *_AMINO_ACIDS.split(), "<null_1>", "<mask>"]
    path = folder / "vocab.txt"
    path.write_text("\n".join(names))
    return EsmTokenizer(str(path))


def bertweet(folder: Path) -> BertweetTokenizer:
    """BPE that marks tokens within a word (``@@``), and replaces user names and URLs."""
    with warnings.catch_warnings():
        # BERTweet can spell out emojis with an optional package.
        warnings.filterwarnings("ignore", message=".*emoji.*")
        return BertweetTokenizer(*_bpe_codes(folder))


def phobert(folder: Path) -> PhobertTokenizer:
    """BPE of Vietnamese words, with the marks of BERTweet."""
    return PhobertTokenizer(*_bpe_codes(folder))


def ctrl(folder: Path) -> CTRLTokenizer:
    """BPE with the marks of BERTweet, and a vocabulary in JSON."""
    return CTRLTokenizer(*_marked_bpe(folder, ["<unk>"]))


def blenderbot_small(folder: Path) -> BlenderbotSmallTokenizer:
    """BPE that first splits off punctuation and line breaks."""
    specials = ["__null__", "__start__", "__end__", "__unk__"]
    return BlenderbotSmallTokenizer(*_marked_bpe(folder, specials))


def bert_generation(folder: Path) -> BertGenerationTokenizer:
    """SentencePiece with its own normalizer."""
    return BertGenerationTokenizer(_sentencepiece(folder))


def speech2text(folder: Path) -> Speech2TextTokenizer:
    """SentencePiece with a separate vocabulary."""
    model = _sentencepiece(folder)
    pieces = sentencepiece.SentencePieceProcessor(model_file=model)
    spellings = [pieces.id_to_piece(number) for number in range(3, pieces.get_piece_size())]
    path = folder / "vocab.json"
    path.write_text(_numbered(["<s>", "<pad>", "</s>", "<unk>", *spellings]))
    return Speech2TextTokenizer(str(path), model)


def roc_bert(folder: Path) -> RoCBertTokenizer:
    """Chinese WordPiece, with the shape and the pronunciation of each token."""
    vocabulary, forms = folder / "vocab.txt", folder / "forms.json"
    vocabulary.write_text("\n".join(_WORDPIECES), encoding="utf-8")
    forms.write_text(json.dumps(dict.fromkeys(_WORDPIECES, 0)))
    return RoCBertTokenizer(str(vocabulary), str(forms), str(forms))


def bert_japanese(folder: Path) -> BertJapaneseTokenizer:
    """Letters, after BERT's basic tokenizer."""
    path = folder / "vocab.txt"
    path.write_text("\n".join([*_WORDPIECES, *_ALPHABET]), encoding="utf-8")
    return BertJapaneseTokenizer(
        str(path), word_tokenizer_type="basic", subword_tokenizer_type="character"
    )


# A function for each kind that builds the tokenizer in an empty folder.
KINDS: dict[str, Callable[[Path], Any]] = {
    "marian": small.marian_style,
    "m2m100": small.m2m100_style,
    "prophetnet": small.prophetnet_style,
    "byt5": lambda _: ByT5Tokenizer(),
    "canine": lambda _: CanineTokenizer(),
    "esm": esm,
    "bertweet": bertweet,
    "phobert": phobert,
    "ctrl": ctrl,
    "blenderbot-small": blenderbot_small,
    "bert-generation": bert_generation,
    "speech2text": speech2text,
    "roc-bert": roc_bert,
    "bert-japanese": bert_japanese,
}


def _bpe_codes(folder: Path) -> tuple[str, str]:
    vocabulary, merges = folder / "vocab.txt", folder / "bpe.codes"
    words = ["The", "cat", "sat", "on", "the", "mat", "Paris", "is", "of", "France"]
    letters = sorted({letter for word in words for letter in word})
    pieces = [*words, *letters, *(f"{letter}@@" for letter in letters), ".", "#", "#@@"]
    vocabulary.write_text("".join(f"{piece} 1\n" for piece in dict.fromkeys(pieces)))
    merges.write_text("#version: 0.2\nt h 5\nth e</w> 5\nc a 4\nca t</w> 4\n")
    return str(vocabulary), str(merges)


def _marked_bpe(folder: Path, specials: list[str]) -> tuple[str, str]:
    vocabulary, merges = folder / "vocab.json", folder / "merges.txt"
    vocabulary.write_text(
        _numbered([*specials, *_ALPHABET, *(f"{each}@@" for each in _ALPHABET), "the"])
    )
    merges.write_text("#version: 0.2\nt h 5\nth e</w> 5\n")
    return str(vocabulary), str(merges)


def _numbered(spellings: list[str]) -> str:
    return json.dumps({spelling: number for number, spelling in enumerate(spellings)})


def _sentencepiece(folder: Path) -> str:
    corpus = folder / "corpus.txt"
    corpus.write_text("\n".join(small.SENTENCES), encoding="utf-8")
    sentencepiece.SentencePieceTrainer.Train(
        input=str(corpus),
        model_prefix=str(folder / "pieces"),
        vocab_size=120,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    return str(folder / "pieces.model")
