"""Deploys the replicas on a Ray cluster: ``python -m bertviz_space.jobs.cluster.deployment``.

``local`` starts this process with the address of the cluster and the numbers of replicas. It prints
the URL of the deployment, and ends when its standard input is closed. A cluster that it has started
itself ends with it.
"""

import logging
import os
import secrets
import socket
import sys
from typing import TextIO

# Before the import of Ray, which reads it: this package sends no usage reports.
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")

import ray
from ray import serve
from ray.serve.context import _get_global_client

from bertviz_space.jobs.cluster.replica import ON_ALL_INTERFACES, application
from bertviz_space.jobs.cluster.settings import AUTO

_NAME = "bertviz-space"

# The address with which this process starts again, to start a cluster of its own.
_OWN = "own"


def main(address: str, min_replicas: str, max_replicas: str) -> None:
    """Deploy the replicas, print the URL, and wait until the standard input is closed."""
    output = output_for_url()
    if address == _OWN:
        start_cluster(max(int(max_replicas), os.cpu_count() or 1))
    else:
        try:
            ray.init(address, logging_level=logging.WARNING)
        except ConnectionError:
            if address != AUTO:
                raise
            os.dup2(output.fileno(), sys.stdout.fileno())
            _start_again_with_own_cluster(min_replicas, max_replicas)
    keep(deploy(application(int(min_replicas), int(max_replicas))), output)


def output_for_url() -> TextIO:
    """Return the standard output; what Ray and the replicas print goes to the standard error."""
    output = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return output


def keep(url: str, output: TextIO) -> None:
    """Print the URL of a deployment, and keep it until the standard input is closed."""
    print(url, file=output, flush=True)
    sys.stdin.read()
    ray.shutdown()


def start_cluster(num_cpus: int) -> None:
    """Start a Ray cluster on this machine, which ends with this process.

    Args:
        num_cpus: how many processors Ray may give to replicas; they may be more than there are.
    """
    ray.init("local", num_cpus=num_cpus, include_dashboard=False, logging_level=logging.WARNING)
    serve.start(http_options={"host": "127.0.0.1", "port": _free_port()}, proxy_location="HeadOnly")


def deploy(replicas: serve.Application) -> str:
    """Run an application on the cluster that this process has joined, and return its URL."""
    serve.run(replicas, name=_NAME, route_prefix=f"/{_NAME}")
    # Ray 2.60 has no public function that returns the address of a Serve that already ran.
    return f"{_get_global_client().root_url}/{_NAME}"


def _start_again_with_own_cluster(*arguments: str) -> None:
    """Replace this process by one in which Ray has other settings, where none are set.

    Ray listens on 127.0.0.1 only, and accepts only connections with a token of this cluster.
    Without one, Ray would write a token to a file in the home folder.
    """
    token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
    environment = {ON_ALL_INTERFACES: "0", **token, **os.environ}
    command = [sys.executable, "-m", "bertviz_space.jobs.cluster.deployment", _OWN, *arguments]
    os.execve(sys.executable, command, environment)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


if __name__ == "__main__":
    main(*sys.argv[1:])
