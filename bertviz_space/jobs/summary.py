"""What was run, in words for the reader."""

from ..models.hub import checkpoints
from ..models.hub.checkpoints import Checkpoint
from ..trace import Trace


def model_name(checkpoint: Checkpoint) -> str:
    """A model, and where it is from."""
    shipped = checkpoint.revision == checkpoints.SHIPPED
    origin = "ships with this Space" if shipped else f"at {checkpoint.revision[:7]}"
    return f"{checkpoint.model_id}, {origin}"


def summary(trace: Trace, name: str) -> str:
    """Name, layers and tokens in one line; below it what was done with the texts, if anything."""
    parts = [name]
    for component, layers in trace.layers.items():
        name = "" if component == "self" else f"{component} "
        heads = _count(layers[0].num_heads, "head")
        parts.append(f"{name}{_count(len(layers), 'layer')} × {heads}")
    parts.append(_count(len(trace.source), "token"))
    if trace.target:
        parts.append(_count(len(trace.target), "target token"))
    return "\n".join([" · ".join(parts), *trace.notes])


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
