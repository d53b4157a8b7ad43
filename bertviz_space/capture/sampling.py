"""Chooses the queries whose weights the model computes itself, to check the formula with."""

from functools import lru_cache

import torch
from torch import Tensor

# The smallest number of rows that are checked in every head, and the number of weights per head up
# to which more rows are checked. A text of 512 tokens is checked in 8 rows, which is 1/64 of the
# work; a text of up to 64 tokens is checked in every row.
MIN_ROWS = 8
MAX_WEIGHTS_OF_ROWS = 4096

_CPU = torch.device("cpu")


@lru_cache(maxsize=64)
def sampled_queries(num_queries: int, num_keys: int, device: torch.device = _CPU) -> Tensor:
    """Return evenly spaced positions of queries, including the first and the last.

    Returns:
        On the device, int64 ``[row]``, in ascending order.
    """
    count = min(num_queries, max(MIN_ROWS, MAX_WEIGHTS_OF_ROWS // num_keys))
    return torch.linspace(0, num_queries - 1, count).round().long().to(device)
