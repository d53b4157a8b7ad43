"""Read the lines and texts of SVG files, for tests."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Lines:
    """The lines of one group, which have one color.

    Attributes:
        color: the color of the lines.
        opacities: the opacity of each line, by the x of its begin and the y of its begin and end.
    """

    color: str
    opacities: dict[tuple[float, float, float], float]


def lines_of(svg: ElementTree.Element) -> Iterator[Lines]:
    """Yield the lines of each group that has lines, in the file's order."""
    for group in svg.iter(f"{SVG}g"):
        lines = group.findall(f"{SVG}line")
        if lines:
            x, y = map(float, re.findall(r"[\d.]+", group.get("transform", "")) or (0, 0))
            opacities = {
                (round(x1 + x, 2), round(y1 + y, 2), round(y2 + y, 2)): opacity
                for x1, y1, y2, opacity in map(_numbers, lines)
            }
            assert len(opacities) == len(lines)
            yield Lines(group.attrib["stroke"], opacities)


def cells_of(svg: ElementTree.Element) -> tuple[str, dict[tuple[float, float], float]]:
    """Return the color of a matrix's cells, and their opacities by the y and x of their corners."""
    [group] = (each for each in svg.iter(f"{SVG}g") if each.get("shape-rendering"))
    opacities = {
        (float(cell.attrib["y"]), float(cell.attrib["x"])): float(cell.attrib["fill-opacity"])
        for cell in group
    }
    return group.attrib["fill"], opacities


def _numbers(line: ElementTree.Element) -> list[float]:
    return [float(line.attrib[name]) for name in ("x1", "y1", "y2", "stroke-opacity")]


def texts_of(svg: ElementTree.Element) -> list[str]:
    """Return the texts in the picture, in the file's order."""
    return ["".join(text.itertext()) for text in svg.iter(f"{SVG}text")]
