"""The interventions of a trace in words, for the page, pictures and the summary of a result."""

from ..trace import Component, Token, Trace
from ..trace.interventions import EdgeCut, HeadOff, Intervention, TokenMasked
from .svg.label import label_of


def interventions_in_words(trace: Trace) -> list[str]:
    """Return a phrase for each intervention, such as "Layer 0, Head 3 off"."""
    if trace.intervened is None:
        return []
    return [in_words(trace, each) for each in trace.intervened.interventions]


def in_words(trace: Trace, intervention: Intervention) -> str:
    """Return an intervention of a trace in words."""
    if isinstance(intervention, HeadOff):
        head = _place(intervention.component, intervention.layer, intervention.head)
        return f"{head} off" if intervention.by == "zero" else f"{head} replaced by its mean"
    if isinstance(intervention, TokenMasked):
        return f"{_token(trace, trace.source, intervention.position)} masked"
    return _edge_in_words(trace, intervention)


def _edge_in_words(trace: Trace, edge: EdgeCut) -> str:
    component = edge.component
    queries, keys = trace.query_tokens(component), trace.key_tokens(component)
    query = "every other token" if edge.query is None else _token(trace, queries, edge.query)
    key = _token(trace, keys, edge.key)
    return f"{query} → {key} cut in {_place(component, edge.layer, edge.head)}"


def _place(component: Component, layer: int | None, head: int | None) -> str:
    """Return the name of a head, of a layer, or of all layers of a component."""
    name = "layer" if component == "self" else f"{component} layer"
    if layer is None:
        return f"all {name}s"
    place = f"{name.capitalize()} {layer}"
    return place if head is None else f"{place}, Head {head}"


def _token(trace: Trace, tokens: tuple[Token, ...], position: int) -> str:
    """Return the label and the position of a token, as it was before it was masked."""
    intervened = trace.intervened
    token = tokens[position]
    if intervened is not None and tokens is trace.source:
        token = intervened.replaced.get(position, token)
    return f"“{label_of(token)}” ({position})"
