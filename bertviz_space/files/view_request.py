"""What of a trace a view shows, for who is not there to choose."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from ..errors import NoSuchBlock, NoSuchHead
from ..trace.attention import Component, LayerAttention, Trace, first_of_b

ViewName = Literal["head", "model", "neuron"]

_LABELS: dict[Component, str] = {
    "self": "All",
    "encoder": "Encoder",
    "decoder": "Decoder",
    "cross": "Cross",
}


@dataclass(frozen=True)
class Block:
    """The part of a component's attention that a view shows, as the page's picker names it.

    Attributes:
        label: its name.
        component: which attention.
        queries: the first query and one past the last.
        keys: likewise.
    """

    label: str
    component: Component
    queries: tuple[int, int]
    keys: tuple[int, int]


@dataclass(frozen=True)
class Shown:
    """What a view shows.

    Attributes:
        view: which one.
        layer: the number of the layer on view, ``None`` for the first that there is.
        heads: the heads on view, all where none is named. The neuron view shows the first, and the
            model view has it open.
        block: the label of a block; empty for the first.
        expanded: whether the neuron view shows vectors.
    """

    view: ViewName
    layer: int | None = None
    heads: tuple[int, ...] = ()
    block: str = ""
    expanded: bool = False

    def query(self, layer: int) -> str:
        """What a link says of it, as ``assets/core/state/link.js`` reads it.

        Args:
            layer: the number of the layer that a trace has for it.
        """
        said = {
            "block": self.block,
            "layer": str(layer),
            "expanded": "1" if self.expanded else "",
        }
        if self.heads:
            heads = ",".join(map(str, sorted(self.heads)))
            said |= {"heads": heads, "head": str(self.heads[0])}
        if self.heads and self.view == "model":
            said["cell"] = f"{layer},{self.heads[0]}"
        return urlencode({name: value for name, value in said.items() if value})

    def of(self, trace: Trace) -> tuple[Block, LayerAttention, list[int]]:
        """The block, the layer and the heads, each once, that a trace has of it.

        Raises:
            NoSuchBlock, NoSuchHead: where it has not.
        """
        blocks = blocks_of(trace)
        named = [block for block in blocks if block.label == (self.block or blocks[0].label)]
        if not named:
            raise NoSuchBlock(self.block, [block.label for block in blocks])
        layers = {layer.layer: layer for layer in trace.layers[named[0].component]}
        number = min(layers) if self.layer is None else self.layer
        if number not in layers:
            raise NoSuchHead("layer", number, min(layers), max(layers))
        layer = layers[number]
        for head in self.heads:
            if not 0 <= head < layer.num_heads:
                raise NoSuchHead("head", head, 0, layer.num_heads - 1)
        return named[0], layer, list(dict.fromkeys(self.heads)) or list(range(layer.num_heads))


def blocks_of(trace: Trace) -> list[Block]:
    """The choices of the Attention picker, in order (``assets/core/state/attention_part.js``)."""
    blocks = [
        Block(
            _LABELS[component],
            component,
            (0, len(trace.query_tokens(component))),
            (0, len(trace.key_tokens(component))),
        )
        for component in trace.components
    ]
    begin_b = first_of_b(trace.source)
    if not begin_b:  # no second text, or nothing is left of the first
        return blocks
    spans = {"A": (0, begin_b), "B": (begin_b, len(trace.source))}
    pairs = [
        Block(f"Sentence {query} -> Sentence {key}", blocks[0].component, spans[query], spans[key])
        for query, key in ("AA", "BB", "AB", "BA")
    ]
    return [*blocks, *pairs]
