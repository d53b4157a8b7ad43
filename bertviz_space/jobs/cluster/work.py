"""Does the work of a call in a thread, and streams messages about it."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from functools import partial

from ...cancellation import Cancellation
from ...comparison import compare_runs
from ..engine import do_work
from ..pickled_answer import pickled_answer
from ..worker_models import WorkerModels
from .call import Call
from .messages import Kind, parts_of

# Seconds between two messages that the replica still works on a run.
_ALIVE_SECONDS = 5.0

# Receives a message, in any thread.
_Send = Callable[[tuple[Kind, bytes]], object]


async def stream_of(call: Call, models: WorkerModels) -> AsyncGenerator[bytes]:
    """Yield the messages of a run, ``Kind.ANSWER`` at the end, as bytes of a stream.

    If the generator is closed or its task is canceled, the run stops before its next layer.

    Args:
        call: the run.
        models: the models of this replica.
    """
    cancellation = Cancellation()
    messages = asyncio.Queue[tuple[Kind, bytes]]()
    loop = asyncio.get_running_loop()
    send = partial(loop.call_soon_threadsafe, messages.put_nowait)
    loop.run_in_executor(None, _do, call, models, cancellation, send)
    kind, content = Kind.ALIVE, b""
    try:
        while True:
            for part in parts_of(kind, content):
                yield part
            if kind is Kind.ANSWER:
                return
            try:
                kind, content = await asyncio.wait_for(messages.get(), _ALIVE_SECONDS)
            except TimeoutError:
                kind, content = Kind.ALIVE, b""
    finally:
        cancellation.request()


def _do(call: Call, models: WorkerModels, cancellation: Cancellation, send: _Send) -> None:
    """Run the work of a call, and send its messages."""

    def on_written(kind: Kind, text: str) -> bool:
        send((kind, text.encode("utf-8", "replace")))
        return True

    def run() -> object:
        loaded = models.get(call.checkpoint)
        other = None if call.other is None else models.get(call.other)
        listeners = {}
        if call.writes:
            listeners["on_written"] = partial(on_written, Kind.WRITTEN)
        if call.work is compare_runs:
            listeners["on_other_written"] = partial(on_written, Kind.OTHER_WRITTEN)
        return do_work(
            call.work, loaded, other, **call.arguments, **listeners, cancellation=cancellation
        )

    send((Kind.ANSWER, pickled_answer(run)))
