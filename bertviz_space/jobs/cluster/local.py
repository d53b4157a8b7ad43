"""Starts the process that deploys the replicas, and starts it again after its cluster was lost."""

import asyncio
import logging
import os
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from typing import Protocol

from ...errors import ClusterUnavailable
from .settings import ClusterSettings

_log = logging.getLogger(__name__)

# Seconds that Ray may take to start with all replicas. It takes 15 on two cores.
_START_SECONDS = 120.0


class Source(Protocol):
    """Knows the URL of the deployment. All methods are called in one event loop."""

    async def url(self) -> str:
        """Return the URL of the deployment once it runs.

        Raises:
            ClusterUnavailable: if it cannot be started.
        """
        ...

    def is_lost(self, url: str) -> bool:
        """Record that no connection to a URL is possible; return whether there will be another."""
        ...

    def close(self) -> None:
        """End what this source has started."""
        ...


class Deployed:
    """A deployment that others have started.

    Args:
        url: its URL.
    """

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    async def url(self) -> str:
        """Return its URL."""
        return self._url

    def is_lost(self, url: str) -> bool:
        """Return False: only its owner can start it again."""
        return False

    def close(self) -> None:
        """End nothing."""


class Local:
    """A deployment that this process starts, in another process that ends with this one.

    Args:
        settings: the address of the Ray cluster, and the numbers of replicas.
    """

    def __init__(self, settings: ClusterSettings) -> None:
        self._settings = settings
        self._process: Process | None = None
        self._starting: asyncio.Task[str] | None = None
        self._url: str | None = None

    async def url(self) -> str:
        """Return the URL of the deployment; start the deployment if it does not run."""
        if self._starting is None or (self._starting.done() and self._has_ended):
            self._starting = asyncio.create_task(self._start())
        # Several runs wait for one start, which a cancellation of one of them must not cancel.
        return await asyncio.shield(self._starting)

    def is_lost(self, url: str) -> bool:
        """End the process of a deployment that cannot be reached; ``url`` starts another."""
        if url == self._url:
            _log.warning("the cluster at %s does not answer; starting it again", url)
            self._url, self._starting = None, None
            self._end()
        return True

    def close(self) -> None:
        """Let the process end the cluster that it has started, and itself."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()

    @property
    def _has_ended(self) -> bool:
        return self._process is None or self._process.returncode is not None

    async def _start(self) -> str:
        settings = self._settings
        process = self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bertviz_space.jobs.cluster.deployment",
            settings.address,
            str(settings.min_replicas),
            str(settings.max_replicas),
            stdin=PIPE,
            stdout=PIPE,
            # A signal to end this process, from a terminal, would end Ray's processes in any order.
            start_new_session=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        line = b""
        if process.stdout is not None:
            with suppress(TimeoutError):
                line = await asyncio.wait_for(process.stdout.readline(), _START_SECONDS)
        if line:
            self._url = line.decode("ascii").strip()
            return self._url
        self._end()
        raise ClusterUnavailable(
            "The machines that run the models could not be started. Try again in a minute. For the "
            "Space's owner: the log says why."
        )

    def _end(self) -> None:
        """End the process, if it runs."""
        if self._process is not None and not self._has_ended:
            self._process.kill()
