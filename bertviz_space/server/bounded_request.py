"""Receives a request up to a number of bytes."""

from starlette.types import Message, Receive


class TooLarge(Exception):
    """A request has more bytes than its route accepts."""


class BoundedRequest:
    """Receives the messages of a request.

    Args:
        receive: receives the next message from the server.
        max_bytes: how many bytes the body may have.
    """

    def __init__(self, receive: Receive, max_bytes: int) -> None:
        self._receive = receive
        self._bytes_left = max_bytes
        self._read_ahead: list[Message] = []

    async def __call__(self) -> Message:
        """Return the next message.

        Raises:
            TooLarge: if the body has more bytes than allowed.
        """
        if self._read_ahead:
            return self._read_ahead.pop(0)
        message = await self._receive()
        self._bytes_left -= len(message.get("body", b""))
        if self._bytes_left < 0:
            raise TooLarge
        return message

    async def peek_body(self) -> bytes:
        """Return the whole body. Its messages can still be received afterwards.

        Raises:
            TooLarge: if the body has more bytes than allowed.
        """
        messages: list[Message] = []
        while not messages or messages[-1].get("more_body"):
            messages.append(await self())
        self._read_ahead = messages
        return b"".join(message.get("body", b"") for message in messages)
