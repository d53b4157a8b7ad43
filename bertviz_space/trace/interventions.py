"""Interventions: changes of a forward pass that test what a head, an edge or a token is for.

Each intervention has a spelling, which links and endpoints use::

    zero L0H3            the output of head 3 in layer 0 is zero
    mean L0H3            ... is its mean over the positions of this text
    cut 7-2 L0H3         the query at position 7 does not attend to the key at position 2
    cut *-2              no other query attends to that key, in all layers and heads
    mask 4               the token at position 4 is replaced by the mask token

In an encoder-decoder model, the component comes before the layer: ``zero cross L0H3``.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from ..errors import InterventionNotPossible
from .attention import Component
from .token import Token

# The largest number of interventions of a run.
MAX_INTERVENTIONS = 64

_COMPONENT = r"(?:(?P<component>encoder|decoder|cross) )?"
_HEAD = re.compile(rf"(?P<by>zero|mean) {_COMPONENT}L(?P<layer>\d{{1,4}})H(?P<head>\d{{1,4}})")
_EDGE = re.compile(
    r"cut (?P<query>\*|\d{1,6})-(?P<key>\d{1,6})"
    r"(?: (?P<component>encoder|decoder|cross))?"
    r"(?: L(?P<layer>\d{1,4})(?:H(?P<head>\d{1,4}))?)?"
)
_MASK = re.compile(r"mask (?P<position>\d{1,6})")


@dataclass(frozen=True)
class HeadOff:
    """The output of a head is replaced, where it enters the projection after the attention.

    Attributes:
        layer: the layer's number in the model.
        head: the head.
        component: the component that the layer belongs to.
        by: what replaces the output at each position: zeros, or the mean of the head's own output
            over all positions of the text.
    """

    layer: int
    head: int
    component: Component = "self"
    by: Literal["zero", "mean"] = "zero"

    @property
    def spelling(self) -> str:
        """The intervention as links and endpoints spell it."""
        return f"{self.by} {_component(self.component)}L{self.layer}H{self.head}"


@dataclass(frozen=True)
class EdgeCut:
    """A query may not attend to a key. The softmax distributes its weight among the other keys.

    Attributes:
        key: the position of the key.
        query: the position of the query; ``None`` for all queries. A token still attends to itself.
        layer: the layer's number in the model; ``None`` for all layers of the component.
        head: the head; ``None`` for all heads.
        component: the component that the layers belong to.
    """

    key: int
    query: int | None = None
    layer: int | None = None
    head: int | None = None
    component: Component = "self"

    @property
    def spelling(self) -> str:
        """The intervention as links and endpoints spell it."""
        query = "*" if self.query is None else self.query
        head = "" if self.head is None else f"H{self.head}"
        layer = "" if self.layer is None else f"L{self.layer}{head}"
        return f"cut {query}-{self.key} {_component(self.component)}{layer}".strip()


@dataclass(frozen=True)
class TokenMasked:
    """A token of the text, or of the source text, is replaced by the mask token.

    Attributes:
        position: the position of the token.
    """

    position: int

    @property
    def spelling(self) -> str:
        """The intervention as links and endpoints spell it."""
        return f"mask {self.position}"


Intervention = HeadOff | EdgeCut | TokenMasked


@dataclass(frozen=True)
class Intervened:
    """The interventions of a pass.

    Attributes:
        interventions: at least one intervention.
        replaced: the tokens that the mask token replaces, by their positions.
    """

    interventions: tuple[Intervention, ...]
    replaced: Mapping[int, Token]


def parse_interventions(spelling: str) -> tuple[Intervention, ...]:
    """Return the interventions that a text spells, separated by commas; none for a blank text.

    Raises:
        InterventionNotPossible: a ``ValueError`` too: if a part of the text is no intervention, or
            if there are more than ``MAX_INTERVENTIONS``.
    """
    parts = [part.strip() for part in spelling.split(",", MAX_INTERVENTIONS + 1)]
    found = in_order(_parsed(part) for part in parts[: MAX_INTERVENTIONS + 1] if part)
    if len(found) > MAX_INTERVENTIONS:
        raise InterventionNotPossible(
            f"A run can have at most {MAX_INTERVENTIONS} interventions. Undo some of them."
        )
    return found


def spelling_of(interventions: Iterable[Intervention]) -> str:
    """Return interventions as links and endpoints spell them."""
    return ",".join(each.spelling for each in interventions)


def in_order(interventions: Iterable[Intervention]) -> tuple[Intervention, ...]:
    """Return interventions without duplicates, in the order of their spellings.

    The order in which they are given has no effect on a pass.
    """
    return tuple(sorted(set(interventions), key=lambda each: each.spelling))


def _parsed(spelling: str) -> Intervention:
    if match := _HEAD.fullmatch(spelling):
        return HeadOff(
            layer=int(match["layer"]),
            head=int(match["head"]),
            component=match["component"] or "self",  # type: ignore[arg-type]
            by=match["by"],  # type: ignore[arg-type]
        )
    if match := _EDGE.fullmatch(spelling):
        return EdgeCut(
            key=int(match["key"]),
            query=None if match["query"] == "*" else int(match["query"]),
            layer=None if match["layer"] is None else int(match["layer"]),
            head=None if match["head"] is None else int(match["head"]),
            component=match["component"] or "self",  # type: ignore[arg-type]
        )
    if match := _MASK.fullmatch(spelling):
        return TokenMasked(int(match["position"]))
    raise InterventionNotPossible(
        f"“{spelling[:40]}” is no intervention. Write zero L0H3 or mean L0H3 for a head, "
        "cut 7-2 L0H3 for an edge, mask 4 for a token; in an encoder-decoder model, name the "
        "component too, such as zero cross L0H3."
    )


def _component(component: Component) -> str:
    return "" if component == "self" else f"{component} "
