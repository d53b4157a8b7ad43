"""What a filter leaves of the weights, in overviews and in files, for random layers."""

from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file

from bertviz_space import Trace
from bertviz_space.errors import InvalidFilter
from bertviz_space.files.filtered_overviews import MAX_FILES
from bertviz_space.files.svg.rows import ShownRows
from bertviz_space.files.view_request import attention_parts_of
from bertviz_space.files.wire import TraceFiles
from bertviz_space.trace.filter import MAX_POSITIONS, NOTHING_HIDDEN, Filter, parse_filter
from bertviz_space.trace.overview import bin_size, filtered_overview, overview
from bertviz_space.trace.shown_weights import ShownWeights
from bertviz_space.trace.token import segment_b_start
from bertviz_space.trace.words import word_starts, word_tokens
from tests.unit.golden import golden_trace
from tests.unit.test_any_trace import layers, trace_of

SHARES = st.integers(0, 100).map(lambda percent: percent / 100)


@st.composite
def filters(draw: st.DrawFn, num_tokens: int) -> Filter:
    """Draw a filter that does not hide all tokens."""
    positions = draw(st.sets(st.integers(0, num_tokens - 2), max_size=min(5, num_tokens - 1)))
    return Filter(
        first=draw(st.booleans()) and num_tokens > 2,
        source=tuple(sorted(positions)),
        renormalize=draw(st.booleans()),
        min_weight=draw(st.just(0.0) | SHARES),
        mass=draw(st.just(1.0) | SHARES),
    )


@given(layer=layers(), data=st.data())
def test_remaining_weights_keep_their_values_or_sum_to_1(layer, data):
    trace = trace_of(layer, 0)
    filter_ = data.draw(filters(layer.num_keys))
    hidden, weights = filter_.hidden_keys(trace, "self"), layer.weights()
    remaining = filter_.remaining(weights, hidden)
    assert (remaining[..., hidden] == 0).all()
    kept = weights[..., ~hidden]
    sums = kept.sum(-1, keepdim=True)
    if filter_.renormalize:
        expected = (kept / sums).where(sums > 0, torch.zeros(()))
        torch.testing.assert_close(remaining[..., ~hidden], expected)
        ones = (sums > 0).float().squeeze(-1)
        torch.testing.assert_close(remaining.sum(-1), ones, atol=1e-5, rtol=0)
    else:
        assert torch.equal(remaining[..., ~hidden], kept)


@given(layer=layers(), mass=SHARES.filter(lambda share: share < 1), min_weight=SHARES)
def test_thresholds_show_as_few_of_the_largest_weights_as_hold_the_mass(layer, mass, min_weight):
    weights = layer.weights()
    shown = Filter(mass=mass).above_thresholds(weights)
    assert ((shown == weights) | (shown == 0)).all()
    sums = weights.double().sum(-1)
    assert (shown.double().sum(-1) >= (mass - 1e-5) * sums).all()
    smallest = shown.where(shown > 0, torch.inf).amin(-1, keepdim=True)
    fewer = shown.where(shown > smallest, torch.zeros(())).double().sum(-1)
    assert ((fewer < mass * sums) | (fewer == 0)).all()
    largest = weights.where(shown == 0, torch.zeros(())).amax(-1, keepdim=True)
    assert ((largest <= smallest) | (sums[..., None] == 0)).all()
    above = Filter(min_weight=min_weight).above_thresholds(weights)
    assert torch.equal(above, weights.where(weights >= min_weight, torch.zeros(())))


@given(layer=layers(), data=st.data())
def test_a_filtered_overview_has_the_largest_shown_weight_of_each_bin(layer, data):
    trace = trace_of(layer, data.draw(st.integers(0, layer.num_queries)))
    filter_ = data.draw(filters(layer.num_keys))
    shown = ShownWeights(trace, "self", filter_)
    cells, hidden = filtered_overview(layer, shown)
    part = attention_parts_of(trace)[0]
    rows = ShownRows.of(trace, part, bin_size(trace.source), filter_)
    pooled = rows.pooled_weights(layer, range(layer.num_heads))
    torch.testing.assert_close(cells.float() / 255, pooled.sqrt(), atol=0.5 / 255 + 1e-4, rtol=0)
    whole, nothing = filtered_overview(layer, ShownWeights(trace, "self", NOTHING_HIDDEN))
    plain = overview(layer, trace.source, trace.source)
    # The two are rounded in different orders.
    assert (whole.int() - plain.int()).abs().max() <= 1
    # Only weights of 0 count as hidden.
    assert not nothing[..., [1, 3]].any()
    border = segment_b_start(trace.source) or 0
    spans = [slice(*span) for span in pairwise(sorted({0, border, len(trace.source)}))]
    rows = shown.rows(layer, slice(0, len(trace.source)))
    for row, queries in enumerate(spans):
        for column, keys in enumerate(spans):
            weights = layer.weights()[:, queries, keys]
            gone = weights.where(rows[:, queries, keys] == 0, torch.zeros(()))
            for head in range(layer.num_heads):
                parts = [part[head].flatten().tolist() for part in (weights, gone)]
                counts = [sum(weight >= 0.5 / 255 for weight in part) for part in parts]
                found = hidden[head, row, column].tolist()
                assert found == pytest.approx([*counts, *map(sum, parts)], abs=1e-4)


