"""The models of the benchmark: random weights in a real shape, attention as peaked as real."""

import random
from pathlib import Path
from typing import Any

import torch
from transformers import BertConfig, BertModel, LlamaConfig, LlamaModel

from tests.hub_cache import put_in_cache
from tests.unit.small_tokenizers import llama3_style, wordpiece

# BERT-base: 12 layers of 12 heads, head_dim 64. BertViz draws it too.
BERT = "bench/bert-base"
# A small Llama such as SmolLM2-135M: 30 layers of 9 heads, 3 key heads, head_dim 64.
LLAMA = "bench/small-llama"

# tokens; the longest text of the benchmark.
_MOST_TOKENS = 4096

# Times the library's own random weights of queries and keys. With these the largest weight of a row
# of 128 tokens is 0.3 to 0.5 in the mean, as in trained models; with 1 attention would be flat.
_PEAK = {BERT: 3.3, LLAMA: 4.0}


def put_model_in_cache(home: Path, model_id: str) -> None:
    """Make a model, from a fixed seed, and lay it into the Hugging Face cache of ``home``."""
    tokenizer, config, model_class = _bert() if model_id == BERT else _llama()
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = model_class(config)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if name.endswith(("query.weight", "key.weight", "q_proj.weight", "k_proj.weight")):
                weight *= _PEAK[model_id]
    tokenizer.model_max_length = _MOST_TOKENS
    put_in_cache(home, model_id, model, tokenizer)


def _bert() -> tuple[Any, ...]:
    tokenizer = wordpiece()
    config = BertConfig(vocab_size=len(tokenizer), max_position_embeddings=_MOST_TOKENS)
    return tokenizer, config, BertModel


def _llama() -> tuple[Any, ...]:
    tokenizer = llama3_style()
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=576,
        intermediate_size=1536,
        num_hidden_layers=30,
        num_attention_heads=9,
        num_key_value_heads=3,
        head_dim=64,
        max_position_embeddings=_MOST_TOKENS,
    )
    return tokenizer, config, LlamaModel


def text_of(tokenizer: Any, num_tokens: int) -> str:
    """A text of random short words, the same at each run, of exactly this many tokens.

    Args:
        tokenizer: one that cuts at blanks.
        num_tokens: special tokens included.
    """
    own = len(tokenizer("").input_ids)
    # A word that is one token wherever it stands, and so short that 4,096 make no long text.
    words = [
        word
        for word in sorted({piece.removeprefix("Ġ") for piece in tokenizer.get_vocab()})
        if word.isascii() and word.isalpha() and word.islower() and len(word) <= 3
        if len(tokenizer(word).input_ids) == own + 1
        if len(tokenizer(f"{word} {word}").input_ids) == own + 2
    ]
    chosen = random.Random(0).choices(words, k=num_tokens - own)
    text = " ".join(chosen)
    assert len(tokenizer(text).input_ids) == num_tokens
    return text


def mean_peak(weights: torch.Tensor) -> float:
    """How peaked attention is: the largest weight of a row, in the mean over all rows.

    Args:
        weights: ``[head, query, key]``.
    """
    return float(weights.amax(-1).mean())
