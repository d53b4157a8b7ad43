"""Masks and biases in their shortest form, so that nothing quadratic travels where it need not.

A mask is mostly a reach: all keys up to the query, or those in a sliding window. A bias is mostly
one number a key (ALiBi) or one number a distance (T5).
"""

from collections.abc import Iterator
from typing import TypedDict

import torch
from torch import Tensor
from torch.nn.functional import pad

from ..trace import LayerAttention, query_chunks

# A bias that was found as the difference of two float32 scores is off by some of their last bits,
# relative to the largest that the scores can be.
_LAST_BITS = 4 * torch.finfo(torch.float32).eps


class Reach(TypedDict):
    """How far a query sees: keys from ``query - before`` to ``query + after``, None for no end."""

    before: int | None
    after: int | None


class ShortForms:
    """The short forms of one trace, made once for all layers that share a mask or a bias."""

    def __init__(self) -> None:
        # By identity: the trace, which outlives this, keeps the tensors.
        self._masks: dict[int, tuple[Reach | None, Tensor | None]] = {}
        self._biases: dict[tuple[int, int, bool], tuple[str, Tensor]] = {}

    def mask(self, layer: LayerAttention) -> tuple[Reach | None, Tensor | None]:
        """Who may be seen: as a reach, and bool ``[head or 1, query, key]`` if that is not all."""
        if layer.causal:
            return Reach(before=None, after=0), None
        if layer.allowed is None:
            return None, None
        if id(layer.allowed) not in self._masks:
            self._masks[id(layer.allowed)] = _short_mask(layer.allowed)
        return self._masks[id(layer.allowed)]

    def bias(self, layer: LayerAttention) -> tuple[str, Tensor]:
        """The bias of a layer that has one in its shortest form, under the name of that form.

        * ``bias_by_key`` ``[head or 1, key]``: one number a key (ALiBi of BLOOM and MPT).
        * ``bias_by_distance`` ``[head or 1, num_queries + num_keys - 1]``: one number for each
          ``key - query``, from ``1 - num_queries`` up (T5).
        * ``bias`` ``[head or 1, query, key]``: anything else (DeBERTa, XLNet).
        """
        if layer.bias is not None and layer.head_dim == 0:
            # The logarithms of weights: to look for a short form takes 10 seconds of a processor
            # for 10**8 of them, and hardly any have one.
            return "bias", layer.bias
        seen = (id(layer.bias), id(layer.allowed), layer.causal)
        if seen not in self._biases:
            self._biases[seen] = _short_bias(layer)
        return self._biases[seen]


def _short_mask(allowed: Tensor) -> tuple[Reach | None, Tensor | None]:
    if allowed.all():
        return None, None
    heads, num_queries, num_keys = allowed.shape
    if num_queries != num_keys:
        return None, allowed
    last = num_keys - 1
    # What a window is can be seen from the first and the last query.
    after, before = allowed[0, 0].nonzero(), last - allowed[0, last].nonzero()
    window = (int(before.max()), int(after.max())) if len(before) and len(after) else (last, 0)
    is_window, sees_later = True, False
    for queries in query_chunks(0, num_queries, heads * num_keys):
        some = allowed[:, queries]
        reached = torch.ones_like(some[:1]).triu(queries.start - window[0])
        reached = reached.tril(queries.start + window[1])
        is_window = is_window and torch.equal(some, reached.expand_as(some))
        sees_later = sees_later or bool(some.triu(queries.start + 1).any())
    if is_window:
        before, after = (each if each < last else None for each in window)
        return Reach(before=before, after=after), None
    return None if sees_later else Reach(before=None, after=0), allowed


def _short_bias(layer: LayerAttention) -> tuple[str, Tensor]:
    bias = layer.bias
    assert bias is not None
    for form in (_ByKey(layer), _ByDistance(layer)):
        short = _means(layer, bias, form)
        if all(
            ((form.spread(short, queries) - bias[:, queries]).abs() <= _rounding(layer, queries))
            .logical_or(~_visible(layer, queries))
            .all()
            for queries in _chunks(layer)
        ):
            return form.name, short
    return "bias", bias


