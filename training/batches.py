"""Makes the training batches of both models from documents."""

from __future__ import annotations

import random
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerFast

from training.corpus import Document
from training.settings import IGNORED
from training.tokenizer import special_id

# Row lengths in tokens, and the weights with which they are drawn. The early batches have short
# rows only: there, a head that attends to a neighbor has few keys to choose from. Long rows train
# the far positions.
_LENGTHS = [32, 64, 128, 256, 512]
_EARLY_WEIGHTS = [1, 1, 0, 0, 0]
_LATE_WEIGHTS = [3, 4, 3, 1, 1]
# Share of the training in which the early weights apply.
_EARLY_SHARE = 0.4
_TOKENS_PER_BATCH = 2048
# Share of the rows of the causal model that repeat a random block.
_CAUSAL_REPEATED_SHARE = 0.3
# Phases of the training of the masked model: the share of the training at which the phase ends, the
# share of rows that repeat a random block, and the share of rows of unpredictable random tokens.
# Heads that attend to a neighbor form first. From the repeated blocks, heads learn to attend to the
# other copy of a token. From unpredictable tokens, they learn to attend to a neutral token instead.
_MASKED_PHASES = [(0.2, 0.2, 0.0), (0.75, 0.5, 0.12), (1.0, 0.2, 0.08)]
# Share of the tokens of the masked model that are predicted.
_MASKED_SHARE = 0.2

TokenizedDocument = list[list[int]]


@dataclass
class Batch:
    """The inputs of one training step, and the token id to predict at each position.

    A label is ``IGNORED`` where nothing is predicted. Inputs and labels are int64 ``[row, token]``.
    """

    inputs: dict[str, Tensor]
    labels: Tensor


def _tokenized(
    documents: list[Document], tokenizer: PreTrainedTokenizerFast
) -> list[TokenizedDocument]:
    """Return the sentences of each document as token ids, without special tokens."""
    sentences = [sentence for document in documents for sentence in document]
    ids = iter(tokenizer(sentences, add_special_tokens=False)["input_ids"])
    return [[next(ids) for _ in document] for document in documents]


class _Batches:
    """The base class of the batches of both models."""

    def __init__(
        self, documents: list[Document], tokenizer: PreTrainedTokenizerFast, seed: int
    ) -> None:
        """Draw from these documents; the seed determines everything random."""
        self._documents = documents
        self._tokenizer = tokenizer
        self._rng = random.Random(seed)
        special = set(tokenizer.all_special_ids)
        self._ordinary_ids = [i for i in range(len(tokenizer)) if i not in special]

    def _draw_length(self, progress: float) -> int:
        weights = _EARLY_WEIGHTS if progress < _EARLY_SHARE else _LATE_WEIGHTS
        return self._rng.choices(_LENGTHS, weights)[0]

    def _random_block(self, length: int) -> list[int]:
        return self._rng.choices(self._ordinary_ids, k=length)


