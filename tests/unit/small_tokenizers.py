"""Tokenizers of every kind that models use, trained on a few sentences in milliseconds."""

import copy
import json
import warnings
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import sentencepiece
from tokenizers import (
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)
from transformers import (
    AutoTokenizer,
    M2M100Tokenizer,
    MarianTokenizer,
    MBart50Tokenizer,
    MBartTokenizer,
    NllbTokenizer,
    PreTrainedTokenizerFast,
    ProphetNetTokenizer,
)

from tests.hub_cache import MINILM

SENTENCES = (
    "The cat sat on the mat.",
    "The dog on the ship ran to the store, and she bought apples.",
    "Die Straße ist lang, und der kleine Elefant ist müde.",
    "Le café est fermé à midi.",
    "At the store they saw the small elephant; it was tired.",
)

# tokens; longer than every text in the tests.
MAX_LENGTH = 512


@cache
def wordpiece():
    """BERT's WordPiece, with MiniLM's complete vocabulary of 30,522 tokens."""
    tokenizer = AutoTokenizer.from_pretrained(MINILM)
    assert isinstance(tokenizer, PreTrainedTokenizerFast)
    return tokenizer


@cache
def gpt2_style():
    """Byte-level BPE: every byte has a token, so no text is unknown. Words include their blank."""
    tokenizer = _byte_level_bpe(["<|endoftext|>"])
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    return _fast(tokenizer, bos_token="<|endoftext|>", eos_token="<|endoftext|>")


# A conversation in ChatML.
CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n"
    "{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def with_chat(tokenizer, template=CHAT_TEMPLATE):
    """Return a copy of a tokenizer with a chat template."""
    copied = copy.deepcopy(tokenizer)
    copied.add_special_tokens({"additional_special_tokens": ["<|im_start|>", "<|im_end|>"]})
    copied.chat_template = template
    return copied


@cache
def chat_style():
    """``gpt2_style`` with a chat template."""
    return with_chat(gpt2_style())


