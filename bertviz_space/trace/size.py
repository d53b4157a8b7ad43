"""The size of a trace in memory."""

from torch import Tensor

from .trace import Trace


def num_bytes_of(trace: Trace) -> int:
    """Return the bytes of a trace's tensors; memory that layers share counts once."""
    storages: dict[int, int] = {}
    other = {} if trace.compared is None else trace.compared.trace.layers
    every = (*trace.layers.values(), *other.values())
    for layer in [layer for layers in every for layer in layers]:
        own = layer.model_weights
        for term in (*vars(layer).values(), *(vars(own).values() if own else ())):
            if isinstance(term, Tensor):
                storage = term.untyped_storage()
                storages[storage.data_ptr()] = storage.nbytes()
    return sum(storages.values())
