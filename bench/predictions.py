"""Compares predictions with a plain forward pass: time and memory.

Three ways to run a model with GPT-2's shape and vocabulary, and random weights, on the same ids:

* ``pass``: transformers' own pass without the language head.
* ``predictions``: the same pass, and then the predictions as ``extract`` computes them, the logits
  of a few positions at a time.
* ``all logits``: transformers' own pass with the head, and the same numbers from the logits of all
  positions at once.

Time and memory are measured as in ``bench.extraction``. ``python -m bench.predictions`` prints a
table.
"""

import argparse
import subprocess
import sys
from functools import partial
from statistics import median
from typing import Any

import torch
from torch import Tensor
from transformers import GPT2Config, GPT2LMHeadModel

from bench.extraction import Way, alternate, peak_of
from bertviz_space.capture import logits_of, predict
from bertviz_space.capture.single_thread import single_threaded

# Repetitions by number of tokens.
RUNS = {512: 9}


def measure(runs: dict[int, int] | None = None) -> list[dict[str, Any]]:
    """Measure CPU time and peak memory of every way at every length.

    Args:
        runs: the number of repetitions by number of tokens; ``RUNS`` by default.

    Returns:
        Rows with ``tokens``, ``what`` (the name of the way), ``cpu_s`` (seconds, median),
        ``ratio_to_pass`` (of CPU time, median over the repetitions), ``peak_mb`` (2**20 bytes) and
        ``runs`` (repetitions).
    """
    rows = []
    for tokens, count in (RUNS if runs is None else runs).items():
        with single_threaded():
            seconds = alternate(_ways(), _token_ids(tokens), count)
        for what, cpu_seconds in seconds.items():
            ratios = [one / other for one, other in zip(cpu_seconds, seconds["pass"], strict=True)]
            rows.append(
                {
                    "tokens": tokens,
                    "what": what,
                    "cpu_s": round(median(cpu_seconds), 3),
                    "ratio_to_pass": round(median(ratios), 3),
                    "peak_mb": round(_peak_of_fresh_process(what, tokens), 1),
                    "runs": count,
                }
            )
    return rows


def _ways() -> dict[str, Way]:
    torch.manual_seed(0)
    model: Any = GPT2LMHeadModel._from_config(GPT2Config(), attn_implementation="sdpa").eval()

    @torch.no_grad()
    def run_pass(token_ids: Tensor) -> object:
        return model.transformer(token_ids, use_cache=False)

    @torch.no_grad()
    def predictions(token_ids: Tensor) -> object:
        logits = logits_of(model, {"input_ids": token_ids})
        assert logits is not None
        return predict(logits, token_ids[0], offset=1, check=lambda: None)

    @torch.no_grad()
    def all_logits(token_ids: Tensor) -> object:
        logits = model(token_ids, use_cache=False).logits[0].log_softmax(-1)
        own = logits[:-1].gather(1, token_ids[0, 1:, None])
        return logits.topk(10), own, (logits[:-1] > own).sum(-1)

    ways = {"pass": run_pass, "predictions": predictions, "all logits": all_logits}
    return {name: partial(partial, way) for name, way in ways.items()}


def _token_ids(count: int) -> Tensor:
    """Return random token ids, int64 ``[1, count]``."""
    return torch.randint(0, 50_257, (1, count), generator=torch.Generator().manual_seed(0))


def _peak_of_fresh_process(what: str, tokens: int) -> float:
    command = [sys.executable, "-m", "bench.predictions", "--peak", what, str(tokens)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    """Print a table; with ``--peak``, print the peak memory of one run in this process."""
    parser = argparse.ArgumentParser(description="Compare predictions with a plain forward pass.")
    parser.add_argument(
        "--peak", nargs=2, metavar=("WHAT", "TOKENS"), help="print one run's peak in MB"
    )
    peak = parser.parse_args().peak
    if peak:
        print(peak_of(_ways()[peak[0]], _token_ids, int(peak[1])))
        return
    print(f"{'tokens':>6}  {'what':11}  {'CPU s':>7}  {'to pass':>7}  {'peak MB':>7}  {'runs':>4}")
    for row in measure():
        print(
            f"{row['tokens']:6}  {row['what']:11}  {row['cpu_s']:7.3f}  "
            f"{row['ratio_to_pass']:7.3f}  {row['peak_mb']:7.0f}  {row['runs']:4}"
        )


if __name__ == "__main__":
    main()
