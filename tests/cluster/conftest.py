"""Fixtures of the cluster tests: a Ray cluster on this machine with two replicas."""

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from bertviz_space.extraction import extract
from bertviz_space.jobs.caller import Caller
from bertviz_space.jobs.cluster.engine import ClusterEngine
from bertviz_space.jobs.cluster.settings import ClusterSettings
from bertviz_space.jobs.engine import ModelRun
from bertviz_space.jobs.handler import Handler
from bertviz_space.jobs.store import Store
from bertviz_space.models.cache import ModelCache
from bertviz_space.models.loading import outline_of_weights
from bertviz_space.trace import Trace


class RayProcesses:
    """The processes of the cluster, which this process has started."""

    def all(self) -> list[psutil.Process]:
        """Return the process that deploys the replicas, and all processes that it has started."""
        children = psutil.Process(os.getpid()).children(recursive=True)
        deployments = [each for each in children if "deployment" in _name(each)]
        return [process for each in deployments for process in (each, *_below(each))]

    def replicas(self) -> list[psutil.Process]:
        """Return the processes that run models."""
        return [each for each in self.all() if "ServeReplica" in _name(each)]

    def kill_replicas(self) -> None:
        """End all processes that run models now, as if their machines had failed."""
        _kill(self.replicas())

    def kill_cluster(self, with_deployment: bool) -> None:
        """End all processes of Ray, with or without the one that has started them."""
        _kill([each for each in self.all() if with_deployment or "deployment" not in _name(each)])


def _below(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _name(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""


def _kill(processes: list[psutil.Process]) -> None:
    for each in processes:
        try:
            each.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(processes, timeout=30)


@pytest.fixture(scope="session")
def engine() -> Iterator[ClusterEngine]:
    """Yield an engine that has started a cluster."""
    engine = ClusterEngine(ClusterSettings("auto"))
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def handler(engine, tmp_path_factory) -> Handler:
    """Return a handler that runs models on the cluster."""
    store = Store(tmp_path_factory.mktemp("results"))
    return Handler(ModelCache(load=outline_of_weights), store, engine)


class PausedModel:
    """A model that a replica cannot finish to load, because its configuration is a pipe.

    Args:
        folder: an empty folder.
    """

    def __init__(self, folder: Path) -> None:
        loaded = ModelCache(load=outline_of_weights).get("tiny-gpt2")
        shutil.copytree(loaded.checkpoint.folder, folder, dirs_exist_ok=True)
        # Another name of the model, so that no replica has it.
        checkpoint = replace(loaded.checkpoint, folder=folder, revision=folder.name)
        self._loaded = replace(loaded, checkpoint=checkpoint)
        self._file = folder / "config.json"
        self._content = self._file.read_bytes()
        self._file.unlink()
        os.mkfifo(self._file)

    def start(self, engine: ClusterEngine, caller: Caller) -> Future[Trace]:
        """Run it on a text in a thread."""
        arguments = {"text": "The cat sat on the mat", "max_seconds": 180.0}
        thread = ThreadPoolExecutor(1)
        run = thread.submit(engine.run, ModelRun(extract, self._loaded, arguments, caller))
        thread.shutdown(wait=False)
        return run

    def wait_until_a_replica_loads_it(self) -> None:
        """Wait until a replica reads the pipe."""
        os.close(os.open(self._file, os.O_WRONLY))

    def go_on(self) -> None:
        """Let the next replica load it."""
        complete = self._file.with_name("complete")
        complete.write_bytes(self._content)
        complete.replace(self._file)


@pytest.fixture
def paused(tmp_path) -> PausedModel:
    """Return a model that replicas load until they are killed."""
    return PausedModel(tmp_path)


@pytest.fixture
def ray_processes(handler) -> RayProcesses:
    """Return the processes of the cluster."""
    return RayProcesses()
