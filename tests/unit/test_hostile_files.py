"""A file of tensors with false sizes opens or is refused with a message, in bounded memory."""

import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file

from bertviz_space.cancellation import Cancellation
from bertviz_space.errors import RunStopped, TensorsUnreadable
from bertviz_space.files.tensor_import import npz_file, safetensors_file, tensor_file
from bertviz_space.files.tensor_import.tensor_file import Watch
from bertviz_space.files.tensor_import.trace_reader import read_trace
from bertviz_space.limits import (
    MAX_DESCRIPTION_BYTES,
    MAX_OPENING_MEMORY,
    MAX_TENSOR_NUMBERS,
    MAX_TENSORS_BYTES,
)
from tests.unit.opener import Opened, Opener

MB = 10**6
# Memory for a file that declares much and contains little: the most that is parsed of it.
LITTLE = 64 * MB
# Words of a message that says what to do.
REMEDY = re.compile(
    r"\b([Ww]rite|Keep|Say|[Ii]ndex|Shorten|Compute|Add|The page says how|should be|call|leave)\b"
)
TOKENS = {"tokens": '["a", "b", "c"]'}
ROWS = torch.eye(3)[None, None]


@pytest.fixture(scope="module")
def opener() -> Iterator[Opener]:
    with Opener() as process:
        yield process


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("hostile")


def assert_handled(opened: Opened, most: int = MAX_OPENING_MEMORY * MAX_TENSORS_BYTES) -> None:
    assert opened.kind in ("opened", "TensorsUnreadable"), opened
    assert opened.kind == "opened" or REMEDY.search(opened.text), opened
    assert len(opened.text) < 600, opened
    assert opened.grown < most, opened


def npy(header: str | bytes, data: bytes = b"", version: int = 1) -> bytes:
    """Return an npy array with any header."""
    text = header if isinstance(header, bytes) else header.encode("latin-1", "replace")
    length = len(text).to_bytes(2 if version == 1 else 4, "little")
    return b"\x93NUMPY" + bytes([version, 0]) + length + text + data


def header_of(shape: object, descr: object = "<f4", order: object = False) -> str:
    return f"{{'descr': {descr!r}, 'fortran_order': {order!r}, 'shape': {shape}, }}\n"


def npz(arrays: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in arrays.items():
            archive.writestr(f"{name}.npy", content)
    return file.getvalue()


def array(values: Any, dtype: Any = None) -> bytes:
    file = io.BytesIO()
    np.save(file, np.asarray(values, dtype=dtype))
    return file.getvalue()


def safetensors(header: str | bytes, data: bytes = b"", length: int | None = None) -> bytes:
    text = header.encode() if isinstance(header, str) else header
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def entry(dtype: str, shape: list[int], end: int = 0) -> dict[str, object]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [0, end]}


SELF = array(np.eye(3)[None, None])
NAMES = array(["a", "b", "c"])


def with_tokens(header: str, data: bytes = b"") -> bytes:
    return npz({"self": SELF, "tokens": npy(header, data)})


def with_weights(header: str | bytes, data: bytes = b"", version: int = 1) -> bytes:
    return npz({"self": npy(header, data, version), "tokens": NAMES})


def with_metadata(**values: str) -> bytes:
    header = {"__metadata__": TOKENS | values, "self": entry("F32", [1, 1, 3, 3], 36)}
    return safetensors(json.dumps(header), ROWS.numpy().tobytes())


