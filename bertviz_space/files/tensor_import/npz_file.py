"""Read a reader's npz file, a zip of arrays, without trusting its directory, headers or texts.

``numpy.load`` allocates as much memory as a header declares. Here every read of the zip is bounded,
a header is read without its array, and NumPy reads an array only after its header was checked.
"""

import io
import math
import re
import zipfile
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
import torch
from torch import Tensor

from ...errors import RunStopped, TensorsUnreadable
from ...limits import MAX_DESCRIPTION_BYTES, MAX_TENSORS_BYTES, MAX_TOKENS
from .tensor_file import NOT_READABLE, ArrayHeader, TensorFile, Watch, from_json

_BEGINNINGS = (b"PK\x03\x04", b"PK\x05\x06")
_ARRAY_BEGINS = b"\x93NUMPY"
# Bytes of the header of one array: NumPy's limit for files that are not trusted.
_MAX_HEADER_BYTES = 10_000
# Bytes read from the file at a time. The directory of all arrays is read at once, with at least 46
# bytes for each array, so that 1 MiB of it makes 22,000 objects in a tenth of a second.
_MAX_READ = 2**20
# The most axes, and entries of one axis, that an array of less than 256 TB can have in NumPy.
_MAX_AXES = 64
_MAX_SIZE = 2**48
# The methods that numpy.savez uses. Other methods can allocate memory of any size.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

_BROKEN = "The npz file is damaged. Write it again with numpy.savez."


