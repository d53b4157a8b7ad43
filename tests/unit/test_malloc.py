"""Memory that was freed does not stay with this process."""

from pathlib import Path

import torch

from bertviz_space.models.malloc import return_freed_memory

MB = 2**20


def resident() -> int:
    """Bytes that this process holds."""
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS"))


def test_freed_blocks_between_used_ones_go_back_to_the_system():
    torch.ones(30 * MB // 4)  # freed at once: now glibc takes such blocks from its heap
    blocks = [torch.ones(MB // 4) for _ in range(200)]
    used = blocks[::2]
    del blocks
    before = resident()
    return_freed_memory()
    assert before - resident() > 80 * MB
    assert all(bool((block == 1).all()) for block in used)