def many_members(count: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(count):
            archive.writestr(f"{number:x}", b"")
    return file.getvalue()


def patched(content: bytes, signature: bytes, offset: int, value: bytes) -> bytes:
    """Return a zip file in which some bytes of its last record of a kind are replaced."""
    place = content.rindex(signature) + offset
    return content[:place] + value + content[place + len(value) :]


def all_names(count: int) -> str:
    return json.dumps({f"self.{n}": entry("F32", [0, 0, 0]) for n in range(count)})


HOSTILE_FILES = {
    "texts of no size": lambda: with_tokens(header_of("(1000000000,)", "<U0")),
    "bytes of no size": lambda: with_tokens(header_of("(1000000000,)", "|S0")),
    "voids of no size": lambda: with_tokens(header_of("(1000000000,)", "|V0")),
    "texts of no size, many axes": lambda: with_tokens(header_of("(" + "1000," * 20 + ")", "<U0")),
    "rows without columns": lambda: with_tokens(header_of("(2147483648, 0)", "<U1")),
    "columns without rows": lambda: with_tokens(header_of("(1000000, 0, 5)", "<U1")),
    "one text of 2 GB": lambda: with_tokens(header_of("()", "<U500000000")),
    "many texts of 2 GB": lambda: with_tokens(header_of("(4096,)", "<U500000000")),
    "a text of no characters": lambda: with_tokens(header_of("(3,)", "<U1"), b"\xff" * 12),
    "tokens on 100 axes": lambda: with_tokens(header_of("(" + "1," * 100 + ")", "<U1"), b"a\0\0\0"),
    "tokens that are numbers": lambda: npz({"self": SELF, "tokens": array([1, 2, 3])}),
    "tokens that are days": lambda: npz({"self": SELF, "tokens": array([1, 2], "M8[D]")}),
    "tokens that are booleans": lambda: npz({"self": SELF, "tokens": array([True] * 3)}),
    "tokens of fields": lambda: npz({"self": SELF, "tokens": array([(1, 2.0)], "i4,f4")}),
    "scaling of a million": lambda: with_scaling(np.ones(10**6)),
    "a shape below 0": lambda: with_weights(header_of("(-1, 1, 3, 3)"), bytes(36)),
    "two shapes below 0": lambda: with_weights(header_of("(-1000000, -1000, 3, 3)"), bytes(36)),
    "a shape of booleans": lambda: with_weights(header_of("(True, True, 3, 3)"), bytes(36)),
    "a shape of huge numbers": lambda: with_weights(header_of(f"(1, 1, 3, {10**4000})")),
    "many huge numbers": lambda: with_weights(header_of(f"({'9' * 12}," + "9" * 8000 + ")")),
    "a shape of a million axes": lambda: with_weights(header_of("(" + "1," * 4000 + ")")),
    "a terabyte": lambda: with_weights(header_of("(1, 1, 500000, 500000)")),
    "1 TB in Fortran order": lambda: with_weights(header_of("(1, 1, 500000, 500000)", order=True)),
    "the largest size, without data": lambda: with_weights(header_of("(1, 1, 3, 20000000)")),
    "layers of nothing": lambda: with_weights(header_of("(2147483648, 0, 3, 3)")),
    "heads of nothing": lambda: with_weights(header_of("(1, 2147483648, 3, 0)")),
    "100,000 layers": lambda: with_weights(header_of("(100000, 1, 1, 1)"), bytes(400_000)),
    "100,000 heads": lambda: with_weights(header_of("(1, 100000, 1, 1)"), bytes(400_000)),
    "200 layers of 200 heads": lambda: with_weights(header_of("(200, 200, 1, 1)"), bytes(160_000)),
    "a type of fields": lambda: with_weights(header_of("(1, 1, 3, 3)", [("a", "<f4")]), bytes(36)),
    "a type of objects": lambda: with_weights(header_of("(1, 1, 3, 3)", "|O"), bytes(36)),
    "an unknown type": lambda: with_weights(header_of("(1, 1, 3, 3)", "xyz"), bytes(36)),
    "a type of 2 GB": lambda: with_weights(header_of("(1, 1, 3, 3)", "|V2000000000"), bytes(36)),
    "a header of words": lambda: with_weights("not a header"),
    "a header of brackets": lambda: with_weights("(" * 9_000),
    "a header of signs": lambda: with_weights("-" * 9_000 + "1"),
    "a header of brackets, long": lambda: with_weights("[" * 60_000),
    "a header of 50 MB": lambda: with_weights(b" " * (50 * MB), version=2),
    "a header of 4 GB": lambda: npz(
        {"self": b"\x93NUMPY\x02\x00\xff\xff\xff\xff{}", "tokens": NAMES}
    ),
    "an unknown version": lambda: with_weights(header_of("(1, 1, 3, 3)"), bytes(36), version=9),
    "more bytes than the shape": lambda: with_weights(header_of("(1, 1, 3, 3)"), bytes(40)),
    "fewer bytes than the shape": lambda: with_weights(header_of("(1, 1, 3, 3)"), bytes(32)),
    "a directory of 50,000 arrays": lambda: many_members(50_000),
    "a directory of 15,000 arrays": lambda: many_members(15_000),
    "a directory beyond the end": lambda: patched(npz({"a": b""}), b"PK\5\6", 16, b"\xff" * 4),
    "a directory of 4 GB": lambda: patched(npz({"a": b""}), b"PK\5\6", 12, b"\xff" * 4),
    "65,535 arrays that are not there": lambda: patched(
        npz({"self": SELF}), b"PK\5\6", 8, b"\xff" * 4
    ),
    "an array of 4 GB by the directory": lambda: patched(
        npz({"self": SELF, "tokens": NAMES}), b"PK\1\2", 24, b"\xfe\xff\xff\xff"
    ),
    "an array that lies elsewhere": lambda: patched(
        npz({"tokens": NAMES, "self": SELF}), b"PK\1\2", 42, b"\x99\x99\x99\x00"
    ),
    "arrays that overlap": lambda: patched(
        npz({"tokens": NAMES, "self": SELF}), b"PK\1\2", 42, b"\0\0\0\0"
    ),
    "a locked array": lambda: patched(npz({"tokens": NAMES, "self": SELF}), b"PK\1\2", 8, b"\1\0"),
    "an unknown method": lambda: patched(npz({"self": SELF}), b"PK\1\2", 10, b"\x63\0"),
    "a method with a dictionary": lambda: npz({"self": SELF, "tokens": NAMES}, zipfile.ZIP_LZMA),
    "the same name twice": lambda: twice(),
    "a name that ends otherwise": lambda: npz({"self.npy": SELF, "tokens": NAMES}),
    "bytes that are not deflated": lambda: broken_stream(),
    "a bomb of 80 MB under an unknown name": lambda: npz(
        {"self": SELF, "tokens": NAMES, "other": bytes(80 * MB)}
    ),
    "a header of 100 MB of JSON": lambda: safetensors(b" " * (100 * MB), length=100 * MB),
    "a header that is longer than the file": lambda: safetensors("{}", length=2**40),
    "a header of 2**64": lambda: safetensors("{}", length=2**64 - 1),
    "a header of nested JSON": lambda: safetensors("[" * 100_000),
    "a header of nested objects": lambda: safetensors('{"a":' * 100_000),
    "metadata of 3 MB": lambda: with_metadata(tokens=json.dumps(["a" * 3 * MB])),
    "tokens of a million lists": lambda: with_metadata(tokens="[" + "[]," * 600_000 + "[]]"),
    "tokens of a million numbers": lambda: with_metadata(tokens="[" + "1," * 900_000 + "1]"),
    "tokens nested without end": lambda: with_metadata(tokens="[" * 1_000_000),
    "a layer of a million digits": lambda: with_metadata(layers='{"self":[' + "9" * MB + "]}"),
    "a layer of 400 digits": lambda: with_metadata(layers='{"self":[' + "9" * 400 + "]}"),
    "other metadata of nested JSON": lambda: with_metadata(other="[" * 1_000_000),
    "a tensor of zero layers": lambda: safetensors(json.dumps({"self": entry("F32", [2**40, 0])})),
    "20,000 tensors of one prefix": lambda: safetensors(all_names(20_000)),
    "5,000 tensors of one prefix": lambda: safetensors(all_names(5_000)),
    "a tensor with bytes that are not there": lambda: safetensors(
        json.dumps({"self": entry("F32", [2**20, 2**20, 1, 1], 2**42)})
    ),
    "a shape beyond 64 bits": lambda: safetensors(
        json.dumps({"self": entry("F32", [2**32, 2**32, 2**32, 2**32])})
    ),
    "a tensor of an unknown type": lambda: safetensors(json.dumps({"self": entry("F3", [0])})),
    "the same tensor twice": lambda: safetensors(
        json.dumps({"a": entry("F32", [0]), "b": entry("F32", [0])}).replace('"b"', '"a"')
    ),
    "a NumPy array alone": lambda: SELF,
    "an HDF5 file": lambda: b"\x89HDF\r\n\x1a\n" + bytes(100),
    "a zip cut short": lambda: npz({"self": SELF, "tokens": NAMES})[:-30],
    "a gzip of a file": lambda: zlib.compress(SELF),
}  # fmt: skip


def with_scaling(scaling: np.ndarray) -> bytes:
    vectors = array(np.zeros((1, 3, 2)))
    return npz(
        {"self.0": array(np.full((1, 3, 3), 1 / 3)), "tokens": NAMES, "scaling": array(scaling)}
        | {"self.0.query": vectors, "self.0.key": vectors}
    )


def twice() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("self.npy", SELF)
        archive.writestr("tokens.npy", NAMES)
        archive.writestr("self", SELF)
    return file.getvalue()


def broken_stream() -> bytes:
    content = npz({"self": array(np.zeros((1, 1, 3, 3))), "tokens": NAMES})
    return content[:45] + b"\xff" * 8 + content[53:]


@pytest.mark.parametrize("name", HOSTILE_FILES)
def test_a_file_that_declares_more_than_it_contains_takes_little_memory(opener, folder, name):
    path = folder / "file"
    path.write_bytes(HOSTILE_FILES[name]())
    assert_handled(opener.open(path), LITTLE)


def test_too_many_weights_in_few_bytes_are_refused_before_they_are_read(opener, folder):
    """Cross attention of 4,096 tokens and 64 heads: 1 GB of 8 bits, all zeros, deflated to 1 MB."""
    heads = MAX_TENSOR_NUMBERS // 4096**2 + 1
    header = json.dumps({"self": entry("F8_E4M3", [1, heads, 4096, 4096], heads * 4096**2)})
    path = folder / "float8"
    path.write_bytes(safetensors(header))
    with path.open("r+b") as file:
        file.truncate(8 + len(header) + heads * 4096**2)
    opened = opener.open(path)
    assert "The tensors contain" in opened.text
    assert_handled(opened, LITTLE)
    many = npy(header_of("(1, 64, 4096, 4096)", "|i1"), bytes(MB))
    path.write_bytes(npz({"self": many.replace(b"|i1", b"<f2"), "tokens": NAMES}))
    opened = opener.open(path)
    assert "larger than 256 MB after unpacking" in opened.text
    assert_handled(opened, LITTLE)


def test_the_largest_file_opens_within_the_memory_limit(opener, folder):
    """The file has the most numbers that a file may have, in one layer; all are 0."""
    heads, size = MAX_TENSOR_NUMBERS // 4096**2, 4096
    num_bytes = heads * size**2 * 2
    header = {
        "__metadata__": {"tokens": json.dumps(["a"] * size)},
        "self": entry("F16", [1, heads, size, size], num_bytes),
    }
    path = folder / "largest"
    path.write_bytes(safetensors(json.dumps(header)))
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size + num_bytes)
    opened = opener.open(path)
    path.unlink()
    assert opened.kind == "opened", opened
    assert_handled(opened)


