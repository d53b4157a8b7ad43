"""Runs the soak: ``make soak``.

``--minutes 0.5 --visitors 8`` shows all of it in short, and ends with 1 where the memory of a
process so young still grows.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from bench.soak.crowd import let_in
from bench.soak.report import report
from bench.soak.server import Server
from tests.hub_cache import use_cache_of

# Bounds of what may be asked for: this is no tool to bring down other people's machines.
_MOST_VISITORS, _MOST_MINUTES = 100, 30.0


def main() -> None:
    """Serve, let the visitors in, and print what came of it; 1 if anything went wrong."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak")
    parser.add_argument("--visitors", type=int, default=40)
    parser.add_argument("--minutes", type=float, default=5.0)
    options = parser.parse_args()
    visitors = min(options.visitors, _MOST_VISITORS)
    minutes = min(options.minutes, _MOST_MINUTES)
    home = Path(tempfile.mkdtemp(prefix="bertviz-space-soak-"))
    use_cache_of(home)
    try:
        with Server(home) as server:
            visits = let_in(server.url, visitors, minutes * 60)
            server.wait_until_idle()
            went_well = report(visits, server, visitors, minutes)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    sys.exit(not went_well)


if __name__ == "__main__":
    main()
