"""Holds everything that a run measured, and writes results.json."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench.opening import Opening
from bench.visits import Visit


@dataclass(frozen=True)
class PictureCheck:
    """The comparison of the pictures of both head views.

    Attributes:
        tokens: the number of tokens of the text.
        num_lines: the number of lines that our view draws.
        difference: describes the first line with another place or color, or with an opacity that
            differs by more than 1/255; empty if there is no such line.
        psnr: the peak signal-to-noise ratio of the pixels, in dB.
    """

    tokens: int
    num_lines: int
    difference: str
    psnr: float


@dataclass
class Results:
    """Everything that a run measured.

    Attributes:
        date: the start of the run, in UTC.
        machine: the machine, as ``machine.machine`` returns it.
        versions: the programs, as ``machine.versions`` returns them.
        minutes: the length of the run.
        peaked: by model, the mean over all rows of the largest weight of a row, at 128 tokens.
        picture: the comparison of the pictures, if the run contains its length of text.
        openings: the loads of the page, up to its first picture.
        server_mb: the peak memory of the Space's process, including models, in 10^6 bytes.
        visits: every view that was opened.
        cut_short: by number of tokens, the Space's message about a text that is too long for it.
        extraction: the rows that ``extraction.measure`` returns.
        predictions: the rows that ``predictions.measure`` returns.
    """

    date: str
    machine: dict[str, str]
    versions: dict[str, str] = field(default_factory=dict)
    minutes: float = 0
    peaked: dict[str, float] = field(default_factory=dict)
    picture: PictureCheck | None = None
    openings: list[Opening] = field(default_factory=list)
    server_mb: float = 0
    visits: list[Visit] = field(default_factory=list)
    cut_short: dict[int, str] = field(default_factory=dict)
    extraction: list[dict[str, Any]] = field(default_factory=list)
    predictions: list[dict[str, Any]] = field(default_factory=list)

    def write(self, path: Path) -> None:
        """Write the results as JSON, with two decimals."""
        rounded = json.loads(
            json.dumps(asdict(self)), parse_float=lambda text: round(float(text), 2)
        )
        path.write_text(json.dumps(rounded, indent=1) + "\n", encoding="utf-8")
