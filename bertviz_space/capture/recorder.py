"""Where the attentions of one forward pass are noted, whoever saw them.

The two routes (``interface`` and ``products``) hand in the terms of the formula. The recorder knows
which module was running: from its place in the model follow the component and the layer's number.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import nn

from ..trace import Component, LayerAttention

# Which part of the model showed the attention: its call of transformers' attention interface, or
# its own product of query and key.
Route = Literal["interface", "products"]

# The cross attention of all encoder-decoder models of transformers 5.23 has such a name.
_CROSS = re.compile(r"cross_?att|encoder_attn|encdecattention", re.IGNORECASE)
_BLOCK = re.compile(r"(?P<stack>(?:^|.*?\.))(?P<number>\d+)(?=\.|$)")


@dataclass(frozen=True)
class _Call:
    """One call of a module's forward, told apart from the next one of the same module."""

    name: str
    serial: int


@dataclass(frozen=True, eq=False)
class _Seen:
    """One attention as it was seen, and where."""

    route: Route
    component: Component
    call: _Call
    block: _Call | None
    terms: Mapping[str, Any]

    @property
    def axes(self) -> tuple[int, int]:
        """Numbers of queries and of keys."""
        return self.terms["query"].shape[1], self.terms["key"].shape[1]

    def is_same_map(self, other: "_Seen") -> bool:
        """True for the same queries and keys in one call: DiffLlama asks twice, for two values."""
        return self.call == other.call and all(
            torch.equal(self.terms[name], other.terms[name]) for name in ("query", "key")
        )


@dataclass(frozen=True, eq=False)
class Recording:
    """The attentions of one pass.

    Attributes:
        layers: for each component its layers, in the order of their numbers.
        routes: for each component by which routes its layers were seen.
        unfit: blocks that are not among the layers, by their names, in which an attention was seen
            that is not one of every query token to every key token.
        skipped: for each component the numbers of the blocks in which none was seen.
    """

    layers: Mapping[Component, tuple[LayerAttention, ...]]
    routes: Mapping[Component, frozenset[Route]]
    unfit: tuple[str, ...]
    skipped: Mapping[Component, tuple[int, ...]]


@dataclass(frozen=True)
class Places:
    """Where in a model the attention interface was called in a pass, by the modules' names.

    Attributes:
        calls: the modules that called it, one by one.
        within: these, and those that were running around them.
    """

    calls: tuple[str, ...]
    within: frozenset[str]


class SeveralMaps(Exception):
    """One call of an attention module made several maps, of which no one is the layer's."""


