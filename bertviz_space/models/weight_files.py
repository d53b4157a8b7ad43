"""The safetensors files of a model on this machine: those of the one list, and none beside them."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from safetensors import SafetensorError, safe_open

from .hub.repository_files import UnusableFiles, entry_in, weights_in


def loaded_bytes(folder: Path) -> int:
    """Return the bytes of the files' weights as float32; unreadable files count as 0."""
    try:
        return sum(4 * math.prod(shape) for shape in shapes_in(folder).values())
    except (OSError, SafetensorError, UnusableFiles):  # loading it says so
        return 0


def shapes_in(folder: Path) -> dict[str, list[int]]:
    """Return the shape of each weight of the files that are loaded, by its name in them."""
    shapes: dict[str, list[int]] = {}
    for name in weights_in(folder):
        with safe_open(folder / name, "pt") as file:
            shapes |= {key: file.get_slice(key).get_shape() for key in file.keys()}  # noqa: SIM118
    return shapes


@contextmanager
def weights_alone(folder: Path) -> Iterator[str]:
    """Yield a folder that shows transformers the listed files of the weights and no others.

    An index that nobody uses, an adapter or a checkpoint of torch.distributed may lie beside.
    """
    seen = {*weights_in(folder), entry_in(folder), "config.json", "generation_config.json"}
    with TemporaryDirectory() as view:
        for name in seen:
            if (folder / name).is_file():
                (Path(view) / name).symlink_to((folder / name).resolve())
        yield view
