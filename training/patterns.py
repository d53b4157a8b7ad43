"""Measures how well the heads of each model follow known attention patterns."""

from __future__ import annotations

import random

import torch
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from training.corpus import Document
from training.scores import (
    Mean,
    Target,
    attention_weights,
    chosen_keys_target,
    copy_target,
    even_weights,
    induction_target,
    offset_target,
)

# tokens
_BLOCK_LENGTH = 32
_NUM_BLOCKS = 100
_SEED = 3

Patterns = dict[str, Mean]


class _Measurement:
    """The patterns measured so far on one model, by name."""

    def __init__(self, model: PreTrainedModel, causal: bool) -> None:
        self._model = model
        self._causal = causal
        self.patterns: Patterns = {}

    def add(self, inputs: dict[str, Tensor], targets: dict[str, Target]) -> None:
        """Add the scores of one text for the targets of some patterns."""
        weights = attention_weights(self._model, inputs)
        even = even_weights(inputs["input_ids"].shape[1], self._causal)
        for name, target in targets.items():
            self.patterns.setdefault(name, Mean()).add(weights, even, target)


def _random_blocks(tokenizer: PreTrainedTokenizerFast) -> Tensor:
    """Return blocks of random tokens without special tokens, int64 ``[block, token]``."""
    rng = random.Random(_SEED)
    ordinary = sorted(set(range(len(tokenizer))) - set(tokenizer.all_special_ids))
    return torch.tensor([rng.choices(ordinary, k=_BLOCK_LENGTH) for _ in range(_NUM_BLOCKS)])


def _is_token(input_ids: Tensor, tokenizer: PreTrainedTokenizerFast, *tokens: str) -> Tensor:
    ids = torch.tensor(tokenizer.convert_tokens_to_ids(list(tokens)))
    return torch.isin(input_ids, ids)


def _is_first(num_tokens: int) -> Tensor:
    return torch.arange(num_tokens) == 0


def measure_bert_patterns(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, documents: list[Document]
) -> Patterns:
    """Return the mean scores of tiny-bert's heads by pattern.

    Half of the held-out documents are scored as pairs of texts.

    Args:
        model: the model, with eager attention.
        tokenizer: the model's tokenizer.
        documents: the held-out documents.
    """
    measurement = _Measurement(model, causal=False)
    for number, document in enumerate(documents):
        middle = len(document) // 2 if number % 2 else 0
        text, text_b = " ".join(document[:middle]), " ".join(document[middle:])
        inputs = tokenizer(text or text_b, text_b if text else None, return_tensors="pt")
        ids = inputs["input_ids"][0]
        first, separators = _is_first(len(ids)), _is_token(ids, tokenizer, "[SEP]")
        stops = _is_token(ids, tokenizer, ".", ",")
        delimiters = first | separators | stops
        targets = {
            "previous token": offset_target(len(ids), -1),
            "next token": offset_target(len(ids), 1),
            "first token ([CLS])": chosen_keys_target(first, causal=False),
            "[SEP]": chosen_keys_target(separators, causal=False),
            "full stop or comma": chosen_keys_target(stops, causal=False),
            "any of these delimiters": chosen_keys_target(delimiters, causal=False),
        }
        measurement.add(dict(inputs), targets)
    _add_copied_pairs(measurement, tokenizer)
    return measurement.patterns


def _add_copied_pairs(measurement: _Measurement, tokenizer: PreTrainedTokenizerFast) -> None:
    """Add the scores of pairs in which both texts are the same random block."""
    cls, sep = torch.tensor([tokenizer.cls_token_id]), torch.tensor([tokenizer.sep_token_id])
    for block in _random_blocks(tokenizer):
        input_ids = torch.cat([cls, block, sep, block, sep])
        second = _BLOCK_LENGTH + 2
        token_type_ids = (torch.arange(len(input_ids)) >= second).long()
        target = copy_target(len(input_ids), 1, second, _BLOCK_LENGTH)
        inputs = {"input_ids": input_ids[None], "token_type_ids": token_type_ids[None]}
        measurement.add(inputs, {"same token in the other text": target})


def measure_gpt2_patterns(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, documents: list[Document]
) -> Patterns:
    """Return the mean scores of tiny-gpt2's heads by pattern.

    The induction score comes from repeated random blocks, all others from held-out documents.

    Args:
        model: the model, with eager attention.
        tokenizer: the model's tokenizer.
        documents: the held-out documents.
    """
    measurement = _Measurement(model, causal=True)
    for document in documents:
        inputs = tokenizer(" ".join(document), return_tensors="pt")
        ids = inputs["input_ids"][0]
        first = _is_first(len(ids))
        stops = _is_token(ids, tokenizer, ".", ",", "Ġ.", "Ġ,")
        targets = {
            "previous token": offset_target(len(ids), -1),
            "first token": chosen_keys_target(first, causal=True),
            "full stop or comma": chosen_keys_target(stops, causal=True),
            "any of these delimiters": chosen_keys_target(first | stops, causal=True),
        }
        measurement.add(dict(inputs), targets)
    for block in _random_blocks(tokenizer):
        inputs = {"input_ids": torch.cat([block, block])[None]}
        measurement.add(inputs, {"induction": induction_target(_BLOCK_LENGTH)})
    return measurement.patterns
