"""The dimensions that a rotary model rotates."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rotation:
    """Which dimensions of queries and keys rotate with the position (Su et al. 2021, RoFormer).

    Two dimensions form a pair and rotate by the same angle. The length of a pair does not depend on
    the position.

    Attributes:
        start: the first dimension that rotates.
        size: the number of dimensions that rotate, an even number; the others do not change.
        interleaved: True if a pair is two neighboring dimensions, ``2 i`` and ``2 i + 1``; False if
            it is ``i`` and ``i + size / 2``; both counted from ``start``.
    """

    start: int
    size: int
    interleaved: bool
