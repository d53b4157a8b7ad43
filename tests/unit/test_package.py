"""The package has the dependencies of the Space, and the wheel the files of its page."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

# Packages that the base installs for what the Space gets as a dependency of another package.
ONLY_IN_THE_PACKAGE = {"numpy", "safetensors"}


def pinned():
    """Return the version of each package in requirements.txt."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    found = [re.fullmatch(r"([\w-]+)==(\S+)", line) for line in lines if line[:1] not in ("", "#")]
    assert all(found)
    return {each[1]: each[2] for each in found if each}


def test_base_and_the_extra_for_the_space_have_the_packages_of_the_space():
    names = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["space"]]
    ranges = {each.name: each.specifier for each in map(Requirement, names)}
    versions = pinned()
    assert ranges.keys() - ONLY_IN_THE_PACKAGE == versions.keys()
    for name, version in versions.items():
        assert version in ranges[name], f"{name} {version} is not in {ranges[name]}"