class _ByKey:
    """One number a key, ``[head or 1, key]``."""

    name = "bias_by_key"

    def __init__(self, layer: LayerAttention) -> None:
        self.num_columns = layer.num_keys

    def add(self, sums: Tensor, rows: Tensor, queries: slice) -> None:
        """Add what stands at ``queries`` to its columns: float ``[head or 1, row, key]``."""
        sums += rows.sum(1, dtype=torch.float64)

    def spread(self, short: Tensor, queries: slice) -> Tensor:
        """The numbers at their places: float32, broadcast to ``[head or 1, row, key]``."""
        return short[:, None, :]


class _ByDistance:
    """One number a distance, ``[head or 1, num_queries + num_keys - 1]``; methods as ``_ByKey``."""

    name = "bias_by_distance"

    def __init__(self, layer: LayerAttention) -> None:
        self.num_columns = layer.num_queries + layer.num_keys - 1
        self._num_queries, self._num_keys = layer.num_queries, layer.num_keys

    def add(self, sums: Tensor, rows: Tensor, queries: slice) -> None:
        count = rows.shape[1]
        width = self._num_keys + count - 1
        # Rows that are longer by one, read as if they were not: each lies one place further to the
        # right than the one above, and what is at one distance in one column.
        moved = pad(rows.flip(1), (0, count)).flatten(1)[:, : count * width]
        first = self._num_queries - queries.stop
        sums[:, first : first + width] += moved.unflatten(1, (count, width)).sum(
            1, dtype=torch.float64
        )

    def spread(self, short: Tensor, queries: slice) -> Tensor:
        starts = self._num_queries - 1 - torch.arange(queries.start, queries.stop)
        return short.unfold(1, self._num_keys, 1)[:, starts]


def _means(layer: LayerAttention, bias: Tensor, form: _ByKey | _ByDistance) -> Tensor:
    """The mean of what a query may see of a bias, float32 ``[head or 1, column]``, else 0.

    In float64 the mean of equal numbers is that number, to the bit.
    """
    sums = torch.zeros(len(bias), form.num_columns, dtype=torch.float64)
    counts = torch.zeros_like(sums)
    for queries in _chunks(layer):
        visible = _visible(layer, queries)
        form.add(sums, bias[:, queries].masked_fill(~visible, 0.0), queries)
        form.add(counts, visible.float(), queries)
    return (sums / counts.clamp(min=1)).float()


def _rounding(layer: LayerAttention, queries: slice) -> Tensor:
    """How far off a bias may be that was found as a difference of scores, in its own shape."""
    assert layer.bias is not None
    bias = layer.bias[:, queries]
    shared = layer.num_heads // layer.num_key_value_heads
    keys = layer.key.norm(dim=-1).repeat_interleave(shared, dim=0)
    products = layer.query[:, queries].norm(dim=-1)[:, :, None] * keys[:, None, :]
    if len(bias) == 1:
        products = products.amax(dim=0, keepdim=True)
    return _LAST_BITS * (layer.scaling * products + bias.abs())


def _visible(layer: LayerAttention, queries: slice) -> Tensor:
    """Where some query may see the key: bool ``[head or 1, row, key]``."""
    assert layer.bias is not None
    if layer.allowed is not None:
        allowed = layer.allowed[:, queries]
        return allowed if len(layer.bias) > 1 else allowed.any(dim=0, keepdim=True)
    visible = torch.ones(1, queries.stop - queries.start, layer.num_keys, dtype=torch.bool)
    return visible.tril(queries.start) if layer.causal else visible


def _chunks(layer: LayerAttention) -> Iterator[slice]:
    return query_chunks(0, layer.num_queries, layer.num_heads * layer.num_keys)