class NpzFile(TensorFile):
    """An open npz file."""

    def __init__(self, archive: zipfile.ZipFile, watch: Watch) -> None:
        self._archive = archive
        self._watch = watch
        members = archive.infolist()
        counts = Counter(member.filename.removesuffix(".npy") for member in members)
        self._twice = {name for name, count in counts.items() if count > 1}
        self._members = {member.filename.removesuffix(".npy"): member for member in members}

    @property
    def names(self) -> Collection[str]:
        """The names of its arrays."""
        return self._members.keys()

    def header(self, name: str) -> ArrayHeader:
        """See ``TensorFile.header``."""
        shape, dtype = self._header(name)
        num_bytes = math.prod(shape) * dtype.itemsize
        if dtype.kind != "f":
            return ArrayHeader(shape, str(dtype), num_bytes, epsilon=None)
        info = np.finfo(dtype)
        least = float(info.smallest_subnormal)
        return ArrayHeader(shape, str(dtype), num_bytes, float(info.eps), least)

    def tensor(self, name: str) -> Tensor:
        """See ``TensorFile.tensor``."""
        array = self._array(name)
        if array.dtype.itemsize > np.dtype(np.float64).itemsize:  # long double: torch has none
            array = array.astype(np.float64)
        if not array.dtype.isnative:
            array = array.byteswap(inplace=True).view(array.dtype.newbyteorder("="))
        return torch.from_numpy(array)

    def value(self, name: str) -> Any:
        """See ``TensorFile.value``: an array of texts, of bytes, or of a few numbers."""
        if name not in self._members:
            return None
        _, dtype = self._header(name)
        header = self.header(name)
        if header.num_entries == 0:  # tolist() would return 2**31 lists for the shape (2**31, 0)
            return []
        if header.num_entries > MAX_TOKENS:
            raise TensorsUnreadable(
                f"{name} has {header.num_entries:,} entries, and at most {MAX_TOKENS:,} can be "
                f"read. Shorten {name}."
            )
        if header.num_bytes > MAX_TENSORS_BYTES or dtype.kind not in "USfiu":
            raise TensorsUnreadable(
                f"{name} is an array {header.axes} of {header.dtype}, which is too large or "
                "contains neither texts nor numbers. Write tokens with "
                "np.array(tokens, dtype=str), and scaling as a number."
            )
        array = self._array(name)
        if (
            dtype.kind in "US"
            and (count := np.strings.str_len(array).sum()) > MAX_DESCRIPTION_BYTES
        ):
            raise TensorsUnreadable(
                f"{name} has {count:,} characters, and at most {MAX_DESCRIPTION_BYTES:,} can be "
                "read. Shorten it."
            )
        try:
            values = array.tolist()
        except (ValueError, SystemError) as error:  # NumPy 2.4, for numbers above U+10FFFF
            raise TensorsUnreadable(f"{name} contains invalid characters. {_BROKEN}") from error
        if isinstance(values, bytes):
            values = values.decode("utf-8", "replace")
        return from_json(values) if isinstance(values, str) else values

    def _header(self, name: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
        with self._open(name) as member:
            shape, dtype = _header_of(member)
        if dtype.hasobject:
            raise TensorsUnreadable(
                f"{name} contains Python objects, which can run code and are never opened. Write "
                "weights with np.asarray(weights, dtype=np.float32), and texts with "
                "np.array(texts, dtype=str)."
            )
        sizes_fit = all(type(size) is int and 0 <= size <= _MAX_SIZE for size in shape)
        if len(shape) > _MAX_AXES or not sizes_fit:
            raise TensorsUnreadable(f"{name} has a shape that no array can have. {_BROKEN}")
        return shape, dtype

    def _array(self, name: str) -> np.ndarray[Any, Any]:
        with self._open(name) as member:
            array = np.lib.format.read_array(_Watched(member, self._watch), allow_pickle=False)
            if member.read(1):
                raise TensorsUnreadable(f"{name} has more bytes than its shape allows. {_BROKEN}")
        return array

    @contextmanager
    def _open(self, name: str) -> Iterator[IO[bytes]]:
        """Open one array, and name it in the message of any error in the block."""
        member = self._members[name]
        if name in self._twice:
            raise TensorsUnreadable(f"The file has two arrays named {name}. Keep one of them.")
        if member.compress_type not in _METHODS:
            raise TensorsUnreadable(
                f"{name} is compressed with a method that NumPy does not use. Write the file with "
                "numpy.savez or numpy.savez_compressed."
            )
        try:
            with self._archive.open(member) as opened:
                yield opened
        except (TensorsUnreadable, RunStopped, MemoryError):
            raise
        except Exception as error:  # zlib, zipfile and NumPy raise many kinds of errors
            raise TensorsUnreadable(f"{name} cannot be read. {_BROKEN}") from error


class _BoundedReads(io.FileIO):
    """A file that reads at most ``_MAX_READ`` bytes at once, whatever size the zip declares."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0:
            place = self.tell()
            size = self.seek(0, io.SEEK_END) - place
            self.seek(place)
        if size > _MAX_READ:
            raise TensorsUnreadable(
                f"The file's list of arrays has {size:,} bytes, and at most {_MAX_READ:,} can be "
                "read. Keep fewer arrays."
            )
        return super().read(size)


class _Watched:
    """The bytes of one array, which NumPy reads in parts; each part can stop the reading."""

    def __init__(self, member: IO[bytes], watch: Watch) -> None:
        self._member = member
        self._watch = watch

    def read(self, size: int = -1, /) -> bytes:
        self._watch.check()
        return self._member.read(size)


def _header_of(member: IO[bytes]) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Return the shape and type of an array from its bounded header, without reading the array."""
    begin = member.read(len(_ARRAY_BEGINS) + 2)
    if not begin.startswith(_ARRAY_BEGINS):
        raise ValueError("not an array")
    # The versions differ in the number of bytes of the header's length. Version 3 also writes names
    # of fields in UTF-8, but an array of numbers or texts has no fields.
    read_header, num_bytes = {
        1: (np.lib.format.read_array_header_1_0, 2),
        2: (np.lib.format.read_array_header_2_0, 4),
        3: (np.lib.format.read_array_header_2_0, 4),
    }[begin[-2]]
    length = member.read(num_bytes)
    if int.from_bytes(length, "little") > _MAX_HEADER_BYTES:
        raise ValueError("a header longer than NumPy reads")
    header = member.read(int.from_bytes(length, "little"))
    try:
        shape, _, dtype = read_header(io.BytesIO(length + header), _MAX_HEADER_BYTES)
    except MemoryError as error:  # Python's parser raises it for deeply nested brackets
        raise ValueError("a header that is nested too deep") from error
    return shape, dtype


def is_npz(path: Path) -> bool:
    """Return whether a file begins like a zip file; no safetensors file of this size does.

    Raises:
        TensorsUnreadable: for an npy file, which contains one array and no tokens.
    """
    with path.open("rb") as file:
        begin = file.read(len(_ARRAY_BEGINS))
    if begin == _ARRAY_BEGINS:
        raise TensorsUnreadable(
            "The file contains one array without tokens (npy). Write "
            "numpy.savez(file, self=weights, tokens=tokens)."
        )
    return begin.startswith(_BEGINNINGS)


@contextmanager
def open_npz(path: Path, watch: Watch) -> Iterator[NpzFile]:
    """Open an npz file.

    Raises:
        TensorsUnreadable: if the file has another format, or too many arrays.
    """
    with _BoundedReads(path) as file:
        try:
            archive = zipfile.ZipFile(file)
        except TensorsUnreadable:
            raise
        except Exception as error:
            raise TensorsUnreadable(NOT_READABLE) from error
        with archive:
            if any(re.fullmatch(r"[^/]+/data\.pkl", each) for each in archive.namelist()):
                raise TensorsUnreadable(
                    "The file is from torch.save, so it contains Python objects, which can run "
                    "code and are never opened. Write the tensors with "
                    "safetensors.torch.save_file."
                )
            yield NpzFile(archive, watch)
