"""The device, memory, disk space and time that this machine has for models."""

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

# Files in which Linux gives the memory limit of a container. A Space is a container on a larger
# machine.
_CONTAINER_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)

# Environment variable: gigabytes of memory for the weights of one model. The default depends on the
# memory of this machine.
MAX_MODEL_VARIABLE = "BERTVIZ_MAX_MODEL_GB"
# Environment variable: gigabytes of disk space for all downloaded models together.
MAX_DISK_VARIABLE = "BERTVIZ_MAX_DISK_GB"
# Environment variable: seconds that the passes of one run may take.
MAX_RUN_VARIABLE = "BERTVIZ_MAX_RUN_SECONDS"

# Id of the process that serves the page. ZeroGPU gives GPUs to processes that are forked from it.
# In this process it changes torch, which then reports a GPU that is not there.
_SERVING = os.getpid()


def on_zero_gpu() -> bool:
    """Return whether this is a Space on Hugging Face's ZeroGPU."""
    return os.environ.get("SPACES_ZERO_GPU", "").lower() in ("1", "t", "true")


def device() -> torch.device:
    """Return the device for the models of this process: its GPU if it has one, else the CPU."""
    has_no_gpu = on_zero_gpu() and os.getpid() == _SERVING
    return torch.device("cuda" if torch.cuda.is_available() and not has_no_gpu else "cpu")


def check_settings() -> None:
    """Check that limits set in the environment are positive numbers.

    Raises:
        ValueError: if a limit is not, with its variable, its value and its unit.
    """
    max_model_bytes()
    max_disk_bytes()
    max_run_seconds()


def max_model_bytes() -> int:
    """Return the bytes that the weights of one model may take in memory.

    Raises:
        ValueError: if the limit in the environment is not a positive number.
    """
    gigabytes = _setting(MAX_MODEL_VARIABLE, "gigabytes")
    if gigabytes is not None:
        return int(gigabytes * 1e9)
    room = _memory() - RESERVED_BYTES
    if device().type == "cuda":  # a model is read into memory first, and then moved to the GPU
        whole = torch.cuda.get_device_properties(device()).total_memory
        room = min(room, whole - RUNS_AT_ONCE * MAX_RUN_BYTES)
    return max(MIN_MODEL_BYTES, room)


def max_disk_bytes() -> int:
    """Return the bytes that all downloaded models together may take on disk.

    Raises:
        ValueError: if the limit in the environment is not a positive number.
    """
    gigabytes = _setting(MAX_DISK_VARIABLE, "gigabytes")
    if gigabytes is None:
        return MAX_FETCHED_BYTES
    return int(gigabytes * 1e9)


def max_run_seconds() -> float:
    """Return the seconds that the passes of one run may take.

    Raises:
        ValueError: if the limit in the environment is not a positive number.
    """
    return _setting(MAX_RUN_VARIABLE, "seconds") or MAX_RUN_SECONDS


def free_disk(folder: Path) -> int:
    """Return the free bytes on the disk of a folder, which need not exist."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _setting(variable: str, unit: str) -> float | None:
    """Return the positive number of an environment variable, ``None`` if it is not set.

    Raises:
        ValueError: if its value is not a positive number.
    """
    named = os.environ.get(variable, "").strip()
    if not named:
        return None
    try:
        number = float(named)
    except ValueError:
        number = 0
    if not 0 < number < float("inf"):
        raise ValueError(f"{variable} is {named!r}: it must be a positive number of {unit}.")
    return number


def _memory() -> int:
    """Return the bytes of memory of this machine, or of this process's container."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limits = [_limit(path) for path in _CONTAINER_LIMITS]
    return min([whole, *(limit for limit in limits if limit is not None)])


def _limit(path: Path) -> int | None:
    """Return the number in a file, ``None`` without a file or without a limit ("max")."""
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