@cache
def roberta_style():
    """Byte-level BPE between ``<s>`` and ``</s>``. Spans exclude the blank before a word."""
    tokenizer = _byte_level_bpe(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    tokenizer.post_processor = processors.RobertaProcessing(
        ("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=False
    )
    return _fast(
        tokenizer,
        bos_token="<s>",
        eos_token="</s>",
        cls_token="<s>",
        sep_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        mask_token="<mask>",
    )


@cache
def llama3_style():
    """Byte-level BPE after a start token."""
    start = "<|begin_of_text|>"
    tokenizer = _byte_level_bpe([start, "<|end_of_text|>"])
    tokenizer.post_processor = processors.Sequence(
        [
            processors.ByteLevel(trim_offsets=False),
            processors.TemplateProcessing(
                single=f"{start} $A",
                pair=f"{start} $A {start} $B",
                special_tokens=[(start, 0)],
            ),
        ]
    )
    return _fast(tokenizer, bos_token=start, eos_token="<|end_of_text|>")


@cache
def llama2_style():
    """BPE on letters, with ``▁`` for a blank. Unknown letters become bytes (``<0xE2>``)."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=500,
        special_tokens=["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))],
        show_progress=False,
    )
    tokenizer.train_from_iterator(SENTENCES, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", 1)]
    )
    return _fast(tokenizer, bos_token="<s>", eos_token="</s>", unk_token="<unk>")


@cache
def t5_style():
    """Fast Unigram tokenizer (SentencePiece), with ``▁`` for a blank and ``</s>`` at the end."""
    # Not trained, because the Unigram trainer gives another vocabulary at each run.
    specials = ["<pad>", "</s>", "<unk>"]
    tokenizer = Tokenizer(models.Unigram(unigram(specials), unk_id=2))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.add_special_tokens(specials)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)]
    )
    return _fast(tokenizer, eos_token="</s>", pad_token="<pad>", unk_token="<unk>")


def marian_style(folder: Path) -> MarianTokenizer:
    """A slow SentencePiece tokenizer, which reports no spans, as in Marian's translation models.

    The source text is split into pieces and the target text into letters, of one vocabulary.

    Args:
        folder: where the model's files are written.
    """
    corpus = folder / "corpus.txt"
    corpus.write_text("\n".join(SENTENCES), encoding="utf-8")
    spellings: set[str] = set()
    for side, kind in (("source", "unigram"), ("target", "char")):
        sentencepiece.SentencePieceTrainer.Train(
            input=str(corpus),
            model_prefix=str(folder / side),
            model_type=kind,
            vocab_size=120,
            hard_vocab_limit=False,
            minloglevel=2,
        )
        pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / f"{side}.model"))
        spellings |= {pieces.id_to_piece(each) for each in range(pieces.get_piece_size())}
    names = sorted(spellings - {"</s>", "<unk>", "<s>"})
    vocabulary = {name: number for number, name in enumerate(["</s>", "<unk>", *names, "<pad>"])}
    (folder / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    with warnings.catch_warnings():
        # Marian can normalize punctuation with an optional package.
        warnings.filterwarnings("ignore", "Recommended: pip install sacremoses")
        return MarianTokenizer(
            str(folder / "source.model"),
            str(folder / "target.model"),
            str(folder / "vocab.json"),
            source_lang="en",
            target_lang="de",
        )


def m2m100_style(folder: Path) -> M2M100Tokenizer:
    """A slow tokenizer of 100 languages: ``__en__``, the text, ``</s>``.

    Args:
        folder: where the model's files are written.
    """
    corpus = folder / "corpus.txt"
    corpus.write_text("\n".join(SENTENCES), encoding="utf-8")
    sentencepiece.SentencePieceTrainer.Train(
        input=str(corpus),
        model_prefix=str(folder / "pieces"),
        vocab_size=120,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / "pieces.model"))
    spellings = {pieces.id_to_piece(each) for each in range(pieces.get_piece_size())}
    specials = ["<s>", "<pad>", "</s>", "<unk>"]
    names = [*specials, *sorted(spellings - set(specials))]
    vocabulary = {name: number for number, name in enumerate(names)}
    (folder / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    return M2M100Tokenizer(
        str(folder / "vocab.json"), str(folder / "pieces.model"), model_max_length=MAX_LENGTH
    )


@cache
def mbart_style():
    """A tokenizer of 25 languages: the text, ``</s>``, ``en_XX``."""
    return MBartTokenizer(vocab=unigram(_FAIRSEQ_SPECIALS), model_max_length=MAX_LENGTH)


@cache
def mbart50_style():
    """A tokenizer of 52 languages: ``en_XX``, the text, ``</s>``."""
    return MBart50Tokenizer(vocab=unigram(("<unk>", "<s>", "</s>")), model_max_length=MAX_LENGTH)


@cache
def nllb_style():
    """A tokenizer of 202 languages and no table of them: ``eng_Latn``, the text, ``</s>``."""
    pieces = [*_FAIRSEQ_SPECIALS, "▁", *_letters()]
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    return NllbTokenizer(vocab=vocabulary, merges=[], model_max_length=MAX_LENGTH)


# The first pieces of the tokenizers that come from Facebook's fairseq.
_FAIRSEQ_SPECIALS = ("<s>", "<pad>", "</s>", "<unk>")


def unigram(specials: Sequence[str]) -> list[tuple[str, float]]:
    """Return a vocabulary for a Unigram model: every second word is a token, and every letter."""
    words = sorted({f"▁{word}" for sentence in SENTENCES for word in sentence.split()})
    return [
        *((special, 0.0) for special in specials),
        # Logarithms of probability.
        *((word, -5.0) for word in words[::2]),
        *((letter, -4.0) for letter in ["▁", *_letters()]),
    ]


def _letters() -> list[str]:
    return sorted({letter for sentence in SENTENCES for letter in sentence if letter != " "})


def prophetnet_style(folder: Path) -> ProphetNetTokenizer:
    """A slow WordPiece tokenizer that takes pairs and reports no spans.

    Args:
        folder: where the vocabulary is written.
    """
    specials = ["[PAD]", "[UNK]", "[SEP]", "[X_SEP]", "[MASK]"]
    path = folder / "vocab.txt"
    path.write_text("\n".join([*specials, "the", "cat", "sat", "##s", "on", "mat"]))
    return ProphetNetTokenizer(str(path))


def _byte_level_bpe(special_tokens: list[str]) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=special_tokens,
        show_progress=False,
    )
    tokenizer.train_from_iterator(SENTENCES, trainer)
    return tokenizer


def _fast(tokenizer: Tokenizer, **special_tokens: str) -> PreTrainedTokenizerFast:
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=MAX_LENGTH,
        model_input_names=["input_ids", "attention_mask"],
        **special_tokens,
    )
