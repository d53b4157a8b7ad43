"""A port of this machine that no other program receives."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def free_port() -> Iterator[int]:
    """Yield a port that is free for a server which starts inside the block.

    Gradio 6.31 looks for a free port from 7860 on and binds it some time later, when another
    process may have bound it. Here the system chooses the port, and a socket that does not listen
    keeps it: the system gives it to nobody who asks for any port, and a server can still bind it.
    """
    with socket.socket() as kept:
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        kept.bind(("127.0.0.1", 0))
        yield kept.getsockname()[1]
