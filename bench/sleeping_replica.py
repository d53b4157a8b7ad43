"""Deploys replicas that sleep instead of running a model, for ``bench.cluster``.

It prints the URL of the deployment, and ends when its standard input is closed.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

# Before the import of Ray, which reads it: see bertviz_space/jobs/cluster/replica.py.
os.environ |= {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0", "RAY_USAGE_STATS_ENABLED": "0"}

from ray import serve
from starlette.requests import Request
from starlette.responses import StreamingResponse

from bertviz_space.jobs.cluster.deployment import deploy, keep, output_for_url, start_cluster
from bertviz_space.jobs.cluster.messages import Kind, parts_of

# Processors that Ray reserves for a replica, which uses none.
_CPUS = 0.01


class SleepingReplica:
    """Answers each call after some seconds with the same answer.

    Args:
        seconds: how long a run takes.
        answer: a file with the pickled answer.
    """

    def __init__(self, seconds: float, answer: str) -> None:
        self._seconds = seconds
        self._answer = Path(answer).read_bytes()

    async def __call__(self, request: Request) -> StreamingResponse:
        """Stream the messages of a run."""
        await request.body()
        return StreamingResponse(self._messages())

    async def _messages(self) -> AsyncIterator[bytes]:
        for part in parts_of(Kind.ALIVE):
            yield part
        await asyncio.sleep(self._seconds)
        for part in parts_of(Kind.ANSWER, self._answer):
            yield part


def main(replicas: str, seconds: str, answer: str) -> None:
    """Deploy the replicas, print the URL, and wait until the standard input is closed."""
    output = output_for_url()
    start_cluster(os.cpu_count() or 1)
    deployment = serve.deployment(
        num_replicas=int(replicas),
        max_ongoing_requests=1,
        ray_actor_options={"num_cpus": _CPUS},
        logging_config={"log_level": "WARNING", "enable_access_log": False},
    )
    keep(deploy(deployment(SleepingReplica).bind(float(seconds), answer)), output)


if __name__ == "__main__":
    main(*sys.argv[1:])
