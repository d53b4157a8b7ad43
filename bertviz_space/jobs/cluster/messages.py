"""What a replica sends back while it runs a model, as frames in one stream of bytes.

A frame is one byte for its kind, the length of its content in 8 bytes, and the content.
"""

import struct
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from enum import Enum

_HEADER = struct.Struct(">cQ")

# Bytes of a part of a frame. Ray Serve passes each part on in a message of its own.
_PART_BYTES = 1024**2


class Kind(Enum):
    """The kind of a message.

    Attributes:
        ALIVE: the replica works on the run; sent at its beginning and then regularly.
        WRITTEN: the text that the model has written so far, in UTF-8.
        OTHER_WRITTEN: what has been written so far in the other run of a comparison, in UTF-8.
        ANSWER: what ``pickled_answer`` returns; the last message.
    """

    ALIVE = b"."
    WRITTEN = b"w"
    OTHER_WRITTEN = b"o"
    ANSWER = b"a"


def parts_of(kind: Kind, content: bytes = b"") -> Iterator[bytes]:
    """Yield a frame in parts of at most ``_PART_BYTES``."""
    yield _HEADER.pack(kind.value, len(content))
    for start in range(0, len(content), _PART_BYTES):
        yield content[start : start + _PART_BYTES]


async def messages_in(parts: AsyncIterable[bytes]) -> AsyncIterator[tuple[Kind, bytes]]:
    """Yield the messages of a stream.

    Raises:
        ValueError: if the stream contains something else than messages.
    """
    buffer = bytearray()
    async for part in parts:
        buffer += part
        while len(buffer) >= _HEADER.size:
            kind, length = _HEADER.unpack_from(buffer)
            end = _HEADER.size + length
            if len(buffer) < end:
                break
            yield Kind(kind), bytes(memoryview(buffer)[_HEADER.size : end])
            del buffer[:end]
