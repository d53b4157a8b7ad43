"""How much memory and disk this machine has for models."""

import os
import shutil
from pathlib import Path

from .limits import LEAST_MODEL_BYTES, MAX_FETCHED_BYTES, RESERVED_BYTES

# Where Linux says how much memory a container may have: a Space is one, on a larger machine.
_CONTAINER_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)

# gigabytes of weights that one model may take in memory; by default what this machine has room for.
MODEL_BOUND_VARIABLE = "BERTVIZ_MAX_MODEL_GB"

# gigabytes on disk that all fetched models may take together.
DISK_BOUND_VARIABLE = "BERTVIZ_MAX_DISK_GB"


def model_bound() -> int:
    """Bytes that the weights of one model may take once they are loaded.

    Raises:
        ValueError: if the environment names a bound that is no positive number.
    """
    named = _named_bound(MODEL_BOUND_VARIABLE)
    return max(LEAST_MODEL_BYTES, _memory() - RESERVED_BYTES) if named is None else named


def disk_bound() -> int:
    """Bytes on disk that all models may take together that this Space fetched.

    Raises:
        ValueError: if the environment names a bound that is no positive number.
    """
    named = _named_bound(DISK_BOUND_VARIABLE)
    return MAX_FETCHED_BYTES if named is None else named


def _named_bound(variable: str) -> int | None:
    """Bytes of the gigabytes that the environment names, ``None`` where it names none."""
    named = os.environ.get(variable, "").strip()
    if not named:
        return None
    try:
        gigabytes = float(named)
    except ValueError:
        gigabytes = 0
    if not 0 < gigabytes < float("inf"):
        raise ValueError(f"{variable} is {named!r}: a number of gigabytes is needed")
    return int(gigabytes * 1e9)


def free_disk(folder: Path) -> int:
    """Bytes that are free where a folder is, or would be."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _memory() -> int:
    """Bytes of memory of this machine, or of the container that this process runs in."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limits = [_limit(path) for path in _CONTAINER_LIMITS]
    return min([whole, *(limit for limit in limits if limit is not None)])


def _limit(path: Path) -> int | None:
    """The number in a file, ``None`` where there is no file or no limit ("max")."""
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
