"""Writes the model cards: the fixed text by the training, the measured section by the measuring."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from training.settings import (
    BERT_NAME,
    HIDDEN_SIZE,
    MAX_POSITIONS,
    NUM_HEADS,
    NUM_LAYERS,
    NUM_THREADS,
    SEED,
)

_BEGIN = "<!-- measured: begin -->"
_END = "<!-- measured: end -->"

_CARD = """---
license: apache-2.0
language: en
library_name: transformers
pipeline_tag: {task}
tags:
- {family}
- attention
- visualization
- demo
---

# {name}

A very small {family} model: {num_parameters:,} parameters, {num_layers} layers of {num_heads}
heads, hidden size {hidden_size}, {max_positions} positions. BertViz Space ships it, so that its
views show learned attention on a machine without a network.

It learned from sentences that a program put together out of templates. It is made for offline
demonstration and is not a language model to rely on: it knows about as many words as the templates
use, and nothing about the world.

## Training

    python -m training.train

{objective}

The corpus (`training/corpus.py`) and everything random follow from fixed seeds (that of the models
is {seed}). {num_steps:,} steps of about 2,048 tokens in float32 took {minutes:.1f} minutes on
{num_threads} CPU threads of a machine that did other work too ({cpu_minutes:.1f} minutes of CPU
time). Other processors and library versions round differently, so a new training gives a similar
model, not the same bits.

## Measured

{begin}
Not measured yet.
{end}

These are written by:

    python -m training.measure --write-cards
"""

_MASKED_OBJECTIVE = """The objective is masked-token prediction on single texts, pairs of texts that
belong together or do not, texts given twice, blocks of random tokens over and over, and random
tokens that nothing predicts."""
_CAUSAL_OBJECTIVE = """The objective is next-token prediction on documents and on blocks of random
tokens that repeat."""


@dataclass(frozen=True)
class TrainingRecord:
    """What a training run says about itself in the card."""

    name: str
    num_steps: int
    minutes: float
    cpu_minutes: float
    num_parameters: int


def write_card(folder: Path, record: TrainingRecord) -> None:
    """Writes the model card, its measured section still empty.

    Args:
        folder: The model's folder.
        record: The training run.
    """
    masked = record.name == BERT_NAME
    text = _CARD.format(
        **vars(record),
        family="bert" if masked else "gpt2",
        task="fill-mask" if masked else "text-generation",
        objective=_MASKED_OBJECTIVE if masked else _CAUSAL_OBJECTIVE,
        num_layers=NUM_LAYERS,
        num_heads=NUM_HEADS,
        hidden_size=HIDDEN_SIZE,
        max_positions=MAX_POSITIONS,
        num_threads=NUM_THREADS,
        seed=SEED,
        begin=_BEGIN,
        end=_END,
    )
    (folder / "README.md").write_text(text, encoding="utf-8")


def write_measured(folder: Path, measured: str) -> None:
    """Replaces the measured section of the card.

    Args:
        folder: The model's folder.
        measured: The new section, in Markdown.
    """
    path = folder / "README.md"
    before, rest = path.read_text(encoding="utf-8").split(_BEGIN)
    _, after = rest.split(_END)
    path.write_text(f"{before}{_BEGIN}\n{measured}\n{_END}{after}", encoding="utf-8")
