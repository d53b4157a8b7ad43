"""A reader's file of tensors, safetensors or npz: measured before memory is given to it."""

import json
import math
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from .errors import TensorsUnreadable
from .limits import MAX_TENSORS_BYTES


@dataclass(frozen=True)
class TensorFile:
    """What is in a file.

    Attributes:
        tensors: as they are, by name.
        words: what is said of them, by name.
    """

    tensors: dict[str, Tensor]
    words: dict[str, Any]

    def numbers(self, name: str) -> Tensor | None:
        """A tensor in float32, ``None`` where there is none of this name.

        Raises:
            TensorsUnreadable: if it is not of finite numbers.
        """
        tensor = self.tensors.get(name)
        if tensor is None:
            return None
        if not tensor.is_floating_point():
            raise TensorsUnreadable(f"{name} is not of floating-point numbers.")
        if not bool(tensor.isfinite().all()):
            raise TensorsUnreadable(f"{name} holds numbers that are not finite.")
        return tensor.float()


def read_tensors(path: Path) -> TensorFile:
    """What is in a file.

    Args:
        path: of a safetensors or npz file, told apart by its contents.

    Raises:
        TensorsUnreadable: if it is none, or has more than ``MAX_TENSORS_BYTES``.
    """
    if path.stat().st_size > MAX_TENSORS_BYTES:
        raise TensorsUnreadable(
            f"The file has more than {MAX_TENSORS_BYTES / 1e6:,.0f} MB. Keep fewer layers or heads."
        )
    return _read_npz(path) if zipfile.is_zipfile(path) else _read_safetensors(path)


def _read_safetensors(path: Path) -> TensorFile:
    try:
        with safe_open(path, "pt") as opened:
            words = {key: _json(text) for key, text in (opened.metadata() or {}).items()}
            tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
    except SafetensorError as error:
        raise TensorsUnreadable(
            "This is no safetensors file and no npz file, or it is broken. The page says how to "
            "write one."
        ) from error
    return TensorFile(tensors, words)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _read_npz(path: Path) -> TensorFile:
    tensors, words = dict[str, Tensor](), dict[str, Any]()
    try:
        with zipfile.ZipFile(path) as archive:
            _check_sizes(archive)
            arrays = np.load(path, allow_pickle=False)
            for name in arrays.files:
                array = arrays[name]
                if array.dtype.kind == "U":
                    words[name] = array.tolist()
                elif name == "scaling" and array.ndim == 0:
                    words[name] = float(array)
                else:
                    tensors[name] = torch.from_numpy(np.ascontiguousarray(array))
    except TensorsUnreadable:
        raise
    except Exception as error:  # a broken zip, a pickle, a type that torch has not: many kinds
        raise TensorsUnreadable(
            "This npz file cannot be read: it is broken, or holds Python objects. Write it with "
            "numpy.savez and arrays of numbers and of texts."
        ) from error
    return TensorFile(tensors, words)


def _check_sizes(archive: zipfile.ZipFile) -> None:
    """Refuse arrays that are larger than they should be before any memory is given to them."""
    sizes = 0
    for info in archive.infolist():
        with archive.open(info) as member:
            version = np.lib.format.read_magic(member)
            read_header = {
                (1, 0): np.lib.format.read_array_header_1_0,
                (2, 0): np.lib.format.read_array_header_2_0,
            }[version]
            shape, _, dtype = read_header(member)
        sizes += math.prod(shape) * dtype.itemsize
    if sizes > MAX_TENSORS_BYTES:
        raise TensorsUnreadable(
            f"The arrays have more than {MAX_TENSORS_BYTES / 1e6:,.0f} MB unpacked. Keep fewer "
            "layers or heads."
        )
