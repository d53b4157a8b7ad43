"""The formula, term by term, compared with plain loops, and the validation of a trace."""

from dataclasses import FrozenInstanceError, replace

import pytest
import torch

from bertviz_space import Component, LayerAttention, Token, Trace
from bertviz_space.trace import ModelWeights, Rotation
from tests.unit.plain_formula import plain_scores, plain_weights

HEADS, KEY_HEADS, QUERIES, KEYS, HEAD_DIM = 4, 2, 5, 7, 3


Layers = dict[Component, tuple[LayerAttention, ...]]


def drawn(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed)) * 2


def a_layer(num_keys: int = KEYS, **terms) -> LayerAttention:
    """Return a layer of four heads that share two key heads, with the given terms."""
    return LayerAttention(
        component="self",
        layer=0,
        query=drawn(HEADS, QUERIES, HEAD_DIM, seed=1),
        key=drawn(KEY_HEADS, num_keys, HEAD_DIM, seed=2),
        scaling=HEAD_DIM**-0.5,
        **terms,
    )


def square(**terms) -> LayerAttention:
    return a_layer(num_keys=QUERIES, **terms)


SOME_KEYS = drawn(1, QUERIES, KEYS, seed=3) > 0
SOME_KEYS_A_HEAD = drawn(HEADS, QUERIES, KEYS, seed=4) > 0

LAYERS = {
    "no term": a_layer(),
    "causal": square(causal=True),
    "mask": a_layer(allowed=SOME_KEYS),
    "mask of each head": a_layer(allowed=SOME_KEYS_A_HEAD),
    "bias": a_layer(bias=drawn(1, QUERIES, KEYS, seed=5)),
    "bias of each head": a_layer(bias=drawn(HEADS, QUERIES, KEYS, seed=6)),
    "cap": a_layer(softcap=1.5),
    "sink": a_layer(sink=drawn(HEADS, seed=7)),
    "all but causal": a_layer(
        allowed=SOME_KEYS_A_HEAD,
        bias=drawn(HEADS, QUERIES, KEYS, seed=6),
        softcap=1.5,
        sink=drawn(HEADS, seed=7),
    ),
    "all but a mask": square(
        causal=True,
        bias=drawn(1, QUERIES, QUERIES, seed=6),
        softcap=1.5,
        sink=drawn(HEADS, seed=7),
    ),
    "a key head for each head": replace(a_layer(), key=drawn(HEADS, KEYS, HEAD_DIM, seed=2)),
    "one key head for all": replace(a_layer(), key=drawn(1, KEYS, HEAD_DIM, seed=2)),
}


@pytest.fixture(params=LAYERS.values(), ids=list(LAYERS))
def layer(request) -> LayerAttention:
    return request.param


def test_scores_are_those_of_plain_loops(layer):
    expected = torch.tensor(plain_scores(layer))
    torch.testing.assert_close(layer.scores(), expected, atol=1e-5, rtol=1e-5)


def test_weights_are_those_of_plain_loops(layer):
    expected = plain_weights(layer).float()
    torch.testing.assert_close(layer.weights(), expected, atol=1e-6, rtol=1e-5)


def test_weights_are_float32_and_lie_between_zero_and_one(layer):
    weights = layer.weights()
    assert weights.dtype == torch.float32
    assert weights.shape == (layer.num_heads, layer.num_queries, layer.num_keys)
    assert 0 <= weights.min() <= weights.max() <= 1


def test_computing_weights_changes_no_term(layer):
    before = layer.query.clone(), layer.key.clone()
    first = layer.weights()
    assert torch.equal(first, layer.weights())
    assert torch.equal(layer.query, before[0])
    assert torch.equal(layer.key, before[1])


def test_rows_sum_to_one_or_to_one_minus_the_weight_of_the_sink():
    rows = a_layer().weights().sum(-1)
    torch.testing.assert_close(rows, torch.ones(HEADS, QUERIES))
    sink = drawn(HEADS, seed=7)
    powers = a_layer().scores().exp().sum(-1)
    rest = powers / (powers + sink.exp()[:, None])
    torch.testing.assert_close(a_layer(sink=sink).weights().sum(-1), rest)


