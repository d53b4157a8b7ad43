"""The attentions of one pass, assigned to the layers of the model's components."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import nn

from ..trace import Component, LayerAttention

# How an attention was observed: in a call of transformers' attention interface, or as a product of
# query and key in the model's own code.
Route = Literal["interface", "products"]

# The name of a block, or of a module in it, such as encoder.layer.3.attention.
_BLOCK = re.compile(r"(?P<stack>(?:^|.*?\.))(?P<number>\d+)(?=\.|$)")


class AmbiguousAttention(Exception):
    """One call of an attention module computed several attentions, and none is the layer's own."""


# An attention of a pass: its route, and its number among the attentions observed by this route.
Place = tuple[Route, int]


@dataclass(frozen=True)
class ModuleCall:
    """One call of a module's ``forward``.

    Attributes:
        name: the module's name in the model.
        serial: a number that differs for each call of a pass.
    """

    name: str
    serial: int

    @property
    def is_in_block(self) -> bool:
        """True if the module is a numbered block or part of one."""
        return _BLOCK.match(self.name) is not None

    @property
    def stack_and_number(self) -> tuple[str, int]:
        """The name of the stack of blocks, and the number of the block in it.

        Raises:
            ValueError: if the module is not in a block.
        """
        match = _BLOCK.match(self.name)
        if match is None:
            raise ValueError(f"{self.name} is not in a block")
        return match["stack"].rstrip("."), int(match["number"])


@dataclass(frozen=True, eq=False)
class ObservedAttention:
    """One attention, and where it was observed.

    Attributes:
        place: how it was observed, and after how many others.
        component: which of the model's attentions it is.
        call: the call of the innermost module that was running.
        block: the call of the outermost block that was running, ``None`` outside all blocks.
        terms: the fields of ``LayerAttention`` except ``component`` and ``layer``.
    """

    place: Place
    component: Component
    call: ModuleCall
    block: ModuleCall | None
    terms: Mapping[str, Any]

    @property
    def route(self) -> Route:
        """How it was observed."""
        return self.place[0]

    @property
    def axes(self) -> tuple[int, int]:
        """Number of queries and number of keys."""
        return self.terms["query"].shape[1], self.terms["key"].shape[1]

    def repeats(self, other: "ObservedAttention") -> bool:
        """Return whether the same call used the same queries and keys (DiffLlama does, twice)."""
        return self.call == other.call and all(
            torch.equal(self.terms[name].to(other.terms[name].device), other.terms[name])
            for name in ("query", "key")
        )


@dataclass(frozen=True, eq=False)
class Recording:
    """The attentions of one pass, assigned to layers.

    An attention is full if its axes are all query tokens and all key tokens of its component.

    Attributes:
        layers: the layers of each component, in ascending order of their numbers.
        routes: for each component, the routes by which its layers were observed.
        not_full: names of the blocks in which only attentions that are not full were observed.
        skipped: for each component, the numbers of the blocks in which none was observed.
        places: where each layer was observed, by its component and number. A layer has several
            places if a module computes the same attention again (DiffLlama).
    """

    layers: Mapping[Component, tuple[LayerAttention, ...]]
    routes: Mapping[Component, frozenset[Route]]
    not_full: tuple[str, ...]
    skipped: Mapping[Component, tuple[int, ...]]
    places: Mapping[tuple[Component, int], tuple[Place, ...]]


def interface_first(observed: Sequence[ObservedAttention]) -> list[ObservedAttention]:
    """Remove the products of each block whose attention was observed in the interface.

    Other products of such a block are part of its attention or separate from it (Inkling 2).
    """
    found = {(each.component, each.block) for each in observed if each.route == "interface"}
    return [
        each
        for each in observed
        if each.route == "interface" or (each.component, each.block) not in found
    ]


def assign_to_layers(
    observed: Sequence[ObservedAttention],
    model: nn.Module,
    num_source: int,
    num_target: int | None,
) -> Recording:
    """Assign the attentions of a pass to layers, with the numbers of the model's blocks.

    Args:
        observed: the attentions, in the order of their calls.
        model: the model that computed them.
        num_source: number of tokens of the text; for an encoder-decoder model, of the encoder.
        num_target: number of tokens of the decoder, ``None`` for a model with one stack.

    Raises:
        AmbiguousAttention: if one call of a module computed several attentions.
    """
    num_decoder = num_source if num_target is None else num_target
    full_axes: dict[Component, tuple[int, int]] = {
        "self": (num_source, num_source),
        "encoder": (num_source, num_source),
        "decoder": (num_decoder, num_decoder),
        "cross": (num_decoder, num_source),
    }
    found = interface_first(observed)
    distinct = _distinct_by_component(found)
    layers: dict[Component, tuple[LayerAttention, ...]] = {}
    routes: dict[Component, frozenset[Route]] = {}
    skipped: dict[Component, tuple[int, ...]] = {}
    places: dict[tuple[Component, int], tuple[Place, ...]] = {}
    not_full: dict[str, None] = {}
    for component, axes in full_axes.items():
        every = distinct[component]
        full = [each for each in every if each.axes == axes]
        blocks = {each.block for each in full}
        others = (each.block for each in every if each.block not in blocks)
        not_full |= {block.name: None for block in others if block is not None}
        if full:
            numbers = _numbers(full, every)
            layers[component] = tuple(
                LayerAttention(component=component, layer=number, **each.terms)
                for number, each in zip(numbers, full, strict=True)
            )
            routes[component] = frozenset(each.route for each in full)
            skipped[component] = _skipped(model, full, numbers)
            for number, each in zip(numbers, full, strict=True):
                places[component, number] = tuple(
                    other.place for other in found if other is each or other.repeats(each)
                )
    return Recording(layers, routes, tuple(not_full), skipped, places)


def _distinct_by_component(
    observed: Sequence[ObservedAttention],
) -> Mapping[Component, list[ObservedAttention]]:
    """Group attentions by component, without those that repeat another one."""
    distinct: defaultdict[Component, list[ObservedAttention]] = defaultdict(list)
    for each in observed:
        if not any(each.repeats(other) for other in distinct[each.component]):
            distinct[each.component].append(each)
    return distinct


def _numbers(full: list[ObservedAttention], every: list[ObservedAttention]) -> list[int]:
    """Return the layer numbers of attentions.

    These are the numbers of the blocks if they are in ascending order, and the positions in
    ``every`` otherwise (ALBERT calls one block several times).

    Args:
        full: the full attentions of one component.
        every: all attentions of that component (Funnel's pooled blocks are not full).

    Raises:
        AmbiguousAttention: if one call of a module computed several attentions.
    """
    if len({each.call for each in full}) < len(full):
        raise AmbiguousAttention
    numbers = [each.block.stack_and_number[1] for each in full if each.block is not None]
    if len(numbers) < len(full) or sorted(set(numbers)) != numbers:
        return [every.index(each) for each in full]
    return numbers


def _skipped(
    model: nn.Module, full: list[ObservedAttention], numbers: list[int]
) -> tuple[int, ...]:
    """Return the numbers of the blocks of a stack that are not among ``numbers``.

    Return none if ``full`` is from several stacks, or if ``numbers`` are not the blocks' numbers.
    """
    places = [each.block.stack_and_number for each in full if each.block is not None]
    stacks = {stack for stack, _ in places}
    if len(stacks) != 1 or [number for _, number in places] != numbers:
        return ()
    blocks = model.get_submodule(stacks.pop())
    return tuple(sorted(set(range(len(list(blocks.children())))) - set(numbers)))