class CausalBatches(_Batches):
    """Next-token batches: concatenated documents, and repeated random blocks."""

    def draw(self, progress: float) -> Batch:
        """Return a batch; ``progress`` is the finished share of the training, 0 to 1."""
        length = self._draw_length(progress)
        num_rows = _TOKENS_PER_BATCH // length
        rows, labels = [], []
        for _ in range(num_rows):
            if self._rng.random() < _CAUSAL_REPEATED_SHARE:
                row, first_predictable = self._repeated_row(length)
            else:
                row, first_predictable = self._text_row(length), 1
            rows.append(row)
            # The label of a position is the token that follows it.
            ignored = [IGNORED] * (first_predictable - 1)
            labels.append(ignored + row[first_predictable:] + [IGNORED])
        return Batch({"input_ids": torch.tensor(rows)}, torch.tensor(labels))

    def _text_row(self, length: int) -> list[int]:
        """Return concatenated documents, joined by a space, a newline or GPT-2's end token."""
        text, row = "", []
        while len(row) < length:
            text += " ".join(self._rng.choice(self._documents))
            text += self._rng.choice([" ", "\n", str(self._tokenizer.eos_token)])
            row = self._tokenizer.backend_tokenizer.encode(text).ids
        return row[:length]

    def _repeated_row(self, length: int) -> tuple[list[int], int]:
        """Return a repeated random block, and the first position that it makes predictable."""
        longest = self._rng.choice([12, length // 2])
        block_length = self._rng.randint(4, longest)
        block = self._random_block(block_length)
        copies = length // block_length + 1
        return (block * copies)[:length], block_length + 1


class MaskedBatches(_Batches):
    """Masked-token batches: single texts, pairs, and repeated random blocks."""

    def __init__(
        self, documents: list[Document], tokenizer: PreTrainedTokenizerFast, seed: int
    ) -> None:
        """Draw from these documents; the seed determines everything random."""
        super().__init__(documents, tokenizer, seed)
        self._tokenized = _tokenized(documents, tokenizer)
        self._cls, self._sep = special_id(tokenizer, "cls"), special_id(tokenizer, "sep")
        self._pad, self._mask = special_id(tokenizer, "pad"), special_id(tokenizer, "mask")

    def draw(self, progress: float) -> Batch:
        """Return a batch; ``progress`` is the finished share of the training, 0 to 1."""
        length = self._draw_length(progress)
        _, repeated, unpredictable = next(each for each in _MASKED_PHASES if progress <= each[0])
        rows, labels, types = [], [], []
        for _ in range(_TOKENS_PER_BATCH // length):
            room = self._rng.randint(length // 2, length) - 3
            kind = self._rng.random()
            if kind < repeated:
                first, second = self._split(self._repeated_block(room))
            elif kind < repeated + unpredictable:
                first, second = self._split(self._random_block(room))
            else:
                first, second = self._texts(room)
            row = [self._cls, *first, self._sep, *second]
            row += [self._sep] if second else []
            padding = length - len(row)
            masked, label = self._masked(row)
            rows.append(masked + [self._pad] * padding)
            labels.append(label + [IGNORED] * padding)
            segment = [0] * (len(first) + 2)
            types.append(segment + [1] * (len(row) - len(segment)) + [0] * padding)
        input_ids = torch.tensor(rows)
        inputs = {
            "input_ids": input_ids,
            "token_type_ids": torch.tensor(types),
            "attention_mask": input_ids.ne(self._pad).long(),
        }
        return Batch(inputs, torch.tensor(labels))

    def _repeated_block(self, room: int) -> list[int]:
        """Return ``room`` tokens of a repeated random block."""
        longest = self._rng.choice([12, max(12, room // 2)])
        block = self._random_block(self._rng.randint(4, longest))
        return (block * (room // len(block) + 1))[:room]

    def _split(self, block: list[int]) -> tuple[list[int], list[int]]:
        """Return the block as one text, or its halves as a pair."""
        middle = len(block) // 2 if self._rng.random() < 0.5 else len(block)
        return block[:middle], block[middle:]

    def _texts(self, room: int) -> tuple[list[int], list[int]]:
        """Return one text or a pair, of ``room`` tokens at most; the second text may be empty."""
        sentences = self._sentences(room)
        middle = self._rng.randint(1, max(1, len(sentences) - 1))
        kind = self._rng.choice(["single", "related", "unrelated", "repeated"])
        first, second = sentences[:middle], sentences[middle:]
        if kind == "single":
            first, second = sentences, []
        elif kind == "unrelated":
            second = self._sentences(room // 2)
        elif kind == "repeated":
            first = second = sentences[: max(1, len(sentences) // 2)]
        first_ids = [token for sentence in first for token in sentence][:room]
        second_ids = [token for sentence in second for token in sentence]
        return first_ids, second_ids[: room - len(first_ids)]

    def _sentences(self, room: int) -> list[list[int]]:
        """Return successive sentences of at least ``room`` tokens."""
        sentences: list[list[int]] = []
        num_tokens = 0
        while num_tokens < room:
            document = self._rng.choice(self._tokenized)
            for sentence in document[self._rng.randrange(len(document)) :]:
                sentences.append(sentence)
                num_tokens += len(sentence)
        return sentences

    def _masked(self, row: list[int]) -> tuple[list[int], list[int]]:
        """Return the row with masked tokens, and the labels.

        As for BERT, 80% of the chosen tokens become [MASK], 10% a random token, and 10% stay.
        """
        masked, labels = list(row), [IGNORED] * len(row)
        for position, token in enumerate(row):
            if token in (self._cls, self._sep) or self._rng.random() >= _MASKED_SHARE:
                continue
            labels[position] = token
            draw = self._rng.random()
            if draw < 0.8:
                masked[position] = self._mask
            elif draw < 0.9:
                masked[position] = self._rng.choice(self._ordinary_ids)
        return masked, labels