numbers = st.integers(-2, 5) | st.sampled_from([2**31, 2**63, 10**18, 4096, 4097, 10**30])
types = st.sampled_from(
    ["<f4", ">f4", "<f8", ">f2", "|b1", "<i8", "<U0", "<U1", ">U3", "|S0", "|S2", "<c8", "|V0",
     "|O", "<M8[s]", "|T16", "<f16", "U", "f", "<f3", "<U99999999", [("a", "<f4")], None, 5]
)  # fmt: skip


@settings(max_examples=40)
@given(
    shape=st.lists(numbers, max_size=6),
    dtype=types,
    order=st.sampled_from([True, False, "no", None]),
    name=st.sampled_from(["self", "self.0", "tokens", "scaling", "layers", "target_tokens"]),
    data=st.binary(max_size=200) | st.integers(0, 400).map(bytes),
    version=st.sampled_from([1, 1, 2, 3]),
)
def test_an_array_with_any_header_opens_or_is_refused(
    opener, folder, shape, dtype, order, name, data, version
):
    arrays = {"self": SELF, "tokens": NAMES}
    shape = "(" + "".join(f"{size}," for size in shape) + ")"
    arrays[name] = npy(header_of(shape, dtype, order), data, version)
    path = folder / "header"
    path.write_bytes(npz(arrays))
    assert_handled(opener.open(path), LITTLE)


