"""The laws of a trace, its files and its overview, for random layers with any terms."""

import json

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file

from bertviz_space import LayerAttention, Token, Trace
from bertviz_space.files.wire import write_trace
from bertviz_space.trace.overview import bin_size
from tests.wire_reader import read_layer


@st.composite
def layers(draw: st.DrawFn) -> LayerAttention:
    """Draw a layer of random numbers with any of the terms of the formula."""
    key_heads, shared, head_dim = (draw(st.integers(1, each)) for each in (2, 3, 4))
    # Below and above the length at which the bins of an overview become larger.
    num_tokens = draw(st.integers(2, 12) | st.sampled_from([48, 49, 60]))
    generator = torch.Generator().manual_seed(draw(st.integers(0, 2**32 - 1)))

    def random(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator)

    heads, square = key_heads * shared, (num_tokens, num_tokens)
    by_distance = random(heads, 2 * num_tokens - 1)
    distance = torch.arange(num_tokens) - torch.arange(num_tokens)[:, None]
    scattered = random(1, *square) > 0
    bias, allowed = (
        draw(st.sampled_from(choices))
        for choices in (
            [
                None,
                random(1, *square),
                random(heads, 1, num_tokens).expand(-1, num_tokens, -1),
                by_distance[:, distance + num_tokens - 1],
            ],
            [None, scattered, (distance.abs() <= 3)[None], (distance <= 0)[None] & scattered],
        )
    )
    causal = allowed is None and draw(st.booleans())
    return LayerAttention(
        component="self",
        layer=draw(st.integers(0, 40)),
        query=random(heads, num_tokens, head_dim) * 2,
        key=random(key_heads, num_tokens, head_dim) * 2,
        scaling=draw(st.floats(0.1, 2)),
        causal=causal,
        allowed=allowed,
        bias=bias,
        softcap=draw(st.none() | st.floats(0.5, 50)),
        sink=random(heads) if draw(st.booleans()) else None,
    )


def trace_of(layer: LayerAttention, segment_b_start: int) -> Trace:
    """Return a trace of one layer, whose second text begins at a token."""
    tokens = tuple(
        Token("x", "x", place, place, place + 1, "B" if place >= segment_b_start else "A", False)
        for place in range(layer.num_queries)
    )
    return Trace(tokens, None, {"self": (layer,)})


@given(layer=layers())
def test_a_row_sums_to_one_with_its_sink_and_forbidden_keys_have_no_weight(layer):
    weights, scores = layer.weights(), layer.scores()
    seen = scores.isfinite()
    assert not weights[~seen].any()
    normalizers = layer.log_normalizers()
    sums = weights.sum(-1)
    if layer.sink is not None:
        sums += (layer.sink[:, None] - normalizers).exp()
    expected = torch.ones_like(sums) if layer.sink is not None else seen.any(-1).float()
    torch.testing.assert_close(sums, expected, atol=1e-5, rtol=0)
    of_scores = (scores - normalizers.nan_to_num(neginf=0.0)[..., None]).exp()
    torch.testing.assert_close(weights, of_scores, atol=1e-5, rtol=0)


@given(layer=layers(), data=st.data())
@settings(max_examples=30)
def test_the_files_contain_the_weights_and_their_overview(layer, data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("any")
    trace = trace_of(layer, data.draw(st.integers(1, layer.num_queries)))
    path = write_trace(trace, "some/model", "0123abc", folder)
    [component] = json.loads(path.read_text(encoding="utf-8"))["components"]
    [entry] = component["layers"]
    weights = layer.weights()
    assert torch.equal(read_layer(folder, "self", entry).weights(), weights)

    [overview] = component["overviews"]
    cells = load_file(folder / overview["file"])[str(layer.layer)]
    bins = bins_of(trace, bin_size(trace.source))
    by_query = torch.stack([weights[:, rows].amax(1) for rows in bins], dim=1)
    largest = torch.stack([by_query[:, :, columns].amax(2) for columns in bins], dim=2)
    # The last bit of a float may decide to which integer a square root is rounded.
    assert (cells.int() - (largest.sqrt() * 255).round().int()).abs().max() <= 1


def bins_of(trace: Trace, size: int) -> list[list[int]]:
    """Return the positions of each bin; bins are counted from the start of each text."""
    bins: list[list[int]] = []
    for segment in ("A", "B"):
        places = [at for at, token in enumerate(trace.source) if token.segment == segment]
        bins += [places[begin : begin + size] for begin in range(0, len(places), size)]
    return bins