def test_a_query_without_allowed_keys_has_a_row_of_zeros():
    allowed = torch.ones(1, QUERIES, KEYS, dtype=torch.bool)
    allowed[0, 2] = False
    sums = a_layer(allowed=allowed).weights().sum(-1)
    assert (sums[:, 2] == 0).all()
    torch.testing.assert_close(sums[:, [0, 1, 3, 4]], torch.ones(HEADS, 4))


def test_a_causal_query_attends_to_keys_up_to_its_own_position():
    weights = square(causal=True).weights()
    assert not weights.triu(1).any()
    assert (weights.tril() > 0).sum() == HEADS * QUERIES * (QUERIES + 1) // 2


def test_large_scores_do_not_overflow():
    huge = replace(a_layer(), query=drawn(HEADS, QUERIES, HEAD_DIM) * 1e4)
    rows = huge.weights().sum(-1)
    torch.testing.assert_close(rows, torch.ones(HEADS, QUERIES))


def test_query_heads_share_key_heads_in_order():
    # Heads 0 and 1 use key head 0, heads 2 and 3 key head 1.
    layer = a_layer()
    copied = replace(layer, key=layer.key[[0, 0, 1, 1]])
    torch.testing.assert_close(layer.weights(), copied.weights())


def test_a_weight_follows_from_its_own_score_and_the_normalizer_of_its_query(layer):
    normalizers = layer.log_normalizers()
    assert normalizers.shape == (layer.num_heads, layer.num_queries)
    weights = (layer.scores() - normalizers[:, :, None]).exp()
    torch.testing.assert_close(weights, layer.weights(), atol=1e-6, rtol=1e-5)


def test_normalizers_are_computed_for_some_queries_at_a_time(layer, monkeypatch):
    at_once = layer.log_normalizers()
    sizes = []
    scores = LayerAttention.scores

    def counted(layer: LayerAttention, queries: torch.Tensor) -> torch.Tensor:
        computed = scores(layer, queries)
        sizes.append(computed.numel())
        return computed

    monkeypatch.setattr(LayerAttention, "scores", counted)
    bound = 2 * HEADS * layer.num_keys
    monkeypatch.setattr("bertviz_space.trace.attention.SCORES_AT_ONCE", bound)
    torch.testing.assert_close(layer.log_normalizers(), at_once)
    assert sizes == [bound, bound, bound // 2]  # five queries
    queries = torch.tensor([3, 1])
    torch.testing.assert_close(layer.log_normalizers(queries), at_once[:, queries])


def test_the_normalizers_of_the_pass_are_returned_unchanged():
    own = drawn(HEADS, QUERIES, seed=8)
    layer = a_layer(logsumexp=own)
    assert torch.equal(layer.log_normalizers(), own)
    assert torch.equal(layer.log_normalizers(torch.tensor([4, 0])), own[:, [4, 0]])


def test_the_normalizer_of_a_query_without_allowed_keys_is_minus_infinity():
    allowed = torch.ones(1, QUERIES, KEYS, dtype=torch.bool)
    allowed[0, 2] = False
    normalizers = a_layer(allowed=allowed).log_normalizers()
    assert (normalizers[:, 2] == -torch.inf).all()
    assert normalizers[:, [0, 1, 3, 4]].isfinite().all()


def test_weights_are_compared_with_those_of_the_model():
    layer = a_layer()
    assert layer.largest_difference() is None
    queries = torch.tensor([4, 1])
    own = layer.weights()[:, queries]
    agreeing = replace(layer, model_weights=ModelWeights(queries, own))
    assert agreeing.largest_difference() == pytest.approx(0, abs=1e-7)
    own = own.clone()
    own[2, 1, 3] += 0.25
    differing = replace(layer, model_weights=ModelWeights(queries, own))
    assert differing.largest_difference() == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"query": drawn(QUERIES, HEAD_DIM)}, "do not multiply"),
        ({"key": drawn(KEY_HEADS, KEYS, HEAD_DIM, 1)}, "do not multiply"),
        ({"key": drawn(KEY_HEADS, KEYS, HEAD_DIM + 1)}, "do not multiply"),
        ({"key": drawn(3, KEYS, HEAD_DIM)}, "4 query heads cannot share 3 key heads"),
        ({"key": drawn(8, KEYS, HEAD_DIM)}, "4 query heads cannot share 8 key heads"),
        ({"causal": True}, "as many queries as keys"),
        ({"allowed": SOME_KEYS[:, :, :-1]}, "does not fit the scores"),
        ({"allowed": SOME_KEYS.transpose(1, 2)}, "does not fit the scores"),
        ({"allowed": SOME_KEYS_A_HEAD[:3]}, "does not fit the scores"),
        ({"bias": drawn(QUERIES, KEYS)}, "does not fit the scores"),
        ({"bias": drawn(KEY_HEADS, QUERIES, KEYS)}, "does not fit the scores"),
        ({"sink": drawn(HEADS + 1)}, "not one for each head"),
        ({"sink": drawn(HEADS, 1)}, "not one for each head"),
        ({"logsumexp": drawn(KEY_HEADS, QUERIES)}, "not one for each head and query"),
        ({"rotation": Rotation(0, 3, interleaved=False)}, "does not fit vectors of 3 numbers"),
        ({"rotation": Rotation(2, 2, interleaved=True)}, "does not fit vectors of 3 numbers"),
        (
            {"model_weights": ModelWeights(torch.tensor([0, 1]), drawn(HEADS, 1, KEYS))},
            "own weights do not fit",
        ),
    ],
)
def test_a_layer_rejects_axes_that_do_not_fit(changes, message):
    with pytest.raises(ValueError, match=message):
        replace(a_layer(), **changes)


