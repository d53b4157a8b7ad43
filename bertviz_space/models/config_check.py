"""What is checked of a ``config.json`` before transformers reads it.

transformers' classes make lists as long as the number of layers, and modules of every size that a
``config.json`` names: a file of a hundred bytes could take all memory of this machine.
"""

import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..limits import MAX_EXPERTS, MAX_LABELS, MAX_MODEL_LAYERS, MAX_SETTINGS_DEPTH
from .hub.repository_files import CONFIG, UnusableFiles, json_object, read_small

# Settings that say how many parts of a kind a model has, or which of them is meant, and among those
# the ones that say how large such a part is.
_PART = re.compile(r"layer|block|expert|group|stage|depth|hash_func|loop|iteration", re.IGNORECASE)
_SIZE = re.compile(
    r"size|dim|capacity|width|length|channel|rank|window|_ids?$|position|token|ffn|bucket|theta|"
    r"vocab|base|scale",
    re.IGNORECASE,
)

# Settings that are no index, of which -1 is the last one.
_COUNT = re.compile(
    r"(num|n)_(\w+_)?(layers?|blocks?|experts?|groups?|stages?|heads?|labels)|"
    r"((encoder|decoder)_)?layers|vocab_size|hidden_size|d_model|n_embd",
)


def read_settings(folder: Path) -> dict[str, object]:
    """Return the content of a folder's ``config.json``, with sizes that can be those of a model.

    Raises:
        UnusableFiles: if it is no JSON object, or too large, or says what no model has.
    """
    settings: dict[str, object] = {}
    # transformers takes a versioned file instead, where config.json names one.
    for path in (*sorted(folder.glob("config.*.json")), folder / CONFIG):
        content = read_small(path)
        try:
            settings = json_object(content or b"")
        except ValueError as error:
            raise UnusableFiles(
                f"has a {path.name} that is no JSON object. Choose another model."
            ) from error
        check_settings(settings)
    return settings


def check_settings(settings: Mapping[str, object]) -> None:
    """Check the numbers of a configuration.

    Raises:
        UnusableFiles: if one of them is none that a model can have.
    """
    for name, value in _numbers(settings):
        bound = _bound_of(name)
        if abs(value) > bound or (_COUNT.fullmatch(name) is not None and value < 0):
            shown = f"{value:.3g}" if abs(value) >= 1e6 else f"{value:g}"
            most = "" if bound == math.inf else f" to {bound:,}"
            raise UnusableFiles(
                f"has a config.json that sets {name[:60]} to {shown}; a number from 0{most} is "
                "expected. Choose another model."
            )


def _bound_of(name: str) -> float:
    if name == "num_labels":
        return MAX_LABELS
    if not _PART.search(name) or _SIZE.search(name):
        return math.inf
    return MAX_EXPERTS if "expert" in name.lower() else MAX_MODEL_LAYERS


def _numbers(value: object, name: str = "", depth: int = 0) -> Iterator[tuple[str, float]]:
    """Yield each number with the name of its setting."""
    if depth > MAX_SETTINGS_DEPTH:
        raise UnusableFiles(
            f"has a config.json that is nested deeper than {MAX_SETTINGS_DEPTH} levels. Choose "
            "another model."
        )
    if isinstance(value, Mapping):
        for key, each in value.items():
            # A table of labels names numbers, and is as long as the file lets it be.
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
    except OverflowError:  # an integer of 400 digits
        return float("inf") if number > 0 else -float("inf")
