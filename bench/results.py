"""Everything that a run found, as results.json keeps it."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench.visits import Visit


@dataclass
class Results:
    """Everything that a run found.

    Attributes:
        date: when it began, in UTC.
        machine: in words, see ``machine``.
        versions: of what ran, see ``machine``.
        minutes: how long it took.
        peaked: by model, the largest weight of a row in the mean over all of a text of 128 tokens.
        picture_db: how alike the pictures of the two head views are.
        picture_tokens: of which text.
        server_mb: the most memory that the Space's process held, models included, in 10^6 bytes.
        visits: every view that was opened.
        cut_short: by number of tokens, what the Space said of texts that are too long for it.
        extraction: rows of ``extraction``, as they are.
    """

    date: str
    machine: dict[str, str]
    versions: dict[str, str] = field(default_factory=dict)
    minutes: float = 0
    peaked: dict[str, float] = field(default_factory=dict)
    picture_db: float | None = None
    picture_tokens: int | None = None
    server_mb: float = 0
    visits: list[Visit] = field(default_factory=list)
    cut_short: dict[int, str] = field(default_factory=dict)
    extraction: list[dict[str, Any]] = field(default_factory=list)

    def write(self, path: Path) -> None:
        """Write all of it as JSON, times to a hundredth of a millisecond."""
        rounded = json.loads(
            json.dumps(asdict(self)), parse_float=lambda text: round(float(text), 2)
        )
        path.write_text(json.dumps(rounded, indent=1) + "\n", encoding="utf-8")
