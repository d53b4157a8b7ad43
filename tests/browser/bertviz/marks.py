"""The lines and boxes of a picture, in a form that is the same for both sides."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

Color = tuple[int, int, int]

# A smaller opacity changes no pixel of 8 bits. BertViz draws such lines, and our views do not.
LEAST_OPACITY = 0.5 / 255

# The largest difference of weights and of the opacities that show them. BertViz's page rounds
# opacities to six digits.
EXACT = 1e-5


@dataclass(frozen=True)
class Line:
    """One line of attention.

    Attributes:
        cell: number of the line's picture, in the order of layers and heads.
        query: row of the query.
        key: row of the key.
        color: red, green and blue, 0 to 255.
        opacity: 0 to 1, multiplied with that of the elements around the line.
    """

    cell: int
    query: int
    key: int
    color: Color
    opacity: float


@dataclass(frozen=True)
class Box:
    """One head's box on a token.

    Attributes:
        row: row of the token.
        begin: left edge, as a share of the column's width.
        width: width, as a share of the column's width.
        color: red, green and blue, 0 to 255.
        opacity: 0 to 1, multiplied with that of the elements around the box.
    """

    row: int
    begin: float
    width: float
    color: Color
    opacity: float


def assert_same_boxes(ours: Sequence[Box], theirs: Sequence[Box], tolerance: float) -> None:
    """Check that both sides have the same visible boxes in the same order."""
    ours, theirs = ([box for box in side if box.opacity > 1e-6] for side in (ours, theirs))
    assert [(box.row, box.color) for box in ours] == [(box.row, box.color) for box in theirs]
    assert theirs, "nothing was compared"
    for our, their in zip(ours, theirs, strict=True):
        assert abs(our.opacity - their.opacity) <= tolerance
        assert abs(our.begin - their.begin) < 1e-3
        assert abs(our.width - their.width) < 1e-3


def by_color(lines: Sequence[Line]) -> list[Line]:
    """Return the visible lines sorted by color: a color's place is that of its first line."""
    visible = [line for line in lines if line.opacity > 0]
    order = list(dict.fromkeys(line.color for line in visible))
    return sorted(visible, key=lambda line: order.index(line.color))


def assert_same_lines(
    ours: Sequence[Line],
    theirs: Sequence[Line],
    tolerance: float,
    least: float = LEAST_OPACITY,
) -> None:
    """Check that both sides have the same lines in the same order, with equal colors and opacities.

    Args:
        ours: the lines that we draw.
        theirs: all lines that BertViz draws, including those that are too faint to be visible.
        tolerance: the largest difference of two opacities.
        least: the smallest opacity of a line that we have to draw.
    """
    drawn = deque(ours)
    for their in theirs:
        our = drawn[0] if drawn else None
        # At the threshold, rounding decides.
        if abs(their.opacity - least) < 1e-6:
            is_drawn = our is not None and _is_same(our, their, tolerance)
        else:
            is_drawn = their.opacity > least
        if is_drawn:
            assert our is not None, f"{their} is missing"
            assert _is_same(our, their, tolerance), f"{our} is drawn instead of {their}"
            drawn.popleft()
    assert not drawn, f"BertViz does not draw {drawn[0]}"
    assert ours, "nothing was compared"


def _is_same(our: Line, their: Line, tolerance: float) -> bool:
    return (our.cell, our.query, our.key, our.color) == (
        their.cell,
        their.query,
        their.key,
        their.color,
    ) and abs(our.opacity - their.opacity) <= tolerance
