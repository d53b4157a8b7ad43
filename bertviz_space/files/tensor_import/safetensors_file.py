"""Read a reader's safetensors file. The size of its header is checked before it is parsed."""

import math
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from torch import Tensor

from ...errors import TensorsUnreadable
from ...limits import MAX_DESCRIPTION_BYTES
from .tensor_file import NOT_READABLE, ArrayHeader, TensorFile, from_json

# The distance from 1 to the next number, and the smallest number above 0, of each type by its name
# in the format. torch.finfo (torch 2.13) reports half of the distance for float8_e5m2fnuz.
_PRECISION = {
    "F64": (2.0**-52, 2.0**-1074),
    "F32": (2.0**-23, 2.0**-149),
    "F16": (2.0**-10, 2.0**-24),
    "BF16": (2.0**-7, 2.0**-133),
    "F8_E4M3": (2.0**-3, 2.0**-9),
    "F8_E4M3FNUZ": (2.0**-3, 2.0**-10),
    "F8_E5M2": (2.0**-2, 2.0**-16),
    "F8_E5M2FNUZ": (2.0**-2, 2.0**-17),
}
_BYTES_OF_LENGTH = 8
_MAX_VALUE_NUMBERS = 16  # the most entries of a tensor such as scaling


class SafetensorsFile(TensorFile):
    """An open safetensors file. The safetensors library checks it and maps it into memory."""

    def __init__(self, opened: Any) -> None:
        self._opened = opened
        self._names = frozenset(opened.keys())
        self._metadata: dict[str, str] = opened.metadata() or {}

    @property
    def names(self) -> Collection[str]:
        """The names of its tensors."""
        return self._names

    def header(self, name: str) -> ArrayHeader:
        """See ``TensorFile.header``."""
        part = self._opened.get_slice(name)
        shape, dtype = tuple(part.get_shape()), str(part.get_dtype())
        epsilon, smallest = _PRECISION.get(dtype, (None, 0.0))
        # The library compared the shape and type with the number of bytes when it opened the file.
        num_bytes = math.prod(shape) * _bytes_of(dtype)
        return ArrayHeader(shape, dtype, num_bytes, epsilon, smallest)

    def tensor(self, name: str) -> Tensor:
        """See ``TensorFile.tensor``."""
        return self._opened.get_tensor(name)

    def value(self, name: str) -> Any:
        """See ``TensorFile.value``: the metadata, or a tensor of a few numbers."""
        if name in self._metadata:
            return from_json(self._metadata[name])
        if name not in self._names:
            return None
        header = self.header(name)
        if header.num_entries > _MAX_VALUE_NUMBERS or header.epsilon is None:
            raise TensorsUnreadable(
                f"{name} is a tensor {header.axes} of {header.dtype}, but should be text in the "
                f'metadata. Write save_file(..., metadata={{"{name}": json.dumps({name})}}).'
            )
        return self.tensor(name).float().tolist()


@contextmanager
def open_safetensors(path: Path) -> Iterator[SafetensorsFile]:
    """Open a safetensors file.

    Raises:
        TensorsUnreadable: if the file has another format, or a header larger than
            ``MAX_DESCRIPTION_BYTES``.
    """
    with path.open("rb") as file:
        length = int.from_bytes(file.read(_BYTES_OF_LENGTH), "little")
    if MAX_DESCRIPTION_BYTES < length < path.stat().st_size:
        raise TensorsUnreadable(
            f"The header of the file, which contains names and metadata, has {length:,} bytes, and "
            f"at most {MAX_DESCRIPTION_BYTES:,} can be read. Keep fewer tensors, and only tokens, "
            "target_tokens and scaling in the metadata."
        )
    try:
        with safe_open(path, "pt") as opened:
            yield SafetensorsFile(opened)
    except SafetensorError as error:
        raise TensorsUnreadable(NOT_READABLE) from error


def _bytes_of(dtype: str) -> int:
    """Return the bytes of one number, at least 1."""
    digits = "".join(each for each in dtype.partition("_")[0] if each.isdecimal())
    return max(1, int(digits or 8) // 8)
