"""Which device this machine has for models, and how much memory, disk and time."""

import os
import shutil
from pathlib import Path

import torch

from .limits import (
    MAX_FETCHED_BYTES,
    MAX_RUN_BYTES,
    MAX_RUN_SECONDS,
    MIN_MODEL_BYTES,
    RESERVED_BYTES,
    RUNS_AT_ONCE,
)

# Where Linux says how much memory a container may have: a Space is one, on a larger machine.
_CONTAINER_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)

# gigabytes of weights that one model may take in memory; by default what this machine has room for.
MAX_MODEL_VARIABLE = "BERTVIZ_MAX_MODEL_GB"
# gigabytes on disk that all fetched models may take together.
MAX_DISK_VARIABLE = "BERTVIZ_MAX_DISK_GB"
# seconds that the passes of one run may take.
MAX_RUN_VARIABLE = "BERTVIZ_MAX_RUN_SECONDS"

# The process that serves the page. ZeroGPU lends GPUs to processes that are forked from it, while
# torch is made to tell this one that it has a GPU too.
_SERVING = os.getpid()


def on_zero_gpu() -> bool:
    """True on a Space of Hugging Face's ZeroGPU."""
    return os.environ.get("SPACES_ZERO_GPU", "").lower() in ("1", "t", "true")


def device() -> torch.device:
    """Where this process has its models: on its GPU if it has one, else on the CPU."""
    has_none_itself = on_zero_gpu() and os.getpid() == _SERVING
    return torch.device("cuda" if torch.cuda.is_available() and not has_none_itself else "cpu")


def check_settings() -> None:
    """See that the environment names bounds that are some.

    Raises:
        ValueError: if it does not, saying what is needed.
    """
    max_model_bytes()
    max_disk_bytes()
    max_run_seconds()


def max_model_bytes() -> int:
    """Bytes that the weights of one model may take once they are loaded.

    Raises:
        ValueError: if the environment names a bound that is no positive number.
    """
    gigabytes = _setting(MAX_MODEL_VARIABLE, "gigabytes")
    if gigabytes is not None:
        return int(gigabytes * 1e9)
    room = _memory() - RESERVED_BYTES
    if device().type == "cuda":  # where a model is after it was read into memory
        whole = torch.cuda.get_device_properties(device()).total_memory
        room = min(room, whole - RUNS_AT_ONCE * MAX_RUN_BYTES)
    return max(MIN_MODEL_BYTES, room)


def max_disk_bytes() -> int:
    """Bytes on disk that all models may take together that this Space fetched.

    Raises:
        ValueError: if the environment names a bound that is no positive number.
    """
    gigabytes = _setting(MAX_DISK_VARIABLE, "gigabytes")
    if gigabytes is None:
        return MAX_FETCHED_BYTES
    return int(gigabytes * 1e9)


def max_run_seconds() -> float:
    """Seconds that the passes of one run may take.

    Raises:
        ValueError: if the environment names a bound that is no positive number.
    """
    return _setting(MAX_RUN_VARIABLE, "seconds") or MAX_RUN_SECONDS


def free_disk(folder: Path) -> int:
    """Bytes that are free where a folder is, or would be."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _setting(variable: str, unit: str) -> float | None:
    """The positive number that the environment names, ``None`` where it names none."""
    named = os.environ.get(variable, "").strip()
    if not named:
        return None
    try:
        number = float(named)
    except ValueError:
        number = 0
    if not 0 < number < float("inf"):
        raise ValueError(f"{variable} is {named!r}: a number of {unit} is needed")
    return number


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
