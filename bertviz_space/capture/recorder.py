"""Collects the attentions of one forward pass.

Both routes (``interface`` and ``product_tracer``) add the terms of the formula. Hooks tell the
recorder which modules are running: the component and the layer number follow from their names.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from torch import nn

from ..trace import Component
from .changes import LayerChange
from .recording import (
    ModuleCall,
    ObservedAttention,
    Place,
    Recording,
    Route,
    assign_to_layers,
    interface_first,
)

# Part of the name of the cross attention in all encoder-decoder models of transformers 5.23.
_CROSS = re.compile(r"cross_?att|encoder_attn|encdecattention", re.IGNORECASE)


@dataclass(frozen=True)
class AttentionModules:
    """The modules that called the attention interface in a pass, by their names.

    Attributes:
        callers: the module of each call, in the order of the calls.
        running: the callers, and all modules that were running around them.
    """

    callers: tuple[str, ...]
    running: frozenset[str]


class Recorder:
    """Collects the attentions of one forward pass of one model, with a batch size of 1.

    Attributes:
        in_interface: True while the attention interface computes; its own products are not traced.
    """

    def __init__(
        self,
        model: nn.Module,
        encoder: nn.Module | None,
        changes: Mapping[Place, LayerChange] = MappingProxyType({}),
    ) -> None:
        """Prepare for one pass.

        Args:
            model: the model that runs.
            encoder: the module of ``model`` that is the encoder, ``None`` for a model with one
                stack.
            changes: what the pass changes in its attentions.
        """
        self.in_interface = False
        self._model = model
        self._modules = dict(model.named_modules())
        self._names = {id(module): name for name, module in self._modules.items()}
        self._has_encoder = encoder is not None
        self._encoder = {id(module) for module in encoder.modules()} if encoder else set[int]()
        self._running: list[tuple[int, ModuleCall]] = []
        self._num_calls = 0
        self._observed: list[ObservedAttention] = []
        self._names_running = set[str]()
        self._changes = changes
        self._num_observed = Counter[Route]()

    def change_of_next(self, route: Route) -> LayerChange | None:
        """Return what the pass changes in the attention that is added next by a route."""
        return self._changes.get((route, self._num_observed[route]))

    @contextmanager
    def inside_interface(self) -> Iterator[None]:
        """Set ``in_interface`` during a block."""
        self.in_interface = True
        try:
            yield
        finally:
            self.in_interface = False

    @contextmanager
    def tracking_modules(self, names: Set[str] | None = None) -> Iterator[None]:
        """Track the running modules during a block, with hooks that are removed after it.

        Args:
            names: the modules to track, ``None`` for all.
        """
        handles = []
        for name in self._modules if names is None else self._modules.keys() & names:
            module = self._modules[name]
            handles.append(module.register_forward_pre_hook(self._enter))
            handles.append(module.register_forward_hook(self._leave))
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    def _enter(self, module: nn.Module, _: Any) -> None:
        self._num_calls += 1
        self._running.append((id(module), ModuleCall(self._names[id(module)], self._num_calls)))

    def _leave(self, module: nn.Module, *_: Any) -> None:
        # If the model caught an error, the modules that raised it are still above this module.
        while self._running.pop()[0] != id(module):
            pass

    def add(self, route: Route, **terms: Any) -> None:
        """Add an attention of the innermost module that is running.

        Args:
            route: how it was observed.
            terms: the fields of ``LayerAttention`` except ``component`` and ``layer``.
        """
        calls = [call for _, call in self._running]
        # A block that shares its attention (Zamba) runs inside the block that uses it, which is the
        # outermost one.
        block = next((call for call in calls if call.is_in_block), None)
        place = (route, self._num_observed[route])
        self._num_observed[route] += 1
        self._observed.append(ObservedAttention(place, self._component(), calls[-1], block, terms))
        self._names_running.update(call.name for call in calls)

    def _component(self) -> Component:
        """Return the component of the running modules.

        It follows from their names: models do not always set ``is_causal`` correctly.
        """
        if not self._has_encoder:
            return "self"
        if any(module in self._encoder for module, _ in self._running):
            return "encoder"
        return "cross" if any(_CROSS.search(call.name) for _, call in self._running) else "decoder"

    def attention_modules(self) -> AttentionModules | None:
        """Return the modules that called the attention interface.

        Return ``None`` if an attention was observed only as a product.
        """
        observed = interface_first(self._observed)
        if any(each.route != "interface" for each in observed):
            return None
        callers = tuple(each.call.name for each in observed)
        return AttentionModules(callers, frozenset(self._names_running))

    def recording(self, num_source: int, num_target: int | None) -> Recording:
        """Assign the attentions to layers, with the numbers of the model's blocks.

        Args:
            num_source: number of tokens of the text; for an encoder-decoder model, of the encoder.
            num_target: number of tokens of the decoder, ``None`` for a model with one stack.

        Raises:
            AmbiguousAttention: if one call of a module computed several attentions.
        """
        return assign_to_layers(self._observed, self._model, num_source, num_target)
