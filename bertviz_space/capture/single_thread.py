"""Small operations beside the forward pass, computed in the thread that calls them.

torch divides every operation on more than 32,768 numbers among threads and waits for all of them.
While other runs keep the processors busy, each wait can take as long as the operating system lets
another process run: on two busy cores, copies and checks took half as long as the pass of 512
tokens that they belong to. In one thread they take 3 % of its time.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def single_threaded() -> Iterator[None]:
    """Compute the torch operations of this block in the calling thread only.

    Other threads keep their number of threads, except one that first uses torch during this block
    (torch 2.13): it keeps one thread, and its operations take longer. Blocks last milliseconds.
    """
    count = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(count)
