"""What one forward pass computed: tokens, queries, keys, and the formula that makes the weights.

The words of this project, the same in Python, on the wire and in JavaScript:

* ``query`` and ``key``: the axes and positions; a query attends, a key is attended to.
* ``scores`` before the softmax, ``weights`` after it.
* axes ``[head, query, key]`` of one layer; vectors ``[head, position, head_dim]``.
* ``component``: which attention of the model, ``self``, ``encoder``, ``decoder`` or ``cross``.

The law, for every layer, head and query (Vaswani et al. 2017, section 3.2.1, and its later terms)::

    scores  = cap(scaling * query @ key.T) + bias        cap(x) = softcap * tanh(x / softcap)
    weights = softmax(scores over the allowed keys [, sink])
            = exp(scores - logsumexp)         logsumexp = log(sum(exp(scores)) [+ exp(sink)])

Grouped-query attention (Ainslie et al. 2023): query head ``h`` uses key head
``h * num_key_value_heads // num_heads``; keys are never copied per query head.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

Component = Literal["self", "encoder", "decoder", "cross"]

# Scores that are made at a time where not all are asked for: 8 MB of float32, which stay in a
# processor's cache. With 64 MB an overview of 4,096 tokens takes twice as long.
SCORES_AT_ONCE = 2**21


def chunks(begin: int, end: int, scores_each: int, multiple_of: int = 1) -> Iterator[slice]:
    """Queries from ``begin`` to ``end``, as many at a time as have ``SCORES_AT_ONCE`` scores.

    Args:
        begin: the first query.
        end: one past the last query.
        scores_each: scores of one query, of all heads together.
        multiple_of: queries that stay together, counted from ``begin``.
    """
    size = max(1, SCORES_AT_ONCE // (scores_each * multiple_of)) * multiple_of
    for first in range(begin, end, size):
        yield slice(first, min(end, first + size))


@dataclass(frozen=True)
class Token:
    """One token, shown as the piece of the reader's own text that it covers.

    Attributes:
        text: the piece of the text; for a special token its vocabulary spelling.
        vocabulary: the spelling in the vocabulary, such as ``Ġthe`` or ``##ing``.
        token_id: the id that the model was given, -1 where no model was.
        start: first character covered, counted in the text of its segment.
        end: one past the last character covered.
        segment: ``A`` or ``B`` of a sentence pair, ``None`` for special tokens.
        special: True for tokens that the tokenizer added, such as ``[CLS]``.
        part: ``(k, n)`` where the k-th of n tokens share the same characters, such as the bytes of
            an emoji; ``(1, 1)`` otherwise.
    """

    text: str
    vocabulary: str
    token_id: int
    start: int
    end: int
    segment: Literal["A", "B"] | None
    special: bool
    part: tuple[int, int] = (1, 1)


def first_of_b(tokens: Sequence[Token]) -> int | None:
    """Where the second text of a pair begins, ``None`` where there is none."""
    return next((at for at, token in enumerate(tokens) if token.segment == "B"), None)


@dataclass(frozen=True)
class Rotation:
    """Which dimensions of queries and keys turn with the position (Su et al. 2021, RoFormer).

    Two dimensions turn together, by one angle: a pair's length stays, whatever the position.

    Attributes:
        start: the first dimension that turns.
        size: how many turn, an even number; the dimensions outside stay as they are.
        interleaved: True if a pair is two neighbours, ``2 i`` and ``2 i + 1``; False if it is
            ``i`` and ``i + size / 2``, counted from ``start``.
    """

    start: int
    size: int
    interleaved: bool


@dataclass(frozen=True, eq=False)
class ModelWeights:
    """What the model itself computed for some queries, to hold the formula against.

    Attributes:
        queries: int64 ``[row]``, the positions of these queries.
        weights: float32 ``[head, row, key]``, as the model's own code made them.
    """

    queries: Tensor
    weights: Tensor


@dataclass(frozen=True, eq=False)
class LayerAttention:
    """The attention of one layer, as the terms of its formula.

    Attributes:
        component: which attention of the model this is.
        layer: the block's true number in its stack, from 0.
        query: float32 ``[head, query, head_dim]``, as multiplied: after projection, norm, rotation.
            ``head_dim`` is 0 where the vectors are not known: the bias is the weights' logarithm.
        key: float32 ``[key_value_head, key, head_dim]``, likewise.
        scaling: factor of the dot product, mostly ``head_dim ** -0.5``.
        causal: True if a query sees exactly the keys up to its own position.
        allowed: bool ``[head or 1, query, key]`` where the mask is neither full nor causal.
        bias: float32 ``[head or 1, query, key]`` added to the scores, 0 where not allowed.
        softcap: bound of the scores, ``None`` without one (Gemma 2).
        sink: float32 ``[head]``, a score that joins the softmax and gets no column (gpt-oss).
        rotation: which dimensions of ``query`` and ``key`` turn, ``None`` where none does.
        logsumexp: float32 ``[head, query]``, see ``log_normalizers``, as the pass itself made it;
            ``None`` where it made none.
        model_weights: the model's own weights of some queries, ``None`` where it shows none.

    Raises:
        ValueError: at birth, if the axes do not fit each other, or a term is not on the CPU.
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
        """Compare the axes once; nobody re-checks."""
        own = self.model_weights
        for term in (*vars(self).values(), *(vars(own).values() if own else ())):
            if isinstance(term, Tensor) and term.device.type != "cpu":
                raise ValueError(f"a term on the device {term.device} stayed where the model is")
        if self.query.ndim != 3 or self.key.ndim != 3 or self.query.shape[2] != self.key.shape[2]:
            raise ValueError(f"query {self.query.shape} and key {self.key.shape} do not multiply")
        if self.num_heads % self.num_key_value_heads:
            raise ValueError(f"{self.num_heads} heads cannot share {self.num_key_value_heads} keys")
        if self.causal and self.num_queries != self.num_keys:
            raise ValueError("a causal layer has as many queries as keys")
        for term in (self.allowed, self.bias):
            if term is not None and (
                term.shape[1:] != (self.num_queries, self.num_keys)
                or term.shape[0] not in (1, self.num_heads)
            ):
                raise ValueError(f"a mask or bias of {term.shape} does not fit the scores")
        if self.sink is not None and self.sink.shape != (self.num_heads,):
            raise ValueError(f"sinks of {self.sink.shape} are not one a head")
        if self.rotation is not None and (
            self.rotation.size % 2 or self.rotation.start + self.rotation.size > self.head_dim
        ):
            raise ValueError(f"{self.rotation} does not fit vectors of {self.head_dim} numbers")
        if self.logsumexp is not None and self.logsumexp.shape != self.query.shape[:2]:
            raise ValueError(f"{self.logsumexp.shape} normalizers are not one a head and query")
        if self.model_weights is not None:
            rows = len(self.model_weights.queries)
            if self.model_weights.weights.shape != (self.num_heads, rows, self.num_keys):
                raise ValueError("the model's own weights do not fit the scores")

    @property
    def num_heads(self) -> int:
        """Query heads."""
        return self.query.shape[0]

    @property
    def num_key_value_heads(self) -> int:
        """Key heads; fewer than ``num_heads`` where query heads share them."""
        return self.key.shape[0]

    @property
    def num_queries(self) -> int:
        """Positions that attend."""
        return self.query.shape[1]

    @property
    def num_keys(self) -> int:
        """Positions that are attended to."""
        return self.key.shape[1]

    @property
    def head_dim(self) -> int:
        """Numbers in one query or key vector."""
        return self.query.shape[2]

    def scores(self, queries: Tensor | None = None) -> Tensor:
        """Scores before the softmax, float32 ``[head, query, key]``, ``-inf`` where not allowed.

        Args:
            queries: int64 ``[row]``, the positions to compute; ``None`` for all.
        """
        rows = torch.arange(self.num_queries) if queries is None else queries
        # Query heads that share a key head are one product with it; what follows is done in place:
        # scores of a long text are fetched from memory as seldom as can be.
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
            allowed = torch.arange(self.num_keys) <= rows[:, None]
        return scores if allowed is None else scores.masked_fill_(~allowed, -torch.inf)

    def weights(self, queries: Tensor | None = None) -> Tensor:
        """Weights after the softmax, float32 ``[head, query, key]``.

        A row sums to 1, to ``1 - sink's weight`` with a sink, and to 0 where no key is allowed.

        Args:
            queries: int64 ``[row]``, the positions to compute; ``None`` for all.
        """
        scores = self.scores(queries)
        if self.head_dim == 0:  # the bias is the logarithm of the weights, whatever their sum
            return scores.exp_()
        if self.sink is not None:
            column = self.sink[:, None, None].expand(-1, scores.shape[1], 1)
            return torch.cat([scores, column], dim=-1).softmax(-1)[..., :-1]
        weights = scores.softmax(-1)
        return weights if self.allowed is None else weights.nan_to_num(0.0)

    def log_normalizers(self, queries: Tensor | None = None) -> Tensor:
        """Logarithm of what a query's exponentials are divided by: float32 ``[head, query]``.

        Any weight follows from its own score, ``exp(score - log_normalizer)``. A sink is part of
        the sum; ``-inf`` for a query that may see no key.

        Args:
            queries: int64 ``[row]``, the positions to compute; ``None`` for all.
        """
        rows = torch.arange(self.num_queries) if queries is None else queries
        if self.logsumexp is not None:
            return self.logsumexp[:, rows]
        some = chunks(0, len(rows), self.num_heads * self.num_keys)
        return torch.cat([self._logsumexp(rows[each]) for each in some], dim=1)

    def _logsumexp(self, queries: Tensor) -> Tensor:
        sums = self.scores(queries).logsumexp(-1)
        return sums if self.sink is None else torch.logaddexp(sums, self.sink[:, None])

    def largest_difference(self) -> float | None:
        """The law, checked: how far ``weights`` is from what the model itself computed at most.

        Over all heads and the queries of ``model_weights``; ``None`` where there are none.
        """
        if self.model_weights is None:
            return None
        formula = self.weights(self.model_weights.queries)
        return (formula - self.model_weights.weights).abs().max().item()


