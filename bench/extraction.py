"""Extraction against a plain forward pass: CPU time and peak memory.

Three ways to run the trunk of a BERT-base with random weights on the same token ids:

* ``sdpa``: transformers' own pass with torch's attention function. Nothing is kept.
* ``extraction``: what ``extract`` does from the token ids on: the pass, the queries and keys of all
  layers as copies of their own, masks split, the model's own weights of some queries, the law
  checked with them in every layer, and the rotations looked up. Not the tokenizer.
* ``eager``: transformers' own pass with ``output_attentions``: all weights of all layers.

CPU time is that of the whole process, all threads. The ways take turns in one process, in an order
that is reversed each time, and each is compared with the ``sdpa`` of its own turn. Peak memory is
the resident set's high-water mark of a fresh process in one pass, above what it held before: the
libraries, the model, and a first pass on 8 tokens. ``python -m bench.extraction`` prints it all.
"""

import argparse
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import torch
from torch import Tensor
from transformers import BertConfig, BertModel

from bertviz_space.capture import capture, for_inference, with_rotations

# tokens: how often the ways take turns. Few turns at many tokens: all lengths take two minutes.
RUNS = {128: 15, 512: 15, 1024: 5, 2048: 3}

_WARM_UP = 8
_MB = 1024 * 1024

Way = Callable[[Tensor], object]


def measure(runs: dict[int, int] | None = None) -> list[dict[str, Any]]:
    """CPU time and peak memory of every way at every length.

    Args:
        runs: how often the ways take turns, by the number of tokens; ``RUNS`` if left out.

    Returns:
        Rows of ``tokens``, ``what``, ``cpu_s`` (seconds, median), ``ratio_to_sdpa`` (of CPU time,
        median of the turns), ``peak_mb`` (2**20 bytes) and ``runs``.
    """
    runs = RUNS if runs is None else runs
    ways = _ways(max(runs))
    rows = []
    for tokens, count in runs.items():
        seconds = _taking_turns(ways, _token_ids(tokens), count)
        for what, its in seconds.items():
            ratios = [each / sdpa for each, sdpa in zip(its, seconds["sdpa"], strict=True)]
            rows.append(
                {
                    "tokens": tokens,
                    "what": what,
                    "cpu_s": round(median(its), 3),
                    "ratio_to_sdpa": round(median(ratios), 3),
                    "peak_mb": round(_peak_of_fresh_process(what, tokens), 1),
                    "runs": count,
                }
            )
    return rows


def _ways(max_tokens: int) -> dict[str, Way]:
    """The three ways, on models that share one set of weights."""
    torch.manual_seed(0)
    eager, sdpa = (_bert(max_tokens, name) for name in ("eager", "sdpa"))
    sdpa.load_state_dict(eager.state_dict(), assign=True)

    def extraction(token_ids: Tensor) -> object:
        with for_inference(eager):
            return with_rotations(eager, capture(eager, {"input_ids": token_ids}).layers)

    return {
        "sdpa": torch.no_grad()(lambda token_ids: sdpa(token_ids)),
        "extraction": extraction,
        "eager": torch.no_grad()(lambda token_ids: eager(token_ids, output_attentions=True)),
    }


def _bert(max_tokens: int, attn_implementation: str) -> Any:
    config = BertConfig(max_position_embeddings=max(512, max_tokens))
    return BertModel._from_config(config, attn_implementation=attn_implementation).eval()


def _token_ids(count: int) -> Tensor:
    """Random ids, int64 ``[1, count]``."""
    return torch.randint(1000, 30000, (1, count), generator=torch.Generator().manual_seed(0))


def _taking_turns(ways: dict[str, Way], token_ids: Tensor, count: int) -> dict[str, list[float]]:
    """CPU seconds of each way's runs, but for a first one."""
    seconds = defaultdict[str, list[float]](list)
    for turn in range(count + 1):
        for what, way in list(ways.items())[:: 1 if turn % 2 else -1]:
            start = time.process_time()
            way(token_ids)
            if turn:
                seconds[what].append(time.process_time() - start)
    return {what: seconds[what] for what in ways}


def _peak_of_fresh_process(what: str, tokens: int) -> float:
    command = [sys.executable, "-m", "bench.extraction", "--peak", what, str(tokens)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _peak(what: str, tokens: int) -> float:
    """Megabytes that one pass takes at most, above what this process holds already."""
    way, token_ids = _ways(tokens)[what], _token_ids(tokens)
    way(_token_ids(_WARM_UP))
    Path("/proc/self/clear_refs").write_text("5")  # the high-water mark falls to what is held now
    held = _resident("VmRSS")
    kept = way(token_ids)
    peak = _resident("VmHWM") - held
    del kept
    return peak


def _resident(name: str) -> float:
    """A line of this process's status, in megabytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 / _MB for line in lines if line.startswith(name))


def main() -> None:
    """Print a table; or, for the process that is measured, its peak."""
    parser = argparse.ArgumentParser(description="Extraction against a plain forward pass.")
    parser.add_argument("--peak", nargs=2, metavar=("WHAT", "TOKENS"), help="one pass's peak in MB")
    peak = parser.parse_args().peak
    if peak:
        print(_peak(peak[0], int(peak[1])))
        return
    print(f"{'tokens':>6}  {'what':10}  {'CPU s':>7}  {'to sdpa':>7}  {'peak MB':>7}  {'runs':>4}")
    for row in measure():
        print(
            f"{row['tokens']:6}  {row['what']:10}  {row['cpu_s']:7.3f}  "
            f"{row['ratio_to_sdpa']:7.3f}  {row['peak_mb']:7.0f}  {row['runs']:4}"
        )


if __name__ == "__main__":
    main()
