"""On a full disk, the program answers with a message, and works again once there is room.

A limit on the size of a process's files fails as a full disk does, and needs no root rights.
"""

import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from scripts.check_space import ROOT

MESSAGE = "This Space's disk is full, so the {} could not be {}. Try again in a few minutes."
MAX_SECONDS = 120  # as in scripts/check_space.py


def limit(process: int, num_bytes: int) -> None:
    """Limit the size of the files that a process writes."""
    _, hard = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (num_bytes, hard))


def files(folder: Path) -> set[tuple[Path, int]]:
    """Return the files in a folder with their sizes; check that only the owner has rights."""
    found = {path for path in folder.rglob("*") if path.is_file()}
    assert all(path.stat().st_mode & 0o077 == 0 for path in found)
    return {(path, path.stat().st_size) for path in found}


@pytest.fixture(scope="module")
def temporary(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("temporary")


@pytest.fixture(scope="module")
def space(temporary) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Yield the process of the program, and its URL."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {
        "TMPDIR": str(temporary),
        "GRADIO_SERVER_PORT": str(port),
        "HF_ENDPOINT": "http://127.0.0.1:9",
    }
    environment = {**os.environ, **own}
    environment.pop("GRADIO_TEMP_DIR", None)
    process = subprocess.Popen(
        [sys.executable, "app.py"], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
    )
    address, begin = f"http://127.0.0.1:{port}/", time.monotonic()
    while True:
        try:
            httpx.get(address, timeout=5)
            break
        except httpx.TransportError:
            assert process.poll() is None
            assert time.monotonic() - begin < MAX_SECONDS
    try:
        yield process, address
    finally:
        process.kill()
        process.communicate()


def test_a_full_disk_is_reported_and_a_signal_removes_all_files(space, temporary):
    process, address = space
    client = Client(address, verbose=False, download_files=False)
    results = next((temporary / "gradio").iterdir())
    client.predict("tiny-gpt2", "The cat", api_name="/attention")
    before = files(results)
    calls = [("/attention", {}), ("/query_key", {}), ("/view", {}), ("/view", {"format": "svg"})]

    limit(process.pid, 100)
    for name, options in calls:
        with pytest.raises(AppError) as error:
            client.predict("tiny-gpt2", "The cat", **options, api_name=name)
        assert str(error.value) == MESSAGE.format("result", "written")
    upload = {"files": ("own.npz", os.urandom(5_000))}
    refused = httpx.post(f"{address}gradio_api/upload", files=upload)
    assert (refused.status_code, refused.text) == (507, MESSAGE.format("file", "uploaded"))
    assert files(results) == before

    limit(process.pid, resource.RLIM_INFINITY)
    for name, options in calls:
        assert client.predict("tiny-gpt2", "The cat", **options, api_name=name)
    assert httpx.post(f"{address}gradio_api/upload", files=upload).status_code == 200

    process.send_signal(signal.SIGTERM)
    errors = process.communicate(timeout=60)[1]
    assert process.returncode == 0
    assert "Traceback" not in errors
    left = [path for path in temporary.rglob("*") if path.is_file() or "bertviz" in path.name]
    assert left == []
