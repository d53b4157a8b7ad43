"""Seeing query and key inside transformers' own attention function.

transformers lets a model look its attention function up by name (``AttentionInterface``). The
function registered here under ``"eager"`` does nothing but the model's own eager attention, unless
a recording is under way in this thread; then it notes the terms of the formula, and SDPA computes
the output, so that the quadratic weights never exist for all layers at once. The model's own eager
attention is asked for a few queries: what it gives is what the formula and SDPA are held against.

Why the name ``"eager"`` and not a new one (transformers 5.23): models that look the name up in a
table of classes fail on an unknown name, and an unknown name has no mask function, so that a causal
model would silently attend to the future. ``tests/unit/test_extraction.py`` guards it.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AttentionInterface

from ..errors import AttentionUnavailable
from ..trace import ModelWeights
from . import masks
from .kept import evenly_spaced, own_copy
from .normalizers import KernelNormalizers
from .recorder import Recorder
from .threads import in_one_thread


@dataclass(frozen=True, eq=False)
class _Pass:
    """One forward pass that is recorded.

    Attributes:
        recorder: where its attentions are noted.
        split: the masks that were split. Most models give every layer the same tensor. The key
            holds ids, so the tensors are kept beside the result: a freed tensor's id could return.
    """

    recorder: Recorder
    split: dict[tuple[int, int], tuple[Tensor | None, Tensor | None, masks.Mask]] = field(
        default_factory=dict
    )

    def mask(
        self, attention_mask: Tensor | None, position_bias: Tensor | None, axes: tuple[int, int]
    ) -> masks.Mask:
        """A mask and a bias split, once for all layers that share them."""
        ids = (id(attention_mask), id(position_bias))
        if ids not in self.split:
            mask = masks.split(attention_mask, position_bias, *axes)
            self.split[ids] = (attention_mask, position_bias, mask)
        return self.split[ids][2]


_pass: ContextVar[_Pass | None] = ContextVar("pass", default=None)


@contextmanager
def watching_interface(recorder: Recorder) -> Iterator[None]:
    """Note the calls of the attention interface that this thread makes until the block ends."""
    token = _pass.set(_Pass(recorder))
    try:
        yield
    finally:
        _pass.reset(token)


def _attention(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    **options: Any,
) -> tuple[Tensor, Tensor | None]:
    """The attention function of every model that follows transformers' interface."""
    eager = _own_eager(module)
    under_way = _pass.get()
    if under_way is None:
        return eager(module, query, key, value, attention_mask, **options)
    with under_way.recorder.interface_running():
        return _noted(under_way, eager, module, query, key, value, attention_mask, options)


def _noted(
    under_way: _Pass,
    eager: Callable[..., tuple[Tensor, Tensor | None]],
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    options: dict[str, Any],
) -> tuple[Tensor, Tensor | None]:
    axes = num_queries, num_keys = query.shape[2], key.shape[2]
    rows = evenly_spaced(num_queries, num_keys)
    rows_output, weights = _of_rows(rows, eager, module, query, key, value, attention_mask, options)
    softcap = options.get("softcap")
    output = logsumexp = None
    if softcap is None and rows_output is not None:
        sdpa = AttentionInterface()["sdpa"]
        seen = attention_mask
        if under_way.mask(attention_mask, options.get("position_bias"), axes).is_plainly_causal:
            # Given as a mask, the half that is hidden is computed too.
            seen, options = None, options | {"is_causal": True}
        with KernelNormalizers() as kernel:
            output, _ = sdpa(module, query, key, value, seen, **options)
        if _close(output[:, rows], rows_output):
            logsumexp = kernel.logsumexp
        else:
            output = None  # a term that SDPA knows nothing of, such as a sink
    if output is None:
        output, every = eager(module, query, key, value, attention_mask, **options)
        weights = None if every is None else every[:, :, rows]
    sink = options.get("s_aux", options.get("sinks", getattr(module, "sinks", None)))
    if sink is not None:
        # Some sinks gate the output and take no part in the softmax: rows sum to 1 (granite_swa).
        takes_part = weights is not None and _misses_some(weights)
        sink = sink.detach() if takes_part else None
    scaling = options.get("scaling")
    position_bias = options.get("position_bias")
    if sink is not None and sink.ndim == 4:
        # One a query (Inkling 2): its softmax stays, with the sink at 0 and all else moved by it.
        position_bias = -sink if position_bias is None else position_bias - sink
        sink = sink.new_zeros(sink.shape[1])
    mask = under_way.mask(attention_mask, position_bias, axes)
    if logsumexp is not None:
        # One query alone is handed to the kernel as many queries of each key head (transformers).
        logsumexp = mask.normalizers(own_copy(logsumexp).reshape(query.shape[1:3]))
    under_way.recorder.add(
        "interface",
        query=own_copy(query[0]),
        key=own_copy(key[0]),
        scaling=query.shape[-1] ** -0.5 if scaling is None else float(scaling),
        softcap=None if softcap is None else float(softcap),
        sink=None if sink is None else sink.to("cpu", torch.float32).flatten(),
        causal=mask.causal,
        allowed=mask.allowed,
        bias=mask.bias,
        logsumexp=logsumexp,
        model_weights=None if weights is None else ModelWeights(rows, own_copy(weights[0])),
    )
    return output, None


def _of_rows(
    rows: Tensor,
    eager: Callable[..., tuple[Tensor, Tensor | None]],
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    options: dict[str, Any],
) -> tuple[Tensor | None, Tensor | None]:
    """Output and weights of some queries alone, where the model's own attention gives them."""
    num_queries = query.shape[2]
    try:
        with in_one_thread():
            return eager(
                module,
                query[:, :, rows],
                key,
                value,
                _on_rows(attention_mask, rows, num_queries),
                **{name: _on_rows(each, rows, num_queries) for name, each in options.items()},
            )
    except RuntimeError:  # shapes that do not fit: it cannot be asked for some queries alone
        return None, None


def _on_rows(option: Any, rows: Tensor, num_queries: int) -> Any:
    """A mask, bias or sink ``[1, head, query, ...]`` of some queries; anything else as it is."""
    if isinstance(option, Tensor) and option.ndim == 4 and option.shape[2] == num_queries:
        return option[:, :, rows]
    return option


def _close(one: Tensor, other: Tensor) -> bool:
    """True if two outputs are equal but for rounding, which is the root of the precision at most.

    Half of the digits: scores of 100 lose two of float32's seven before the softmax.
    """
    difference = (one - other).abs().max()
    return bool(difference <= torch.finfo(one.dtype).eps ** 0.5 * other.abs().max())


def _misses_some(weights: Tensor) -> bool:
    """True if rows of weights do not sum to 1, by more than their own rounding."""
    rounding = max(1e-4, torch.finfo(weights.dtype).eps)
    return bool((weights.float().sum(-1) - 1.0).abs().max() > rounding)


def _own_eager(module: nn.Module) -> Callable[..., tuple[Tensor, Tensor | None]]:
    """The eager attention of the modelling file that the module, or a parent class, comes from."""
    for cls in type(module).__mro__:
        function = getattr(sys.modules[cls.__module__], "eager_attention_forward", None)
        if function is not None:
            return function
    raise AttentionUnavailable(
        f"{type(module).__name__} has no attention function of its own that can be seen. "
        "Choose another model."
    )


AttentionInterface.register("eager", _attention)
