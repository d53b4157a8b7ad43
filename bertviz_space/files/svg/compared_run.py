"""The run that a head view shows beside this run (``assets/views/compared_run.js``).

The lines of both runs have the same colors, and the same opacity for the same weight. Tokens
without an aligned token in the other run have the color of captions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ...trace import LayerAttention
from ...trace.comparison import Comparison
from ...trace.filter import Filter
from ...trace.shown_weights import Units
from ..view_request import attention_parts_of
from .bipartite import bipartite
from .caption import numbers_in_words
from .elements import Drawing, half_width, side_by_side
from .options import PictureOptions, theme_of
from .other_run import other_run_in_short
from .page import page_content_width
from .rows import ShownRows
from .shown import Shown
from .titled import titled


@dataclass(frozen=True)
class ComparedRun:
    """What a head view shows of the other run of a comparison.

    Attributes:
        comparison: the comparison.
        name: the run's name in titles.
        shown: what is shown of its trace: the same attention part, with the same filter.
        layer: its layer of the same number.
    """

    comparison: Comparison
    name: str
    shown: Shown
    layer: LayerAttention


def compared_run(
    shown: Shown, layer: LayerAttention, heads: Sequence[int]
) -> tuple[ComparedRun | None, list[str]]:
    """Return the run of another text or another model that a trace is compared with.

    Args:
        shown: what the view shows of this run.
        layer: the layer that it shows.
        heads: the heads that it shows.

    Returns:
        The run, ``None`` if it does not have what the view shows, or if there is none: a run with
        interventions is shown alone. And sentences about what it does not have.
    """
    compared = shown.trace.compared
    if compared is None or not {"text", "model"} & set(compared.differs):
        return None, []
    name = other_run_in_short(compared)
    parts = {part.label: part for part in attention_parts_of(compared.trace)}
    part = parts.get(shown.part.label)
    if part is None:
        return None, [f"{name} has no such sentences."]
    layers = {each.layer: each for each in compared.trace.layers[part.component]}
    other = layers.get(layer.layer)
    if other is None:
        return None, [f"{name} has no layer {layer.layer}."]
    filter_ = _aligned_filter(shown.filter, compared)
    its = replace(shown, trace=compared.trace, part=part, filter=filter_)
    absent = [head for head in heads if head >= other.num_heads]
    missing = [f"{name} has no {numbers_in_words('head', absent)}."] if absent else []
    return ComparedRun(compared, name, its, other), missing


def both_runs(
    shown: Shown,
    layer: LayerAttention,
    run: ComparedRun,
    colors: Mapping[int, str],
    mean: bool,
    options: PictureOptions,
) -> tuple[Drawing, int]:
    """Draw both runs side by side, each below its heading.

    Args:
        shown: what is shown of this run.
        layer: its layer.
        run: the other run.
        colors: the color of each head that is drawn, by the head's number.
        mean: whether the mean of the heads is drawn instead of each head.
        options: the colors and the width of the picture.

    Returns:
        The drawing, and the number of tokens in a row.
    """
    both = [replace(each, max_lines=each.max_lines // 2) for each in (shown, run.shown)]
    size = max(each.fitting_rows(1 if mean else len(colors)).queries.size for each in both)
    own, other = _aligned_rows(shown, run, size)
    theme, width = theme_of(options), page_content_width(options.width)
    half = None if width is None else half_width(width)
    its_colors = {head: color for head, color in colors.items() if head < run.layer.num_heads}
    drawings = [
        bipartite(layer, colors, own, theme, half, mean),
        bipartite(run.layer, its_colors, other, theme, half, mean, len(colors)),
    ]
    return side_by_side(*titled(drawings, ["This run", run.name], theme)), size


def _aligned_filter(filter_: Filter, compared: Comparison) -> Filter:
    """Return the filter of a run for the other one: it hides the aligned tokens."""

    def aligned(positions: Sequence[int], alignment: Sequence[int] | None) -> tuple[int, ...]:
        others = (alignment[position] for position in positions) if alignment else ()
        return tuple(sorted(other for other in others if other >= 0))

    source = aligned(filter_.source, compared.source)
    return replace(filter_, source=source, target=aligned(filter_.target, compared.target))


def _aligned_rows(shown: Shown, run: ComparedRun, size: int) -> tuple[ShownRows, ShownRows]:
    """Return rows of ``size`` tokens of both runs, which know the units without an aligned one."""
    compared, component = run.comparison, shown.part.component
    own, its = shown.rows(size), run.shown.rows(size)
    queries = _unaligned(compared.aligned_queries(component), own.shown.queries, its.shown.queries)
    keys = _unaligned(compared.aligned_keys(component), own.shown.keys, its.shown.keys)
    (own_queries, its_queries), (own_keys, its_keys) = queries, keys
    return (
        replace(own, unaligned=(own_queries, own_keys)),
        replace(its, unaligned=(its_queries, its_keys)),
    )


def _unaligned(pairs: Tensor, units: Units, others: Units) -> tuple[Tensor, Tensor]:
    """Return which units of an axis have no aligned unit: bool ``[unit]`` of each run.

    Two units are aligned if their first tokens are.

    Args:
        pairs: int64 ``[pair, 2]``, the aligned tokens of both runs.
        units: the units of one run.
        others: the units of the other run.
    """
    own, its = pairs.unbind(1)
    own_unit, its_unit = units.unit_of_token[own], others.unit_of_token[its]
    begins = (units.starts[own_unit] == own) & (others.starts[its_unit] == its)
    unaligned = torch.ones(len(units.tokens), dtype=torch.bool)
    unaligned[own_unit[begins]] = False
    its_unaligned = torch.ones(len(others.tokens), dtype=torch.bool)
    its_unaligned[its_unit[begins]] = False
    return unaligned, its_unaligned
