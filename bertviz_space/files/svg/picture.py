"""Draw a view as an SVG file for programs, without a browser.

The page draws the pictures that a reader saves with its own modules, which measure text in the
browser. This module draws the same lines with the same opacities, with no token pinned.
``tests/browser/test_saving.py`` compares both.
"""

from dataclasses import dataclass, field
from math import inf

from ...errors import TextTooLong
from ...trace import LayerAttention, Trace
from ..view_request import AttentionPart, ViewRequest
from .bipartite import bipartite
from .caption import caption_of, numbers_in_words, weight_scale_text
from .captioned import Texts, captioned
from .elements import Drawing, side_by_side
from .grid import cell_size, grid, max_rows
from .options import PictureOptions, theme_of
from .page import page_content_width
from .rows import Rows, rows_of
from .vectors import vectors

# D3's category10, which is the page's default palette, and the page's blue and gray.
_PALETTE = (
    "#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd",
    "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf",
)  # fmt: skip
_BLUE = "#2b7de9"
_NEUTRAL = "#7a7a7a"

# Lines of all heads together that a file may contain, about 10 MB.
MAX_LINES = 200_000

# Numbers of vectors that a file may contain, one rectangle each.
MAX_NUMBERS = 100_000

_DEFAULTS = PictureOptions()


def picture_of(
    view_request: ViewRequest,
    trace: Trace,
    model_id: str,
    revision: str,
    options: PictureOptions = _DEFAULTS,
) -> str:
    """Return the SVG file of a view.

    If a text has too many lines, neighboring tokens share a row: a line then shows the largest of
    their weights, and the caption says how many tokens share a row.

    Args:
        view_request: what to show.
        trace: the trace to draw.
        model_id: the model's id, for the caption.
        revision: the model's commit, for the caption.
        options: the colors, the width, and the texts to draw.

    Raises:
        NoSuchAttentionPart, NoSuchHead: if the trace has no such attention part, layer or head.
        TextTooLong: if the vectors have more than ``MAX_NUMBERS`` numbers.
    """
    part, layer, heads = view_request.resolve(trace)
    if view_request.view == "model":
        opened = (layer, heads[0]) if view_request.heads else None
        view = _model_view(trace, part, opened, options)
    elif view_request.view == "neuron":
        view = _neuron_view(trace, part, layer, heads[0], view_request.expanded, options)
    else:
        view = _head_view(trace, part, layer, heads, view_request.mean, options)
    title = view.title if part.label == "All" else [*view.title, part.label]
    caption = [*view.notes, *caption_of(trace, model_id, revision)]
    texts = Texts(", ".join(title), view.legend, view.scale if options.scale else "", caption)
    return captioned(view.drawing, texts, options)


@dataclass(frozen=True)
class _View:
    """A view before its title, legend and caption are drawn.

    Attributes:
        title: the parts of the title.
        drawing: the picture itself.
        notes: sentences of the caption on how to read the picture.
        scale: the name of the scale of weights; empty if the opacity of a line is not its weight.
        legend: labels, each with its color.
    """

    title: list[str]
    drawing: Drawing
    notes: list[str]
    scale: str
    legend: list[tuple[str, str]] = field(default_factory=list)


def _head_view(
    trace: Trace,
    part: AttentionPart,
    layer: LayerAttention,
    heads: list[int],
    mean: bool,
    options: PictureOptions,
) -> _View:
    colors = {head: _NEUTRAL if mean else _color(head) for head in heads}
    queries, keys = _fitting_rows(trace, part, 1 if mean else len(heads))
    words = numbers_in_words("head", heads)
    return _View(
        ["Head view", f"layer {layer.layer}", f"mean of {words}" if mean and heads[1:] else words],
        bipartite(
            layer, colors, queries, keys, theme_of(options), page_content_width(options.width), mean
        ),
        _notes("A line", queries.size),
        weight_scale_text(len(heads), mean),
        [] if mean else [(str(head), color) for head, color in colors.items()],
    )


def _model_view(
    trace: Trace,
    part: AttentionPart,
    opened: tuple[LayerAttention, int] | None,
    options: PictureOptions,
) -> _View:
    layers = trace.layers[part.component]
    counts = [layer.num_heads for layer in layers]
    theme, width = theme_of(options), page_content_width(options.width)
    if width and opened:
        width /= 2
    cell = cell_size(max(counts), width)
    queries, keys = _fitting_rows(trace, part, sum(counts), max_rows(cell))
    drawing = grid(layers, _color, queries, keys, opened, cell, theme)
    notes = _notes("In the grid a line", queries.size)
    if opened is None:
        numbers = [layer.layer for layer in layers]
        layers_and_heads = [
            numbers_in_words("layer", numbers),
            numbers_in_words("head", range(max(counts))),
        ]
        return _View(["Model view", *layers_and_heads], drawing, notes, weight_scale_text(1))
    layer, head = opened
    sides = _fitting_rows(trace, part, 1)
    panel = bipartite(layer, {head: _color(layer.layer)}, *sides, theme, width)
    return _View(
        ["Model view", f"layer {layer.layer}", f"head {head}"],
        side_by_side(drawing, panel),
        notes + _notes("Of the open head it", sides[0].size),
        weight_scale_text(1),
    )


def _neuron_view(
    trace: Trace,
    part: AttentionPart,
    layer: LayerAttention,
    head: int,
    expanded: bool,
    options: PictureOptions,
) -> _View:
    theme = theme_of(options)
    title = ["Neuron view", f"layer {layer.layer}", f"head {head}"]
    if not (expanded and layer.head_dim):
        queries, keys = _fitting_rows(trace, part, 1)
        width = page_content_width(options.width)
        drawing = bipartite(layer, {head: _BLUE}, queries, keys, theme, width)
        return _View(title, drawing, _notes("A line", queries.size), weight_scale_text(1))
    queries, keys = _rows(trace, part, 1)
    numbers = (len(queries) + len(keys)) * layer.head_dim
    if numbers > MAX_NUMBERS:
        raise TextTooLong(
            f"The vectors of {len(queries):,} queries and {len(keys):,} keys have {numbers:,} "
            f"numbers, and an SVG file may show {MAX_NUMBERS:,}. Shorten the text, or request HTML."
        )
    return _View(title, vectors(layer, head, queries, keys, theme), [], "")


def _notes(line: str, size: int) -> list[str]:
    """Return the sentence that says how many tokens share a row, if more than one does."""
    return [f"{line} is the largest weight of {size} × {size} tokens."] if size > 1 else []


def _fitting_rows(
    trace: Trace, part: AttentionPart, num_heads: int, max_rows: float = inf
) -> tuple[Rows, Rows]:
    """Return rows of queries and of keys with as few tokens per row as the limits allow."""
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
