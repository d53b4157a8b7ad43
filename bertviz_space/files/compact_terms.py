"""Find compact forms of masks and biases, so that few of them travel as quadratic tensors.

Most masks are a reach: all keys up to the query, or the keys in a sliding window. Most biases are
one number for each key (ALiBi) or one number for each distance between query and key (T5).
"""

from collections.abc import Iterator
from typing import TypedDict

import torch
from torch import Tensor
from torch.nn.functional import pad

from ..trace import LayerAttention, query_chunks

# The largest error of a bias that was computed as the difference of two float32 scores, relative to
# the largest value that the scores can have: some of its last bits.
_LAST_BITS = 4 * torch.finfo(torch.float32).eps


class Reach(TypedDict):
    """The keys a query sees: ``query - before`` to ``query + after``; ``None`` means no limit."""

    before: int | None
    after: int | None


class CompactTerms:
    """The compact masks and biases of one trace, found once for layers that share a tensor."""

    def __init__(self) -> None:
        # The keys are ids of tensors. The trace, which lives longer than this object, keeps them.
        self._masks: dict[int, tuple[Reach | None, Tensor | None]] = {}
        self._biases: dict[tuple[int, int, bool], tuple[str, Tensor]] = {}

    def mask(self, layer: LayerAttention) -> tuple[Reach | None, Tensor | None]:
        """Return a layer's mask as a reach and a tensor; both are ``None`` for a full mask.

        Returns:
            The reach, ``None`` if it hides no key; and bool ``[head or 1, query, key]``, ``None``
            if the reach describes the whole mask.
        """
        if layer.causal:
            return Reach(before=None, after=0), None
        if layer.allowed is None:
            return None, None
        if id(layer.allowed) not in self._masks:
            self._masks[id(layer.allowed)] = _compact_mask(layer.allowed)
        return self._masks[id(layer.allowed)]

    def bias(self, layer: LayerAttention) -> tuple[str, Tensor]:
        """Return the name of the most compact form of a layer's bias, and its float32 tensor.

        * ``bias_by_key`` ``[head or 1, key]``: one number for each key (ALiBi of BLOOM and MPT).
        * ``bias_by_distance`` ``[head or 1, num_queries + num_keys - 1]``: one number for each
          ``key - query``, from ``1 - num_queries`` up (T5).
        * ``bias`` ``[head or 1, query, key]``: any other bias (DeBERTa, XLNet).

        Args:
            layer: a layer that has a bias.
        """
        if layer.bias is not None and layer.head_dim == 0:
            # The bias is the logarithm of the weights. The search for a compact form takes 10
            # seconds of processor time for 10**8 numbers, and rarely finds one.
            return "bias", layer.bias
        terms = (id(layer.bias), id(layer.allowed), layer.causal)
        if terms not in self._biases:
            self._biases[terms] = _compact_bias(layer)
        return self._biases[terms]


def _compact_mask(allowed: Tensor) -> tuple[Reach | None, Tensor | None]:
    if allowed.all():
        return None, None
    heads, num_queries, num_keys = allowed.shape
    if num_queries != num_keys:
        return None, allowed
    last = num_keys - 1
    # The first and the last query show how large a sliding window is.
    after, before = allowed[0, 0].nonzero(), last - allowed[0, last].nonzero()
    window = (int(before.max()), int(after.max())) if len(before) and len(after) else (last, 0)
    is_window, sees_later = True, False
    for queries in query_chunks(0, num_queries, heads * num_keys):
        rows = allowed[:, queries]
        in_window = torch.ones_like(rows[:1]).triu(queries.start - window[0])
        in_window = in_window.tril(queries.start + window[1])
        is_window = is_window and torch.equal(rows, in_window.expand_as(rows))
        sees_later = sees_later or bool(rows.triu(queries.start + 1).any())
    if is_window:
        before, after = (size if size < last else None for size in window)
        return Reach(before=before, after=after), None
    return None if sees_later else Reach(before=None, after=0), allowed


def _compact_bias(layer: LayerAttention) -> tuple[str, Tensor]:
    bias = layer.bias
    assert bias is not None
    for form in (_ByKey(layer), _ByDistance(layer)):
        compact = _means(layer, bias, form)
        if all(
            ((form.expand(compact, queries) - bias[:, queries]).abs() <= _rounding(layer, queries))
            .logical_or(~_visible(layer, queries))
            .all()
            for queries in _chunks(layer)
        ):
            return form.name, compact
    return "bias", bias


