"""Compares extraction with a plain forward pass, and head scores with extraction: time and memory.

Three ways to run the base model of a BERT-base with random weights on the same token ids:

* ``sdpa``: transformers' own pass with torch's attention function, which keeps no attention.
* ``extraction``: the work of ``extract`` after tokenization: the pass, copies of the queries and
  keys of all layers, split masks, the model's own weights of some queries, the check of the formula
  against them in every layer, and the lookup of rotations.
* ``eager``: transformers' own pass with ``output_attentions``, which keeps all weights of all
  layers.

One more piece of work is measured beside them:

* ``scores``: the scores of all heads, from what ``extraction`` returned before.

CPU time is that of one thread: threads that wait for each other also count as CPU time, which on a
busy machine doubles the ratio of work in many short steps. The four alternate in one process; each
repetition reverses their order, and each is compared with the ``sdpa`` and with the ``extraction``
of its own repetition. Peak memory is the high-water mark of the resident set of a new process
during one run, minus the resident set before that run, which holds the libraries, the model, and a
first run on 8 tokens.
``python -m bench.extraction`` prints a table.
"""

import argparse
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import torch
from torch import Tensor
from transformers import BertConfig, BertModel, PreTrainedModel

from bertviz_space.capture import capture, for_inference, with_rotations
from bertviz_space.capture.single_thread import single_threaded
from bertviz_space.trace import LayerAttention, Token
from bertviz_space.trace.head_scores import layer_scores

# Repetitions by number of tokens; fewer for long texts, so that all lengths take two minutes.
RUNS = {128: 15, 512: 15, 1024: 5, 2048: 3}

# tokens of the first pass of a new process.
_WARM_UP = 8
# bytes
_MB = 1024 * 1024

# Prepares the work on some token ids, and returns a function that does the work to measure.
Way = Callable[[Tensor], Callable[[], object]]


def measure(runs: dict[int, int] | None = None) -> list[dict[str, Any]]:
    """Measure CPU time and peak memory of every way at every length.

    Args:
        runs: the number of repetitions by number of tokens; ``RUNS`` by default.

    Returns:
        Rows with ``tokens``, ``what`` (the name of the way), ``cpu_s`` (seconds, median),
        ``ratio_to_sdpa`` and ``ratio_to_extraction`` (of CPU time, medians over the repetitions),
        ``peak_mb`` (2**20 bytes) and ``runs`` (repetitions).
    """
    runs = RUNS if runs is None else runs
    ways = _ways(max(runs))
    rows = []
    for tokens, count in runs.items():
        with single_threaded():
            seconds = alternate(ways, _token_ids(tokens), count)
        for what, cpu_seconds in seconds.items():
            rows.append(
                {
                    "tokens": tokens,
                    "what": what,
                    "cpu_s": round(median(cpu_seconds), 3),
                    "ratio_to_sdpa": median_ratio(cpu_seconds, seconds["sdpa"]),
                    "ratio_to_extraction": median_ratio(cpu_seconds, seconds["extraction"]),
                    "peak_mb": round(_peak_of_fresh_process(what, tokens), 1),
                    "runs": count,
                }
            )
    return rows


def median_ratio(seconds: list[float], others: list[float]) -> float:
    """Return the median over the repetitions of the ratio between two ways."""
    return round(median(one / other for one, other in zip(seconds, others, strict=True)), 3)


def _ways(max_tokens: int) -> dict[str, Way]:
    """Return the ways by name, on models that share one set of weights."""
    torch.manual_seed(0)
    eager, sdpa = (_bert(max_tokens, name) for name in ("eager", "sdpa"))
    sdpa.load_state_dict(eager.state_dict(), assign=True)

    extraction = partial(extracted_layers, eager)

    def scores(token_ids: Tensor) -> Callable[[], object]:
        layers, tokens = extraction(token_ids), _tokens(token_ids)
        return lambda: [layer_scores(layer, tokens, tokens) for layer in layers]

    run_sdpa = torch.no_grad()(lambda token_ids: sdpa(token_ids))
    run_eager = torch.no_grad()(lambda token_ids: eager(token_ids, output_attentions=True))
    return {
        "sdpa": lambda token_ids: partial(run_sdpa, token_ids),
        "extraction": lambda token_ids: partial(extraction, token_ids),
        "eager": lambda token_ids: partial(run_eager, token_ids),
        "scores": scores,
    }


