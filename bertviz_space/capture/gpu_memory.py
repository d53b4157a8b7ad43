"""The memory of a GPU that a pass may use."""

import torch

from ..limits import MAX_RUN_BYTES, RUNS_AT_ONCE

# The part of a run's share of the memory that may hold what was recorded: a quarter. The pass
# itself uses the rest.
_KEPT = 4


def free_bytes(device: torch.device) -> int:
    """Return the free bytes of a GPU, including those that torch reserves and does not use."""
    free, _ = torch.cuda.mem_get_info(device)
    return free + torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)


def max_kept_bytes(device: torch.device) -> int:
    """Return the bytes of what a pass may keep on its device until it has ended.

    Return 0 for a device that does not tell how much memory is free.
    """
    if device.type != "cuda":
        return 0
    return min(MAX_RUN_BYTES, free_bytes(device) // RUNS_AT_ONCE // _KEPT)


def max_pass_bytes(device: torch.device) -> int:
    """Return the bytes of a GPU that a pass may use, without what it keeps until it has ended."""
    return free_bytes(device) // RUNS_AT_ONCE - max_kept_bytes(device)
