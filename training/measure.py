"""Measures both demo models on held-out data: ``python -m training.measure``."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from transformers import (
    AutoModelForCausalLM,
    AutoModelForMaskedLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)

from training.accuracy import Accuracy, long_texts, measure_accuracy, most_frequent_token
from training.card import write_measured
from training.corpus import Document, held_out_documents, train_documents
from training.patterns import Patterns, measure_bert_patterns, measure_gpt2_patterns
from training.settings import BERT_NAME, GPT2_NAME, MODELS_FOLDER, NUM_THREADS

_NUM_SCORED_DOCUMENTS = 200

_AUTO_CLASSES = {BERT_NAME: AutoModelForMaskedLM, GPT2_NAME: AutoModelForCausalLM}
_MEASURE_PATTERNS = {BERT_NAME: measure_bert_patterns, GPT2_NAME: measure_gpt2_patterns}


def best_heads_table(patterns: Patterns) -> str:
    """Return a Markdown table of the strongest head of each pattern."""
    lines = ["| pattern | strongest head | score | chance |", "| --- | --- | --- | --- |"]
    for name, mean in patterns.items():
        layer, head = divmod(int(mean.scores.argmax()), mean.scores.shape[1])
        score = mean.scores[layer, head].item()
        lines.append(f"| {name} | layer {layer}, head {head} | {score:.2f} | {mean.chance:.2f} |")
    return "\n".join(lines)


def all_heads_table(patterns: Patterns) -> str:
    """Return a Markdown table of every head's scores."""
    columns = ["layer", "head", *patterns]
    lines = [_row(columns), _row(["---"] * len(columns))]
    num_layers, num_heads = next(iter(patterns.values())).scores.shape
    for layer in range(num_layers):
        for head in range(num_heads):
            scores = [f"{mean.scores[layer, head].item():.2f}" for mean in patterns.values()]
            lines.append(_row([str(layer), str(head), *scores]))
    return "\n".join(lines)


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _accuracy_table(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, documents: list[Document]
) -> str:
    """Return a Markdown table of the accuracy on short and long held-out texts."""
    most_frequent = most_frequent_token(train_documents(), tokenizer)
    texts = {"documents": documents, "ten documents in a row": long_texts(documents)}
    kind = "masked-token" if tokenizer.mask_token else "next-token"
    lines = [
        f"| held-out texts | {kind} accuracy | always the most frequent token | predictions |",
        "| --- | --- | --- | --- |",
    ]
    for name, chosen in texts.items():
        result: Accuracy = measure_accuracy(model, tokenizer, chosen, most_frequent)
        shares = [f"{result.accuracy:.1%}", f"{result.baseline:.1%}"]
        lines.append(_row([name, *shares, f"{result.num_predictions:,}"]))
    return "\n".join(lines)


def measure_model(name: str, folder: Path) -> str:
    """Measure a model, and return the section of measurements of its card, in Markdown.

    Args:
        name: the name of the model.
        folder: the folder of the model.
    """
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert isinstance(tokenizer, PreTrainedTokenizerFast)
    model = _AUTO_CLASSES[name].from_pretrained(folder, attn_implementation="eager").eval()
    documents = held_out_documents()
    patterns = _MEASURE_PATTERNS[name](model, tokenizer, documents[:_NUM_SCORED_DOCUMENTS])
    note = (
        "Layers and heads count from 0. A score is the mean weight on the keys that the pattern "
        "names. Chance is the score of a head that gives every visible key the same weight."
    )
    tables = [best_heads_table(patterns), _accuracy_table(model, tokenizer, documents)]
    return "\n\n".join([note, *tables, "Every head:", all_heads_table(patterns)])


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", nargs="+", choices=list(_AUTO_CLASSES), default=_AUTO_CLASSES)
    parser.add_argument(
        "--folder", type=Path, default=MODELS_FOLDER, help="the folder of the models"
    )
    parser.add_argument(
        "--write-cards", action="store_true", help="write the tables into the model cards"
    )
    arguments = parser.parse_args()
    torch.set_num_threads(NUM_THREADS)
    for name in arguments.models:
        measured = measure_model(name, arguments.folder / name)
        print(f"# {name}\n\n{measured}\n", flush=True)
        if arguments.write_cards:
            write_measured(arguments.folder / name, measured)


if __name__ == "__main__":
    main()