@dataclass(frozen=True, eq=False)
class Trace:
    """Everything that one forward pass computed about attention, with no model in it.

    Attributes:
        source: the tokens of the text, or of the encoder's side.
        target: the tokens of the decoder's side, ``None`` for a model with one stack.
        layers: for each component its layers, in the order of their numbers.
        notes: sentences for the reader on what was done with the text, such as that its end was
            cut or that the model wrote the target.

    Raises:
        ValueError: at birth, if an axis has another length than its tokens.
    """

    source: tuple[Token, ...]
    target: tuple[Token, ...] | None
    layers: Mapping[Component, tuple[LayerAttention, ...]]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Compare every axis with its tokens, once."""
        if not any(self.layers.values()):
            raise ValueError("a trace has at least one layer")
        for component, layers in self.layers.items():
            num_queries = len(self.query_tokens(component))
            num_keys = len(self.key_tokens(component))
            for layer in layers:
                if (layer.num_queries, layer.num_keys) != (num_queries, num_keys):
                    raise ValueError(
                        f"{component} layer {layer.layer} attends from {layer.num_queries} to "
                        f"{layer.num_keys} positions, its tokens are {num_queries} and {num_keys}"
                    )

    @property
    def components(self) -> tuple[Component, ...]:
        """The attentions of this model: ``("self",)`` or encoder, decoder and cross."""
        return tuple(self.layers)

    def query_tokens(self, component: Component) -> tuple[Token, ...]:
        """The tokens that attend in this component."""
        if component in ("decoder", "cross"):
            if self.target is None:
                raise ValueError(f"{component} attention needs target tokens")
            return self.target
        return self.source

    def key_tokens(self, component: Component) -> tuple[Token, ...]:
        """The tokens that are attended to in this component."""
        return self.source if component == "cross" else self.query_tokens(component)

    def layer(self, component: Component, layer: int) -> LayerAttention:
        """One layer by its true number.

        Raises:
            KeyError: if the model has no such layer with attention.
        """
        for candidate in self.layers.get(component, ()):
            if candidate.layer == layer:
                return candidate
        raise KeyError(f"no {component} attention in layer {layer}")

    def weights(self, component: Component, layer: int) -> Tensor:
        """Weights of one layer, made on request: float32 ``[head, query, key]``."""
        return self.layer(component, layer).weights()
