"""Runs the benchmark: ``make bench``.

``python -m bench --quick`` shows in a minute or two that all of it works, and writes elsewhere;
so does a run of some lengths alone, ``--tokens 128 512``, thorough or quick.
"""

import argparse
import shutil
import tempfile
from pathlib import Path

from tests.hub_cache import use_cache_of


def main() -> None:
    """Run it on a Hugging Face cache of its own."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--quick", action="store_true", help="each view once; 16 and 64 tokens")
    parser.add_argument("--tokens", type=int, nargs="+", help="only these lengths")
    parser.add_argument("--out", type=Path, help="the folder to write into")
    options = parser.parse_args()
    elsewhere = options.quick or options.tokens
    folder = options.out or Path(tempfile.mkdtemp() if elsewhere else Path(__file__).parent)
    home = Path(tempfile.mkdtemp(prefix="bertviz-space-bench-"))
    use_cache_of(home)
    # What reads where the cache is comes after that.
    from bench.cases import FULL, QUICK, briefly
    from bench.run import run

    wanted = options.tokens or (QUICK if options.quick else [case.tokens for case in FULL])
    cases = [case for case in FULL if case.tokens in wanted]
    if options.quick:
        cases = [briefly(case) for case in cases]
    try:
        run(home, cases, folder, with_extraction=not elsewhere)
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
