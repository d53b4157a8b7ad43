"""Checks what Hugging Face asks of a Space, before it is pushed: ``make space``.

The header of README.md, pinned versions that agree, no file that needs Git LFS, and a start without
a network within the time that a Space has.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import yaml  # huggingface_hub brings it

ROOT = Path(__file__).parent.parent

# https://huggingface.co/docs/hub/spaces-config-reference
COLORS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
REQUIRED = ("title", "emoji", "colorFrom", "colorTo", "sdk", "sdk_version", "app_file", "license")
MOST_DESCRIPTION = 60  # characters
MOST_FILE_BYTES = 10 * 1024**2  # a larger file is refused by the Hub unless Git LFS has it
MOST_START_SECONDS = 120  # the Hub's own limit is half an hour, which no visitor waits
MODEL_ID = re.compile(r"[\w.-]+/[\w.-]+")


def header_of(readme: str) -> dict[str, Any]:
    """The header's fields.

    Raises:
        ValueError: if there is no header.
    """
    found = re.match(r"---\n(.*?)\n---\n", readme, re.DOTALL)
    if found is None:
        raise ValueError("README.md has no header")
    return yaml.safe_load(found[1])


def problems_of(header: dict[str, Any], requirements: str) -> list[str]:
    """What the Hub would refuse in a header, or understand otherwise than it is meant."""
    found = [f"{name} is missing" for name in REQUIRED if not header.get(name)]
    found += [f"{name} is {header.get(name)}, which is no colour of the Hub's"
              for name in ("colorFrom", "colorTo") if header.get(name) not in COLORS]  # fmt: skip
    if f"gradio=={header.get('sdk_version')}\n" not in requirements:
        found.append("sdk_version is not the gradio of requirements.txt")
    if len(str(header.get("short_description", ""))) > MOST_DESCRIPTION:
        found.append(f"short_description has more than {MOST_DESCRIPTION} characters")
    if not (ROOT / str(header.get("app_file"))).is_file():
        found.append(f"app_file {header.get('app_file')} is not there")
    for name in ("models", "preload_from_hub"):
        for line in header.get(name) or []:
            if not MODEL_ID.fullmatch(line.partition(" ")[0]):
                found.append(f"{name}: {line!r} begins with no model id")
    return found


def large_files() -> list[str]:
    """Tracked files that the Hub would refuse."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    return [str(path) for path in paths if path.stat().st_size > MOST_FILE_BYTES]


def seconds_to_start() -> float:
    """Start the Space where no Hub answers, ask for its page, and stop it.

    Raises:
        TimeoutError: if it is not there in ``MOST_START_SECONDS``.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    nowhere = "http://127.0.0.1:9"  # discards everything, or refuses
    environment = {**os.environ, "GRADIO_SERVER_PORT": str(port), "HF_ENDPOINT": nowhere}
    begin = time.monotonic()
    space = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment)
    try:
        while time.monotonic() - begin < MOST_START_SECONDS:
            if space.poll() is not None:
                raise TimeoutError(f"app.py ended with {space.returncode}")
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as page:
                    assert b"BertViz Space" in page.read()
                return time.monotonic() - begin
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.2)
        raise TimeoutError(f"the Space is not there after {MOST_START_SECONDS} s")
    finally:
        space.send_signal(signal.SIGTERM)
        space.wait(30)


def main() -> None:
    """Check all of it; ends with 1 where something is wrong."""
    header = header_of((ROOT / "README.md").read_text(encoding="utf-8"))
    problems = problems_of(header, (ROOT / "requirements.txt").read_text(encoding="utf-8"))
    problems += [f"{name} has more than 10 MB" for name in large_files()]
    for problem in problems:
        print(problem)
    print(f"the Space starts without a network in {seconds_to_start():.0f} s")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