def extracted_layers(model: PreTrainedModel, token_ids: Tensor) -> list[LayerAttention]:
    """Do the work of ``extract`` after tokenization, and return the layers."""
    with for_inference(model):
        layers = with_rotations(model, capture(model, {"input_ids": token_ids}).layers)
        return [layer for component in layers.values() for layer in component]


def _bert(max_tokens: int, attn_implementation: str) -> Any:
    config = BertConfig(max_position_embeddings=max(512, max_tokens))
    return BertModel._from_config(config, attn_implementation=attn_implementation).eval()


def _token_ids(count: int) -> Tensor:
    """Return random token ids, int64 ``[1, count]``."""
    return torch.randint(1000, 30000, (1, count), generator=torch.Generator().manual_seed(0))


def _tokens(token_ids: Tensor) -> list[Token]:
    """Return a token for each id."""
    return [Token(str(each), str(each), each, 0, 1, "A", False) for each in token_ids[0].tolist()]


def alternate(
    ways: dict[str, Way],
    token_ids: Tensor,
    count: int,
    clock: Callable[[], float] = time.process_time,
) -> dict[str, list[float]]:
    """Return the seconds of each way in each repetition, after a first one as a warm-up.

    Args:
        ways: the ways by name.
        token_ids: int64 ``[1, position]``.
        count: the number of repetitions.
        clock: returns the time in seconds; by default, the CPU time of this process.
    """
    runs = {what: way(token_ids) for what, way in ways.items()}
    seconds = defaultdict[str, list[float]](list)
    for repetition in range(count + 1):
        for what, run in list(runs.items())[:: 1 if repetition % 2 else -1]:
            start = clock()
            run()
            if repetition:
                seconds[what].append(clock() - start)
    return {what: seconds[what] for what in ways}


def _peak_of_fresh_process(what: str, tokens: int) -> float:
    command = [sys.executable, "-m", "bench.extraction", "--peak", what, str(tokens)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def peak_of(way: Way, token_ids: Callable[[int], Tensor], tokens: int) -> float:
    """Return the peak memory of one run in this process, minus the memory before it, in MB.

    Args:
        way: the work to measure.
        token_ids: returns the token ids of a text of some length.
        tokens: the length.
    """
    way(token_ids(_WARM_UP))()
    run = way(token_ids(tokens))
    Path("/proc/self/clear_refs").write_text("5")  # resets the high-water mark to the resident set
    before = _resident("VmRSS")
    output = run()
    peak = _resident("VmHWM") - before
    del output
    return peak


def _resident(name: str) -> float:
    """Return a size from this process's /proc status, in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 / _MB for line in lines if line.startswith(name))


def main() -> None:
    """Print a table; with ``--peak``, print the peak memory of one run in this process."""
    parser = argparse.ArgumentParser(description="Compare extraction with a plain forward pass.")
    parser.add_argument(
        "--peak", nargs=2, metavar=("WHAT", "TOKENS"), help="print one run's peak in MB"
    )
    parser.add_argument("--tokens", type=int, choices=RUNS, help="measure only this length")
    arguments = parser.parse_args()
    peak = arguments.peak
    if peak:
        tokens = int(peak[1])
        print(peak_of(_ways(tokens)[peak[0]], _token_ids, tokens))
        return
    print(
        f"{'tokens':>6}  {'what':10}  {'CPU s':>7}  {'to sdpa':>7}  {'to extraction':>13}  "
        f"{'peak MB':>7}  {'runs':>4}"
    )
    runs = {arguments.tokens: RUNS[arguments.tokens]} if arguments.tokens else RUNS
    for row in measure(runs):
        print(
            f"{row['tokens']:6}  {row['what']:10}  {row['cpu_s']:7.3f}  "
            f"{row['ratio_to_sdpa']:7.3f}  {row['ratio_to_extraction']:13.3f}  "
            f"{row['peak_mb']:7.0f}  {row['runs']:4}"
        )


if __name__ == "__main__":
    main()
