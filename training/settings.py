"""Settings of all scripts in this folder: the folder and the sizes of the models."""

from __future__ import annotations

from pathlib import Path

MODELS_FOLDER = Path(__file__).resolve().parent.parent / "assets" / "demo_models"
BERT_NAME = "tiny-bert"
GPT2_NAME = "tiny-gpt2"

VOCAB_SIZE = 3800
NUM_LAYERS = 4
NUM_HEADS = 4
HIDDEN_SIZE = 128
MAX_POSITIONS = 512
SEED = 20
NUM_THREADS = 2

# The label of positions without a prediction: cross_entropy ignores it by default.
IGNORED = -100
