"""Scores of heads: hand-made attention with known scores, and a slow reference in plain Python."""

import math
from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bertviz_space import extract
from bertviz_space.trace import Component, LayerAttention, Token, Trace
from bertviz_space.trace.head_scores import (
    SCORE_NAMES,
    SCORES,
    ScoreName,
    head_scores,
    layer_scores,
)
from tests.unit.tiny_models import KINDS


def tokens_of(words: list[str]) -> list[Token]:
    """Return a token for each word, a special one for a word in brackets."""
    ids = {word: number for number, word in enumerate(dict.fromkeys(words))}
    return [Token(word, word, ids[word], 0, 1, "A", word.startswith("[")) for word in words]


def layer_of(weights: torch.Tensor, component: Component = "self", **terms) -> LayerAttention:
    """Return a layer with these weights ``[head, query, key]``."""
    heads, queries, keys = weights.shape
    return LayerAttention(
        component,
        0,
        query=torch.zeros(heads, queries, 0),
        key=torch.zeros(heads, keys, 0),
        scaling=1.0,
        bias=weights.log(),
        **terms,
    )


WORDS = ["[CLS]", "a", "b", ",", "a", "b", "[SEP]"]


def attending(*keys: int) -> torch.Tensor:
    """Return a head in which each query attends to one key."""
    return torch.eye(len(WORDS))[list(keys)]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (attending(0, 0, 1, 2, 3, 4, 5), {"previous": 6 / 7, "same": 1 / 7, "distance": 6 / 7}),
        (attending(1, 2, 3, 4, 5, 6, 6), {"next": 6 / 7, "same": 1 / 7, "delimiter": 3 / 7}),
        (attending(0, 0, 0, 0, 0, 0, 0), {"first": 1, "previous": 1 / 7, "entropy": 0}),
        # a and b occur again at 4 and 5. After their first places come the positions 2 and 3.
        (attending(0, 1, 2, 3, 1, 2, 6), {"duplicate": 2 / 7, "same": 5 / 7, "induction": 0}),
        (attending(0, 1, 2, 3, 2, 3, 6), {"induction": 2 / 7, "delimiter": 3 / 7}),
        (torch.full((7, 7), 1 / 7), {"entropy": 1, "first": 1 / 7, "delimiter": 2 / 7}),
    ],
)
def test_hand_made_attention_has_known_scores(head, expected):
    tokens = tokens_of(WORDS)
    # Half of the mass may be missing, as with a sink: shares do not change.
    for scale in (1.0, 0.5):
        layer = layer_of(scale * head[None], allowed=torch.ones(1, 7, 7, dtype=torch.bool))
        scores = layer_scores(layer, tokens, tokens)
        for name, value in expected.items():
            assert scores[name].item() == pytest.approx(value, abs=1e-6), name


def reference(weights, words, *, causal: bool) -> dict[ScoreName, float]:
    """Return the scores of one head, from their definitions and number by number."""
    n = len(words)
    pairs = [(query, key) for query in range(n) for key in range(n)]
    total = sum(weights[query][key] for query, key in pairs)

    def is_delimiter(key: int) -> bool:
        return words[key] in (",", ".", "[SEP]")

    patterns: dict[ScoreName, Callable[[int, int], bool]] = {
        "previous": lambda query, key: query - key == 1,
        "next": lambda query, key: key - query == 1,
        "same": lambda query, key: query == key,
        "first": lambda query, key: key == 0,
        "delimiter": lambda query, key: is_delimiter(key),
        "duplicate": lambda query, key: key < query and words[key] == words[query],
        "induction": lambda query, key: 0 < key <= query and words[key - 1] == words[query],
    }
    if causal:
        del patterns["next"]
    found: dict[ScoreName, float] = {
        name: sum(weights[query][key] for query, key in pairs if pattern(query, key)) / total
        for name, pattern in patterns.items()
        if any(pattern(query, key) for query, key in pairs)
    }
    entropies = []
    for query in range(n):
        allowed = query + 1 if causal else n
        if allowed > 1:
            row = [weight / sum(weights[query]) for weight in weights[query]]
            entropy = -sum(share * math.log(share) for share in row if share > 0)
            entropies.append(entropy / math.log(allowed))
    if entropies:
        found["entropy"] = sum(entropies) / len(entropies)
    found["distance"] = sum(weights[q][k] * abs(q - k) for q, k in pairs) / total
    return found


@given(
    words=st.lists(st.sampled_from(["a", "b", "c", ",", ".", "[SEP]"]), min_size=1, max_size=12),
    causal=st.booleans(),
    seed=st.integers(0, 99),
)
def test_scores_equal_their_definitions(words, causal, seed):
    tokens = tokens_of(words)
    vectors = torch.randn(2, 3, len(words), 4, generator=torch.Generator().manual_seed(seed))
    layer = LayerAttention("self", 0, 2 * vectors[0], vectors[1], scaling=0.5, causal=causal)
    scores = layer_scores(layer, tokens, tokens)
    for head, weights in enumerate(layer.weights().tolist()):
        expected = reference(weights, words, causal=causal)
        assert list(scores) == [name for name in SCORE_NAMES if name in expected]
        for name, value in expected.items():
            assert scores[name][head].item() == pytest.approx(value, abs=2e-6), name


