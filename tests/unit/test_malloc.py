"""Freed memory is returned to the operating system."""

from pathlib import Path

import torch

from bertviz_space.models.malloc import return_freed_memory

MB = 2**20


def resident() -> int:
    """Return the bytes of this process in memory."""
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS"))


def test_freed_blocks_between_used_ones_are_returned_to_the_system():
    torch.ones(
        30 * MB // 4
    )  # freed immediately: from now on glibc takes blocks of this size from its heap
    blocks = [torch.ones(MB // 4) for _ in range(200)]
    used = blocks[::2]
    del blocks
    before = resident()
    return_freed_memory()
    assert before - resident() > 80 * MB
    assert all(bool((block == 1).all()) for block in used)
