"""The golden trace: a small trace with every term of the formula, written as files.

pytest compares these files with what ``write_trace`` writes, and ``tests/js`` reads them with the
page's own modules, so that Python and JavaScript agree on the format. After a change of the format,
write the files again and review the difference::

    .venv/bin/python -m tests.unit.golden

All numbers are multiples of small powers of two, so that they are equal on every machine.
"""

from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from bertviz_space import LayerAttention, Token, Trace
from bertviz_space.files.wire import write_trace
from bertviz_space.trace import Component, ModelWeights, PredictedToken, Predictions, Rotation
from tests.unit.plain_formula import plain_weights

GOLDEN = Path(__file__).parent.parent / "fixtures" / "golden_trace"

# A file in addition to those of write_trace: the expected weights, float32 [head, query, key] with
# the name "<component>-<layer>", computed by plain loops and not by the code under test.
WEIGHTS = "weights.safetensors"

SOURCE = (
    Token("[CLS]", "[CLS]", 101, 0, 0, None, True),
    Token("Das", "das", 11, 0, 3, "A", False),
    Token(" é", "Ġé", 12, 3, 5, "A", False),
    Token("😀", "ðŁ", 13, 5, 6, "A", False, (1, 2)),
    Token("😀", "ĺĢ", 14, 5, 6, "A", False, (2, 2)),
    Token("[SEP]", "[SEP]", 102, 0, 0, None, True),
    Token("<b>", "<b>", 15, 0, 3, "B", False),
)
TARGET = (
    Token("<s>", "<s>", 0, 0, 0, None, True),
    Token("The", "▁The", 21, 0, 3, "A", False),
    Token("", "▁", 22, 3, 3, "A", False),
    Token("end", "end", 23, 4, 7, "A", False),
    Token(".", ".", 24, 7, 8, "A", False),
)
HEADS, HEAD_DIM = 4, 3


def golden_trace() -> Trace:
    """Return a trace of seven source and five target tokens, four heads, and every term."""
    n, m = len(SOURCE), len(TARGET)
    hides_a_row = torch.ones(1, n, n, dtype=torch.bool)
    hides_a_row[0, 3] = False
    encoder = (
        LayerAttention(
            component="encoder",
            layer=0,
            query=_numbers(HEADS, n, HEAD_DIM, start=1),
            key=_numbers(2, n, HEAD_DIM, start=2),  # each shared by two heads
            scaling=0.5,
            allowed=hides_a_row,
            bias=_numbers(HEADS, n, n, start=3),
        ),
        LayerAttention(
            component="encoder",
            layer=2,  # block 1 has no attention
            query=_numbers(HEADS, n, HEAD_DIM, start=4),
            key=_numbers(HEADS, n, HEAD_DIM, start=5),
            scaling=0.25,
            allowed=_numbers(HEADS, n, n, start=6) > -1,
            bias=_numbers(1, n, n, start=7),
            sink=_numbers(HEADS, start=8),
        ),
        LayerAttention(
            component="encoder",
            layer=3,
            query=_numbers(HEADS, n, HEAD_DIM, start=20),
            key=_numbers(HEADS, n, HEAD_DIM, start=21),
            scaling=0.5,
            allowed=_within(n, before=2, after=2),  # a window on both sides
            bias=_numbers(HEADS, n, start=22)[:, None, :].expand(-1, n, -1),
            rotation=Rotation(start=0, size=2, interleaved=True),
        ),
    )
    decoder = (
        LayerAttention(
            component="decoder",
            layer=0,
            query=_numbers(HEADS, m, HEAD_DIM, start=9),
            key=_numbers(HEADS, m, HEAD_DIM, start=10),
            scaling=1.0,
            causal=True,
            bias=_by_distance(_numbers(HEADS, m + m - 1, start=11), m, m),
        ),
        LayerAttention(
            component="decoder",
            layer=1,
            query=_numbers(HEADS, m, HEAD_DIM, start=12),
            key=_numbers(1, m, HEAD_DIM, start=13),  # shared by all heads
            scaling=0.75,
            causal=True,
            softcap=1.5,
            sink=_numbers(HEADS, start=14),
        ),
        LayerAttention(
            component="decoder",
            layer=2,
            query=_numbers(HEADS, m, HEAD_DIM, start=23),
            key=_numbers(HEADS, m, HEAD_DIM, start=24),
            scaling=0.5,
            allowed=_within(m, before=1, after=0),  # a window of two
            rotation=Rotation(start=1, size=2, interleaved=False),
        ),
        LayerAttention(
            component="decoder",
            layer=3,
            query=_numbers(HEADS, m, HEAD_DIM, start=25),
            key=_numbers(HEADS, m, HEAD_DIM, start=26),
            scaling=0.5,
            # No later keys, and gaps among the earlier ones.
            allowed=_within(m, before=m, after=0) & (_numbers(1, m, m, start=27) > -0.5),
        ),
    )
    cross = (
        LayerAttention(
            component="cross",
            layer=0,
            query=_numbers(HEADS, m, HEAD_DIM, start=15),
            key=_numbers(HEADS, n, HEAD_DIM, start=16),
            scaling=0.5,
            # Eighths, which differ from the weights of the formula: a difference to detect.
            model_weights=ModelWeights(
                queries=torch.tensor([1, 4]),
                weights=_numbers(HEADS, 2, n, start=28).abs() / 8,
            ),
        ),
        LayerAttention(
            component="cross",
            layer=1,
            query=_numbers(HEADS, m, HEAD_DIM, start=17),
            key=_numbers(2, n, HEAD_DIM, start=18),
            scaling=0.5,
            bias=_by_distance(_numbers(1, m + n - 1, start=19), m, n),
            softcap=2.0,
        ),
    )
    layers: dict[Component, tuple[LayerAttention, ...]] = {
        "encoder": encoder,
        "decoder": decoder,
        "cross": cross,
    }
    return Trace(SOURCE, TARGET, layers, predictions=_predictions())


