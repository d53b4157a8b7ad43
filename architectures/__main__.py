"""Compares every architecture and writes the report.

Exits with 1 if a compared class is wrong, or if fewer types are right than in the existing report.
"""

import sys
import warnings

from transformers.utils import logging

from .comparison import Compared, Failed, compare, set_up
from .report import REPORT, num_right_before, report, right_types
from .types import all_architectures


def main() -> int:
    """Compare, write the report and return the exit code."""
    # transformers warns about many unusual values in tiny configurations.
    warnings.simplefilter("ignore")
    logging.set_verbosity_error()
    set_up()
    before = num_right_before()
    results = []
    for architecture in all_architectures():
        result = compare(architecture)
        results.append(result)
        name = f"{architecture.model_type} {architecture.auto_class}"
        if isinstance(result, Compared):
            verdict = "right" if result.is_right else "WRONG"
            print(f"{verdict}  {name}  {result.difference:.1e}", flush=True)
        elif isinstance(result, Failed):
            print(f"FAILED {name}  {result.reason}", flush=True)
    text = report(results)
    REPORT.write_text(text, encoding="utf-8")
    print(text.splitlines()[-1])
    wrong = [each for each in results if isinstance(each, Compared) and not each.is_right]
    fewer = len(right_types(results)) < before
    if fewer:
        print(f"fewer than the {before} types of the existing report")
    return 1 if wrong or fewer else 0


if __name__ == "__main__":
    sys.exit(main())
