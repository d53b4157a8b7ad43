"""Computing in one thread: torch's number of threads is restored."""

import threading

import pytest
import torch

from bertviz_space.capture.single_thread import single_threaded


@pytest.fixture
def three_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(before)


def test_a_block_uses_one_thread_and_restores_the_number(three_threads):
    with single_threaded():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == 3
    with pytest.raises(RuntimeError), single_threaded():
        raise RuntimeError
    assert torch.get_num_threads() == 3


def test_other_threads_keep_their_number_of_threads(three_threads):
    counts: list[int] = []
    in_block, out = threading.Event(), threading.Event()

    def other() -> None:
        counts.append(torch.get_num_threads())
        out.set()
        in_block.wait()
        counts.append(torch.get_num_threads())

    thread = threading.Thread(target=other)
    thread.start()
    out.wait()
    with single_threaded():
        in_block.set()
        thread.join()
    assert counts == [3, 3]