def _predictions() -> Predictions:
    """Return the predictions at the target tokens; the last one has no token after it."""
    spellings = {21: "▁The", 23: "end", 24: ".", 90: "ðŁ"}
    return Predictions(
        offset=1,
        token_ids=torch.tensor([[21, 24], [90, 23], [23, 21], [24, 23], [21, 90]]).int(),
        probabilities=torch.tensor([[8, 4], [12, 2], [6, 4], [15, 1], [4, 4]]) / 16,
        ranks=torch.tensor([1, 3, 1, 1, 0]).int(),
        log_probabilities=torch.tensor([-0.75, -4.5, -1.0, -0.0625, torch.nan]),
        vocabulary={
            token_id: PredictedToken(spelling.removeprefix("▁"), spelling)
            for token_id, spelling in spellings.items()
        },
    )


def golden_weights() -> dict[str, Tensor]:
    """Return the expected weights of every layer."""
    return {
        f"{component}-{layer.layer}": plain_weights(layer).float()
        for component, layers in golden_trace().layers.items()
        for layer in layers
    }


def write_golden(folder: Path) -> None:
    """Write all golden files."""
    folder.mkdir(parents=True, exist_ok=True)
    write_trace(golden_trace(), "golden/model", "0123abc", folder)
    save_file(golden_weights(), folder / WEIGHTS)


def _numbers(*shape: int, start: int) -> Tensor:
    """Return irregular sixteenths between -2 and 2, which are exact in float32."""
    count = torch.Size(shape).numel()
    scattered = torch.tensor([(each * 29 + start * 17) % 65 - 32 for each in range(count)])
    return (scattered.float() / 16).reshape(shape)


def _by_distance(numbers: Tensor, num_queries: int, num_keys: int) -> Tensor:
    """Return a bias ``[head or 1, query, key]`` with one number for each ``key - query``."""
    distance = torch.arange(num_keys)[None, :] - torch.arange(num_queries)[:, None]
    return numbers[:, distance + num_queries - 1]


def _within(length: int, before: int, after: int) -> Tensor:
    """Return which keys are in a window around the query: bool ``[1, query, key]``."""
    steps = torch.arange(length)[None, :] - torch.arange(length)[:, None]
    return ((steps >= -before) & (steps <= after))[None]


if __name__ == "__main__":
    write_golden(GOLDEN)
