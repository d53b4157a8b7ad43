"""Runs the benchmark: ``make bench``.

``python -m bench --quick`` checks in a minute or two that all of it works. ``--tokens 128 512``
measures only these lengths. Both write into a temporary folder instead of ``bench/``.
"""

import argparse
import shutil
import tempfile
from pathlib import Path

from tests.hub_cache import use_cache_of


def main() -> None:
    """Run the benchmark with a Hugging Face cache of its own."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--quick", action="store_true", help="each view once; 16 and 64 tokens")
    parser.add_argument("--tokens", type=int, nargs="+", help="measure only these lengths")
    parser.add_argument("--out", type=Path, help="the folder to write into")
    options = parser.parse_args()
    is_partial = options.quick or options.tokens
    folder = options.out or Path(tempfile.mkdtemp() if is_partial else Path(__file__).parent)
    home = Path(tempfile.mkdtemp(prefix="bertviz-space-bench-"))
    use_cache_of(home)
    # These modules read the location of the cache when they are imported.
    from bench.cases import FULL, QUICK, quick_case
    from bench.run import run

    lengths = options.tokens or (QUICK if options.quick else [case.tokens for case in FULL])
    cases = [case for case in FULL if case.tokens in lengths]
    if options.quick:
        cases = [quick_case(case) for case in cases]
    try:
        run(home, cases, folder, with_extraction=not is_partial)
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
