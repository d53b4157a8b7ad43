"""The port of ``free_port`` is free for a server and given to nobody else."""

import socket
from contextlib import ExitStack

from tests.free_port import free_port


def test_a_server_can_bind_the_port_and_nobody_else_is_given_it():
    with ExitStack() as stack:
        port = stack.enter_context(free_port())
        others = {stack.enter_context(free_port()) for _ in range(200)}
        assert len(others) == 200
        assert port not in others
        server = stack.enter_context(socket.create_server(("127.0.0.1", port)))
        with socket.create_connection(("127.0.0.1", port)):
            assert server.accept()[0].getsockname() == ("127.0.0.1", port)
