"""Writes the head scores that TransformerLens 4.3 computes, which a unit test compares with ours.

Run it in a virtual environment of its own, because TransformerLens needs other versions of the
Space's packages. It is not part of ``make test``::

    python3 -m venv /tmp/transformer-lens
    /tmp/transformer-lens/bin/pip install "transformer-lens==4.3.*"
    /tmp/transformer-lens/bin/python scripts/write_transformer_lens_scores.py

It writes ``tests/fixtures/transformer_lens_scores.json``, and imports nothing of this project. The
attention of tiny-gpt2 is that of transformers' own eager pass in float64. Random attention is
written as integers: the weights of a row are its integers divided by their sum.
"""

import json
import random
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from transformer_lens.head_detector import (  # pyrefly: ignore[missing-import]
    compute_head_attention_similarity_score,
    get_duplicate_token_head_detection_pattern,
    get_induction_head_detection_pattern,
    get_previous_token_head_detection_pattern,
)
from transformers import AutoModelForCausalLM, AutoTokenizer

_ROOT = Path(__file__).parent.parent
_FILE = _ROOT / "tests" / "fixtures" / "transformer_lens_scores.json"
_MODEL = "tiny-gpt2"
# The second text contains no token twice.
_TEXTS = (
    "The cat sat on the mat near the door. The cat sat on the mat near",
    "The doctor asked a nurse",
)
_PATTERNS = {
    "previous": get_previous_token_head_detection_pattern,
    "duplicate": get_duplicate_token_head_detection_pattern,
    "induction": get_induction_head_detection_pattern,
}
# Random attention: few different tokens, so that many are repeated.
_SEED, _NUM_HEADS, _NUM_TOKENS, _NUM_DIFFERENT = 0, 4, 16, 5
_LARGEST = 99


def main() -> None:
    """Write the file."""
    cases = [*_model_cases(), _random_case()]
    content = {"written_by": f"transformer-lens {version('transformer-lens')}", "cases": cases}
    _FILE.write_text(json.dumps(content) + "\n", encoding="utf-8")
    print(f"wrote {_FILE}")


def _model_cases() -> list[dict[str, Any]]:
    """Return the scores of tiny-gpt2 on each text, by layer and head."""
    folder = _ROOT / "assets" / "demo_models" / _MODEL
    tokenizer: Any = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager")
    model = model.double().eval()
    cases = []
    for text in _TEXTS:
        token_ids = tokenizer(text)["input_ids"]
        with torch.no_grad():
            output = model(torch.tensor([token_ids]), output_attentions=True)
        scores = [_scores(layer[0], token_ids) for layer in output.attentions]
        cases.append({"model": _MODEL, "text": text, "token_ids": token_ids, "layers": scores})
    return cases


def _random_case() -> dict[str, Any]:
    """Return random causal attention, and the scores of its heads."""
    draw = random.Random(_SEED)
    token_ids = [draw.randrange(_NUM_DIFFERENT) for _ in range(_NUM_TOKENS)]
    parts = [
        [
            [draw.randint(1, _LARGEST) if key <= query else 0 for key in range(_NUM_TOKENS)]
            for query in range(_NUM_TOKENS)
        ]
        for _ in range(_NUM_HEADS)
    ]
    weights = torch.tensor(parts, dtype=torch.float64)
    weights /= weights.sum(-1, keepdim=True)
    return {"token_ids": token_ids, "parts": parts, "layers": [_scores(weights, token_ids)]}


def _scores(weights: Tensor, token_ids: list[int]) -> dict[str, list[float]]:
    """Return the score of each head by the name of the pattern.

    Args:
        weights: float64 ``[head, query, key]``.
        token_ids: the tokens.
    """
    tokens = torch.tensor([token_ids])
    return {
        name: [
            # A copy, because some versions of TransformerLens write into their argument.
            compute_head_attention_similarity_score(
                head.clone(),
                get_pattern(tokens),
                exclude_bos=False,
                exclude_current_token=False,
                error_measure="mul",
            )
            for head in weights
        ]
        for name, get_pattern in _PATTERNS.items()
    }


if __name__ == "__main__":
    main()
