"""Measures how runs per minute grow with the number of replicas: ``make bench-cluster``.

The replicas sleep instead of running a model, and then send the answer of a real run, so that two
processors can stand for many machines. Everything else is real: the page, its queue, its results,
Ray Serve, and readers who press Run, each on its own page, without a pause. For each number of
replicas, this prints

* the runs per minute, beside those of replicas that never wait,
* the 95th percentile of the seconds from Run to the result,
* the CPU time that the page's process spends on one run.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import quantiles

from bench.processes import usage
from bench.soak.page import PageClient
from bench.soak.server import Server
from bertviz_space.extraction import extract
from bertviz_space.jobs.cluster.settings import CLUSTER_VARIABLE, REPLICAS_VARIABLE
from bertviz_space.jobs.pickled_answer import pickled_answer
from bertviz_space.models.cache import ModelCache

_MODEL = "tiny-bert"
# Words of the text of the answer that the replicas send.
_WORDS = 100

# Seconds that a run takes on a replica.
_RUN_SECONDS = 2.0
# Readers for each replica: one runs, and one waits.
_READERS_EACH = 2
_REPLICAS = (1, 2, 4, 8, 16)


def main() -> None:
    """Measure each number of replicas, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m bench.cluster")
    parser.add_argument("--replicas", type=int, nargs="+", default=_REPLICAS)
    parser.add_argument("--seconds", type=float, default=30.0)
    options = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="bertviz-space-cluster-"))
    try:
        _write_answer(home / "answer")
        print(
            f"{'replicas':>8}{'runs':>6}{'runs/min':>10}{'ideal':>8}{'p95 s':>8}{'page ms/run':>13}"
        )
        for number in options.replicas:
            _measure(number, min(options.seconds, 120.0), home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _write_answer(path: Path) -> None:
    """Write the pickled answer of a run to a file."""
    loaded = ModelCache().get(_MODEL)
    text = " ".join(["cat"] * _WORDS)
    path.write_bytes(pickled_answer(lambda: extract(loaded.model, loaded.tokenizer, text)))


def _measure(replicas: int, seconds: float, home: Path) -> None:
    """Start replicas and a page, let readers run texts, and print a line."""
    command = [sys.executable, "-m", "bench.sleeping_replica"]
    arguments = [str(replicas), str(_RUN_SECONDS), str(home / "answer")]
    with subprocess.Popen(
        [*command, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as cluster:
        try:
            assert cluster.stdout is not None
            url = cluster.stdout.readline().strip()
            if not url:
                raise RuntimeError("the cluster did not start")
            os.environ[CLUSTER_VARIABLE], os.environ[REPLICAS_VARIABLE] = url, str(replicas)
            folder = home / str(replicas)
            folder.mkdir()
            with Server(folder) as server:
                _warm_up(server.url)
                before = usage(server.pid).cpu_ms
                runs = _read(server.url, replicas * _READERS_EACH, seconds)
                spent = usage(server.pid).cpu_ms - before
        finally:
            assert cluster.stdin is not None
            cluster.stdin.close()
            cluster.wait()
    # Runs that were answered in time.
    per_minute, ideal = len(runs) * 60 / seconds, replicas * 60 / _RUN_SECONDS
    p95 = quantiles(runs, n=20)[-1]
    print(
        f"{replicas:8}{len(runs):6}{per_minute:10.0f}{ideal:8.0f}{p95:8.2f}"
        f"{spent / len(runs):13.0f}",
        flush=True,
    )


def _warm_up(url: str) -> None:
    with PageClient(url) as page:
        page.run(_MODEL, "the cat")


def _read(url: str, readers: int, seconds: float) -> list[float]:
    """Let readers run texts, and return how many seconds each run took that ended in time."""
    end = time.monotonic() + seconds

    def read(seed: int) -> list[float]:
        dice, durations = random.Random(seed), list[float]()
        with PageClient(url) as page:
            while True:
                start = time.monotonic()
                ending = page.run(_MODEL, f"the cat {dice.random()}")
                now = time.monotonic()
                if now > end:
                    return durations
                if ending.manifest is None:
                    raise RuntimeError(f"a run ended with {ending.text!r}")
                durations.append(now - start)

    with ThreadPoolExecutor(readers) as threads:
        return [each for found in threads.map(read, range(readers)) for each in found]


if __name__ == "__main__":
    main()
