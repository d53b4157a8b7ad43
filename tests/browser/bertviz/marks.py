"""What a picture is made of, whoever drew it: lines from queries to keys, cells, boxes."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

Color = tuple[int, int, int]

# An opacity under half a step of 255 changes no pixel: BertViz draws such lines, we leave them out.
LEAST_OPACITY = 0.5 / 255

# The law: weights are the model's to 1e-5. BertViz's page gives an opacity with six digits.
EXACT = 1e-5


@dataclass(frozen=True)
class Line:
    """One line of attention.

    Attributes:
        cell: number of the picture that it belongs to, in the order of layers and heads.
        query: row of the query.
        key: row of the key.
        color: red, green and blue, 0 to 255.
        opacity: 0 to 1, what stands around it included.
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
        row: of the token.
        begin: left edge, as a share of the column's width.
        width: as a share of the column's width.
        color: red, green and blue, 0 to 255.
        opacity: 0 to 1, what stands around it included.
    """

    row: int
    begin: float
    width: float
    color: Color
    opacity: float


def assert_same_boxes(ours: Sequence[Box], theirs: Sequence[Box], tolerance: float) -> None:
    """The same boxes in the same order; those that are not to be seen at all do not count."""
    ours, theirs = ([box for box in side if box.opacity > 1e-6] for side in (ours, theirs))
    assert [(box.row, box.color) for box in ours] == [(box.row, box.color) for box in theirs]
    assert theirs, "nothing was compared"
    for our, their in zip(ours, theirs, strict=True):
        assert abs(our.opacity - their.opacity) <= tolerance
        assert abs(our.begin - their.begin) < 1e-3
        assert abs(our.width - their.width) < 1e-3


def assert_same_lines(
    ours: Sequence[Line],
    theirs: Sequence[Line],
    tolerance: float,
    least: float = LEAST_OPACITY,
) -> None:
    """The same lines in the same order, each in the same colour and as opaque.

    Args:
        ours: the lines that we draw.
        theirs: the lines that BertViz draws, the ones too faint to be seen among them.
        tolerance: by how much two opacities may differ.
        least: the opacity from which on a line has to be drawn.
    """
    drawn = deque(ours)
    for their in theirs:
        our = drawn[0] if drawn else None
        # On the threshold itself a rounding decides.
        if abs(their.opacity - least) < 1e-6:
            is_drawn = our is not None and _is_same(our, their, tolerance)
        else:
            is_drawn = their.opacity > least
        if is_drawn:
            assert our is not None, f"{their} is missing"
            assert _is_same(our, their, tolerance), f"{our} is drawn where {their} belongs"
            drawn.popleft()
    assert not drawn, f"{drawn[0]} is drawn by nobody else"
    assert ours, "nothing was compared"


def _is_same(our: Line, their: Line, tolerance: float) -> bool:
    return (
        replace(our, opacity=0.0) == replace(their, opacity=0.0)
        and abs(our.opacity - their.opacity) <= tolerance
    )
