"""Small work beside a pass, done in the thread that asks for it.

torch shares every operation on more than 32,768 numbers among threads, and waits for all of them.
Where other runs keep the processors busy, each such wait can take as long as the system lets
another process run: on two busy cores, copies and checks took half as long as the pass of 512
tokens that they belong to. In one thread they take 3 % of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def in_one_thread() -> Iterator[None]:
    """Compute what this block asks torch for in this thread alone.

    Other threads keep their count, but for one that first uses torch within this block (torch
    2.13): it stays with one. Blocks are of a millisecond, and such a thread only takes longer.
    """
    count = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(count)
