"""On a full disk, the program answers with a message, and works again once there is room.

A limit on the size of a process's files fails as a full disk does, and needs no root rights.
"""

import os
import re
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gradio_client.exceptions import AppError

from scripts.check_space import ROOT
from tests.api.clients import connect, get, post
from tests.free_port import free_port

MESSAGE = "This Space's disk is full, so the {} could not be {}. Try again in a few minutes."
URL = re.compile(r"http://127\.0\.0\.1:\d+")


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
    # Gradio prints the URL once the server answers, and does not flush it.
    own = {"TMPDIR": str(temporary), "HF_ENDPOINT": "http://127.0.0.1:9", "PYTHONUNBUFFERED": "1"}
    environment = {**os.environ, **own}
    environment.pop("GRADIO_TEMP_DIR", None)
    with free_port() as port:
        process = subprocess.Popen(
            [sys.executable, "app.py"],
            cwd=ROOT,
            env={**environment, "GRADIO_SERVER_PORT": str(port)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        address = next(f"{found[0]}/" for line in process.stdout if (found := URL.search(line)))
    try:
        yield process, address
    finally:
        process.kill()
        process.communicate()


def test_a_full_disk_is_reported_and_a_signal_removes_all_files(space, temporary):
    process, address = space
    client = connect(address, download_files=False)
    results = next((temporary / "gradio").iterdir())
    client.predict("tiny-gpt2", "The cat", api_name="/attention")
    # The program writes the files of the first picture in the meantime.
    while "manifest.json" not in get(address).text:
        pass
    before = files(results)
    calls: list[tuple[str, dict[str, Any]]] = [
        ("/attention", {}),
        ("/query_key", {}),
        ("/view", {}),
        ("/view", {"format": "svg"}),
    ]

    limit(process.pid, 100)
    for name, options in calls:
        with pytest.raises(AppError) as error:
            client.predict("tiny-gpt2", "The cat", **options, api_name=name)
        assert str(error.value) == MESSAGE.format("result", "written")
    upload = {"files": ("own.npz", os.urandom(5_000))}
    refused = post(f"{address}gradio_api/upload", files=upload)
    assert (refused.status_code, refused.text) == (507, MESSAGE.format("file", "uploaded"))
    assert files(results) == before

    limit(process.pid, resource.RLIM_INFINITY)
    for name, options in calls:
        assert client.predict("tiny-gpt2", "The cat", **options, api_name=name)
    assert post(f"{address}gradio_api/upload", files=upload).status_code == 200

    process.send_signal(signal.SIGTERM)
    errors = process.communicate()[1]
    assert process.returncode == 0
    assert "Traceback" not in errors
    left = [path for path in temporary.rglob("*") if path.is_file() or "bertviz" in path.name]
    assert left == []
