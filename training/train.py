"""Trains both demo models from a fixed seed: ``python -m training.train``."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from training.batches import CausalBatches, MaskedBatches
from training.card import TrainingRecord, write_card
from training.corpus import Document, train_documents
from training.networks import build_bert, build_gpt2, selected_logits
from training.settings import BERT_NAME, GPT2_NAME, IGNORED, MODELS_FOLDER, NUM_THREADS, SEED
from training.tokenizer import train_byte_level_bpe, train_wordpiece

_WARM_UP_SHARE = 0.05
_STEPS_BETWEEN_REPORTS = 100


@dataclass(frozen=True)
class Recipe:
    """How to train one of the models."""

    train_tokenizer: Callable[[Iterable[str]], PreTrainedTokenizerFast]
    build: Callable[[PreTrainedTokenizerFast], PreTrainedModel]
    batches: type[CausalBatches | MaskedBatches]
    peak_learning_rate: float
    num_steps: int


RECIPES = {
    BERT_NAME: Recipe(train_wordpiece, build_bert, MaskedBatches, 2e-3, 5000),
    GPT2_NAME: Recipe(train_byte_level_bpe, build_gpt2, CausalBatches, 2e-3, 3500),
}


def _optimizer(model: PreTrainedModel, learning_rate: float) -> torch.optim.AdamW:
    """Return AdamW with weight decay for matrices, and none for biases and norms."""
    parameters = list(model.parameters())
    groups = [
        {"params": [p for p in parameters if p.dim() >= 2], "weight_decay": 0.05},
        {"params": [p for p in parameters if p.dim() < 2], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=learning_rate, betas=(0.9, 0.98))


def fit(
    model: PreTrainedModel,
    batches: CausalBatches | MaskedBatches,
    peak_learning_rate: float,
    num_steps: int,
) -> None:
    """Train the model in place.

    Args:
        model: the untrained model.
        batches: the source of the training batches.
        peak_learning_rate: the learning rate after the warm-up, from which it falls to almost zero.
        num_steps: the number of batches.
    """
    optimizer = _optimizer(model, peak_learning_rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        max_lr=peak_learning_rate,
        total_steps=num_steps,
        pct_start=_WARM_UP_SHARE,
        cycle_momentum=False,
    )
    model.train()
    losses = []
    start = time.perf_counter()
    for step in range(1, num_steps + 1):
        batch = batches.draw(step / num_steps)
        chosen = batch.labels != IGNORED
        loss = cross_entropy(selected_logits(model, batch.inputs, chosen), batch.labels[chosen])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
        if step % _STEPS_BETWEEN_REPORTS == 0:
            mean = sum(losses[-_STEPS_BETWEEN_REPORTS:]) / _STEPS_BETWEEN_REPORTS
            seconds = time.perf_counter() - start
            print(f"step {step}/{num_steps}  loss {mean:.3f}  {seconds:.0f} s", flush=True)


def train_model(
    name: str, documents: list[Document], folder: Path, num_steps: int | None = None
) -> None:
    """Train one model and its tokenizer, and save both with a model card.

    Args:
        name: the name of the model.
        documents: the corpus.
        folder: the folder to save into.
        num_steps: the number of training steps; the recipe's by default.
    """
    recipe = RECIPES[name]
    num_steps = num_steps or recipe.num_steps
    torch.manual_seed(SEED)
    print(f"{name}: training the tokenizer", flush=True)
    tokenizer = recipe.train_tokenizer(" ".join(d) for d in documents)
    batches = recipe.batches(documents, tokenizer, SEED)
    model = recipe.build(tokenizer)
    start, cpu_start = time.perf_counter(), time.process_time()
    fit(model, batches, recipe.peak_learning_rate, num_steps)
    minutes = (time.perf_counter() - start) / 60
    cpu_minutes = (time.process_time() - cpu_start) / 60
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    num_parameters = model.num_parameters()
    write_card(folder, TrainingRecord(name, num_steps, minutes, cpu_minutes, num_parameters))
    print(
        f"{name}: {minutes:.1f} minutes ({cpu_minutes:.1f} of CPU time), saved to {folder}",
        flush=True,
    )


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", nargs="+", choices=list(RECIPES), default=list(RECIPES))
    parser.add_argument("--steps", type=int, help="training steps of each model, for a short try")
    parser.add_argument(
        "--folder", type=Path, default=MODELS_FOLDER, help="the folder to save into"
    )
    arguments = parser.parse_args()
    torch.set_num_threads(NUM_THREADS)
    torch.use_deterministic_algorithms(True)
    documents = train_documents()
    for name in arguments.models:
        train_model(name, documents, arguments.folder / name, arguments.steps)


if __name__ == "__main__":
    main()