def tokens(count: int) -> tuple[Token, ...]:
    return tuple(Token("a", "a", 0, 0, 1, "A", False) for _ in range(count))


def test_a_trace_knows_the_tokens_of_both_axes():
    layers: Layers = {"cross": (replace(a_layer(), component="cross"),)}
    trace = Trace(source=tokens(KEYS), target=tokens(QUERIES), layers=layers)
    assert trace.query_tokens("cross") is trace.target
    assert trace.key_tokens("cross") is trace.source
    assert trace.query_tokens("decoder") is trace.key_tokens("decoder") is trace.target
    assert trace.query_tokens("encoder") is trace.key_tokens("encoder") is trace.source
    assert trace.components == ("cross",)


def test_a_trace_finds_layers_by_their_numbers_in_the_model():
    layers = tuple(replace(square(), layer=number) for number in (3, 7))
    trace = Trace(tokens(QUERIES), None, {"self": layers})
    assert trace.layer("self", 7) is layers[1]
    assert torch.equal(trace.weights("self", 3), layers[0].weights())
    with pytest.raises(KeyError, match="no self attention in layer 0"):
        trace.layer("self", 0)
    with pytest.raises(KeyError, match="no cross attention in layer 3"):
        trace.layer("cross", 3)


@pytest.mark.parametrize("count", [QUERIES - 1, QUERIES + 1])
def test_a_trace_rejects_layers_whose_length_differs_from_the_number_of_tokens(count):
    with pytest.raises(ValueError, match="self layer 0 attends from 5 to 5 positions, but has"):
        Trace(tokens(count), None, {"self": (square(),)})


def test_a_trace_rejects_exchanged_axes():
    layers: Layers = {"cross": (replace(a_layer(), component="cross"),)}
    with pytest.raises(ValueError, match="cross layer 0 attends from 5 to 7 positions"):
        Trace(source=tokens(QUERIES), target=tokens(KEYS), layers=layers)


def test_a_trace_rejects_a_decoder_without_target_tokens():
    with pytest.raises(ValueError, match="decoder attention needs target tokens"):
        Trace(tokens(QUERIES), None, {"decoder": (replace(square(), component="decoder"),)})


@pytest.mark.parametrize("layers", [{}, {"self": ()}])
def test_a_trace_rejects_empty_layers(layers):
    with pytest.raises(ValueError, match="at least one layer"):
        Trace(tokens(QUERIES), None, layers)


def test_the_fields_of_a_trace_cannot_be_reassigned():
    trace = Trace(tokens(QUERIES), None, {"self": (square(),)})
    with pytest.raises(FrozenInstanceError):
        trace.layers["self"][0].scaling = 1.0  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        trace.source[0].text = "b"  # type: ignore[misc]
