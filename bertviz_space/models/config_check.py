"""Check the numbers in a ``config.json`` before transformers reads the file.

transformers makes lists as long as the number of layers, and modules of every size that a
``config.json`` names: a file of a hundred bytes could take all memory of this machine.
"""

import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..limits import MAX_EXPERTS, MAX_LABELS, MAX_MODEL_LAYERS, MAX_SETTINGS_DEPTH
from .hub.repository_files import CONFIG, UnusableFiles, json_object, read_small

# Settings with a number of parts, such as layers, or the index of a part.
_PARTS = re.compile(r"layer|block|expert|group|stage|depth|hash_func|loop|iteration", re.IGNORECASE)
# Settings that match _PARTS but contain the size of a part.
_SIZE = re.compile(
    r"size|dim|capacity|width|length|channel|rank|window|_ids?$|position|token|ffn|bucket|theta|"
    r"vocab|base|scale",
    re.IGNORECASE,
)

# Settings that cannot be negative. A negative index, such as -1 for the last layer, is valid.
_COUNT = re.compile(
    r"(num|n)_(\w+_)?(layers?|blocks?|experts?|groups?|stages?|heads?|labels)|"
    r"((encoder|decoder)_)?layers|vocab_size|hidden_size|d_model|n_embd",
)


def read_settings(folder: Path) -> dict[str, object]:
    """Return the content of a folder's ``config.json`` after checking its numbers.

    Also check every versioned file (``config.4.0.0.json``): transformers reads one of them instead
    if ``config.json`` names it.

    Raises:
        UnusableFiles: a file is not a JSON object, is too large, or contains a number that no model
            has.
    """
    settings: dict[str, object] = {}
    for path in (*sorted(folder.glob("config.*.json")), folder / CONFIG):
        content = read_small(path)
        try:
            settings = json_object(content or b"")
        except ValueError as error:
            raise UnusableFiles(
                f"has a {path.name} that is not a JSON object. Choose another model."
            ) from error
        check_settings(settings)
    return settings


def check_settings(settings: Mapping[str, object]) -> None:
    """Check every number in a configuration.

    Raises:
        UnusableFiles: a number is larger than any model has, or is negative where it cannot be.
    """
    for name, value in _numbers(settings):
        bound = _upper_bound(name)
        if abs(value) > bound or (_COUNT.fullmatch(name) is not None and value < 0):
            shown = f"{value:.3g}" if abs(value) >= 1e6 else f"{value:g}"
            most = "" if bound == math.inf else f" to {bound:,}"
            raise UnusableFiles(
                f"has a config.json that sets {name[:60]} to {shown}; a number from 0{most} is "
                "expected. Choose another model."
            )


def _upper_bound(name: str) -> float:
    """Return the largest number that a setting may have, infinity for most settings."""
    if name == "num_labels":
        return MAX_LABELS
    if not _PARTS.search(name) or _SIZE.search(name):
        return math.inf
    return MAX_EXPERTS if "expert" in name.lower() else MAX_MODEL_LAYERS


def _numbers(value: object, name: str = "", depth: int = 0) -> Iterator[tuple[str, float]]:
    """Yield the name and the value of every setting that is a number."""
    if depth > MAX_SETTINGS_DEPTH:
        raise UnusableFiles(
            f"has a config.json that is nested deeper than {MAX_SETTINGS_DEPTH} levels. Choose "
            "another model."
        )
    if isinstance(value, Mapping):
        for key, each in value.items():
            # A table of labels contains the labels' numbers, which need no bound.
            if key not in ("label2id", "id2label"):
                yield from _numbers(each, str(key), depth + 1)
    elif isinstance(value, list):
        for each in value:
            yield from _numbers(each, name, depth + 1)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield name, _float(value)


def _float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:  # an integer of more than 308 digits
        return float("inf") if number > 0 else -float("inf")