class _ByKey:
    """One number for each key, ``[head or 1, key]``."""

    name = "bias_by_key"

    def __init__(self, layer: LayerAttention) -> None:
        self.num_columns = layer.num_keys

    def add(self, sums: Tensor, rows: Tensor, queries: slice) -> None:
        """Add numbers of some queries to the sums of their columns.

        Args:
            sums: float64 ``[head or 1, column]``, changed in place.
            rows: float ``[head or 1, row, key]``, the numbers of the queries.
            queries: the positions of the queries.
        """
        sums += rows.sum(1, dtype=torch.float64)

    def expand(self, compact: Tensor, queries: slice) -> Tensor:
        """Return the bias of some queries: float32, broadcast to ``[head or 1, row, key]``."""
        return compact[:, None, :]


class _ByDistance:
    """One number for each distance, ``[head or 1, num_queries + num_keys - 1]``.

    The methods are those of ``_ByKey``.
    """

    name = "bias_by_distance"

    def __init__(self, layer: LayerAttention) -> None:
        self.num_columns = layer.num_queries + layer.num_keys - 1
        self._num_queries, self._num_keys = layer.num_queries, layer.num_keys

    def add(self, sums: Tensor, rows: Tensor, queries: slice) -> None:
        count = rows.shape[1]
        width = self._num_keys + count - 1
        # Pad each row to width + 1 numbers, and read the numbers as rows of width: each row then
        # begins one column further to the right than the row above, so that all numbers of one
        # distance are in one column.
        shifted = pad(rows.flip(1), (0, count)).flatten(1)[:, : count * width]
        first = self._num_queries - queries.stop
        sums[:, first : first + width] += shifted.unflatten(1, (count, width)).sum(
            1, dtype=torch.float64
        )

    def expand(self, compact: Tensor, queries: slice) -> Tensor:
        starts = self._num_queries - 1 - torch.arange(queries.start, queries.stop)
        return compact.unfold(1, self._num_keys, 1)[:, starts]


def _means(layer: LayerAttention, bias: Tensor, form: _ByKey | _ByDistance) -> Tensor:
    """Return the mean of each column over the visible keys: float32 ``[head or 1, column]``.

    It is 0 for a column without visible keys. In float64 the mean of equal numbers is exactly that
    number.
    """
    sums = torch.zeros(len(bias), form.num_columns, dtype=torch.float64)
    counts = torch.zeros_like(sums)
    for queries in _chunks(layer):
        visible = _visible(layer, queries)
        form.add(sums, bias[:, queries].masked_fill(~visible, 0.0), queries)
        form.add(counts, visible.float(), queries)
    return (sums / counts.clamp(min=1)).float()


def _rounding(layer: LayerAttention, queries: slice) -> Tensor:
    """Return the error of a bias that is a difference of scores: ``[head or 1, row, key]``."""
    assert layer.bias is not None
    bias = layer.bias[:, queries]
    shared = layer.num_heads // layer.num_key_value_heads
    keys = layer.key.norm(dim=-1).repeat_interleave(shared, dim=0)
    products = layer.query[:, queries].norm(dim=-1)[:, :, None] * keys[:, None, :]
    if len(bias) == 1:
        products = products.amax(dim=0, keepdim=True)
    return _LAST_BITS * (layer.scaling * products + bias.abs())


def _visible(layer: LayerAttention, queries: slice) -> Tensor:
    """Return where a query may see a key in any head that shares the bias.

    Returns:
        bool ``[head or 1, row, key]``.
    """
    assert layer.bias is not None
    if layer.allowed is not None:
        allowed = layer.allowed[:, queries]
        return allowed if len(layer.bias) > 1 else allowed.any(dim=0, keepdim=True)
    visible = torch.ones(1, queries.stop - queries.start, layer.num_keys, dtype=torch.bool)
    return visible.tril(queries.start) if layer.causal else visible


def _chunks(layer: LayerAttention) -> Iterator[slice]:
    return query_chunks(0, layer.num_queries, layer.num_heads * layer.num_keys)
