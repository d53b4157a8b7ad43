"""A thumbnail of each head of a layer, with the same size for a text of any length."""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise, starmap
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import max_pool1d

from .attention import LayerAttention, query_chunks
from .shown_weights import ShownWeights
from .token import Token, segment_b_start

# The largest number of bins of one axis. A cell of the model view is 94 pixels high, and lines that
# begin less than two pixels apart look like one.
OVERVIEW_BINS = 48

# The smallest weight of a visible line: a line that is less opaque changes no pixel.
MIN_LINE_WEIGHT = 0.5 / 255


def bin_size(tokens: Sequence[Token]) -> int:
    """Return the number of tokens in one bin.

    It is the smallest power of two that results in at most ``OVERVIEW_BINS`` bins.
    """
    size = 1
    while sum(_num_bins(span, size) for span in _spans(tokens)) > OVERVIEW_BINS:
        size *= 2
    return size


def overview(
    layer: LayerAttention, query_tokens: Sequence[Token], key_tokens: Sequence[Token]
) -> Tensor:
    """Compute the overview of a layer: the square root of the largest weight of each bin.

    The mean of each bin would hide thin diagonals and columns, which a reader looks for. The square
    root makes differences between small weights visible.

    Args:
        layer: the layer.
        query_tokens: the tokens that attend.
        key_tokens: the tokens that are attended to.

    Returns:
        uint8 ``[head, query_bin, key_bin]``, 255 for a weight of 1. Bins have ``bin_size`` tokens,
        counted from the start of each segment; the last bin of a segment may have fewer.
    """
    query_bin, key_bin = bin_size(query_tokens), bin_size(key_tokens)
    # The weights of a query that may not attend to any key are exp(-inf - 0) = 0.
    log_normalizers = layer.log_normalizers().nan_to_num(neginf=0.0)
    scores_each = layer.num_heads * layer.num_keys
    rows = []
    for begin, end in _spans(query_tokens):
        for queries in query_chunks(begin, end, scores_each, multiple_of=query_bin):
            part = _up_to(layer, queries.stop) if layer.causal else layer
            scores = part.scores(torch.arange(queries.start, queries.stop))
            # The maximum over keys comes first, so that the rest needs one number for each bin. The
            # largest score belongs to the largest weight, because exp() is increasing.
            logs = _largest(scores, key_tokens, key_bin) - log_normalizers[:, queries, None]
            rows.append(max_pool1d(logs.mT, query_bin, ceil_mode=True).mT)
    return _as_bytes(torch.cat(rows, dim=1).exp())


class FilteredOverview(NamedTuple):
    """The overview of what a filter shows of a layer's weights, and how much it hides.

    Attributes:
        cells: uint8 ``[head, query_bin, key_bin]``, with the bins of ``overview``; the bins consist
            of words if the filter shows words.
        hidden: float32 ``[head, query segment, key segment, 4]``: the number of lines without the
            filter and of those that it hides, the sum of all weights and of those that it hides. A
            text without a second segment has one. The numbers are exact up to 2**24.
    """

    cells: Tensor
    hidden: Tensor


def filtered_overview(layer: LayerAttention, shown: ShownWeights) -> FilteredOverview:
    """Compute the overview of what a filter shows of a layer's weights, and how much it hides.

    Args:
        layer: the layer.
        shown: what the filter shows of the layer's component.
    """
    query_tokens, key_tokens = shown.queries.tokens, shown.keys.tokens
    query_bin, key_bin = bin_size(query_tokens), bin_size(key_tokens)
    query_spans, key_spans = _spans(query_tokens), _spans(key_tokens)
    hidden = torch.zeros(
        (layer.num_heads, len(query_spans), len(key_spans), 4), dtype=torch.float64
    )
    rows = []
    for segment, (begin, end) in enumerate(query_spans):
        for units in shown.chunks(begin, end, layer, multiple_of=query_bin):
            whole, weights = shown.rows_and_shown(layer, units)
            for key_segment, keys in enumerate(starmap(slice, key_spans)):
                hidden[:, segment, key_segment] += _hidden(whole[..., keys], weights[..., keys])
            largest = _largest(weights, key_tokens, key_bin)
            rows.append(max_pool1d(largest.mT, query_bin, ceil_mode=True).mT)
    return FilteredOverview(_as_bytes(torch.cat(rows, dim=1)), hidden.float())


def _hidden(whole: Tensor, shown: Tensor) -> Tensor:
    """Count what a filter hides, as ``assets/core/formula/hidden_lines.js`` does.

    Args:
        whole: float32 ``[head, query, key]``, all weights.
        shown: float32 ``[head, query, key]``, 0 for hidden weights.

    Returns:
        float64 ``[head, 4]``, the last axis of ``FilteredOverview.hidden``.
    """
    hidden = whole * (shown == 0)
    # Sums of int32 take half the time of torch's default, int64.
    counts = [(each >= MIN_LINE_WEIGHT).sum((1, 2), dtype=torch.int32) for each in (whole, hidden)]
    sums = [each.sum((1, 2)) for each in (whole, hidden)]
    return torch.stack([each.double() for each in (*counts, *sums)], dim=-1)


def _as_bytes(weights: Tensor) -> Tensor:
    """Return the square root of weights as uint8, 255 for a weight of 1."""
    return (weights.sqrt() * 255).round().to(torch.uint8)


def _largest(scores: Tensor, key_tokens: Sequence[Token], size: int) -> Tensor:
    """Return the largest score, or weight, of each bin of keys.

    Args:
        scores: float32 ``[head, query, key]``, of all keys or of the first ones.
        key_tokens: all tokens on the key axis.
        size: number of tokens in a bin.

    Returns:
        float32 ``[head, query, key_bin]``, ``-inf`` for bins after the last key of ``scores``.
    """
    heads, queries, num_keys = scores.shape
    bins = []
    for begin, end in _spans(key_tokens):
        known = scores[..., begin : min(end, num_keys)]
        if known.shape[-1]:
            bins.append(max_pool1d(known, size, ceil_mode=True))
        later = _num_bins((begin, end), size) - _num_bins((begin, begin + known.shape[-1]), size)
        bins.append(scores.new_full((heads, queries, later), -torch.inf))
    return torch.cat(bins, dim=-1)


def _up_to(layer: LayerAttention, end: int) -> LayerAttention:
    """Return a causal layer without the positions from ``end``, which earlier queries ignore."""
    bias = layer.bias
    return replace(
        layer,
        query=layer.query[:, :end],
        key=layer.key[:, :end],
        bias=None if bias is None else bias[:, :end, :end],
        logsumexp=None,
        model_weights=None,
    )


def _num_bins(span: tuple[int, int], size: int) -> int:
    begin, end = span
    return math.ceil((end - begin) / size)


def _spans(tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """Return the spans that are divided into bins: the segments.

    No bin contains tokens of both segments, so that an attention part such as A to B consists of
    whole bins.
    """
    return list(pairwise(sorted({0, segment_b_start(tokens) or 0, len(tokens)})))
