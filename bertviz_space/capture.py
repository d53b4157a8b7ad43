"""Seeing query and key of every layer, inside transformers' own attention function.

transformers lets a model look its attention function up by name (``AttentionInterface``). The
function registered here under ``"eager"`` does nothing but the model's own eager attention, unless
a recording is under way in this thread; then it notes the terms of the formula, and SDPA computes
the output, so that the quadratic weights never exist for all layers at once.

Why the name ``"eager"`` and not a new one (transformers 5.23): models that look the name up in a
table of classes fail on an unknown name, and an unknown name has no mask function, so that a causal
model would silently attend to the future. ``tests/unit/test_extraction.py`` guards it.
"""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AttentionInterface, PreTrainedModel

from .attention import Component, LayerAttention

# An additive mask forbids with the dtype's minimum, -65504 in float16 and -3e38 in float32. Real
# biases stay far above: ALiBi's steepest slope reaches -4096 at 8192 tokens of distance.
FORBIDDEN = -3e4

_CROSS = re.compile(r"cross_?att|encoder_attn|encdecattention", re.IGNORECASE)
_BLOCK_NUMBER = re.compile(r"(?:^|\.)(\d+)(?:\.|$)")

# What an additive mask and a bias say: causal, allowed [head or 1, query, key], bias likewise.
_Terms = tuple[bool, Tensor | None, Tensor | None]


class Recorder:
    """Collects the layers of one forward pass of one model, batch size 1."""

    def __init__(self, model: PreTrainedModel) -> None:
        self._names = {id(module): name for name, module in model.named_modules()}
        self._has_decoder = bool(model.config.is_encoder_decoder)
        self._encoder: set[int] = set()
        if self._has_decoder:
            self._encoder = {id(module) for module in model.get_encoder().modules()}
        self._calls: list[tuple[str, Component, dict[str, Any]]] = []
        # Most models give every layer the same mask tensor: it is split once. The key holds ids, so
        # the tensors are kept beside the result: a freed tensor's id could come again.
        self._split: dict[tuple[int, int], tuple[Tensor | None, Tensor | None, _Terms]] = {}

    def add(
        self,
        module: nn.Module,
        query: Tensor,
        key: Tensor,
        attention_mask: Tensor | None,
        position_bias: Tensor | None,
        **formula: Any,
    ) -> None:
        """Note one call of the attention function.

        Args:
            module: the attention module that calls.
            query: ``[1, head, query, head_dim]``, any float dtype.
            key: ``[1, key_value_head, key, head_dim]``.
            attention_mask: additive or bool, ``[1, head or 1, query, key]``, or ``None``.
            position_bias: added to the scores, ``[1, head or 1, query, key]``, or ``None``.
            formula: ``scaling``, ``softcap``, ``sink`` of ``LayerAttention``.
        """
        name = self._names[id(module)]
        terms_key = (id(attention_mask), id(position_bias))
        if terms_key not in self._split:
            terms = _split_terms(attention_mask, position_bias, query.shape[2], key.shape[2])
            self._split[terms_key] = (attention_mask, position_bias, terms)
        causal, allowed, bias = self._split[terms_key][2]
        layer = {
            "query": _own_copy(query[0]),
            "key": _own_copy(key[0]),
            "causal": causal,
            "allowed": allowed,
            "bias": bias,
            **formula,
        }
        self._calls.append((name, self._component(module, name), layer))

    def _component(self, module: nn.Module, name: str) -> Component:
        """Tell the attentions apart by the modules' place: ``is_causal`` cannot be trusted."""
        if not self._has_decoder:
            return "self"
        if id(module) in self._encoder:
            return "encoder"
        return "cross" if _CROSS.search(name) else "decoder"

    def layers(self) -> dict[Component, tuple[LayerAttention, ...]]:
        """The recorded layers of each component, numbered as the model numbers its blocks."""
        order: tuple[Component, ...] = ("self", "encoder", "decoder", "cross")
        return {component: layers for component in order if (layers := self._numbered(component))}

    def _numbered(self, component: Component) -> tuple[LayerAttention, ...]:
        calls = [(name, layer) for name, its, layer in self._calls if its == component]
        numbers = [int(m[1]) if (m := _BLOCK_NUMBER.search(name)) else -1 for name, _ in calls]
        # One module called for every layer (ALBERT) has no number of its own: count the calls.
        if sorted(set(numbers)) != numbers or -1 in numbers:
            numbers = list(range(len(calls)))
        return tuple(
            LayerAttention(component=component, layer=number, **layer)
            for number, (_, layer) in zip(numbers, calls, strict=True)
        )