def test_a_text_in_several_chunks_has_the_same_scores(monkeypatch):
    words = ["a", "b", ",", "c"] * 8
    tokens = tokens_of(words)
    vectors = torch.randn(2, 3, len(words), 4, generator=torch.Generator().manual_seed(0))
    layer = LayerAttention("self", 0, vectors[0], vectors[1], scaling=1.0)
    whole = layer_scores(layer, tokens, tokens)
    monkeypatch.setattr("bertviz_space.trace.attention.SCORES_AT_ONCE", 500)
    parts = layer_scores(layer, tokens, tokens)
    assert list(whole) == list(parts)
    for name, scores in whole.items():
        torch.testing.assert_close(parts[name], scores)


def test_cross_attention_has_no_scores_that_compare_positions():
    queries, keys = tokens_of(["a", "b"]), tokens_of(["a", ".", "b"])
    layer = layer_of(torch.tensor([[[0.2, 0.5, 0.3], [0.0, 1.0, 0.0]]]), "cross")
    scores = layer_scores(layer, queries, keys)
    assert list(scores) == ["first", "delimiter", "entropy"]
    assert scores["first"].item() == pytest.approx(0.1)
    assert scores["delimiter"].item() == pytest.approx(0.75)


def test_scores_without_a_meaning_are_absent():
    tokens = tokens_of(["a", "b", "c"])
    layer = layer_of(torch.full((2, 3, 3), 1 / 3))
    names = list(layer_scores(layer, tokens, tokens))
    assert names == ["previous", "next", "same", "first", "entropy", "distance"]
    one = tokens_of(["a"])
    assert list(layer_scores(layer_of(torch.ones(1, 1, 1)), one, one)) == [
        "same", "first", "distance",
    ]  # fmt: skip


def test_a_head_without_weights_has_no_numbers():
    tokens = tokens_of(["a", "b"])
    weights = torch.tensor([[[0.0, 0.0], [0.0, 0.0]], [[1.0, 0.0], [0.0, 1.0]]])
    scores = layer_scores(layer_of(weights), tokens, tokens)
    assert all(values.isnan().tolist() == [True, False] for values in scores.values())


def test_tokens_without_an_id_are_compared_by_their_texts():
    tokens = [Token(word, word, -1, 0, 1, None, special=False) for word in ("a", "b", "a")]
    head = torch.tensor([[[1.0, 0, 0], [0, 1.0, 0], [1.0, 0, 0]]])
    assert layer_scores(layer_of(head), tokens, tokens)["duplicate"].item() == pytest.approx(1 / 3)


def test_a_trace_has_a_row_for_each_head_with_the_scores_of_its_layer():
    trace = extract(KINDS["t5"].build(), KINDS["t5"].tokenizer(), "the cat", target_text="the cat")
    rows = head_scores(trace)
    places = [(row["component"], row["layer"], row["head"]) for row in rows]
    assert places == [
        (component, layer.layer, head)
        for component, layers in trace.layers.items()
        for layer in layers
        for head in range(layer.num_heads)
    ]
    for row in rows:
        component = row["component"]
        tokens = trace.query_tokens(component), trace.key_tokens(component)
        scores = layer_scores(trace.layer(component, row["layer"]), *tokens)
        for name in SCORE_NAMES:
            expected = scores[name][row["head"]].item() if name in scores else None
            assert row[name] == expected


def test_rows_contain_nothing_instead_of_not_a_number():
    token = Token("a", "a", 0, 0, 1, None, special=False)
    trace = Trace((token, token), None, {"self": (layer_of(torch.zeros(1, 2, 2)),)})
    [row] = head_scores(trace)
    assert {row[name] for name in SCORE_NAMES} == {None}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_attention_has_scores_in_range(kind):
    model, tokenizer = KINDS[kind].build(), KINDS[kind].tokenizer()
    target_text = "the dog ." if model.config.is_encoder_decoder else None
    trace = extract(model, tokenizer, "the cat sat . the cat", target_text=target_text)
    for component, layers in trace.layers.items():
        for layer in layers:
            tokens = trace.query_tokens(component), trace.key_tokens(component)
            scores = layer_scores(layer, *tokens)
            assert {"first", "entropy"} <= set(scores)
            for name, values in scores.items():
                assert values.shape == (layer.num_heads,)
                largest = len(tokens[1]) if name == "distance" else 1 + 1e-5
                assert ((values >= 0) & (values <= largest)).all(), name


def test_each_score_is_explained():
    assert tuple(SCORES) == SCORE_NAMES