@settings(max_examples=40)
@given(
    record=st.sampled_from([b"PK\1\2", b"PK\3\4", b"PK\5\6"]),
    offset=st.integers(4, 45),
    value=st.binary(min_size=1, max_size=4),
    cut=st.none() | st.integers(0, 600),
)
def test_a_zip_with_any_change_of_a_record_opens_or_is_refused(
    opener, folder, record, offset, value, cut
):
    content = patched(npz({"tokens": NAMES, "self": SELF}), record, offset, value)
    path = folder / "zip"
    path.write_bytes(content[:cut])
    assert_handled(opener.open(path), LITTLE)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@settings(max_examples=40)
@given(
    shape=st.lists(numbers.filter(lambda each: each >= 0), max_size=6),
    dtype=st.sampled_from(["F32", "F16", "BF16", "F8_E5M2", "I64", "BOOL", "U8", "C64", "F4", "X"]),
    end=st.sampled_from([0, 4, 36, 2**40]),
    metadata=st.dictionaries(
        st.sampled_from(["tokens", "scaling", "layers", "target_tokens"]),
        json_values.map(json.dumps) | st.text(max_size=9),
    ),
    other=st.none() | json_values,
)
def test_a_safetensors_file_with_any_header_opens_or_is_refused(
    opener, folder, shape, dtype, end, metadata, other
):
    header: dict[str, object] = {
        "__metadata__": TOKENS | metadata,
        "self": entry(dtype, shape, end),
    }
    header |= {} if other is None else {"other": other}
    path = folder / "safetensors"
    path.write_bytes(safetensors(json.dumps(header), ROWS.numpy().tobytes()))
    assert_handled(opener.open(path), LITTLE)


