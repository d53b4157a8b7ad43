"""A view as an SVG file, for programs: nothing here needs a browser.

What the page saves is drawn by its own modules, which measure text in a browser. This draws the
same lines at the same opacities on its own (``tests/browser/test_saving.py`` holds one against
the other), at one width, on a light ground, with nothing pinned.
"""

from dataclasses import dataclass, field
from math import inf

from ...errors import TextTooLong
from ...trace import LayerAttention, Trace
from ..view_request import AttentionPart, ViewRequest
from .bipartite import bipartite
from .caption import caption_of, numbers_in_words
from .elements import Still, captioned, side_by_side
from .grid import MAX_ROWS, grid
from .rows import Rows, rows_of
from .vectors import vectors

# D3's category10, the page's first palette, and its blue.
_PALETTE = (
    "#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd",
    "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf",
)  # fmt: skip
_BLUE = "#2b7de9"

# Pairs of rows that may have a line, of all heads together: a file of some 10 MB if all have.
MAX_LINES = 200_000

# Numbers of vectors, each a rectangle.
MAX_NUMBERS = 100_000


def picture_of(view_request: ViewRequest, trace: Trace, model_id: str, revision: str) -> str:
    """The SVG file of a view.

    Of a text whose lines would be too many, neighbouring tokens are taken together, and the caption
    says how many: a line then is the largest of their weights.

    Args:
        view_request: what to show.
        trace: of what.
        model_id: the model's id, for the caption.
        revision: its commit.

    Raises:
        NoSuchAttentionPart, NoSuchHead: if the trace has not what is to be shown.
        TextTooLong: if its vectors are too many numbers to be drawn.
    """
    part, layer, heads = view_request.resolve(trace)
    if view_request.view == "model":
        opened = (layer, heads[0]) if view_request.heads else None
        drawn = _model(trace, part, opened)
    elif view_request.view == "neuron":
        drawn = _neuron(view_request, trace, part, layer, heads[0])
    else:
        drawn = _heads(trace, part, layer, heads)
    words = drawn.words if part.label == "All" else [*drawn.words, part.label]
    caption = [*drawn.notes, *caption_of(trace, model_id, revision)]
    return captioned(drawn.still, ", ".join(words), drawn.legend, caption)


@dataclass(frozen=True)
class _Drawn:
    """A view without what stands around it.

    Attributes:
        words: what it shows.
        still: the picture.
        notes: sentences on how it is drawn.
        legend: texts, and the colours that stand for them.
    """

    words: list[str]
    still: Still
    notes: list[str]
    legend: list[tuple[str, str]] = field(default_factory=list)


def _heads(trace: Trace, part: AttentionPart, layer: LayerAttention, heads: list[int]) -> _Drawn:
    colors = {head: _color(head) for head in heads}
    queries, keys = _sides(trace, part, len(heads))
    return _Drawn(
        ["Head view", f"layer {layer.layer}", numbers_in_words("head", heads)],
        bipartite(layer, colors, queries, keys),
        _notes("A line", queries.size),
        [(str(head), color) for head, color in colors.items()],
    )


def _model(trace: Trace, part: AttentionPart, opened: tuple[LayerAttention, int] | None) -> _Drawn:
    layers = trace.layers[part.component]
    counts = [layer.num_heads for layer in layers]
    queries, keys = _sides(trace, part, sum(counts), MAX_ROWS)
    still = grid(layers, _color, queries, keys, opened)
    notes = _notes("In the grid a line", queries.size)
    if opened is None:
        numbers = [layer.layer for layer in layers]
        words = [numbers_in_words("layer", numbers), numbers_in_words("head", range(max(counts)))]
        return _Drawn(["Model view", *words], still, notes)
    layer, head = opened
    sides = _sides(trace, part, 1)
    panel = bipartite(layer, {head: _color(layer.layer)}, *sides)
    return _Drawn(
        ["Model view", f"layer {layer.layer}", f"head {head}"],
        side_by_side(still, panel),
        notes + _notes("Of the open head it", sides[0].size),
    )


def _neuron(
    view_request: ViewRequest, trace: Trace, part: AttentionPart, layer: LayerAttention, head: int
) -> _Drawn:
    words = ["Neuron view", f"layer {layer.layer}", f"head {head}"]
    if not (view_request.expanded and layer.head_dim):
        queries, keys = _sides(trace, part, 1)
        still = bipartite(layer, {head: _BLUE}, queries, keys)
        return _Drawn(words, still, _notes("A line", queries.size))
    queries, keys = _rows(trace, part, 1)
    numbers = (len(queries) + len(keys)) * layer.head_dim
    if numbers > MAX_NUMBERS:
        raise TextTooLong(
            f"The vectors of {len(queries):,} queries and {len(keys):,} keys are {numbers:,} "
            f"numbers, and an SVG may show {MAX_NUMBERS:,}. Shorten the text, or ask for HTML."
        )
    return _Drawn(words, vectors(layer, head, queries, keys), [])


def _notes(line: str, size: int) -> list[str]:
    return [f"{line} is the largest weight of {size} × {size} tokens."] if size > 1 else []


def _sides(
    trace: Trace, part: AttentionPart, num_heads: int, max_rows: float = inf
) -> tuple[Rows, Rows]:
    """Rows of queries and keys, of as few tokens as the lines of so many heads allow."""
    size = 1
    while True:
        queries, keys = _rows(trace, part, size)
        longer = max(queries.num_tokens, keys.num_tokens)
        num_lines = len(queries) * len(keys) * num_heads
        if num_lines <= MAX_LINES and longer <= max_rows * size:
            return queries, keys
        size *= 2


def _rows(trace: Trace, part: AttentionPart, size: int) -> tuple[Rows, Rows]:
    return (
        rows_of(trace.query_tokens(part.component), part.queries, size),
        rows_of(trace.key_tokens(part.component), part.keys, size),
    )


def _color(index: int) -> str:
    return _PALETTE[index % len(_PALETTE)]
