"""Draw a view as an SVG file for programs, without a browser.

The page draws the pictures that a reader saves with its own modules, which measure text in the
browser. This module draws the same lines with the same opacities, with no token pinned.
``tests/browser/test_saving.py`` compares both.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ...errors import TextTooLong
from ...trace import LayerAttention, Trace
from ...trace.filter import NOTHING_HIDDEN
from ..view_request import ViewRequest
from .bipartite import bipartite
from .caption import caption_of, filter_in_words, numbers_in_words, weight_scale_text
from .captioned import Texts, captioned
from .compared_run import both_runs, compared_run
from .elements import Drawing, side_by_side
from .grid import cell_size, grid, max_rows
from .matrix import matrix
from .options import PictureOptions, theme_of
from .page import page_content_width
from .rows import ShownRows
from .shown import Shown
from .vectors import vectors

# D3's category10, which is the page's default palette, and the page's blue and gray.
_PALETTE = (
    "#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd",
    "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf",
)  # fmt: skip
_BLUE = "#2b7de9"
_NEUTRAL = "#7a7a7a"

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
        InvalidFilter: if the filter does not fit the text.
        TextTooLong: if the vectors have more than ``MAX_NUMBERS`` numbers.
    """
    part, layer, heads = view_request.resolve(trace)
    shown = Shown(trace, part, view_request.filter, options.max_lines)
    if view_request.view == "model":
        opened = (layer, heads[0]) if view_request.heads else None
        view = _model_view(shown, view_request.grid_heads, opened, options)
    elif view_request.view == "neuron":
        view = _neuron_view(shown, layer, heads[0], view_request.expanded, options)
    elif view_request.view == "matrix":
        view = _matrix_view(shown, layer, heads, options)
    else:
        view = _head_view(shown, layer, heads, view_request.mean, options)
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
    shown: Shown,
    layer: LayerAttention,
    heads: list[int],
    mean: bool,
    options: PictureOptions,
) -> _View:
    colors = {head: _NEUTRAL if mean else _color(head) for head in heads}
    words = numbers_in_words("head", heads)
    title = [
        "Head view",
        f"layer {layer.layer}",
        f"mean of {words}" if mean and heads[1:] else words,
    ]
    run, missing = compared_run(shown, layer, heads)
    if run is None:
        rows = shown.fitting_rows(1 if mean else len(heads))
        theme, width = theme_of(options), page_content_width(options.width)
        drawing, size = bipartite(layer, colors, rows, theme, width, mean), rows.queries.size
    else:
        title.append(f"beside {run.name}")
        drawing, size = both_runs(shown, layer, run, colors, mean, options)
    return _View(
        title,
        drawing,
        [*missing, *shown.notes("A line", size)],
        weight_scale_text(len(heads), mean),
        [] if mean else [(str(head), color) for head, color in colors.items()],
    )


def _model_view(
    shown: Shown,
    grid_heads: Sequence[int],
    opened: tuple[LayerAttention, int] | None,
    options: PictureOptions,
) -> _View:
    layers = shown.trace.layers[shown.part.component]
    heads = sorted(set(grid_heads)) or range(max(layer.num_heads for layer in layers))
    theme, width = theme_of(options), page_content_width(options.width)
    if width and opened:
        width /= 2
    cell = cell_size(len(heads), width)
    rows = shown.fitting_rows(len(layers) * len(heads), max_rows(cell))
    drawing = grid(layers, heads, _color, rows, opened, cell, theme)
    notes = shown.notes("In the grid a line", rows.queries.size)
    if opened is None:
        numbers = [layer.layer for layer in layers]
        layers_and_heads = [
            numbers_in_words("layer", numbers),
            numbers_in_words("head", heads),
        ]
        return _View(["Model view", *layers_and_heads], drawing, notes, weight_scale_text(1))
    layer, head = opened
    panel_rows = shown.fitting_rows(1)
    panel = bipartite(layer, {head: _color(layer.layer)}, panel_rows, theme, width)
    size = panel_rows.queries.size
    if size > 1:
        units = "words" if shown.filter.words else "tokens"
        notes.append(f"Of the open head it is the largest weight of {size} × {size} {units}.")
    return _View(
        ["Model view", f"layer {layer.layer}", f"head {head}"],
        side_by_side(drawing, panel),
        notes,
        weight_scale_text(1),
    )


def _neuron_view(
    shown: Shown,
    layer: LayerAttention,
    head: int,
    expanded: bool,
    options: PictureOptions,
) -> _View:
    theme = theme_of(options)
    title = ["Neuron view", f"layer {layer.layer}", f"head {head}"]
    if not (expanded and layer.head_dim):
        rows = shown.fitting_rows(1)
        width = page_content_width(options.width)
        drawing = bipartite(layer, {head: _BLUE}, rows, theme, width)
        return _View(title, drawing, shown.notes("A line", rows.queries.size), weight_scale_text(1))
    # The vectors are those that the model multiplies: a filter does not apply to them.
    rows = ShownRows.of(shown.trace, shown.part, 1, NOTHING_HIDDEN)
    queries, keys = rows.queries, rows.keys
    numbers = (len(queries) + len(keys)) * layer.head_dim
    if numbers > MAX_NUMBERS:
        raise TextTooLong(
            f"The vectors of {len(queries):,} queries and {len(keys):,} keys have {numbers:,} "
            f"numbers, and an SVG file may show {MAX_NUMBERS:,}. Shorten the text, or request HTML."
        )
    return _View(title, vectors(layer, head, queries, keys, theme), [], "")


def _matrix_view(
    shown: Shown, layer: LayerAttention, heads: list[int], options: PictureOptions
) -> _View:
    color = _NEUTRAL if heads[1:] else _color(heads[0])
    width = page_content_width(options.width)
    drawing, (queries, keys) = matrix(layer, heads, color, shown.rows(1), theme_of(options), width)
    pooling = f"Each cell is the largest of {queries} × {keys} weights."
    words = numbers_in_words("head", heads)
    return _View(
        ["Matrix view", f"layer {layer.layer}", f"mean of {words}" if heads[1:] else words],
        drawing,
        [*([pooling] if queries * keys > 1 else []), *filter_in_words(shown.filter, shown.trace)],
        weight_scale_text(len(heads), True),
    )


def _color(index: int) -> str:
    return _PALETTE[index % len(_PALETTE)]
