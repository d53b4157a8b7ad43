"""Route A: recording query and key inside transformers' own attention function.

A model of transformers looks up its attention function by name (``AttentionInterface``). The
function that this module registers as ``"eager"`` only calls the model's own eager attention,
unless the current thread records a pass. Then it records the terms of the formula, and SDPA
computes the output, so that the quadratic weights never exist for all layers at once. The model's
own eager attention computes a sample of the queries, to check the formula and SDPA with.

Why the name ``"eager"`` and not a new one (transformers 5.23): models that look up the name in a
table of classes fail on an unknown name, and an unknown name has no mask function, so that a causal
model would silently attend to the future. ``tests/unit/test_extraction.py`` guards this.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AttentionInterface

from ..errors import AttentionUnavailable
from ..trace import ModelWeights
from .assumptions import Assumptions
from .attention_call import AttentionCall, AttentionFunction
from .changes import LayerChange
from .mask import Mask, split_mask
from .normalizers import KernelNormalizers
from .recorder import Recorder
from .sampling import sampled_queries
from .single_thread import single_threaded


@dataclass(frozen=True, eq=False)
class _Pass:
    """A forward pass that is recorded.

    Attributes:
        recorder: collects the attentions of the pass.
        assumptions: what the pass assumes about the model.
        masks: masks that were already split, because most models pass the same tensor to every
            layer. The keys are ids of tensors. The values contain these tensors, so that no new
            tensor can get the same id.
        changed_masks: masks with cut edges, by the ids of the mask and the change, which the values
            contain too.
    """

    recorder: Recorder
    assumptions: Assumptions
    masks: dict[tuple[int, int], tuple[Tensor | None, Tensor | None, Mask]] = field(
        default_factory=dict
    )
    changed_masks: dict[tuple[int, int], tuple[Tensor | None, LayerChange, Tensor | None]] = field(
        default_factory=dict
    )

    def changed_mask(self, change: LayerChange, call: AttentionCall) -> Tensor | None:
        """Return the mask of a call with cut edges, once for all layers with the same ones."""
        mask = call.attention_mask
        ids = (id(mask), id(change.cut))
        if ids not in self.changed_masks:
            changed = change.of_mask(mask, call.query, call.axes)
            self.changed_masks[ids] = (mask, change, changed)
        return self.changed_masks[ids][2]

    def mask(
        self, attention_mask: Tensor | None, position_bias: Tensor | None, axes: tuple[int, int]
    ) -> Mask:
        """Split a mask and a bias, once for all layers that share them."""
        ids = (id(attention_mask), id(position_bias))
        if ids not in self.masks:
            mask = split_mask(attention_mask, position_bias, *axes)
            self.masks[ids] = (attention_mask, position_bias, mask)
        return self.masks[ids][2]


_pass: ContextVar[_Pass | None] = ContextVar("pass", default=None)


def register_attention() -> None:
    """Register this module's attention function with transformers as ``"eager"``.

    ``capture`` calls it before each pass, so that importing this package changes nothing in
    transformers. Any thread may call it at any time: it sets one entry of a dict to the same value.
    """
    AttentionInterface.register("eager", _attention)


@contextmanager
def recording_interface(recorder: Recorder, assumptions: Assumptions) -> Iterator[None]:
    """Record the calls of the attention interface that this thread makes during a block."""
    token = _pass.set(_Pass(recorder, assumptions))
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
    """Compute the attention of a module, and record it if this thread records a pass."""
    eager = _own_eager(module)
    current = _pass.get()
    if current is None:
        return eager(module, query, key, value, attention_mask, **options)
    call = AttentionCall(module, query, key, value, attention_mask, options)
    change = current.recorder.change_of_next("interface")
    if change is not None:
        call = replace(call, attention_mask=current.changed_mask(change, call))
    with current.recorder.inside_interface():
        output = _record(current, call, eager)
    return output if change is None else change.of_output(output, 2, 1), None


def _own_eager(module: nn.Module) -> AttentionFunction:
    """Return the eager attention of the modeling file that defines a module or a parent class."""
    for cls in type(module).__mro__:
        function = getattr(sys.modules[cls.__module__], "eager_attention_forward", None)
        if function is not None:
            return function
    raise AttentionUnavailable(
        f"The attention of {type(module).__name__} cannot be shown, because its code has no "
        "attention function that this Space can observe. Choose another model."
    )


def _record(current: _Pass, call: AttentionCall, eager: AttentionFunction) -> Tensor:
    """Record the terms of a call, and return its output."""
    rows = sampled_queries(*call.axes, call.query.device)
    sample_output, weights = _sample(call, eager, rows)
    output = logsumexp = None
    if sample_output is not None and call.options.get("softcap") is None:
        output, logsumexp = _fused_attention(current, call)
        is_close = _is_close(output[:, rows], sample_output)
        # SDPA does not support some terms, such as a sink.
        is_same = is_close.item() if _has_sink(call) else current.assumptions.is_true(is_close)
        if not is_same:
            output = logsumexp = None
    if output is None:
        output, all_weights = call.run(eager)
        weights = None if all_weights is None else all_weights[:, :, rows]
    current.recorder.add("interface", **_terms(current, call, rows, weights, logsumexp))
    return output


def _sample(
    call: AttentionCall, eager: AttentionFunction, rows: Tensor
) -> tuple[Tensor | None, Tensor | None]:
    """Compute output and weights of some queries with the model's own attention.

    Return ``None`` for both if its code cannot compute some of the queries without the others.
    """
    try:
        with single_threaded():
            return call.of_queries(rows).run(eager)
    except RuntimeError:  # the shapes do not fit
        return None, None


def _fused_attention(current: _Pass, call: AttentionCall) -> tuple[Tensor, Tensor | None]:
    """Compute the output with SDPA, and the normalizers if its kernel returns them."""
    if current.mask(
        call.attention_mask, call.options.get("position_bias"), call.axes
    ).is_causal_without_bias:
        # With a mask instead of ``is_causal``, SDPA would also compute the hidden half.
        call = replace(call, attention_mask=None, options=call.options | {"is_causal": True})
    sdpa = AttentionInterface()["sdpa"]
    if call.query.device.type != "cpu":  # the kernels of a GPU are not recognized
        return call.run(sdpa)[0], None
    with KernelNormalizers() as kernel:
        output, _ = call.run(sdpa)
    return output, kernel.logsumexp


def _terms(
    current: _Pass,
    call: AttentionCall,
    rows: Tensor,
    weights: Tensor | None,
    logsumexp: Tensor | None,
) -> dict[str, Any]:
    """Return the fields of ``LayerAttention`` that a call consists of.

    Args:
        current: the pass.
        call: the call.
        rows: int64 ``[row]``, the positions of some queries.
        weights: the model's own weights of these queries ``[1, head, row, key]``, if known.
        logsumexp: the normalizers as SDPA's kernel returned them, if it did.
    """
    scaling, softcap = call.options.get("scaling"), call.options.get("softcap")
    sink, position_bias = _sink_and_bias(call, weights)
    mask = current.mask(call.attention_mask, position_bias, call.axes)
    own = [each for each in (call.query, call.key, weights, logsumexp) if each is not None]
    device = current.assumptions.device_for(*own)
    mask = mask.on(device)
    keep = partial(current.assumptions.keep, device=device)
    if logsumexp is not None:
        # For a single query, transformers passes the query heads that share a key head to the
        # kernel as several queries of one head.
        by_head = keep(logsumexp).reshape(call.query.shape[1:3])
        logsumexp = mask.corrected_logsumexp(by_head)
    return {
        "query": keep(call.query[0]),
        "key": keep(call.key[0]),
        "scaling": call.query.shape[-1] ** -0.5 if scaling is None else float(scaling),
        "softcap": None if softcap is None else float(softcap),
        "sink": None if sink is None else sink.to(device, torch.float32).flatten(),
        "causal": mask.causal,
        "allowed": mask.allowed,
        "bias": mask.bias,
        "logsumexp": logsumexp,
        "model_weights": None
        if weights is None
        else ModelWeights(rows.to(device), keep(weights[0])),
    }


def _sink_and_bias(
    call: AttentionCall, weights: Tensor | None
) -> tuple[Tensor | None, Tensor | None]:
    """Return the sinks of a call, one for each head, and the bias of its scores."""
    position_bias = call.options.get("position_bias")
    sink = _sink(call)
    # Some sinks gate the output and do not take part in the softmax: rows sum to 1 (granite_swa).
    if sink is None or weights is None or not _has_incomplete_rows(weights):
        return None, position_bias
    sink = sink.detach()
    if sink.ndim == 4:
        # A sink for each query (Inkling 2). The softmax does not change if the sink is subtracted
        # from all scores and from itself.
        position_bias = -sink if position_bias is None else position_bias - sink
        sink = sink.new_zeros(sink.shape[1])
    return sink, position_bias


def _sink(call: AttentionCall) -> Tensor | None:
    """Return the sinks of a call, which may not take part in its softmax."""
    own_sinks = getattr(call.module, "sinks", None)
    return call.options.get("s_aux", call.options.get("sinks", own_sinks))


def _has_sink(call: AttentionCall) -> bool:
    return _sink(call) is not None


def _is_close(one: Tensor, other: Tensor) -> Tensor:
    """Return whether two outputs differ only by rounding: bool ``[]``, on their device.

    The largest difference must not exceed the largest value times the square root of the dtype's
    precision, which is half of its digits: scores of 100 lose two of float32's seven digits before
    the softmax.
    """
    difference = (one - other).abs().max()
    return difference <= torch.finfo(one.dtype).eps ** 0.5 * other.abs().max()


def _has_incomplete_rows(weights: Tensor) -> bool:
    """Return whether some rows of weights do not sum to 1, apart from rounding."""
    rounding = max(1e-4, torch.finfo(weights.dtype).eps)
    return bool((weights.float().sum(-1) - 1.0).abs().max() > rounding)
