"""Checks what Hugging Face requires of a Space, before you push it: ``make space``.

It checks the header of README.md, matching versions, that no file needs Git LFS, and that the Space
starts without a network within ``MAX_START_SECONDS``.
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

import yaml  # a dependency of huggingface_hub

ROOT = Path(__file__).parent.parent

# https://huggingface.co/docs/hub/spaces-config-reference
COLORS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
REQUIRED = ("title", "emoji", "colorFrom", "colorTo", "sdk", "sdk_version", "app_file", "license")
MAX_DESCRIPTION = 60  # characters
MAX_FILE_BYTES = 10 * 1024**2  # the Hub refuses a larger file outside Git LFS
MAX_START_SECONDS = 120  # the Hub allows half an hour, but no visitor waits that long
MODEL_ID = re.compile(r"[\w.-]+/[\w.-]+")


def header_of(readme: str) -> dict[str, Any]:
    """Return the fields of the README's header by name.

    Raises:
        ValueError: if there is no header.
    """
    found = re.match(r"---\n(.*?)\n---\n", readme, re.DOTALL)
    if found is None:
        raise ValueError("README.md has no header")
    return yaml.safe_load(found[1])


def problems_of(header: dict[str, Any], requirements: str) -> list[str]:
    """Return a message for each field of a header that the Hub would refuse or misread."""
    found = [f"{name} is missing" for name in REQUIRED if not header.get(name)]
    found += [f"{name} is {header.get(name)}, which the Hub does not know as a color"
              for name in ("colorFrom", "colorTo") if header.get(name) not in COLORS]  # fmt: skip
    if f"gradio=={header.get('sdk_version')}\n" not in requirements:
        found.append("sdk_version differs from the version of gradio in requirements.txt")
    if len(str(header.get("short_description", ""))) > MAX_DESCRIPTION:
        found.append(f"short_description has more than {MAX_DESCRIPTION} characters")
    if not (ROOT / str(header.get("app_file"))).is_file():
        found.append(f"app_file {header.get('app_file')} does not exist")
    for name in ("models", "preload_from_hub"):
        for line in header.get(name) or []:
            if not MODEL_ID.fullmatch(line.partition(" ")[0]):
                found.append(f"{name}: {line!r} does not begin with a model id")
    return found


def large_files() -> list[str]:
    """Return the paths of the tracked files that the Hub would refuse."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    return [str(path) for path in paths if path.stat().st_size > MAX_FILE_BYTES]


def seconds_to_start() -> float:
    """Return the seconds until the Space serves its page, started where no Hub answers.

    Raises:
        TimeoutError: if it does not serve its page within ``MAX_START_SECONDS``, or ends.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    unreachable = "http://127.0.0.1:9"  # the discard port: no server answers
    environment = {**os.environ, "GRADIO_SERVER_PORT": str(port), "HF_ENDPOINT": unreachable}
    begin = time.monotonic()
    space = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment)
    try:
        while time.monotonic() - begin < MAX_START_SECONDS:
            if space.poll() is not None:
                raise TimeoutError(f"app.py ended with exit code {space.returncode}")
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as page:
                    assert b"BertViz Space" in page.read()
                return time.monotonic() - begin
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.2)
        raise TimeoutError(f"the Space did not start within {MAX_START_SECONDS} s")
    finally:
        space.send_signal(signal.SIGTERM)
        space.wait(30)


def main() -> None:
    """Run all checks; exit with 1 if one of them fails."""
    header = header_of((ROOT / "README.md").read_text(encoding="utf-8"))
    problems = problems_of(header, (ROOT / "requirements.txt").read_text(encoding="utf-8"))
    problems += [f"{name} is larger than 10 MB" for name in large_files()]
    for problem in problems:
        print(problem)
    print(f"the Space starts without a network in {seconds_to_start():.0f} s")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
