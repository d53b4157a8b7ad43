"""The attention of one layer: its queries, its keys, and the formula of its weights.

Terms of this project, with the same spelling in Python, in files and in JavaScript:

* ``query`` and ``key``: the axes and the positions; a query attends, a key is attended to.
* ``scores`` before the softmax, ``weights`` after it.
* The axes of one layer are ``[head, query, key]``, those of vectors ``[head, position, head_dim]``.
* ``component``: one of the model's attentions, ``self``, ``encoder``, ``decoder`` or ``cross``.

The law, for every layer, head and query (Vaswani et al. 2017, section 3.2.1, and later terms)::

    scores  = cap(scaling * query @ key.T) + bias        cap(x) = softcap * tanh(x / softcap)
    weights = softmax(scores over the allowed keys [, sink])
            = exp(scores - logsumexp)         logsumexp = log(sum(exp(scores)) [+ exp(sink)])

Grouped-query attention (Ainslie et al. 2023): query head ``h`` uses key head
``h * num_key_value_heads // num_heads``; keys are never copied for each query head.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from .rotation import Rotation

Component = Literal["self", "encoder", "decoder", "cross"]

# Scores that are computed at once if a function needs only some at a time: 8 MB of float32, which
# fit in the cache of a processor. With 64 MB, an overview of 4,096 tokens takes twice as long.
SCORES_AT_ONCE = 2**21


def query_chunks(begin: int, end: int, scores_each: int, multiple_of: int = 1) -> Iterator[slice]:
    """Yield slices of the queries from ``begin`` to ``end``, of ``SCORES_AT_ONCE`` scores at most.

    A slice has at least ``multiple_of`` queries, even if they have more scores.

    Args:
        begin: the first query.
        end: the position after the last query.
        scores_each: number of scores of one query, summed over all heads.
        multiple_of: the number of queries in a slice is a multiple of this, except in the last one.
    """
    size = max(1, SCORES_AT_ONCE // (scores_each * multiple_of)) * multiple_of
    for first in range(begin, end, size):
        yield slice(first, min(end, first + size))


@dataclass(frozen=True, eq=False)
class ModelWeights:
    """Weights that the model itself computed for some queries, to check the formula with.

    Attributes:
        queries: int64 ``[row]``, the positions of these queries.
        weights: float32 ``[head, row, key]``, as the model's own code computed them.
    """

    queries: Tensor
    weights: Tensor


@dataclass(frozen=True, eq=False)
class LayerAttention:
    """The attention of one layer, as the terms of its formula.

    All tensors are on one device: in a trace, on the CPU.

    Attributes:
        component: which of the model's attentions this is.
        layer: the number of the block in its stack, counted from 0.
        query: float32 ``[head, query, head_dim]``, as multiplied: after projection, normalization
            and rotation. If the vectors are not known, ``head_dim`` is 0 and ``bias`` is the
            logarithm of the weights.
        key: float32 ``[key_value_head, key, head_dim]``, as multiplied.
        scaling: factor of the dot product, usually ``head_dim ** -0.5``.
        causal: True if each query may attend to exactly the keys up to its own position.
        allowed: bool ``[head or 1, query, key]``, ``None`` if the mask is full or causal.
        bias: float32 ``[head or 1, query, key]``, added to the scores; 0 where not allowed.
        softcap: bound of the scores, ``None`` without one (Gemma 2).
        sink: float32 ``[head]``, a score that takes part in the softmax but has no key (gpt-oss).
        rotation: which dimensions of ``query`` and ``key`` rotate, ``None`` if none does.
        logsumexp: float32 ``[head, query]``, the result of ``log_normalizers`` as the forward pass
            computed it; ``None`` if the pass did not compute it.
        model_weights: weights that the model computed for some queries, ``None`` if not available.

    Raises:
        ValueError: at construction, if the axes do not fit each other, or if the terms are on
            several devices.
    """

    component: Component
    layer: int
    query: Tensor
    key: Tensor
    scaling: float
    causal: bool = False
    allowed: Tensor | None = None
    bias: Tensor | None = None
    softcap: float | None = None
    sink: Tensor | None = None
    rotation: Rotation | None = None
    logsumexp: Tensor | None = None
    model_weights: ModelWeights | None = None

    def __post_init__(self) -> None:
        """Check the terms once, so that no other code needs to."""
        self._check_device()
        self._check_heads()
        self._check_terms()

    def _check_device(self) -> None:
        own = self.model_weights
        terms = (*vars(self).values(), *(vars(own).values() if own else ()))
        devices = {str(term.device) for term in terms if isinstance(term, Tensor)}
        if len(devices) > 1:
            raise ValueError(f"the terms are on several devices: {', '.join(sorted(devices))}")

    def _check_heads(self) -> None:
        """Check that query and key can be multiplied."""
        if self.query.ndim != 3 or self.key.ndim != 3 or self.query.shape[2] != self.key.shape[2]:
            raise ValueError(f"query {self.query.shape} and key {self.key.shape} do not multiply")
        if self.num_heads % self.num_key_value_heads:
            raise ValueError(
                f"{self.num_heads} query heads cannot share {self.num_key_value_heads} key heads"
            )
        if self.causal and self.num_queries != self.num_keys:
            raise ValueError("a causal layer needs as many queries as keys")

    def _check_terms(self) -> None:
        """Compare the axes of all other terms with those of query and key."""
        for term in (self.allowed, self.bias):
            if term is not None and (
                term.shape[1:] != (self.num_queries, self.num_keys)
                or term.shape[0] not in (1, self.num_heads)
            ):
                raise ValueError(f"a mask or bias of shape {term.shape} does not fit the scores")
        if self.sink is not None and self.sink.shape != (self.num_heads,):
            raise ValueError(f"sinks of shape {self.sink.shape} are not one for each head")
        if self.rotation is not None and (
            self.rotation.size % 2 or self.rotation.start + self.rotation.size > self.head_dim
        ):
            raise ValueError(f"{self.rotation} does not fit vectors of {self.head_dim} numbers")
        if self.logsumexp is not None and self.logsumexp.shape != self.query.shape[:2]:
            raise ValueError(
                f"normalizers of shape {self.logsumexp.shape} are not one for each head and query"
            )
        if self.model_weights is not None:
            rows = len(self.model_weights.queries)
            if self.model_weights.weights.shape != (self.num_heads, rows, self.num_keys):
                raise ValueError("the model's own weights do not fit the scores")

    @property
    def num_heads(self) -> int:
        """Number of query heads."""
        return self.query.shape[0]

    @property
    def num_key_value_heads(self) -> int:
        """Number of key heads, smaller than ``num_heads`` if query heads share key heads."""
        return self.key.shape[0]

    @property
    def num_queries(self) -> int:
        """Number of positions that attend."""
        return self.query.shape[1]

    @property
    def num_keys(self) -> int:
        """Number of positions that are attended to."""
        return self.key.shape[1]

    @property
    def head_dim(self) -> int:
        """Number of dimensions of a query or key vector."""
        return self.query.shape[2]

    def _every_query(self) -> Tensor:
        return torch.arange(self.num_queries, device=self.query.device)

    def scores(self, queries: Tensor | None = None) -> Tensor:
        """Compute the scores before the softmax.

        Args:
            queries: int64 ``[row]``, the positions of the queries; ``None`` for all.

        Returns:
            float32 ``[head, row, key]``, ``-inf`` where not allowed.
        """
        rows = self._every_query() if queries is None else queries
        # One product for all query heads that share a key head, and in-place operations after it:
        # the scores of a long text are read from memory as few times as possible.
        sharing = self.num_heads // self.num_key_value_heads * len(rows)
        grouped = self.query[:, rows].reshape(self.num_key_value_heads, sharing, self.head_dim)
        scores = (grouped @ self.key.transpose(1, 2)).view(-1, len(rows), self.num_keys)
        scores *= self.scaling
        if self.softcap is not None:
            scores.div_(self.softcap).tanh_().mul_(self.softcap)
        if self.bias is not None:
            scores += self.bias[:, rows]
        allowed = None if self.allowed is None else self.allowed[:, rows]
        if self.causal:
            allowed = torch.arange(self.num_keys, device=self.query.device) <= rows[:, None]
        return scores if allowed is None else scores.masked_fill_(~allowed, -torch.inf)

    def weights(self, queries: Tensor | None = None) -> Tensor:
        """Compute the weights after the softmax.

        A row sums to 1, with a sink to 1 minus the sink's weight, and to 0 if no key is allowed.

        Args:
            queries: int64 ``[row]``, the positions of the queries; ``None`` for all.

        Returns:
            float32 ``[head, row, key]``.
        """
        scores = self.scores(queries)
        if self.head_dim == 0:  # the bias is the logarithm of the weights; rows may have any sum
            return scores.exp_()
        if self.sink is not None:
            column = self.sink[:, None, None].expand(-1, scores.shape[1], 1)
            return torch.cat([scores, column], dim=-1).softmax(-1)[..., :-1]
        weights = scores.softmax(-1)
        return weights if self.allowed is None else weights.nan_to_num(0.0)

    def log_normalizers(self, queries: Tensor | None = None) -> Tensor:
        """Compute the logarithm of the divisor of the softmax for each head and query.

        Each weight follows from its own score, ``exp(score - log_normalizer)``. The divisor
        includes the sink.

        Args:
            queries: int64 ``[row]``, the positions of the queries; ``None`` for all.

        Returns:
            float32 ``[head, row]``, ``-inf`` for a query that may not attend to any key.
        """
        rows = self._every_query() if queries is None else queries
        if self.logsumexp is not None:
            return self.logsumexp[:, rows]
        parts = query_chunks(0, len(rows), self.num_heads * self.num_keys)
        return torch.cat([self._logsumexp(rows[part]) for part in parts], dim=1)

    def _logsumexp(self, queries: Tensor) -> Tensor:
        sums = self.scores(queries).logsumexp(-1)
        return sums if self.sink is None else torch.logaddexp(sums, self.sink[:, None])

    def largest_difference(self) -> float | None:
        """Return the largest difference between ``weights`` and ``model_weights``.

        The maximum is over all heads, all keys and the queries of ``model_weights``. Return
        ``None`` if the layer has no ``model_weights``.
        """
        differences = self.differences()
        return None if differences is None else differences.max().item()

    def differences(self) -> Tensor | None:
        """Compute the absolute differences between ``weights`` and ``model_weights``.

        Returns:
            float32 ``[head, row, key]``, for the queries of ``model_weights``. ``None`` if the
            layer has no ``model_weights``.
        """
        own = self.model_weights
        return None if own is None else (self.weights(own.queries) - own.weights).abs()
