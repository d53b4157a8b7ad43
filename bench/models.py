"""Makes the models of the benchmark: real shapes, random weights, attention as peaked as real."""

import random
from pathlib import Path
from typing import Any

import torch
from transformers import BertConfig, BertModel, LlamaConfig, LlamaModel

from tests.hub_cache import put_in_cache
from tests.unit.small_tokenizers import llama3_style, wordpiece

# BERT-base: 12 layers of 12 heads, head_dim 64. Both sides draw it.
BERT = "bench/bert-base"
# A small Llama such as SmolLM2-135M: 30 layers of 9 heads, 3 key heads, head_dim 64.
LLAMA = "bench/small-llama"

# tokens of the longest text of the benchmark.
_MOST_TOKENS = 4096

# Factors for the library's own random weights of the query and key projections. With these factors
# the largest attention weight of a row of 128 tokens is 0.3 to 0.5 on average, as in trained
# models. With a factor of 1, attention would be nearly uniform.
_FACTOR = {BERT: 3.3, LLAMA: 4.0}


def put_model_in_cache(home: Path, model_id: str) -> None:
    """Make a model from a fixed seed, and save it in the Hugging Face cache of ``home``."""
    tokenizer, config, model_class = _bert() if model_id == BERT else _llama()
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = model_class(config)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if name.endswith(("query.weight", "key.weight", "q_proj.weight", "k_proj.weight")):
                weight *= _FACTOR[model_id]
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
    """Return a text of random short words with exactly this many tokens, the same in each run.

    Args:
        tokenizer: a tokenizer that splits at spaces.
        num_tokens: number of tokens, including special tokens.
    """
    num_special = len(tokenizer("").input_ids)
    # Words that are one token in every position, and so short that 4,096 fit into one text.
    words = [
        word
        for word in sorted({piece.removeprefix("Ġ") for piece in tokenizer.get_vocab()})
        if word.isascii() and word.isalpha() and word.islower() and len(word) <= 3
        if len(tokenizer(word).input_ids) == num_special + 1
        if len(tokenizer(f"{word} {word}").input_ids) == num_special + 2
    ]
    chosen = random.Random(0).choices(words, k=num_tokens - num_special)
    text = " ".join(chosen)
    assert len(tokenizer(text).input_ids) == num_tokens
    return text


def mean_peak(weights: torch.Tensor) -> float:
    """Return the mean over all rows of the largest weight of a row: how peaked attention is.

    Args:
        weights: float32 ``[head, query, key]``.
    """
    return float(weights.amax(-1).mean())
