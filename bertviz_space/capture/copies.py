"""Copies of the tensors of a forward pass."""

import torch
from torch import Tensor

from .single_thread import single_threaded

_CPU = torch.device("cpu")


def float32_copy(tensor: Tensor, device: torch.device = _CPU) -> Tensor:
    """Return a contiguous float32 copy of a tensor on a device, by default the CPU.

    The result is never a view: a view of a fused query-key-value tensor would keep all of that
    tensor in memory.
    """
    with single_threaded():
        return tensor.to(device, torch.float32, copy=True, memory_format=torch.contiguous_format)
