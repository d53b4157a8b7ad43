"""The memory that a pass over a long text needs, estimated from a pass over its beginning.

Memory that grows with the square of the text's length differs from model to model and is in no
configuration: a bias or a mask for each layer, or all weights at once in eager attention. Therefore
the model runs on the first tokens, and the memory of what was recorded is extrapolated.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import PreTrainedModel

from ..errors import TextTooLong
from ..limits import MAX_RUN_BYTES
from ..texts.model_sides import text_config
from .forward import Capture, capture
from .gpu_memory import max_pass_bytes

# Tokens of the first pass.
_FIRST_TOKENS = 32
# Tokens of a text that always fits and is not estimated: it needs 64 MB for each layer at most.
_SHORT_TOKENS = 512

# Arrays of a layer's scores that exist at the same time, in a model that computes all of them: the
# product, the product with bias, the masked scores, their softmax, and copies of traced tensors.
_ARRAYS_OF_SCORES = 5
# Arrays of hidden states that exist at the same time in a layer, including its wider inner states.
_ARRAYS_OF_STATES = 12
_BYTES_PER_NUMBER = 4
# Factor between this estimate and what is compared with the limit. Measured at 1,024 tokens, BERT,
# Llama, DeBERTa-v2, Gemma 2 and BLOOM needed 0.6 to 2.3 times the estimate.
_MARGIN = 2.5


@dataclass(frozen=True)
class _Need:
    """Bytes that a text needs: ``linear`` for each token, ``square`` for each pair of tokens."""

    linear: float
    square: float

    def __add__(self, other: "_Need") -> "_Need":
        return _Need(self.linear + other.linear, self.square + other.square)

    def of(self, num_tokens: int) -> float:
        """Return the bytes that a text of ``num_tokens`` tokens needs, with a margin."""
        return _MARGIN * (self.linear * num_tokens + self.square * num_tokens**2)


def check_memory(model: PreTrainedModel, inputs: Mapping[str, Any], num_traces: int = 1) -> None:
    """Check that a pass will not need more memory than one run may use.

    Args:
        model: the model, see ``capture``.
        inputs: the inputs of the pass, see ``capture``.
        num_traces: the number of passes that are kept in memory.

    Raises:
        TextTooLong: if it will, with the estimate and the number of tokens that would fit.
    """
    names = [name for name, each in inputs.items() if isinstance(each, Tensor)]
    num_tokens = max(inputs[name].shape[1] for name in names)
    if num_tokens <= _SHORT_TOKENS:
        return
    first = capture(model, {name: inputs[name][:, :_FIRST_TOKENS] for name in names})
    of_traces = sum([_trace_need(first)] * num_traces, _Need(0.0, 0.0))
    needs = _needs_and_limits(model.device, of_traces, _pass_need(model, first))
    for need, limit in needs:
        if need.of(num_tokens) <= limit:
            continue
        fitting = num_tokens
        while need.of(fitting) > limit:
            fitting = int(fitting * 0.95)
        raise TextTooLong(
            f"A text of {num_tokens:,} tokens would need about {need.of(num_tokens) / 1e9:.1f} GB "
            f"of memory with this model, and one run may use {limit / 1e9:.1f} GB. Shorten the "
            f"text to about {fitting // 100 * 100:,} tokens and run again."
        )


def _needs_and_limits(
    device: torch.device, trace: _Need, of_pass: _Need
) -> list[tuple[_Need, float]]:
    """Return what the trace and the pass need, and the limit of each in bytes.

    On a GPU the pass uses the GPU's memory; on the CPU both share the limit of a run.
    """
    if device.type == "cpu":
        return [(trace + of_pass, MAX_RUN_BYTES)]
    return [(trace, MAX_RUN_BYTES), (of_pass, max_pass_bytes(device))]


def _trace_need(first: Capture) -> _Need:
    """Return the memory of the trace, on the CPU: queries, keys, biases and masks.

    Args:
        first: the capture of the first tokens.
    """
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


def _pass_need(model: PreTrainedModel, first: Capture) -> _Need:
    """Return the memory of the pass on the model's device: the states and scores of one layer.

    Args:
        model: the model.
        first: the capture of the first tokens.
    """
    heads = 1  # the mask of a layer without scores
    size = 0  # of the hidden states, for a configuration without ``hidden_size``
    for component, layers in first.layers.items():
        for layer in layers:
            # A kernel that returns normalizers does not store scores.
            if layer.logsumexp is None or "products" in first.routes[component]:
                heads = max(heads, layer.num_heads)
            size = max(size, layer.num_heads * layer.head_dim)
    states = _ARRAYS_OF_STATES * getattr(text_config(model), "hidden_size", size)
    return _Need(states * _BYTES_PER_NUMBER, heads * _BYTES_PER_NUMBER * _ARRAYS_OF_SCORES)
