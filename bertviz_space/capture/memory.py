"""What a pass over a long text will hold in memory, told from a pass over its beginning.

What grows with the square of the text differs from model to model and is in no configuration: a
bias or a mask of its own in each layer, weights that eager attention makes whole. So the model is
asked: it runs on the first tokens, and what was kept of them is scaled up.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from torch import Tensor
from transformers import PreTrainedModel

from ..attention import LayerAttention
from ..errors import TextTooLong
from ..limits import MAX_RUN_BYTES
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
    layers = [layer for layers in first.layers.values() for layer in layers]
    linear, square = _linear_bytes(model, layers), _square_bytes(first)

    def needed(tokens: int) -> float:
        return _MARGIN * (linear * tokens + square * tokens**2)

    if needed(num_tokens) <= MAX_RUN_BYTES:
        return
    fitting = num_tokens
    while needed(fitting) > MAX_RUN_BYTES:
        fitting = int(fitting * 0.95)
    raise TextTooLong(
        f"A text of {num_tokens:,} tokens would need about {needed(num_tokens) / 1e9:.1f} GB of "
        f"memory with this model; a run may take {MAX_RUN_BYTES / 1e9:.1f} GB. Shorten it to about "
        f"{fitting // 100 * 100:,} tokens and run again."
    )


def _linear_bytes(model: PreTrainedModel, layers: Iterable[LayerAttention]) -> float:
    """Bytes a token: queries and keys of all layers, and the states of one layer."""
    kept = sum(
        layer.query.nbytes / layer.num_queries + layer.key.nbytes / layer.num_keys
        for layer in layers
    )
    return kept + _STATES * model.config.get_text_config().hidden_size * _BYTES


def _square_bytes(first: Capture) -> float:
    """Bytes a pair of tokens: what is kept of each layer, and the scores of one layer."""
    kept: dict[int, float] = {}
    heads = 1  # a mask for all of them
    for component, layers in first.layers.items():
        for layer in layers:
            for term in (layer.bias, layer.allowed):
                if term is not None:  # layers may share it
                    pairs = layer.num_queries * layer.num_keys
                    kept[term.untyped_storage().data_ptr()] = term.nbytes / pairs
            # A kernel that gives its normalizers makes no scores.
            if layer.logsumexp is None or "products" in first.routes[component]:
                heads = max(heads, layer.num_heads)
    return sum(kept.values()) + heads * _BYTES * _COPIES
