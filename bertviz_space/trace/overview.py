"""A layer at a glance: every head in bins of tokens, at one size however long the text is."""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import torch
from torch import Tensor
from torch.nn.functional import max_pool1d

from .attention import LayerAttention, query_chunks
from .token import Token, segment_b_start

# Queries or keys that an overview tells apart at most: a cell of the model view is 94 pixels high,
# and lines that begin less than two pixels apart cannot be told apart.
OVERVIEW_BINS = 48


def bin_size(tokens: Sequence[Token]) -> int:
    """Tokens in one bin of an overview: the smallest power of two that makes few enough bins."""
    size = 1
    while sum(_num_bins(span, size) for span in _spans(tokens)) > OVERVIEW_BINS:
        size *= 2
    return size


def overview(
    layer: LayerAttention, query_tokens: Sequence[Token], key_tokens: Sequence[Token]
) -> Tensor:
    """Every head at a glance: the largest weight of each bin, as its square root in 255 steps.

    Mean pooling would hide what a reader looks for, thin diagonals and columns; the square root
    keeps small weights apart.

    Args:
        layer: what to show.
        query_tokens: the tokens that attend.
        key_tokens: the tokens that are attended to.

    Returns:
        uint8 ``[head, query_bin, key_bin]``; bins are of ``bin_size`` tokens, counted from the
        start of each segment, and the last one of a segment may be smaller.
    """
    query_bin, key_bin = bin_size(query_tokens), bin_size(key_tokens)
    # A query that may see no key has no weight anywhere: exp(-inf - 0).
    log_normalizers = layer.log_normalizers().nan_to_num(neginf=0.0)
    scores_each = layer.num_heads * layer.num_keys
    rows = []
    for begin, end in _spans(query_tokens):
        for queries in query_chunks(begin, end, scores_each, multiple_of=query_bin):
            part = _up_to(layer, queries.stop) if layer.causal else layer
            scores = part.scores(torch.arange(queries.start, queries.stop))
            # Largest over the keys first: the rest is done with a number a bin. exp() grows with
            # its argument, so that the largest logarithm is the largest weight's.
            logs = _largest(scores, key_tokens, key_bin) - log_normalizers[:, queries, None]
            rows.append(max_pool1d(logs.mT, query_bin, ceil_mode=True).mT)
    return (torch.cat(rows, dim=1).exp().sqrt() * 255).round().to(torch.uint8)


def _largest(scores: Tensor, key_tokens: Sequence[Token], size: int) -> Tensor:
    """The largest score of each bin of keys; ``-inf`` for bins after the last key of ``scores``.

    Args:
        scores: float32 ``[head, query, key]``.
        key_tokens: the tokens on the key axis, all of them.
        size: tokens in a bin.

    Returns:
        float32 ``[head, query, key_bin]``.
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
    """A causal layer without what comes after some queries: they do not see it."""
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
    """The spans in which bins are counted.

    No bin reaches over the border between two segments, so that a block such as A to B is made of
    whole bins.
    """
    return list(pairwise(sorted({0, segment_b_start(tokens) or 0, len(tokens)})))
