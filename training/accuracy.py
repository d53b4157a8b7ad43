"""Measures how often the models predict a held-out token, compared with a frequency baseline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from training.corpus import Document
from training.settings import MAX_POSITIONS
from training.tokenizer import special_id

_MASKED_SHARE = 0.15
_SEED = 4


@dataclass(frozen=True)
class Accuracy:
    """The accuracy of a model and of a baseline that always predicts the most frequent token.

    Attributes:
        accuracy: share of the predictions of the model that are correct, 0 to 1.
        baseline: share of the predictions of the baseline that are correct, 0 to 1.
        num_predictions: number of predicted tokens.
    """

    accuracy: float
    baseline: float
    num_predictions: int


def most_frequent_token(documents: list[Document], tokenizer: PreTrainedTokenizerFast) -> int:
    """Return the id of the most frequent token of the documents."""
    texts = [" ".join(document) for document in documents]
    counts: Counter[int] = Counter()
    for ids in tokenizer(texts, add_special_tokens=False)["input_ids"]:
        counts.update(ids)
    return counts.most_common(1)[0][0]


def long_texts(documents: list[Document]) -> list[Document]:
    """Return texts of ten documents each, about as long as the models can read."""
    groups = [documents[start : start + 10] for start in range(0, len(documents), 10)]
    return [[sentence for document in group for sentence in document] for group in groups]


def measure_accuracy(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerFast,
    documents: list[Document],
    baseline_token: int,
) -> Accuracy:
    """Measure masked-token accuracy if the tokenizer has a mask token, else next-token accuracy.

    Args:
        model: the model.
        tokenizer: the model's tokenizer.
        documents: the held-out texts.
        baseline_token: the id of the token that the baseline always predicts.
    """
    torch.manual_seed(_SEED)
    questions = _masked_questions if tokenizer.mask_token else _next_token_questions
    num_correct = num_baseline = num_predictions = 0
    for input_ids, positions, answers in questions(documents, tokenizer):
        with torch.no_grad():
            predicted = model(input_ids=input_ids[None]).logits[0, positions].argmax(dim=-1)
        num_correct += int((predicted == answers).sum())
        num_baseline += int((answers == baseline_token).sum())
        num_predictions += len(answers)
    return Accuracy(num_correct / num_predictions, num_baseline / num_predictions, num_predictions)


# Input ids int64 [token], positions to predict [prediction], and the correct ids [prediction].
Question = tuple[Tensor, Tensor, Tensor]


def _token_ids(documents: list[Document], tokenizer: PreTrainedTokenizerFast) -> Iterator[Tensor]:
    for document in documents:
        encoded = tokenizer(" ".join(document), truncation=True, max_length=MAX_POSITIONS)
        yield torch.tensor(encoded["input_ids"])


def _masked_questions(
    documents: list[Document], tokenizer: PreTrainedTokenizerFast
) -> Iterator[Question]:
    """Yield input ids, the masked positions, and the ids of the masked tokens."""
    special = torch.tensor([special_id(tokenizer, "cls"), special_id(tokenizer, "sep")])
    mask_id = special_id(tokenizer, "mask")
    for ids in _token_ids(documents, tokenizer):
        masked = (torch.rand(len(ids)) < _MASKED_SHARE) & ~torch.isin(ids, special)
        positions = masked.nonzero()[:, 0]
        yield ids.masked_fill(masked, mask_id), positions, ids[positions]


def _next_token_questions(
    documents: list[Document], tokenizer: PreTrainedTokenizerFast
) -> Iterator[Question]:
    """Yield input ids, every position except the last, and the ids of the next tokens."""
    for ids in _token_ids(documents, tokenizer):
        yield ids, torch.arange(len(ids) - 1), ids[1:]
