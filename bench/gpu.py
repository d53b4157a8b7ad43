"""Compares extraction with a plain forward pass on a GPU: time and memory of the GPU.

Two ways to run a model with random weights in float32 on the same token ids, on the shapes of a
BERT-base and of a Llama of a billion weights:

* ``sdpa``: transformers' own pass with torch's attention function, which keeps no attention.
* ``extraction``: the work of ``extract`` after tokenization, see ``bench.extraction``.

Time is wall time, read after the GPU has finished all its work. The two alternate in one process;
each repetition reverses their order, and each ratio is between runs of the same repetition. Memory
is the largest that torch allocates on the GPU during one run, without what was allocated before.
The weights of one layer are compared with those of transformers' own eager attention.
``python -m bench.gpu`` prints a table.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from copy import deepcopy
from functools import partial
from statistics import median
from typing import Any

import torch
from torch import Tensor
from transformers import BertConfig, BertModel, LlamaConfig, LlamaModel

from bench.extraction import Way, alternate, extracted_layers, median_ratio

# Numbers of tokens.
TOKENS = (128, 512, 2048, 4096)
# Repetitions.
RUNS = 5

# bytes
_MB = 1024 * 1024

_NO_GPU = "This machine has no GPU that torch can use. Run this on one, or add --device cpu."


def models(max_tokens: int, *, small: bool) -> dict[str, tuple[type, Any]]:
    """Return the class and the configuration of each model by its name.

    Args:
        max_tokens: the length of the longest text.
        small: whether to replace the shapes by tiny ones, to test this benchmark.
    """
    bert: dict[str, Any] = {"hidden_size": 32, "intermediate_size": 64, "num_attention_heads": 2}
    llama: dict[str, Any] = {
        "vocab_size": 128_256,
        "hidden_size": 2048,
        "intermediate_size": 8192,
        "num_hidden_layers": 16,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
    }
    if small:
        llama |= bert | {"vocab_size": 30_522, "num_hidden_layers": 2, "num_key_value_heads": 1}
    positions: dict[str, Any] = {"max_position_embeddings": max_tokens}
    return {
        "BERT-base": (BertModel, BertConfig(**positions, **(bert if small else {}))),
        "Llama 1B": (LlamaModel, LlamaConfig(**positions, **llama)),
    }


def measure(
    device: torch.device, lengths: Sequence[int] = TOKENS, runs: int = RUNS, *, small: bool = False
) -> list[dict[str, Any]]:
    """Measure time and memory of both ways, for each model and length.

    Returns:
        Rows with ``model``, ``tokens``, ``sdpa_s`` and ``extraction_s`` (seconds, medians),
        ``ratio`` (of time, median over the repetitions), ``sdpa_mb`` and ``extraction_mb`` (2**20
        bytes, ``None`` without a GPU), ``difference`` (the largest one between the weights of the
        last layer and transformers' own; ``None`` except for the shortest text) and ``runs``.
    """
    rows = []
    for name, (model_class, config) in models(max(lengths), small=small).items():
        eager, sdpa = _pair(model_class, config, device)
        ways = _ways(eager, sdpa)
        for tokens in lengths:
            token_ids = _token_ids(tokens, device)
            seconds = alternate(ways, token_ids, runs, partial(_finished, device))
            rows.append(
                {
                    "model": name,
                    "tokens": tokens,
                    **{f"{what}_s": median(its) for what, its in seconds.items()},
                    "ratio": median_ratio(seconds["extraction"], seconds["sdpa"]),
                    **{f"{what}_mb": _peak(way(token_ids), device) for what, way in ways.items()},
                    "difference": _difference(eager, token_ids) if tokens == min(lengths) else None,
                    "runs": runs,
                }
            )
        del eager, sdpa, ways  # before the next model is made
    return rows


def _pair(model_class: Any, config: Any, device: torch.device) -> tuple[Any, Any]:
    """Return two models on a device that share one set of weights: eager and SDPA attention."""
    torch.manual_seed(0)
    with device:
        eager = model_class._from_config(deepcopy(config), attn_implementation="eager").eval()
    with torch.device("meta"):
        sdpa = model_class._from_config(deepcopy(config), attn_implementation="sdpa").eval()
    sdpa.load_state_dict(eager.state_dict(), assign=True)
    for name, buffer in eager.named_buffers():  # those that are not part of the state
        module, _, own_name = name.rpartition(".")
        setattr(sdpa.get_submodule(module), own_name, buffer)
    return eager, sdpa


def _ways(eager: Any, sdpa: Any) -> dict[str, Way]:
    """Return the ways by name."""
    takes_cache = {"use_cache": False} if isinstance(sdpa, LlamaModel) else {}
    run_sdpa = torch.no_grad()(lambda token_ids: sdpa(token_ids, **takes_cache))
    return {
        "sdpa": lambda token_ids: partial(run_sdpa, token_ids),
        "extraction": lambda token_ids: partial(extracted_layers, eager, token_ids),
    }


def _token_ids(count: int, device: torch.device) -> Tensor:
    """Return random token ids, int64 ``[1, count]``."""
    generator = torch.Generator().manual_seed(0)
    return torch.randint(1000, 30000, (1, count), generator=generator).to(device)


def _finished(device: torch.device) -> float:
    """Return the time in seconds after a device has finished all its work."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()


def _peak(run: Callable[[], object], device: torch.device) -> float | None:
    """Return the memory that a run allocates on a GPU, in MB; ``None`` without a GPU."""
    if device.type != "cuda":
        return None
    torch.cuda.reset_peak_memory_stats(device)
    before = torch.cuda.memory_allocated(device)
    run()
    return (torch.cuda.max_memory_allocated(device) - before) / _MB


@torch.no_grad()
def _difference(model: Any, token_ids: Tensor) -> float:
    """Return the largest difference of the last layer's weights from transformers' own."""
    own = model(token_ids, output_attentions=True).attentions[-1][0].cpu()
    return float((extracted_layers(model, token_ids)[-1].weights() - own).abs().max())


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table; exit with 1 if there is no GPU."""
    parser = argparse.ArgumentParser(description="Compare extraction with a plain pass on a GPU.")
    parser.add_argument("--device", default="cuda", help="the device to measure; cuda by default")
    parser.add_argument("--tokens", type=int, nargs="+", default=TOKENS, help="lengths of the text")
    parser.add_argument("--small", action="store_true", help="tiny models, to test this program")
    options = parser.parse_args(arguments)
    device = torch.device(options.device)
    if device.type == "cuda" and not torch.cuda.is_available():
        sys.exit(_NO_GPU)
    rows = measure(device, options.tokens, small=options.small)
    print(
        f"{'model':9}  {'tokens':>6}  {'sdpa s':>8}  {'extraction s':>12}  {'ratio':>6}  "
        f"{'sdpa MB':>8}  {'extraction MB':>13}  {'difference':>10}  {'runs':>4}"
    )
    for row in rows:
        difference = "" if row["difference"] is None else f"{row['difference']:.1e}"
        print(
            f"{row['model']:9}  {row['tokens']:6}  {row['sdpa_s']:8.4f}  "
            f"{row['extraction_s']:12.4f}  {row['ratio']:6.3f}  {_megabytes(row['sdpa_mb']):>8}  "
            f"{_megabytes(row['extraction_mb']):>13}  {difference:>10}  {row['runs']:4}"
        )


def _megabytes(number: float | None) -> str:
    return "-" if number is None else f"{number:.0f}"


if __name__ == "__main__":
    main()
