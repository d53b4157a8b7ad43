"""Descriptions of a result for the reader."""

from itertools import groupby

from ..models.hub import checkpoints
from ..models.hub.checkpoints import Checkpoint
from ..trace import Trace


def model_name(checkpoint: Checkpoint) -> str:
    """Return a model's id and its origin."""
    is_shipped = checkpoint.revision == checkpoints.SHIPPED
    origin = " (built in)" if is_shipped else f" · commit {checkpoint.revision[:7]}"
    return checkpoint.model_id + origin


def summary(trace: Trace, name: str) -> str:
    """Return a name with the numbers of layers, heads and tokens, and each note on its own line.

    Args:
        trace: the trace; its notes say what was done with the texts, and those of the run that
            it is compared with.
        name: the name of the model or of the file that the trace comes from.
    """
    parts = [name]
    sizes = {
        component: f"{_count(len(layers), 'layer')} × {_count(layers[0].num_heads, 'head')}"
        for component, layers in trace.layers.items()
    }
    for size, components in groupby(sizes, key=sizes.__getitem__):
        *names, last = components
        prefix = f"{', '.join(names)} and {last} " if names else f"{last} "
        parts.append(("" if last == "self" else prefix) + size)
    parts.append(_count(len(trace.source), "token"))
    if trace.target:
        parts.append(_count(len(trace.target), "target token"))
    notes = list(trace.notes)
    if trace.compared is not None:
        others = [note for note in trace.compared.trace.notes if note not in notes]
        notes += [f"Other run: {note}" for note in others]
    return "\n".join([" · ".join(parts), *notes])


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
