"""Computes the exact picture of many translucent lines in float64."""

import math
from collections.abc import Sequence
from itertools import groupby

import numpy as np

from tests.browser.bertviz.ours import Mark

# Positions per column of pixels at which heights are computed: the error of an area is below 1/500.
_SAMPLES = 8


def exact_picture(
    lines: Sequence[Mark], left: float, top: float, width: int, height: int
) -> np.ndarray:
    """Return a part of the window with only these lines on a white page.

    Lines of one color multiply, and a later color covers an earlier one.

    Args:
        lines: the lines in the order of drawing, those of one color together.
        left: left edge of the part, a whole number of pixels.
        top: upper edge of the part, a whole number of pixels.
        width: columns.
        height: rows.

    Returns:
        float64 ``[row, column, channel]``, 0 to 255.
    """
    picture = np.full((height, width, 3), 255.0)
    for color, of_color in groupby(lines, key=lambda line: line.color):
        through = np.ones((height, width, 1))
        for line in of_color:
            area = _areas(line, left, top, width, height)
            through[..., 0] *= 1 - line.opacity * area
        picture = np.array(color) + (picture - np.array(color)) * through
    return picture


def _areas(line: Mark, left: float, top: float, width: int, height: int) -> np.ndarray:
    """Return the area of a line with butt caps in each pixel, float64 ``[row, column]``."""
    begin, end = (np.array(point) - (left, top) for point in line.points)
    if abs(end[1] - begin[1]) > abs(end[0] - begin[0]):
        return _areas_of_flat(begin[::-1], end[::-1], line.width, height, width).T
    return _areas_of_flat(begin, end, line.width, width, height)


def _areas_of_flat(
    begin: np.ndarray, end: np.ndarray, line_width: float, width: int, height: int
) -> np.ndarray:
    """Return the area of a line in each pixel; the line must be longer in x than in y."""
    along = (end - begin) / np.hypot(*(end - begin))
    across = np.array([-along[1], along[0]]) * line_width / 2
    corners = [begin + across, end + across, end - across, begin - across]
    x = (np.arange(width * _SAMPLES) + 0.5) / _SAMPLES
    upper, lower = np.full_like(x, np.inf), np.full_like(x, -np.inf)
    # The line is convex: a vertical cuts it between the lowest and the highest of its edges.
    for (x1, y1), (x2, y2) in zip(corners, corners[1:] + corners[:1], strict=True):
        if abs(x2 - x1) < 1e-9:
            continue
        share = (x - x1) / (x2 - x1)
        y = np.where((share >= 0) & (share <= 1), y1 + share * (y2 - y1), np.nan)
        upper, lower = np.fmin(upper, y), np.fmax(lower, y)
    areas = np.zeros((height, width))
    if not np.isfinite(upper).any():
        return areas
    # The rows that the line can touch.
    first, last = max(0, math.floor(upper.min())), min(height, math.ceil(lower.max()))
    if first < last:
        rows = np.arange(first, last)[:, None]
        covered = np.clip(lower, rows, rows + 1) - np.clip(upper, rows, rows + 1)
        covered = np.clip(covered, 0, 1).reshape(last - first, width, _SAMPLES)
        areas[first:last] = covered.mean(axis=2)
    return areas
