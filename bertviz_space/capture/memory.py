"""What a pass over a long text will hold in memory, told from a pass over its beginning.

What grows with the square of the text differs from model to model and is in no configuration: a
bias or a mask of its own in each layer, weights that eager attention makes whole. So the model is
asked: it runs on the first tokens, and what was kept of them is scaled up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import PreTrainedModel

from ..errors import TextTooLong
from ..limits import MAX_RUN_BYTES, RUNS_AT_ONCE
from ..texts.tables import text_config
from .forward import Capture, capture

# tokens of the first pass, and of a text that needs none: 64 MB a layer at most.
_FIRST_TOKENS = 32
_SHORT_TOKENS = 512

# Arrays of a layer's scores that are there at once where a model makes them whole: the product,
# with its bias, masked, their softmax, and copies of what is followed.
_COPIES = 5
# Arrays of the hidden states that one layer has at once, its wider inner ones counted.
_STATES = 12
_BYTES = 4
# What memory is asked for beyond that, as measured: BERT, Llama, DeBERTa-v2, Gemma 2 and BLOOM took
# 0.6 to 2.3 times as much at 1,024 tokens.
_MARGIN = 2.5


@dataclass(frozen=True)
class _Need:
    """Bytes that a text takes: ``linear`` for each token, ``square`` for each pair of them."""

    linear: float
    square: float

    def __add__(self, other: "_Need") -> "_Need":
        return _Need(self.linear + other.linear, self.square + other.square)

    def of(self, num_tokens: int) -> float:
        """Bytes for so many tokens, with a margin."""
        return _MARGIN * (self.linear * num_tokens + self.square * num_tokens**2)


def check_memory(model: PreTrainedModel, inputs: Mapping[str, Any]) -> None:
    """Refuse a text whose pass would need more memory than a run may have.

    Args:
        model: as of ``capture``.
        inputs: likewise.

    Raises:
        TextTooLong: saying what it would need, and about how many tokens would fit.
    """
    ids = [name for name, each in inputs.items() if isinstance(each, Tensor)]
    num_tokens = max(inputs[name].shape[1] for name in ids)
    if num_tokens <= _SHORT_TOKENS:
        return
    first = capture(model, {name: inputs[name][:, :_FIRST_TOKENS] for name in ids})
    for need, bound in _bounded(model.device, _kept(first), _held(model, first)):
        if need.of(num_tokens) <= bound:
            continue
        fitting = num_tokens
        while need.of(fitting) > bound:
            fitting = int(fitting * 0.95)
        raise TextTooLong(
            f"A text of {num_tokens:,} tokens would need about {need.of(num_tokens) / 1e9:.1f} GB "
            f"of memory with this model; a run may take {bound / 1e9:.1f} GB. Shorten it to about "
            f"{fitting // 100 * 100:,} tokens and run again."
        )


def _bounded(device: torch.device, kept: _Need, held: _Need) -> list[tuple[_Need, float]]:
    """What needs memory, and how many bytes it may take: a GPU has its own."""
    if device.type == "cpu":
        return [(kept + held, MAX_RUN_BYTES)]
    return [(kept, MAX_RUN_BYTES), (held, _free_bytes(device) / RUNS_AT_ONCE)]


def _free_bytes(device: torch.device) -> int:
    """Bytes that are free on a GPU, those included that torch keeps for the next one to ask."""
    free, _ = torch.cuda.mem_get_info(device)
    return free + torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)


def _kept(first: Capture) -> _Need:
    """What is kept of a pass, on the CPU: queries, keys, and each layer's bias and mask."""
    layers = [layer for layers in first.layers.values() for layer in layers]
    linear = sum(
        layer.query.nbytes / layer.num_queries + layer.key.nbytes / layer.num_keys
        for layer in layers
    )
    square: dict[int, float] = {}
    for layer in layers:
        for term in (layer.bias, layer.allowed):
            if term is not None:  # layers may share it
                pairs = layer.num_queries * layer.num_keys
                square[term.untyped_storage().data_ptr()] = term.nbytes / pairs
    return _Need(linear, sum(square.values()))


def _held(model: PreTrainedModel, first: Capture) -> _Need:
    """What a pass holds where the model is: the states of one layer, and its scores."""
    heads = 1  # a mask for all of them
    size = 0  # of the hidden states, as seen where a configuration does not say it
    for component, layers in first.layers.items():
        for layer in layers:
            # A kernel that gives its normalizers makes no scores.
            if layer.logsumexp is None or "products" in first.routes[component]:
                heads = max(heads, layer.num_heads)
            size = max(size, layer.num_heads * layer.head_dim)
    states = _STATES * getattr(text_config(model), "hidden_size", size)
    return _Need(states * _BYTES, heads * _BYTES * _COPIES)
