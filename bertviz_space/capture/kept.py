"""What is kept of the tensors of a pass, and of which queries."""

from functools import lru_cache

import torch
from torch import Tensor

from .threads import in_one_thread

# Rows that are checked of every head at least, and the weights that these may take beyond: 512
# tokens are checked in 8 rows, 1/64 of the work, and up to 64 tokens in every row.
MIN_ROWS = 8
MAX_WEIGHTS_OF_ROWS = 4096


@lru_cache(maxsize=64)
def evenly_spaced(num_queries: int, num_keys: int) -> Tensor:
    """Queries whose weights are kept as the model computed them: int64 ``[row]``."""
    count = min(num_queries, max(MIN_ROWS, MAX_WEIGHTS_OF_ROWS // num_keys))
    return torch.linspace(0, num_queries - 1, count).round().long()


def own_copy(vectors: Tensor) -> Tensor:
    """Float32 on the CPU, and never a view: of a fused query-key-value tensor it would keep all."""
    with in_one_thread():
        return vectors.to("cpu", torch.float32, copy=True, memory_format=torch.contiguous_format)
