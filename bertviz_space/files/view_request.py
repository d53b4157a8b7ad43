"""What a program asks a view to show: an attention part, a layer and heads."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from ..errors import NoSuchAttentionPart, NoSuchHead
from ..trace import Component, LayerAttention, Trace, segment_b_start
from ..trace.filter import NOTHING_HIDDEN, Filter

ViewName = Literal["head", "model", "neuron", "matrix"]

_LABELS: dict[Component, str] = {
    "self": "All",
    "encoder": "Encoder",
    "decoder": "Decoder",
    "cross": "Cross",
}


@dataclass(frozen=True)
class AttentionPart:
    """A choice of the page's Attention picker: a component, or a part of its queries and keys.

    Attributes:
        label: the name of the choice.
        component: the component that it shows.
        queries: the position of its first query, and one past its last.
        keys: the position of its first key, and one past its last.
    """

    label: str
    component: Component
    queries: tuple[int, int]
    keys: tuple[int, int]


@dataclass(frozen=True)
class ViewRequest:
    """What a program asks a view to show.

    Attributes:
        view: the view.
        layer: the true number of a layer; ``None`` for the first layer with attention.
        heads: numbers of heads; empty for all. The neuron view shows the first of them, and the
            model view opens it.
        attention_part: the label of an attention part; empty for the first.
        expanded: whether the neuron view shows vectors.
        mean: whether the head view shows the mean of the heads instead of each head, which the
            matrix view always does.
        filter: what the view hides.
        grid_heads: the heads in the grid of the model view; empty for all.
    """

    view: ViewName
    layer: int | None = None
    heads: tuple[int, ...] = ()
    attention_part: str = ""
    expanded: bool = False
    mean: bool = False
    filter: Filter = NOTHING_HIDDEN
    grid_heads: tuple[int, ...] = ()

    def link_query(self, layer: int) -> str:
        """Return the query string of a link that chooses this view of a trace.

        ``assets/core/state/link.js`` reads it; ``tests/unit/test_shared_cases.py`` and
        ``tests/js/shared_cases.test.js`` check both.

        Args:
            layer: the true number of the layer that ``resolve`` returned.
        """
        choices = {
            "block": self.attention_part,
            "layer": str(layer),
            "expanded": "1" if self.expanded else "",
            "mean": "1" if self.mean else "",
            "filter": str(self.filter),
            "grid_heads": ",".join(map(str, sorted(set(self.grid_heads)))),
        }
        if self.heads:
            heads = ",".join(map(str, sorted(set(self.heads))))
            choices |= {"heads": heads, "head": str(self.heads[0])}
        if self.heads and self.view == "model":
            choices["cell"] = f"{layer},{self.heads[0]}"
        return urlencode({name: value for name, value in choices.items() if value})

    def resolve(self, trace: Trace) -> tuple[AttentionPart, LayerAttention, list[int]]:
        """Return the attention part, the layer and the heads of a trace, each head once.

        Raises:
            NoSuchAttentionPart: if the trace has no attention part of this label.
            NoSuchHead: if the trace does not have the layer, or the layer one of the heads.
            InvalidFilter: if the filter does not fit the text.
        """
        parts = attention_parts_of(trace)
        named = [part for part in parts if part.label == (self.attention_part or parts[0].label)]
        if not named:
            raise NoSuchAttentionPart(self.attention_part, [part.label for part in parts])
        self.filter.hidden_keys(trace, named[0].component)
        layers = {layer.layer: layer for layer in trace.layers[named[0].component]}
        number = min(layers) if self.layer is None else self.layer
        if number not in layers:
            raise NoSuchHead("layer", number, min(layers), max(layers))
        layer = layers[number]
        for head in (*self.heads, *self.grid_heads):
            if not 0 <= head < layer.num_heads:
                raise NoSuchHead("head", head, 0, layer.num_heads - 1)
        return named[0], layer, list(dict.fromkeys(self.heads)) or list(range(layer.num_heads))


def attention_parts_of(trace: Trace) -> list[AttentionPart]:
    """Return the choices of the page's Attention picker, in order.

    ``attentionPartsOf`` in ``assets/core/state/attention_part.js`` returns the same choices.
    """
    parts = [
        AttentionPart(
            _LABELS[component],
            component,
            (0, len(trace.query_tokens(component))),
            (0, len(trace.key_tokens(component))),
        )
        for component in trace.components
    ]
    begin_b = segment_b_start(trace.source)
    if not begin_b:  # there is no second text, or no token before it
        return parts
    spans = {"A": (0, begin_b), "B": (begin_b, len(trace.source))}
    pairs = [
        AttentionPart(
            f"Sentence {query} -> Sentence {key}", parts[0].component, spans[query], spans[key]
        )
        for query, key in ("AA", "BB", "AB", "BA")
    ]
    return [*parts, *pairs]
