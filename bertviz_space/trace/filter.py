"""What a view shows: all weights or some of them, between tokens or between words.

``assets/core/data/filter.js`` and ``assets/core/formula/filtered_weights.js`` define the same
filter for the page; both pass the cases of ``tests/fixtures/shared_cases/filters.json``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ..errors import InvalidFilter
from .attention import Component
from .token import Token
from .trace import Trace

# Positions in one filter: the name of a file contains them (``files/wire.py``).
MAX_POSITIONS = 20

# The share of a row by which a running sum may miss its bound: the rounding of float32.
_ROUNDING = 1e-6

# The number of largest weights of a row that are tried first for ``mass``.
_FEW = 64

_POSITION = re.compile(r"(t?)([0-9]{1,5})")
_LIMIT = re.compile(r"(min|mass)=(0|1|0?\.[0-9]{1,4})")


@dataclass(frozen=True)
class Filter:
    """What a view hides, and whether its rows are words. The default shows all weights of tokens.

    The remaining weights keep their values, or are divided by their sum in each row
    (``renormalize``). The thresholds then apply to what a view draws: to the weights of a head, or
    to the mean over heads. A row can become empty.

    Attributes:
        special: whether the weights on special tokens are hidden.
        first: whether the weights on the first token are hidden, which is often a sink.
        source: the positions of other hidden keys among the source tokens, ascending.
        target: the positions of other hidden keys among the target tokens, ascending.
        renormalize: whether the remaining weights of a row are divided by their sum.
        min_weight: weights below it are hidden, 0 to 1.
        mass: a share of each row, 0 to 1: only the largest weights that together hold it are shown,
            as few as possible; equal weights are shown together.
        words: whether the rows are words instead of tokens (``words``); the thresholds then apply
            to the weights between words.

    Raises:
        InvalidFilter: at construction, if a number is not between 0 and 1, or if there are more
            than ``MAX_POSITIONS`` positions.
    """

    special: bool = False
    first: bool = False
    source: tuple[int, ...] = ()
    target: tuple[int, ...] = ()
    renormalize: bool = False
    min_weight: float = 0.0
    mass: float = 1.0
    words: bool = False

    def __post_init__(self) -> None:
        """Check the numbers."""
        if not (0 <= self.min_weight <= 1 and 0 <= self.mass <= 1):
            raise InvalidFilter("min and mass are numbers between 0 and 1")
        if len(self.source) + len(self.target) > MAX_POSITIONS:
            raise InvalidFilter(f"at most {MAX_POSITIONS} tokens can be hidden by position")

    def __str__(self) -> str:
        """Return the filter as links and file names spell it; empty if it hides nothing."""
        parts = [
            *(name for name in ("special", "first") if getattr(self, name)),
            *map(str, self.source),
            *(f"t{position}" for position in self.target),
            *(["renormalize"] if self.renormalize else []),
            *([f"min={self.min_weight:.4g}"] if self.min_weight else []),
            *([f"mass={self.mass:.4g}"] if self.mass < 1 else []),
            *(["words"] if self.words else []),
        ]
        return ",".join(parts)

    def hidden_keys(self, trace: Trace, component: Component) -> Tensor:
        """Return which keys of a component are hidden: bool ``[key]``.

        Raises:
            InvalidFilter: if a position is not that of a token.
        """
        tokens = trace.key_tokens(component)
        for name, positions, side in (
            ("source", self.source, trace.source),
            ("target", self.target, trace.target),
        ):
            if positions and positions[-1] >= len(side or ()):
                raise InvalidFilter(f"there is no {name} token {positions[-1]}")
        return self._hidden(tokens, self.target if tokens is trace.target else self.source)

    def _hidden(self, tokens: Sequence[Token], positions: Sequence[int]) -> Tensor:
        hidden = torch.tensor([self.special and token.special for token in tokens])
        hidden[list(positions)] = True
        hidden[0] |= self.first
        return hidden

    def remaining(self, weights: Tensor, hidden: Tensor) -> Tensor:
        """Return the weights of each head without those on hidden keys.

        Args:
            weights: float32 ``[head, row, key]``.
            hidden: bool ``[key]``.

        Returns:
            float32 ``[head, row, key]``, 0 for hidden keys. If ``renormalize`` is true, each row
            sums to 1, or to 0 if it is empty.
        """
        remaining = weights.masked_fill(hidden, 0.0)
        if not self.renormalize:
            return remaining
        return (remaining / remaining.sum(-1, keepdim=True)).nan_to_num_(0.0)

    def above_thresholds(self, weights: Tensor) -> Tensor:
        """Return weights with 0 instead of those that the thresholds hide.

        Args:
            weights: float32 ``[head, row, key]``, of heads or of a mean over heads.
        """
        if self.mass < 1:
            weights = weights.where(weights >= self._smallest_shown(weights), 0.0)
        return weights.where(weights >= self.min_weight, 0.0)

    def _smallest_shown(self, weights: Tensor) -> Tensor:
        """Return the smallest shown weight of each row: float32 ``[head, row, 1]``."""
        bound = (self.mass - _ROUNDING) * weights.sum(-1, keepdim=True, dtype=torch.float64)
        num_keys = weights.shape[-1]
        # Sorting takes most of the time, and few weights hold most of a row.
        for count in (_FEW, 8 * _FEW, num_keys):
            largest = weights.topk(min(count, num_keys)).values
            sums = largest.cumsum(-1, dtype=torch.float64)
            if (sums[..., -1:] >= bound).all():
                break
        last = (sums < bound).sum(-1, keepdim=True).clamp(max=largest.shape[-1] - 1)
        return largest.gather(-1, last)


# The default of the page and of programs.
NOTHING_HIDDEN = Filter()


def parse_filter(text: str) -> Filter:
    """Return the filter of a text, such as ``special,first,3,renormalize,min=0.05,words``.

    A number hides the key at this position of the source tokens, ``t`` and a number that of the
    target tokens. ``mass=0.7`` shows the largest weights of each row. An empty text hides nothing.

    Raises:
        InvalidFilter: if a part of the text is none of these.
    """
    switches: set[str] = set()
    positions: dict[str, set[int]] = {"": set(), "t": set()}
    limits = {"min": 0.0, "mass": 1.0}
    for part in filter(None, (each.strip() for each in text.split(","))):
        if part in ("special", "first", "renormalize", "words"):
            switches.add(part)
        elif found := _POSITION.fullmatch(part):
            positions[found[1]].add(int(found[2]))
        elif found := _LIMIT.fullmatch(part):
            limits[found[1]] = float(found[2])
        else:
            raise InvalidFilter(f"{part!r} is unknown")
    return Filter(
        "special" in switches,
        "first" in switches,
        tuple(sorted(positions[""])),
        tuple(sorted(positions["t"])),
        "renormalize" in switches,
        limits["min"],
        limits["mass"],
        "words" in switches,
    )
