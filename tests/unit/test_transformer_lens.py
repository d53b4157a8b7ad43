"""Scores of heads equal those of TransformerLens 4.3.

``scripts/write_transformer_lens_scores.py`` wrote the expected scores into a file.
"""

import json
from pathlib import Path

import pytest
import torch

from bertviz_space import extract
from bertviz_space.models.cache import ModelCache
from bertviz_space.trace import LayerAttention, Token
from bertviz_space.trace.head_scores import ScoreName, layer_scores

FILE = Path(__file__).parent.parent / "fixtures" / "transformer_lens_scores.json"
CASES = json.loads(FILE.read_text(encoding="utf-8"))["cases"]
PATTERNS: tuple[ScoreName, ...] = ("previous", "duplicate", "induction")

# TransformerLens computed in float64. The weights that we compute from float32 queries and keys
# differ from the model's by up to 1e-5 (the first law of extraction), but over a whole head most of
# these errors cancel: the largest difference of a score was 2e-7.
TOLERANCE = 1e-6


def check(layer: LayerAttention, tokens: list[Token], expected: dict[ScoreName, list[float]]):
    """Compare the scores of a layer; a pattern that no pair of tokens has is absent in ours."""
    scores = layer_scores(layer, tokens, tokens)
    assert set(expected) == set(PATTERNS)
    for name, values in expected.items():
        ours = scores.get(name, torch.zeros(layer.num_heads)).tolist()
        assert ours == pytest.approx(values, abs=TOLERANCE), name


@pytest.mark.parametrize("case", [case for case in CASES if "text" in case])
def test_scores_of_a_model_equal_those_of_transformer_lens(case):
    loaded = ModelCache().get(case["model"])
    trace = extract(loaded.model, loaded.tokenizer, case["text"])
    tokens = list(trace.source)
    assert [token.token_id for token in tokens] == case["token_ids"]
    for layer, expected in zip(trace.layers["self"], case["layers"], strict=True):
        check(layer, tokens, expected)


@pytest.mark.parametrize("case", [case for case in CASES if "parts" in case])
def test_scores_of_random_attention_equal_those_of_transformer_lens(case):
    parts = torch.tensor(case["parts"], dtype=torch.float32)
    weights = parts / parts.sum(-1, keepdim=True)
    heads, length, _ = weights.shape
    empty = torch.zeros(heads, length, 0)
    layer = LayerAttention("self", 0, empty, empty, scaling=1.0, bias=weights.log(), causal=True)
    tokens = [Token(str(each), str(each), each, 0, 1, None, False) for each in case["token_ids"]]
    [expected] = case["layers"]
    check(layer, tokens, expected)
    # The random tokens repeat often enough for each pattern to count.
    assert all(min(values) > 0.05 for values in expected.values())
