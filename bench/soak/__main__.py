"""Runs the load test: ``make soak``, or ``make soak-cluster`` with a cluster that runs the models.

``--minutes 0.5 --visitors 8`` is a short try. It may exit with 1, because the memory of a process
that has just started still grows.
"""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from bench.soak.report import report
from bench.soak.server import Server
from bench.soak.visitors import run_visitors
from bertviz_space.jobs.cluster.settings import AUTO, CLUSTER_VARIABLE
from tests.hub_cache import use_cache_of

# Limits of the options: this tool must not be able to overload other people's machines.
_MOST_VISITORS, _MOST_MINUTES = 100, 30.0


def main() -> None:
    """Start the Space, run the visitors, and print a report; exit with 1 if anything went wrong."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak")
    parser.add_argument("--visitors", type=int, default=40)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--cluster", action="store_true", help="run models on two replicas of Ray")
    options = parser.parse_args()
    if options.cluster:
        os.environ[CLUSTER_VARIABLE] = AUTO
    visitors = min(options.visitors, _MOST_VISITORS)
    minutes = min(options.minutes, _MOST_MINUTES)
    home = Path(tempfile.mkdtemp(prefix="bertviz-space-soak-"))
    use_cache_of(home)
    try:
        with Server(home) as server:
            visits = run_visitors(server.url, visitors, minutes * 60)
            server.wait_until_idle()
            is_good = report(visits, server, visitors, minutes)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    sys.exit(not is_good)


if __name__ == "__main__":
    main()
