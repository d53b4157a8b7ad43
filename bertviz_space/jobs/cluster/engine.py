"""Sends runs to the replicas of a cluster."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import replace
from threading import Thread
from typing import TypeVar

import httpx

from ...errors import ClusterUnavailable, RunStopped
from ...prepared_run import go_on
from ..caller import Caller
from ..engine import ModelRun
from ..pickled_answer import answer_in
from .call import Call
from .local import Deployed, Local, Source
from .messages import Kind, messages_in
from .settings import ClusterSettings

_log = logging.getLogger(__name__)

_Answer = TypeVar("_Answer")

# With this header, Ray Serve prefers a replica that has already run the model.
_MODEL_HEADER = "serve-multiplexed-model-id"

# Seconds that a run waits for a replica, longer than the passes of a text may take (three minutes).
# A comparison ahead of it may take longer: then the reader is asked to try again.
_WAIT_SECONDS = 240.0
# Seconds after which a replica that sends nothing counts as lost. It sends a message every five
# seconds, and the parts of a large answer one after the other.
# Ray itself notices after 65 seconds that a machine is cut off from the network.
_SILENT_SECONDS = 30.0
# Seconds that a run may take in addition to the limits of its load and of its passes.
_EXTRA_SECONDS = 60.0
# Seconds of waiting for a replica after which the reader is told.
_REPORT_SECONDS = 1.0
# Seconds before a run that has lost its replica is sent again.
_RETRY_SECONDS = 1.0


class _ReplicaLost(Exception):
    """A replica or the connection to it has ended during a run."""


class _EnoughWritten(Exception):
    """The reader wants the model to write no further token.

    Args:
        num_tokens: how many tokens it has written.
    """

    def __init__(self, num_tokens: int) -> None:
        super().__init__(num_tokens)
        self.num_tokens = num_tokens


class ClusterEngine:
    """Runs models on the replicas of a cluster.

    A run that loses its replica is sent again once. The listeners ``on_written`` and
    ``on_other_written`` are called in another thread.

    Args:
        settings: where the cluster is.
    """

    def __init__(self, settings: ClusterSettings) -> None:
        deployed = settings.is_deployed
        self._source: Source = Deployed(settings.address) if deployed else Local(settings)
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(10.0, read=None, pool=None),
            limits=httpx.Limits(),
            # A proxy in the environment is for the Hub.
            trust_env=False,
        )
        self._loop = asyncio.new_event_loop()
        Thread(target=self._loop.run_forever, name="cluster", daemon=True).start()
        if not deployed:
            # Start it before the first run.
            asyncio.run_coroutine_threadsafe(self._source.url(), self._loop)

    def close(self) -> None:
        """End a cluster that this engine has started; runs in progress end with an error."""
        self._loop.call_soon_threadsafe(self._source.close)

    def run(self, run: ModelRun[_Answer]) -> _Answer:
        """Return what the work returns on a replica.

        Raises:
            ClusterUnavailable: if no replica could finish the run.
            SpaceError: any error of the work.
        """
        answer = asyncio.run_coroutine_threadsafe(self._answer(run), self._loop)
        with run.caller.cancellation.waking(answer.cancel):
            try:
                return answer_in(answer.result())
            except CancelledError as error:
                raise RunStopped from error

    async def _answer(self, run: ModelRun[_Answer]) -> bytes:
        """Return the pickled answer of a run; send it again once if its replica is lost."""
        other = None if run.other is None else run.other.checkpoint
        call, caller = Call(run.work, run.loaded.checkpoint, run.arguments, other), run.caller
        listeners = {"on_written": go_on, "on_other_written": go_on, **run.listeners}
        has_failed = False
        while True:
            with _reporting_wait(caller, call) as started:
                url = await self._source.url()
                try:
                    return await self._ask(url, call, started, listeners)
                except _EnoughWritten as enough:
                    # The text is a function of the call: this one ends with the same tokens.
                    arguments = {**call.arguments, "continue_tokens": enough.num_tokens}
                    call = replace(call, arguments=arguments)
                    listeners = {**listeners, "on_written": go_on}
                except (_ReplicaLost, httpx.TransportError) as error:
                    _log.warning("a run has lost its replica: %r", error)
                    is_refused = isinstance(error, httpx.ConnectError)
                    if has_failed or (is_refused and not self._source.is_lost(url)):
                        raise ClusterUnavailable(
                            "The machine that was to run the model does not answer. What is on the "
                            "page stays. Try again in a minute, or choose a smaller model."
                        ) from error
                    has_failed = True
                    caller.report("A machine was lost. Running again on another one …")
                    await asyncio.sleep(_RETRY_SECONDS)

    async def _ask(
        self,
        url: str,
        call: Call,
        started: Callable[[], object],
        listeners: Mapping[str, Callable[[str], object]],
    ) -> bytes:
        """Send a call to a replica, and return the pickled answer.

        Args:
            url: the URL of the deployment.
            call: the call.
            started: called when a replica has begun to work on it.
            listeners: ``on_written``, which returns whether the model should write another token,
                and ``on_other_written``; both receive the written text.

        Raises:
            _ReplicaLost, httpx.TransportError: if the replica is lost.
            _EnoughWritten: if ``on_written`` has returned False.
        """
        now = asyncio.get_running_loop().time
        num_written, end = 0, None
        headers = {"content-type": "application/json", _MODEL_HEADER: call.checkpoint.name}
        body = call.to_json()
        try:
            async with (
                asyncio.timeout(_WAIT_SECONDS) as limit,
                self._client.stream("POST", url, content=body, headers=headers) as response,
            ):
                if response.status_code != httpx.codes.OK:
                    raise _ReplicaLost(f"status {response.status_code}")
                end = now() + call.total_seconds + _EXTRA_SECONDS
                started()
                received = _rescheduling(limit, end, response.aiter_bytes())
                async for kind, content in messages_in(received):
                    if kind is Kind.ANSWER:
                        return content
                    if kind is Kind.WRITTEN:
                        num_written += 1
                        if not listeners["on_written"](content.decode("utf-8")):
                            raise _EnoughWritten(num_written)
                    if kind is Kind.OTHER_WRITTEN:
                        listeners["on_other_written"](content.decode("utf-8"))
        except TimeoutError as error:
            if end is None:
                raise ClusterUnavailable(
                    "All machines that run models are busy. Wait a minute and try again."
                ) from error
            if now() >= end:
                raise ClusterUnavailable(
                    f"A machine has worked on {call.checkpoint.model_id} for too long. Try again, "
                    "or choose a smaller model."
                ) from error
            raise _ReplicaLost("no message") from error
        raise _ReplicaLost("the answer ended early")


async def _rescheduling(
    limit: asyncio.Timeout, end: float, parts: AsyncIterator[bytes]
) -> AsyncIterator[bytes]:
    """Yield the parts of an answer; after each, its replica may be silent for some seconds again.

    Args:
        limit: the time limit that is set again.
        end: the latest time to which it is set.
        parts: the parts.
    """
    now = asyncio.get_running_loop().time
    async for part in parts:
        limit.reschedule(min(end, now() + _SILENT_SECONDS))
        yield part


@contextmanager
def _reporting_wait(caller: Caller, call: Call) -> Iterator[Callable[[], object]]:
    """Tell the reader if no replica starts to work soon, and when one does.

    Yields:
        A function to call when a replica starts to work.
    """
    loop = asyncio.get_running_loop()
    is_waiting = False

    def report() -> None:
        nonlocal is_waiting
        is_waiting = True
        caller.report("Waiting for a machine that can run the model …")

    timer = loop.call_later(_REPORT_SECONDS, report)

    def started() -> None:
        timer.cancel()
        if is_waiting:
            caller.report(f"Running {call.checkpoint.model_id} …")

    try:
        yield started
    finally:
        timer.cancel()