_recorder: ContextVar[Recorder | None] = ContextVar("recorder", default=None)


@contextmanager
def recording(model: PreTrainedModel) -> Iterator[Recorder]:
    """Record the attention calls that this thread makes in ``model`` until the block ends."""
    recorder = Recorder(model)
    token = _recorder.set(recorder)
    try:
        yield recorder
    finally:
        _recorder.reset(token)


def _capture_attention(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    **options: Any,
) -> tuple[Tensor, Tensor | None]:
    """The attention function of every model that follows transformers' interface."""
    recorder = _recorder.get()
    eager = _own_eager(module)
    if recorder is None:
        return eager(module, query, key, value, attention_mask, **options)
    softcap = options.get("softcap")
    sink = options.get("s_aux", getattr(module, "sinks", None))
    if softcap is None and sink is None:
        sdpa = AttentionInterface()["sdpa"]
        output, weights = sdpa(module, query, key, value, attention_mask, **options)
    else:
        output, weights = eager(module, query, key, value, attention_mask, **options)
    if sink is not None:
        # Some models have sinks that gate the output and take no part in the softmax: their rows
        # sum to 1 (granite_swa).
        takes_part = weights is not None and not torch.allclose(
            weights.sum(-1), torch.ones(()).to(weights), atol=1e-4
        )
        sink = sink.detach().to("cpu", torch.float32).flatten() if takes_part else None
    scaling = options.get("scaling")
    recorder.add(
        module,
        query,
        key,
        attention_mask,
        options.get("position_bias"),
        scaling=query.shape[-1] ** -0.5 if scaling is None else float(scaling),
        softcap=None if softcap is None else float(softcap),
        sink=sink,
    )
    return output, None


def _own_copy(vectors: Tensor) -> Tensor:
    """Float32 on the CPU, and never a view: of a fused query-key-value tensor it would keep all."""
    return vectors.to("cpu", torch.float32, copy=True, memory_format=torch.contiguous_format)


def _own_eager(module: nn.Module) -> Callable[..., tuple[Tensor, Tensor | None]]:
    """The eager attention of the modelling file that the module, or a parent class, comes from."""
    for cls in type(module).__mro__:
        function = getattr(sys.modules[cls.__module__], "eager_attention_forward", None)
        if function is not None:
            return function
    raise AttributeError(f"{type(module).__name__} has no eager attention of its own")


def _split_terms(
    attention_mask: Tensor | None, position_bias: Tensor | None, num_queries: int, num_keys: int
) -> _Terms:
    """Split what is added to the scores into who may be seen and how much is added."""
    bias = None if position_bias is None else position_bias[0].to("cpu", torch.float32)
    if attention_mask is None:
        # T5 hands its cross attention a bias of zeros.
        return False, None, bias if bias is not None and bias.any() else None
    mask = attention_mask[0, :, :, :num_keys].to("cpu")
    mask = mask.expand(-1, num_queries, -1)
    if mask.dtype == torch.bool:
        allowed = mask
    else:
        additive = mask.float() if bias is None else mask.float() + bias
        allowed = additive > FORBIDDEN
        bias = additive.masked_fill(~allowed, 0.0)
    if bias is not None and not bias.any():
        bias = None
    if allowed.all():
        return False, None, bias
    square = num_queries == num_keys
    if square and torch.equal(allowed, allowed.new_ones(allowed.shape).tril()):
        return True, None, bias
    return False, allowed, bias


AttentionInterface.register("eager", _capture_attention)
