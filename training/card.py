"""Writes the model cards: ``train`` writes the card, ``measure`` its section of measurements."""

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
heads, hidden size {hidden_size}, {max_positions} positions. It is part of BertViz Space, so that
the views can show learned attention on a machine without a network.

A program generated its training sentences from templates. The model is for offline demonstration
only, and not suitable as a language model: it knows only the words in the templates, and nothing
about the world.

## Training

    python -m training.train

{objective}

Fixed seeds determine the corpus (`training/corpus.py`) and everything random; the seed of the
models is {seed}. {num_steps:,} steps of about 2,048 tokens in float32 took {minutes:.1f} minutes on
{num_threads} CPU threads of a machine that also did other work ({cpu_minutes:.1f} minutes of CPU
time). Other processors and library versions round differently, so a new training gives a similar
model, not an identical one.

## Measured

{begin}
Not measured yet.
{end}

This command measures the model and writes the section above:

    python -m training.measure --write-cards
"""

_MASKED_OBJECTIVE = """The objective is masked-token prediction on single texts, related and
unrelated pairs of texts, pairs of the same text, repeated blocks of random tokens, and
unpredictable random tokens."""
_CAUSAL_OBJECTIVE = """The objective is next-token prediction on documents and on repeated blocks of
random tokens."""


@dataclass(frozen=True)
class TrainingRecord:
    """The facts about a training run that the card gives; times are in minutes."""

    name: str
    num_steps: int
    minutes: float
    cpu_minutes: float
    num_parameters: int


def write_card(folder: Path, record: TrainingRecord) -> None:
    """Write the model card, with an empty section of measurements.

    Args:
        folder: the model's folder.
        record: the training run.
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
    """Replace the section of measurements in the card.

    Args:
        folder: the model's folder.
        measured: the new section, in Markdown.
    """
    path = folder / "README.md"
    before, rest = path.read_text(encoding="utf-8").split(_BEGIN)
    _, after = rest.split(_END)
    path.write_text(f"{before}{_BEGIN}\n{measured}\n{_END}{after}", encoding="utf-8")
