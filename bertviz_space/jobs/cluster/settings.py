"""The settings of a cluster, from the environment."""

import os
import re
from dataclasses import dataclass
from importlib.util import find_spec

from ...machine import on_zero_gpu

# Environment variable: where the cluster is.
CLUSTER_VARIABLE = "BERTVIZ_CLUSTER"
# Environment variable: how many replicas run models, such as 2, or 1-16 for Ray to choose.
REPLICAS_VARIABLE = "BERTVIZ_CLUSTER_REPLICAS"

# Joins the Ray cluster that runs on this machine, or starts one.
AUTO = "auto"

_DEFAULT_REPLICAS = 2
_MAX_REPLICAS = 1024
_ADDRESS = re.compile(r"auto|[\w.-]+:\d{1,5}|https?://\S+", re.ASCII)
_REPLICAS = re.compile(r"(\d{1,4})(?:-(\d{1,4}))?", re.ASCII)


@dataclass(frozen=True)
class ClusterSettings:
    """Where a cluster is, and how large it may grow.

    Attributes:
        address: ``AUTO``; or ``host:port``, the address of a Ray cluster that this machine belongs
            to; or the URL of a deployment that is already running.
        min_replicas: the number of replicas that always run.
        max_replicas: the number up to which Ray starts replicas while runs wait.
    """

    address: str
    min_replicas: int = _DEFAULT_REPLICAS
    max_replicas: int = _DEFAULT_REPLICAS

    @property
    def is_deployed(self) -> bool:
        """Whether the address is the URL of a deployment that is already running."""
        return "://" in self.address


def cluster_settings() -> ClusterSettings | None:
    """Return the settings of the cluster, ``None`` if models run in this process.

    Raises:
        ValueError: if a setting cannot be read, with its variable and its value, or if Ray is
            needed and not installed.
    """
    address = os.environ.get(CLUSTER_VARIABLE, "").strip()
    if not address:
        return None
    if not _ADDRESS.fullmatch(address):
        raise ValueError(
            f"{CLUSTER_VARIABLE} is {address!r}: it must be auto, the host:port of a Ray cluster, "
            "or the URL of a deployment, such as http://127.0.0.1:8000/bertviz-space."
        )
    if on_zero_gpu():
        raise ValueError(f"{CLUSTER_VARIABLE} cannot be set on ZeroGPU, which lends its own GPUs.")
    settings = ClusterSettings(address, *_replicas())
    if not settings.is_deployed and find_spec("ray") is None:
        raise ValueError(
            f"{CLUSTER_VARIABLE} is {address!r}, and Ray is not installed. Install the package "
            "with its extra cluster, or requirements-cluster.txt."
        )
    return settings


def _replicas() -> tuple[int, int]:
    named = os.environ.get(REPLICAS_VARIABLE, "").strip() or str(_DEFAULT_REPLICAS)
    found = _REPLICAS.fullmatch(named)
    lowest, highest = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not 1 <= lowest <= highest <= _MAX_REPLICAS:
        raise ValueError(
            f"{REPLICAS_VARIABLE} is {named!r}: it must be a number from 1 to {_MAX_REPLICAS:,}, "
            "or two such as 1-16."
        )
    return lowest, highest
