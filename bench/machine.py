"""Describes the machine and the software that the benchmark ran on."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

_PACKAGES = ("bertviz", "gradio", "torch", "transformers", "playwright")


def machine() -> dict[str, str]:
    """Return the machine's processor, memory and operating system, in words."""
    processor = next(
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": f"{processor}, {os.cpu_count()} cores",
        "memory": f"{memory / 1e9:.0f} GB",
        "system": platform.platform(),
    }


def versions(chromium: str) -> dict[str, str]:
    """Return the commit of this repository, and the version of each program by name.

    Args:
        chromium: the version of the browser.
    """
    root = Path(__file__).parent.parent
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=root, capture_output=True, text=True
    )
    return {
        "commit": commit.stdout.strip() or "unknown",
        "chromium": chromium,
        "python": platform.python_version(),
        **{name: version(name) for name in _PACKAGES},
    }