@settings(max_examples=40)
@given(metadata=st.dictionaries(st.sampled_from(["tokens", "scaling", "layers"]), json_values))
def test_a_file_with_any_metadata_opens_or_is_refused(opener, folder, metadata):
    third = torch.full((1, 3, 3), 1 / 3)
    tensors = {
        "self.0": third,
        "self.0.query": torch.zeros(1, 3, 2),
        "self.0.key": torch.zeros(1, 3, 2),
    }
    path = folder / "metadata"
    values = {name: json.dumps(value) for name, value in metadata.items()}
    save_file(tensors, path, TOKENS | values)
    assert_handled(opener.open(path), LITTLE)


def test_every_text_that_is_parsed_is_within_its_limit(folder, monkeypatch):
    """While Python parses a text, it answers no other request, so each text is bounded."""
    parsed = list[int]()
    loads, safe_open = json.loads, safetensors_file.safe_open
    read = npz_file._BoundedReads.read

    def spy_on_loads(text):
        parsed.append(len(text))
        return loads(text)

    def spy_on_safe_open(path, framework):
        length = int.from_bytes(path.read_bytes()[:8], "little")
        if length <= path.stat().st_size:  # otherwise the library reads nothing
            parsed.append(length)
        return safe_open(path, framework)

    def spy_on_reads(file, size=-1, /):
        parsed.append(len(data := read(file, size)))
        return data

    monkeypatch.setattr(tensor_file.json, "loads", spy_on_loads)
    monkeypatch.setattr(safetensors_file, "safe_open", spy_on_safe_open)
    monkeypatch.setattr(npz_file._BoundedReads, "read", spy_on_reads)
    path = folder / "parsed"
    for name in ("of a million", "directory of", "MB of JSON", "of 3 MB", "20,000 tensors"):
        for file in [HOSTILE_FILES[each] for each in HOSTILE_FILES if name in each]:
            path.write_bytes(file())
            with suppress(TensorsUnreadable):
                read_trace(path)
    assert 10**6 < max(parsed) <= MAX_DESCRIPTION_BYTES  # some texts are almost as long as allowed


def test_reading_a_file_stops_when_its_time_is_over_or_it_is_canceled(folder):
    with pytest.raises(TensorsUnreadable, match=r"more than 0 seconds.* Keep fewer layers"):
        Watch(Cancellation(), seconds=0).check()
    canceled = Cancellation()
    canceled.request()
    path = folder / "canceled"
    save_file({"self": ROWS}, path, TOKENS)
    with pytest.raises(RunStopped):
        read_trace(path, canceled)
    path.write_bytes(npz({"self": SELF, "tokens": NAMES}))
    with pytest.raises(RunStopped):
        read_trace(path, canceled)