class Recorder:
    """Collects the attentions of one forward pass of one model, batch size 1."""

    def __init__(self, model: nn.Module, encoder: nn.Module | None) -> None:
        """Get ready for a pass.

        Args:
            model: the model that runs.
            encoder: the part of it that is the encoder, ``None`` for a model of one stack.
        """
        self._model = model
        self._modules = dict(model.named_modules())
        self._names = {id(module): name for name, module in self._modules.items()}
        self._has_encoder = encoder is not None
        self._encoder = {id(module) for module in encoder.modules()} if encoder else set[int]()
        self._running: list[tuple[int, _Call]] = []
        self._serial = 0
        self._seen: list[_Seen] = []
        self._within = set[str]()
        self.interface_runs = False

    @contextmanager
    def interface_running(self) -> Iterator[None]:
        """Let nobody follow the products that the attention interface itself makes."""
        self.interface_runs = True
        try:
            yield
        finally:
            self.interface_runs = False

    @contextmanager
    def watching_modules(self, names: Set[str] | None = None) -> Iterator[None]:
        """Know in this block which modules are running, from hooks that are gone after it.

        Args:
            names: the modules that matter, ``None`` for all.
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
        self._serial += 1
        self._running.append((id(module), _Call(self._names[id(module)], self._serial)))

    def _leave(self, module: nn.Module, *_: Any) -> None:
        # Modules that were left by an error which the model caught are still on top of it.
        while self._running.pop()[0] != id(module):
            pass

    def add(self, route: Route, **terms: Any) -> None:
        """Note one attention of the innermost module that is running.

        Args:
            route: who saw it.
            terms: the fields of ``LayerAttention`` but component and layer.
        """
        calls = [call for _, call in self._running]
        # The outermost block: one that lends its attention to others (Zamba) is inside of theirs.
        block = next((call for call in calls if _BLOCK.match(call.name)), None)
        self._seen.append(_Seen(route, self._component(), calls[-1], block, terms))
        self._within.update(call.name for call in calls)

    def _component(self) -> Component:
        """Tell the attentions apart by the modules' place: ``is_causal`` cannot be trusted."""
        if not self._has_encoder:
            return "self"
        if any(module in self._encoder for module, _ in self._running):
            return "encoder"
        return "cross" if any(_CROSS.search(call.name) for _, call in self._running) else "decoder"

    def places(self) -> Places | None:
        """Where the interface was called, ``None`` if it was not all that showed an attention."""
        seen = self._first_route()
        if any(each.route != "interface" for each in seen):
            return None
        return Places(tuple(each.call.name for each in seen), frozenset(self._within))

    def recording(self, num_source: int, num_target: int | None) -> Recording:
        """What was seen, numbered as the model numbers its blocks.

        Args:
            num_source: tokens of the text, or of the encoder's side.
            num_target: tokens of the decoder's side, ``None`` for a model of one stack.

        Raises:
            SeveralMaps: if one call of a module made more than one map.
        """
        num_decoder = num_source if num_target is None else num_target
        axes: dict[Component, tuple[int, int]] = {
            "self": (num_source, num_source),
            "encoder": (num_source, num_source),
            "decoder": (num_decoder, num_decoder),
            "cross": (num_decoder, num_source),
        }
        by_component: defaultdict[Component, list[_Seen]] = defaultdict(list)
        for seen in self._first_route():
            if not any(seen.is_same_map(other) for other in by_component[seen.component]):
                by_component[seen.component].append(seen)
        recorded: dict[Component, list[_Seen]] = {}
        numbers: dict[Component, list[int]] = {}
        unfit: dict[str, None] = {}
        for component in axes:
            every = by_component[component]
            fit = [seen for seen in every if seen.axes == axes[component]]
            blocks = {seen.block for seen in fit}
            unfit |= {s.block.name: None for s in every if s.block and s.block not in blocks}
            if fit:
                recorded[component] = fit
                numbers[component] = _numbers(fit, every)
        return Recording(
            layers={
                component: tuple(
                    LayerAttention(component=component, layer=number, **each.terms)
                    for number, each in zip(numbers[component], seen, strict=True)
                )
                for component, seen in recorded.items()
            },
            routes={
                component: frozenset(each.route for each in seen)
                for component, seen in recorded.items()
            },
            unfit=tuple(unfit),
            skipped={
                component: self._skipped(seen, numbers[component])
                for component, seen in recorded.items()
            },
        )

    def _first_route(self) -> list[_Seen]:
        """All but the products of a block whose attention the interface showed.

        Such a block's other products are within its attention or beside it (Inkling 2).
        """
        shown = {(s.component, s.block) for s in self._seen if s.route == "interface"}
        return [
            seen
            for seen in self._seen
            if seen.route == "interface" or (seen.component, seen.block) not in shown
        ]

    def _skipped(self, seen: list[_Seen], numbers: list[int]) -> tuple[int, ...]:
        """Numbers of the blocks without one, where the blocks have numbers of their own."""
        matches = [_BLOCK.match(each.block.name) for each in seen if each.block is not None]
        stacks = {match["stack"] for match in matches if match}
        if len(stacks) != 1 or [int(match["number"]) for match in matches if match] != numbers:
            return ()
        blocks = self._model.get_submodule(stacks.pop().rstrip("."))
        return tuple(sorted(set(range(len(list(blocks.children())))) - set(numbers)))


def _numbers(fit: list[_Seen], every: list[_Seen]) -> list[int]:
    """The blocks' own numbers, or a count where these are no order: ALBERT calls one block often.

    Args:
        fit: what is shown.
        every: that, and what is not shown but counted (Funnel's pooled blocks).

    Raises:
        SeveralMaps: see ``Recorder.recording``.
    """
    if len({seen.call for seen in fit}) < len(fit):
        raise SeveralMaps
    matches = [_BLOCK.match(seen.block.name) if seen.block else None for seen in fit]
    numbers = [int(match["number"]) for match in matches if match]
    if len(numbers) < len(fit) or sorted(set(numbers)) != numbers:
        return [every.index(seen) for seen in fit]
    return numbers
