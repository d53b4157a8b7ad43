"""The safetensors files on this machine that a model's weights are loaded from."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from safetensors import SafetensorError, safe_open

from .hub.repository_files import UnusableFiles, entry_in, weights_in
from .precision import loaded_dtype


def loaded_bytes(folder: Path) -> int:
    """Return the bytes that a folder's weights take in memory, 0 if the files cannot be read."""
    number = num_weights(folder)
    return number * loaded_dtype(number).itemsize


def num_weights(folder: Path) -> int:
    """Return the number of a folder's weights, 0 if the files cannot be read."""
    try:
        return sum(math.prod(shape) for shape in weight_shapes(folder).values())
    except (OSError, SafetensorError, UnusableFiles):  # loading the files reports the error
        return 0


def weight_shapes(folder: Path) -> dict[str, list[int]]:
    """Return the shape of each weight in the files that are loaded, by the weight's name."""
    shapes: dict[str, list[int]] = {}
    for name in weights_in(folder):
        with safe_open(folder / name, "pt") as file:
            shapes |= {key: file.get_slice(key).get_shape() for key in file.keys()}  # noqa: SIM118
    return shapes


@contextmanager
def only_weight_files(folder: Path) -> Iterator[str]:
    """Yield a temporary folder with links to the configuration and weight files of a model.

    In the model's own folder, transformers also looks at other files: an unused index, an adapter,
    a torch.distributed checkpoint.
    """
    names = {*weights_in(folder), entry_in(folder), "config.json", "generation_config.json"}
    with TemporaryDirectory() as view:
        for name in names:
            if (folder / name).is_file():
                (Path(view) / name).symlink_to((folder / name).resolve())
        yield view