def split_into_words(trace: Trace, starts: list[int]) -> Trace:
    """Return a trace whose words begin at some positions: other tokens touch the one before."""
    tokens = []
    for position, token in enumerate(trace.source):
        begins = position in starts
        start = 10 * position if begins else tokens[-1].end
        tokens.append(replace(token, start=start, end=start + 1, special=False))
    return replace(trace, source=tuple(tokens))


@given(layer=layers(), data=st.data())
def test_weights_between_words_are_means_of_rows_and_sums_of_columns(layer, data):
    border = data.draw(st.integers(0, layer.num_queries))
    starts = sorted({0, *data.draw(st.sets(st.integers(0, layer.num_queries - 1)))})
    trace = split_into_words(trace_of(layer, border), starts)
    filter_ = replace(data.draw(filters(layer.num_keys)), words=True)
    edges = [*word_starts(trace.source), len(trace.source)]
    assert set(starts) <= set(edges)
    shown = ShownWeights(trace, "self", filter_)
    assert shown.queries.tokens == word_tokens(trace.source)
    remaining = filter_.remaining(layer.weights(), filter_.hidden_keys(trace, "self"))
    between = torch.stack(
        [
            torch.stack(
                [remaining[:, a:b, c:d].sum(-1).mean(-1) for c, d in pairwise(edges)], dim=-1
            )
            for a, b in pairwise(edges)
        ],
        dim=1,
    )
    words = slice(0, len(edges) - 1)
    plain = replace(filter_, min_weight=0.0, mass=1.0)
    found = ShownWeights(trace, "self", plain).rows(layer, words)
    torch.testing.assert_close(found, between, atol=1e-5, rtol=0)
    if not filter_.renormalize:
        sums = remaining.sum(-1)
        means = torch.stack([sums[:, a:b].mean(-1) for a, b in pairwise(edges)], dim=1)
        torch.testing.assert_close(found.sum(-1), means, atol=1e-5, rtol=0)
    expected = filter_.above_thresholds(found)
    assert torch.equal(shown.rows(layer, words), expected)
    hidden = filter_.hidden_keys(trace, "self")
    assert shown.hidden.tolist() == [bool(hidden[a:b].all()) for a, b in pairwise(edges)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("3,99", "there is no source token 99"),
        ("t99", "there is no target token 99"),
        ("min=2", "'min=2' is unknown"),
        (",".join(map(str, range(MAX_POSITIONS + 1))), "at most 20 tokens"),
    ],
)
def test_an_invalid_filter_is_an_error_that_says_why(text, message):
    with pytest.raises(InvalidFilter, match=message):
        parse_filter(text).hidden_keys(golden_trace(), "cross")


@pytest.mark.parametrize("number", [-0.1, 1.1, float("nan")])
def test_a_filter_is_valid_only_with_numbers_between_0_and_1(number):
    with pytest.raises(InvalidFilter):
        Filter(min_weight=number)
    with pytest.raises(InvalidFilter):
        Filter(mass=number)


@pytest.fixture
def files(tmp_path):
    return TraceFiles(golden_trace(), "golden/model", "0123abc", tmp_path)


def test_each_component_has_files_of_filtered_overviews(files):
    filter_ = parse_filter("special,first,1,t2,renormalize,min=0.05")
    names = files.filtered.names(filter_)
    assert [name.partition("-")[0] for name in names] == ["encoder", "decoder", "cross"]
    for name in names:
        assert files.filtered.contains(name)
        files.write(name)
        component = name.partition("-")[0]
        tensors = load_file(files.folder / name)
        shown = ShownWeights(files.trace, component, filter_)
        numbers = [layer.layer for layer in files.trace.layers[component]]
        assert {*tensors} == {f"{number}{kind}" for number in numbers for kind in ("", "-hidden")}
        for layer in files.trace.layers[component]:
            expected = filtered_overview(layer, shown)
            assert torch.equal(tensors[f"{layer.layer}"], expected.cells)
            assert torch.equal(tensors[f"{layer.layer}-hidden"], expected.hidden)
    assert files.filtered.names(NOTHING_HIDDEN) == []


@pytest.mark.parametrize(
    "name",
    [
        "encoder-overview-0~.safetensors",
        "encoder-overview-0~first,special.safetensors",
        "encoder-overview-0~99.safetensors",
        "encoder-overview-0~../special.safetensors",
        "../encoder-overview-0~special.safetensors",
        "encoder-overview-7~special.safetensors",
        "encoder-scores-0~special.safetensors",
        "encoder-0~special.safetensors",
        "encoder-overview-0~special.txt",
        "encoder-overview-0.safetensors",
    ],
)
def test_other_names_are_no_files_of_filtered_overviews(files, name):
    assert not files.filtered.contains(name)


def test_a_folder_keeps_only_the_newest_files_of_filtered_overviews(files):
    limits = [number / 1000 for number in range(1, MAX_FILES + 4)]
    names = [files.filtered.names(Filter(min_weight=limit))[0] for limit in limits]
    for name in names:
        files.write(name)
    left = {path.name for path in files.folder.glob("*~*")}
    assert len(left) == MAX_FILES
    assert names[-1] in left
